import { columnMeans } from './gram';

/** A partition of the rows of a table, with what several metrics need of it. Clusters without members are left out. */
export interface Partition {
  /** Number of non-empty clusters k. */
  readonly k: number;
  /** Cluster of each row, numbered 0..k-1 in the order of the original labels. [n] */
  readonly labels: Int32Array;
  /** The original label of each cluster. [k] */
  readonly names: Int32Array;
  /** [k] */
  readonly sizes: Int32Array;
  /** Means of the clusters' rows. [k, d] */
  readonly centroids: Float64Array;
  /** Mean of all rows. [d] */
  readonly mean: Float64Array;
}

/**
 * Groups the rows of x [n, d] by label; labels may have gaps (empty clusters).
 * Throws when the lengths disagree, when there is no row, or when a label is negative.
 */
export function partition(x: Float32Array, n: number, d: number, labels: Int32Array): Partition {
  if (n < 1 || x.length !== n * d || labels.length !== n) {
    throw new Error(
      `A table of ${n} x ${d} and its labels cannot have ${x.length} values and ${labels.length} labels.`,
    );
  }
  const names = Int32Array.from(new Set(labels)).sort();
  if (names[0] < 0) throw new Error(`Labels must not be negative; there is a ${names[0]}.`);
  const k = names.length;
  const index = new Map<number, number>();
  names.forEach((name, i) => index.set(name, i));
  const compact = labels.map((label) => index.get(label) as number);

  const sizes = new Int32Array(k);
  const centroids = new Float64Array(k * d);
  for (let i = 0; i < n; i++) {
    const c = compact[i];
    sizes[c]++;
    const row = i * d;
    const centroid = c * d;
    for (let j = 0; j < d; j++) centroids[centroid + j] += x[row + j];
  }
  for (let c = 0; c < k; c++) for (let j = 0; j < d; j++) centroids[c * d + j] /= sizes[c];
  return { k, labels: compact, names, sizes, centroids, mean: columnMeans(x, n, d) };
}

/** ‖a_i - b_j‖^2 between row i of a and row j of b, both of d columns. */
export function squaredDistance(
  a: Float64Array | Float32Array,
  i: number,
  b: Float64Array | Float32Array,
  j: number,
  d: number,
): number {
  let sum = 0;
  for (let p = i * d, q = j * d, end = p + d; p < end; p++, q++) {
    const difference = a[p] - b[q];
    sum += difference * difference;
  }
  return sum;
}
