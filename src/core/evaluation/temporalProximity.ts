import type { SparseAffinity } from './sparse';
import { normalised } from './spectral';

/**
 * What neighbouring time steps say of each other, for affinities whose nodes are the steps of a series that persists:
 * a step is likely of the kind of the steps before and after it. Weights fall linearly to zero beyond the width.
 */

/**
 * W D^-1/2 A D^-1/2 Wᵀ: the normalised affinity, averaged over pairs of neighbouring steps. A pair of steps becomes as
 * alike as their neighbourhoods are, which few coefficients that are there by chance cannot spoil.
 *
 * @param width steps on either side that count; 0 for the affinity as it is
 */
export function smoothedInTime(affinity: SparseAffinity, width: number): SparseAffinity {
  if (width === 0) return affinity;
  const { n } = affinity;
  const a = normalised(affinity);
  const weights = neighbourWeights(n, width);
  const starts = new Int32Array(n + 1);
  const columns: number[] = [];
  const values: number[] = [];
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const touched = new Set<number>();
    weights(i, (t, own) => {
      for (let e = a.starts[t]; e < a.starts[t + 1]; e++) {
        // The kernel is symmetric but for its normalisation, so step s lends to its neighbours j what W[j, s] is.
        const s = a.columns[e];
        for (let j = Math.max(0, s - width); j <= Math.min(n - 1, s + width); j++) {
          sums[j] += own * a.values[e] * weights.at(j, s);
          touched.add(j);
        }
      }
    });
    for (const j of [...touched].sort((p, q) => p - q)) {
      columns.push(j);
      values.push(sums[j]);
      sums[j] = 0;
    }
    starts[i + 1] = columns.length;
  }
  return { n, starts, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

/**
 * Labels after each step has gone to the cluster that it and its neighbours have the largest share of their affinity with,
 * again and again until nothing changes, at most 20 times. Spectral clustering places cuts where they are cheap for whole
 * clusters; this is where single steps have their say. A turn that would leave a cluster without a step is not taken.
 *
 * @param labels `[n]` in 0..k-1
 * @param width steps on either side that count
 */
export function settledLabels(
  affinity: SparseAffinity,
  labels: Int32Array,
  k: number,
  width: number,
): Int32Array {
  const occupied = new Set(labels).size;
  let current = labels;
  for (let turn = 0; turn < 20; turn++) {
    const shares = affinityShares(affinity, current, k, width);
    const next = current.map((_, i) => largest(shares.subarray(i * k, (i + 1) * k)));
    if (new Set(next).size < occupied || next.every((label, i) => label === current[i])) break;
    current = next;
  }
  return current;
}

/**
 * The shares of the affinity of each step and its neighbours that go to each cluster, rows sum to 1; a step without any
 * affinity is its cluster's.
 * @returns `[n, k]`
 */
export function affinityShares(
  { n, starts, columns, values }: SparseAffinity,
  labels: Int32Array,
  k: number,
  width: number,
): Float32Array {
  const own = new Float32Array(n * k);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      if (columns[e] === i) continue;
      own[i * k + labels[columns[e]]] += values[e];
      sum += values[e];
    }
    if (sum > 0) for (let c = 0; c < k; c++) own[i * k + c] /= sum;
    else own[i * k + labels[i]] = 1;
  }
  if (width === 0) return own;
  const weights = neighbourWeights(n, width);
  const shares = new Float32Array(n * k);
  for (let i = 0; i < n; i++) {
    weights(i, (t, weight) => {
      for (let c = 0; c < k; c++) shares[i * k + c] += weight * own[t * k + c];
    });
  }
  return shares;
}

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values));

interface NeighbourWeights {
  /** Visits the neighbours of a step, itself included, with weights that sum to 1. */
  (step: number, visit: (neighbour: number, weight: number) => void): void;
  /** The weight of a neighbour for a step. */
  at(step: number, neighbour: number): number;
}

function neighbourWeights(n: number, width: number): NeighbourWeights {
  const kernel = (distance: number): number => Math.max(0, 1 - Math.abs(distance) / (width + 1));
  const sums = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = Math.max(0, i - width); j <= Math.min(n - 1, i + width); j++) sum += kernel(i - j);
    return sum;
  });
  const at = (i: number, j: number): number => kernel(i - j) / sums[i];
  const visitAll = (i: number, visit: (j: number, weight: number) => void): void => {
    for (let j = Math.max(0, i - width); j <= Math.min(n - 1, i + width); j++) visit(j, at(i, j));
  };
  return Object.assign(visitAll, { at });
}
