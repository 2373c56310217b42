import { clustersBySize, squaredDistance } from '../evaluation/clusters';
import { kmeans, type KMeansResult } from '../evaluation/kmeans';
import { breathe } from '../evaluation/scan';
import type { Random } from '../random';

export interface InitialCentres {
  /** From the largest to the smallest cluster. [K, D] */
  readonly centres: Float32Array;
  /** Sum of squared distances to the own centre. */
  readonly inertia: number;
}

const STARTS = 50;

/** Starts whose inertia is larger than the smallest by no more than this are as good. */
const TIE = 0.01;

/**
 * The centres of the soft assignment when it begins: those of k-means, best of many starts. On fields of the atmosphere,
 * which form a continuum, many partitions are equally good to k-means and quite different from each other, so that the
 * last digit of the inertia would decide, and another seed differently. Among those that differ by no more than a
 * hundredth the one is taken that keeps its clusters furthest apart, by the simplified silhouette (distances to
 * centroids, Hruschka et al., 2004).
 *
 * @param z `[n, D]`
 * @throws CancelledError when the signal is aborted.
 */
export async function initialCentres(
  z: Float32Array,
  n: number,
  dimensions: number,
  clusters: number,
  random: Random,
  signal?: AbortSignal,
): Promise<InitialCentres> {
  const starts: KMeansResult[] = [];
  for (let start = 0; start < STARTS; start++) {
    await breathe(signal);
    starts.push(kmeans(z, n, dimensions, clusters, random, { restarts: 1 }));
  }
  const least = Math.min(...starts.map(({ inertia }) => inertia));
  const equal = starts.filter(({ inertia }) => inertia <= (1 + TIE) * least);
  const apart = equal.map(({ centroids }) =>
    simplifiedSilhouette(z, n, dimensions, Float64Array.from(centroids), clusters),
  );
  const { labels, centroids, inertia } = equal[apart.indexOf(Math.max(...apart))];
  const centres = new Float32Array(clusters * dimensions);
  clustersBySize(labels, clusters).forEach((from, to) => {
    centres.set(centroids.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions);
  });
  return { centres, inertia };
}

/** Mean of (b - a) / b, with a and b the distances to the nearest and to the second nearest centroid; 0 for K = 1. */
function simplifiedSilhouette(
  z: Float32Array,
  n: number,
  d: number,
  centroids: Float64Array,
  clusters: number,
): number {
  if (clusters === 1) return 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    let [nearest, second] = [Infinity, Infinity];
    for (let c = 0; c < clusters; c++) {
      const squared = squaredDistance(z, i * d, centroids, c * d, d);
      if (squared < nearest) [nearest, second] = [squared, nearest];
      else if (squared < second) second = squared;
    }
    if (second > 0) total += 1 - Math.sqrt(nearest / second);
  }
  return total / n;
}
