import { breathe } from '../../evaluation/scan';
import { targetDistribution } from '../../model/clusteringHead';
import type { Batches } from './batches';

/** A network with a Student-t head, as the refinement sees it. */
export interface RefinedModel {
  /** Soft assignments of all rows by the network as it is now. [n, K] */
  assign(): Promise<Float32Array>;
  /** One training step on these rows, whose targets are `target` [rows.length, K]; its loss. */
  step(rows: Int32Array, target: Float32Array): Promise<number>;
}

export interface RefinementOptions {
  readonly n: number;
  readonly clusters: number;
  readonly batches: Batches;
  /** Steps between two updates of the target distribution. */
  readonly interval: number;
  readonly maxSteps: number;
  /** Ends when a smaller share of the rows has changed its label since the last update of the target. */
  readonly tolerance: number;
  /** How many updates in a row have to be below the tolerance. Default 1. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
  /** Called with the share of `maxSteps` that is done. */
  progress?(share: number): void;
}

export interface Refined {
  /** argmax q. [n] */
  readonly labels: Int32Array;
  /** [n, K] */
  readonly q: Float32Array;
  readonly steps: number;
  /** Whether the labels came to rest, or the steps ran out. */
  readonly converged: boolean;
  /** Mean loss between two updates of the target. */
  readonly losses: number[];
}

/**
 * The refinement of Xie et al. (2016), section 3.1.3, which DEC, DSC and DTC share: every `interval` steps the target p is
 * made anew from the soft assignment q of all rows; the network is trained towards it until the labels rest.
 */
export async function refine(model: RefinedModel, options: RefinementOptions): Promise<Refined> {
  const { n, clusters, batches, interval, maxSteps, tolerance, patience = 1, signal } = options;
  const losses: number[] = [];
  let q = await model.assign();
  let labels = argmaxRows(q, n, clusters);
  let resting = 0;
  let steps = 0;
  while (steps < maxSteps && resting < patience) {
    const p = targetDistribution(q, n, clusters);
    const count = Math.min(interval, maxSteps - steps);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      await breathe(signal);
      const rows = batches.draw();
      const target = new Float32Array(rows.length * clusters);
      rows.forEach((row, at) => {
        target.set(p.subarray(row * clusters, (row + 1) * clusters), at * clusters);
      });
      sum += await model.step(rows, target);
    }
    steps += count;
    losses.push(sum / count);
    q = await model.assign();
    const next = argmaxRows(q, n, clusters);
    const changed = next.reduce((total, label, i) => total + Number(label !== labels[i]), 0) / n;
    labels = next;
    resting = changed < tolerance ? resting + 1 : 0;
    options.progress?.(Math.min(1, steps / maxSteps));
  }
  return { labels, q, steps, converged: resting >= patience, losses };
}

/** Position of the largest of each row's values, the first of equals. `[n, K] -> [n]` */
export function argmaxRows(values: Float32Array, n: number, columns: number): Int32Array {
  const result = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let k = 1; k < columns; k++) if (values[i * columns + k] > values[i * columns + best]) best = k;
    result[i] = best;
  }
  return result;
}
