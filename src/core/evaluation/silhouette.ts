import type { Membership } from './clusters';
import type { PairwiseDistances } from './pairwise';
import type { RowVisitor } from './scan';

/**
 * Mean silhouette (Rousseeuw, 1987) from the sums of distances of each row to each cluster [n, k]:
 * (b - a) / max(a, b) with a the mean distance to the other rows of the own cluster and b the smallest mean distance to
 * another cluster; 0 for a row that is alone in its cluster. NaN for k = 1.
 */
function meanSilhouette(n: number, p: Membership, sums: Float64Array): number {
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
export function euclideanSilhouette(
  n: number,
  p: Membership,
  { sums }: Pick<PairwiseDistances, 'sums'>,
): number {
  return meanSilhouette(n, p, sums);
}

/** The sum of each cluster's rows, scaled to length 1, with which the cosine silhouette begins. */
export interface UnitSums {
  /** 1 / ‖x_i‖, 0 for a row of zeros. [n] */
  readonly inverseNorms: Float64Array;
  /** [k, d] */
  readonly sums: Float64Array;
}

/** The first pass of the cosine silhouette. */
export function unitSumming({ k, labels }: Membership, d: number): { visit: RowVisitor; sums: UnitSums } {
  const inverseNorms = new Float64Array(labels.length);
  const sums = new Float64Array(k * d);
  const visit: RowVisitor = (x, at, i) => {
    const square = dot(x, at, x, at, d);
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    inverseNorms[i] = scale;
    const sum = labels[i] * d;
    for (let j = 0; j < d; j++) sums[sum + j] += x[at + j] * scale;
  };
  return { visit, sums: { inverseNorms, sums } };
}

/**
 * Mean silhouette with cosine distance 1 - x.y / (‖x‖ ‖y‖), uncentred: the second pass. The sum of a row's distances to
 * a cluster is its size minus the product with the sum of the cluster's unit rows, so no pairs are visited: O(n k d).
 * As scikit-learn, a row of zeros has distance 1 to every other row.
 */
export function cosineSilhouette(
  m: Membership,
  { inverseNorms, sums: unitSums }: UnitSums,
): { visit: RowVisitor; silhouette(): number } {
  const { k, labels, sizes } = m;
  const n = labels.length;
  const d = unitSums.length / k;
  const sums = new Float64Array(n * k);
  return {
    visit: (x, at, i) => {
      for (let c = 0; c < k; c++) {
        const product = dot(x, at, unitSums, c * d, d) * inverseNorms[i];
        // The row itself is in its own cluster's sum, once with the product 1 and once in the size.
        const others =
          c === labels[i] ? sizes[c] - 1 - (product - (inverseNorms[i] > 0 ? 1 : 0)) : sizes[c] - product;
        // Rounding may leave a distance of equal directions a few 1e-16 below zero.
        sums[i * k + c] = Math.max(0, others);
      }
    },
    silhouette: () => meanSilhouette(n, m, sums),
  };
}

function dot(x: Float32Array, i: number, y: Float32Array | Float64Array, j: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (const whole = d - (d % 4); k < whole; k += 4) {
    s0 += x[i + k] * y[j + k];
    s1 += x[i + k + 1] * y[j + k + 1];
    s2 += x[i + k + 2] * y[j + k + 2];
    s3 += x[i + k + 3] * y[j + k + 3];
  }
  for (; k < d; k++) s0 += x[i + k] * y[j + k];
  return s0 + s1 + (s2 + s3);
}
