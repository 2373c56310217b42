import type { Rows } from '../data/rows';
import { squaredDistance, type Partition } from './clusters';
import { forEachGramBlock } from './gramBlocks';
import type { Products } from './products';

/** What the metrics need of the n (n - 1) / 2 Euclidean distances between rows. */
export interface PairwiseDistances {
  /** Sum of the distances from each row to the rows of each cluster. [n, k] */
  readonly sums: Float64Array;
  /** Off the diagonal the smallest distance between two clusters, on it the largest within one (0 for one row). [k, k] */
  readonly extremes: Float64Array;
}

/**
 * Squared distances below this share of the squared norms are computed again from the rows: the difference of norms and
 * products would have lost half of its digits.
 */
const CLOSE = 1e-7;

/**
 * One pass over all pairs of rows, whose squared distances to their mean are `norms` [n], through blocks of inner products of the centred rows: ‖a - b‖^2 = ‖a‖^2 + ‖b‖^2 -
 * 2 a.b in float64. Distances are good to 1e-8 of themselves, and those of equal rows are 0. Needs n k numbers beside the
 * blocks, never n x n.
 */
export async function pairwiseDistances(
  rows: Rows,
  p: Partition,
  norms: Float64Array,
  products: Products,
  signal?: AbortSignal,
): Promise<PairwiseDistances> {
  const { k, labels } = p;
  const { n, d } = rows;
  const sums = new Float64Array(n * k);
  const extremes = new Float64Array(k * k).fill(Infinity);
  for (let c = 0; c < k; c++) extremes[c * k + c] = 0;
  // The first row that each row is known to equal: many equal rows must not cost many exact distances.
  const original = Int32Array.from({ length: n }, (_, i) => i);
  const options = { centre: p.mean, precision: Float64Array, products, signal };
  await forEachGramBlock(rows, options, ({ i0, i1, j0, j1, products: block, a, b }) => {
    const width = j1 - j0;
    const exact = (i: number, j: number): number => {
      if (original[i] === original[j]) return 0;
      const squared = squaredDistance(a, (i - i0) * d, b, (j - j0) * d, d);
      if (squared === 0) original[j] = original[i];
      return squared;
    };
    for (let i = i0; i < i1; i++) {
      const own = labels[i];
      const norm = norms[i];
      const base = (i - i0) * width - j0;
      for (let j = Math.max(j0, i + 1); j < j1; j++) {
        const scale = norm + norms[j];
        let squared = scale - 2 * block[base + j];
        if (squared < CLOSE * scale) squared = exact(i, j);
        const distance = Math.sqrt(squared);
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
