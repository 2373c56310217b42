import type { Partition } from './clusters';
import { forEachGramBlock, squaredNorms } from './gram';

/** What the metrics need of the n (n - 1) / 2 Euclidean distances between rows. */
export interface PairwiseDistances {
  /** Sum of the distances from each row to the rows of each cluster. [n, k] */
  readonly sums: Float64Array;
  /** Off the diagonal the smallest distance between two clusters, on it the largest within one (0 for one row). [k, k] */
  readonly extremes: Float64Array;
}

/**
 * One pass over all pairs of rows of x [n, d], through blocks of inner products: ‖a - b‖^2 = ‖a‖^2 + ‖b‖^2 - 2 a.b in
 * float64. Needs n k numbers, never n x n.
 */
export function pairwiseDistances(x: Float32Array, n: number, d: number, p: Partition): PairwiseDistances {
  const { k, labels } = p;
  const norms = squaredNorms(x, n, d);
  const sums = new Float64Array(n * k);
  const extremes = new Float64Array(k * k).fill(Infinity);
  for (let c = 0; c < k; c++) extremes[c * k + c] = 0;
  forEachGramBlock(x, n, d, (i0, i1, j0, j1, products) => {
    const width = j1 - j0;
    for (let i = i0; i < i1; i++) {
      const own = labels[i];
      for (let j = Math.max(j0, i + 1); j < j1; j++) {
        const squared = norms[i] + norms[j] - 2 * products[(i - i0) * width + j - j0];
        const distance = squared > 0 ? Math.sqrt(squared) : 0;
        const other = labels[j];
        sums[i * k + other] += distance;
        sums[j * k + own] += distance;
        const entry = own * k + other;
        if (own === other) {
          if (distance > extremes[entry]) extremes[entry] = distance;
        } else if (distance < extremes[entry]) {
          extremes[entry] = distance;
          extremes[other * k + own] = distance;
        }
      }
    }
  });
  return { sums, extremes };
}

/**
 * Average inter-cluster distance I-CD as the paper's code computes it: mean_i min_j M_ij, where M_ij is the smallest
 * distance between a row of cluster i and one of cluster j, and M_ii the largest distance within cluster i. A cluster of
 * one row has M_ii = 0 and therefore contributes 0. NaN for k = 1: there is nothing between clusters then.
 */
export function interClusterDistance(k: number, { extremes }: PairwiseDistances): number {
  if (k < 2) return NaN;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    let smallest = Infinity;
    for (let j = 0; j < k; j++) smallest = Math.min(smallest, extremes[i * k + j]);
    sum += smallest;
  }
  return sum / k;
}
