import { kmeans } from '../evaluation/kmeans';
import { breathe } from '../evaluation/scan';
import type { Random } from '../random';
import type { Points } from './points';

/** Starts of each k-means, of data and references alike: a difference would show as a gap. */
const RESTARTS = 4;
const MOST_ITERATIONS = 60;

/** The best k-means of some points for one K. */
export interface Partition {
  readonly clusters: number;
  /** [n] */
  readonly labels: Int32Array;
  /** NaN for a cluster without members. [K, d] */
  readonly centroids: Float32Array;
  /** Within-cluster sum of squares W. */
  readonly within: number;
}

/** 1 to `most`. */
export function upTo(most: number): number[] {
  return Array.from({ length: most }, (_, i) => i + 1);
}

/** k-means for each of `ks`; other events have their turn in between. Throws a CancelledError. */
export async function partitionsOf(
  { values, n, d }: Points,
  ks: readonly number[],
  random: Random,
  signal?: AbortSignal,
): Promise<Partition[]> {
  const partitions: Partition[] = [];
  for (const clusters of ks) {
    await breathe(signal);
    const { labels, centroids, inertia } = kmeans(values, n, d, clusters, random, {
      restarts: clusters === 1 ? 1 : RESTARTS,
      maxIterations: MOST_ITERATIONS,
    });
    // A cluster without members has no place: nothing is nearest to it.
    const sizes = new Int32Array(clusters);
    for (const label of labels) sizes[label]++;
    sizes.forEach((size, c) => size === 0 && centroids.fill(NaN, c * d, (c + 1) * d));
    partitions.push({ clusters, labels, centroids, within: inertia });
  }
  return partitions;
}

/** The cluster of each point by the nearest centroid. [n] */
export function assignTo({ values, n, d }: Points, centroids: Float32Array): Int32Array {
  const k = centroids.length / d;
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let least = Infinity;
    for (let c = 0; c < k; c++) {
      let squared = 0;
      for (let j = 0, p = i * d, q = c * d; j < d; j++, p++, q++) squared += (values[p] - centroids[q]) ** 2;
      if (squared < least) [least, labels[i]] = [squared, c];
    }
  }
  return labels;
}

/** Some of the points, in the order given. */
export function subset({ values, d }: Points, rows: Int32Array): Points {
  const chosen = new Float32Array(rows.length * d);
  rows.forEach((row, i) => chosen.set(values.subarray(row * d, (row + 1) * d), i * d));
  return { values: chosen, n: rows.length, d };
}
