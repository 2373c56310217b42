import type { Frames } from '../data/frames';

/** Mean fields, in the units of the file. NaN where a cell has no value at any time, and in clusters without members. */
export interface Composites {
  /** Mean over the time steps of each cluster. [K, C, H, W] */
  readonly clusters: Float32Array;
  /** Mean over all time steps. [C, H, W] */
  readonly overall: Float32Array;
  /** Time steps of each cluster. [K] */
  readonly sizes: Int32Array;
}

/**
 * Composite maps: the mean of each variable over the time steps of a cluster, with the scaling undone. Missing values of
 * cells that have some enter as what replaced them (see Scaling.fill).
 */
export function composites(frames: Frames, labels: Int32Array, clusters: number): Composites {
  const { values, valid, scaling } = frames;
  const cells = valid.length;
  const steps = labels.length;
  const sums = new Float64Array(clusters * cells);
  const total = new Float64Array(cells);
  const sizes = new Int32Array(clusters);
  for (let t = 0; t < steps; t++) {
    const cluster = labels[t] * cells;
    sizes[labels[t]]++;
    for (let i = 0, at = t * cells; i < cells; i++, at++) {
      sums[cluster + i] += values[at];
      total[i] += values[at];
    }
  }
  const unscaled = (mean: number, i: number) =>
    valid[i] ? scaling.minimum[i] + mean * (scaling.maximum[i] - scaling.minimum[i]) : NaN;
  const overall = Float32Array.from(total, (sum, i) => unscaled(sum / steps, i));
  // An empty cluster divides 0 by 0: its map is NaN, as it should be.
  const means = Float32Array.from(sums, (sum, at) =>
    unscaled(sum / sizes[Math.floor(at / cells)], at % cells),
  );
  return { clusters: means, overall, sizes };
}
