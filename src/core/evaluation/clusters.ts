import type { Rows } from '../data/rows';
import type { RowVisitor } from './scan';

/** Which row is in which cluster. Clusters without members are left out. */
export interface Membership {
  /** Number of non-empty clusters k. */
  readonly k: number;
  /** Cluster of each row, numbered 0..k-1 in the order of the original labels. [n] */
  readonly labels: Int32Array;
  /** The original label of each cluster. [k] */
  readonly names: Int32Array;
  /** [k] */
  readonly sizes: Int32Array;
}

/** A partition of the rows of a table, with what several metrics need of it. */
export interface Partition extends Membership {
  /** Means of the clusters' rows. [k, d] */
  readonly centroids: Float64Array;
  /** Mean of all rows. [d] */
  readonly mean: Float64Array;
}

/**
 * Groups the rows of a table by label; labels may have gaps (empty clusters).
 * Throws when the lengths disagree, when there is no row, or when a label is negative.
 */
export function membership({ n, d }: Pick<Rows, 'n' | 'd'>, labels: Int32Array): Membership {
  if (n < 1 || labels.length !== n) {
    throw new Error(`A table of ${n} x ${d} cannot have ${labels.length} labels.`);
  }
  const names = Int32Array.from(new Set(labels)).sort();
  if (names[0] < 0) throw new Error(`Labels must not be negative; there is a ${names[0]}.`);
  const index = new Map<number, number>();
  names.forEach((name, i) => index.set(name, i));
  const compact = labels.map((label) => index.get(label) as number);
  const sizes = new Int32Array(names.length);
  for (const label of compact) sizes[label]++;
  return { k: names.length, labels: compact, names, sizes };
}

/** The clusters 0..k-1 of a labelling from the largest to the smallest; of equally large ones those that come first. */
export function clustersBySize(labels: Int32Array, k: number): number[] {
  const sizes = new Int32Array(k);
  for (const label of labels) sizes[label]++;
  return [...sizes.keys()].sort((i, j) => sizes[j] - sizes[i] || i - j);
}

/** Sums the rows of each cluster as they pass; `partition` then has their means. */
export function partitioning(
  m: Membership,
  d: number,
): { readonly visit: RowVisitor; partition(): Partition } {
  const { k, labels, sizes } = m;
  const centroids = new Float64Array(k * d);
  return {
    visit: (x, at, i) => {
      const centroid = labels[i] * d;
      for (let j = 0; j < d; j++) centroids[centroid + j] += x[at + j];
    },
    partition: () => {
      const mean = new Float64Array(d);
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < d; j++) mean[j] += centroids[c * d + j];
      }
      for (let j = 0; j < d; j++) mean[j] /= labels.length;
      for (let c = 0; c < k; c++) for (let j = 0; j < d; j++) centroids[c * d + j] /= sizes[c];
      return { ...m, centroids, mean };
    },
  };
}

/** ‖a_i - b_j‖^2 between the d values of a from `i` on and those of b from `j` on. */
export function squaredDistance(
  a: Float64Array | Float32Array,
  i: number,
  b: Float64Array,
  j: number,
  d: number,
): number {
  // Four sums beside each other: one alone would wait for each of its additions.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let p = i;
  let q = j;
  for (const whole = i + d - (d % 4); p < whole; p += 4, q += 4) {
    const d0 = a[p] - b[q];
    const d1 = a[p + 1] - b[q + 1];
    const d2 = a[p + 2] - b[q + 2];
    const d3 = a[p + 3] - b[q + 3];
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; p < i + d; p++, q++) s0 += (a[p] - b[q]) ** 2;
  return s0 + s1 + (s2 + s3);
}
