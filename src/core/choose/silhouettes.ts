import { membership } from '../evaluation/clusters';
import { euclideanSilhouette } from '../evaluation/silhouette';
import type { Points } from './points';

/** Euclidean distances between all points. [n, n] */
export function distancesOf({ values, n, d }: Points): Float32Array {
  const distances = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let squared = 0;
      for (let k = 0, p = i * d, q = j * d; k < d; k++, p++, q++) squared += (values[p] - values[q]) ** 2;
      distances[i * n + j] = distances[j * n + i] = Math.sqrt(squared);
    }
  }
  return distances;
}

/**
 * Mean silhouette (Rousseeuw, 1987) of some of the points: `labels[i]` is the cluster of point `rows[i]`. NaN when all are
 * in one cluster.
 * @param distances of all points [n, n]
 */
export function silhouetteOf(
  distances: Float32Array,
  n: number,
  labels: Int32Array,
  rows: Int32Array,
): number {
  const m = membership({ n: rows.length, d: 1 }, labels);
  const sums = new Float64Array(rows.length * m.k);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * n;
    const to = i * m.k;
    for (let j = 0; j < rows.length; j++) sums[to + m.labels[j]] += distances[from + rows[j]];
  }
  return euclideanSilhouette(rows.length, m, { sums });
}
