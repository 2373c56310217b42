import type { Partition } from './clusters';
import { squaredNorms } from './gram';
import type { PairwiseDistances } from './pairwise';

/**
 * Mean silhouette (Rousseeuw, 1987) from the sums of distances of each row to each cluster [n, k]:
 * (b - a) / max(a, b) with a the mean distance to the other rows of the own cluster and b the smallest mean distance to
 * another cluster; 0 for a row that is alone in its cluster. NaN for k = 1.
 */
function meanSilhouette(n: number, p: Partition, sums: Float64Array): number {
  const { k, labels, sizes } = p;
  if (k < 2) return NaN;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const own = labels[i];
    if (sizes[own] === 1) continue;
    const a = sums[i * k + own] / (sizes[own] - 1);
    let b = Infinity;
    for (let c = 0; c < k; c++) if (c !== own) b = Math.min(b, sums[i * k + c] / sizes[c]);
    const larger = Math.max(a, b);
    if (larger > 0) total += (b - a) / larger;
  }
  return total / n;
}

/** Mean silhouette with Euclidean distance. */
export function euclideanSilhouette(n: number, p: Partition, distances: PairwiseDistances): number {
  return meanSilhouette(n, p, distances.sums);
}

/**
 * Mean silhouette with cosine distance 1 - x.y / (‖x‖ ‖y‖), uncentred. The sum of a row's distances to a cluster is its
 * size minus the product with the sum of the cluster's unit rows, so no pairs are visited: O(n k d).
 * As scikit-learn, a row of zeros has distance 1 to every other row.
 */
export function cosineSilhouette(x: Float32Array, n: number, d: number, p: Partition): number {
  const { k, labels, sizes } = p;
  if (k < 2) return NaN;
  const inverseNorms = squaredNorms(x, n, d).map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0));
  const unitSums = new Float64Array(k * d);
  for (let i = 0; i < n; i++) {
    const row = i * d;
    const sum = labels[i] * d;
    for (let j = 0; j < d; j++) unitSums[sum + j] += x[row + j] * inverseNorms[i];
  }
  const sums = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const row = i * d;
    for (let c = 0; c < k; c++) {
      let product = 0;
      for (let j = 0; j < d; j++) product += x[row + j] * unitSums[c * d + j];
      product *= inverseNorms[i];
      // The row itself is in its own cluster's sum, once with the product 1 and once in the size.
      const others =
        c === labels[i] ? sizes[c] - 1 - (product - (inverseNorms[i] > 0 ? 1 : 0)) : sizes[c] - product;
      // Rounding may leave a distance of equal directions a few 1e-16 below zero.
      sums[i * k + c] = Math.max(0, others);
    }
  }
  return meanSilhouette(n, p, sums);
}
