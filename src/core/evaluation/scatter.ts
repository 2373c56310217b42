import type { Partition } from './clusters';
import { squaredDistance } from './clusters';

/** How far rows are from centroids, and centroids from one another. */
export interface Scatter {
  /** Within-cluster sum of squares W = sum_i ‖x_i - c_{y_i}‖^2 (the inertia). */
  readonly within: number;
  /** Between-cluster sum of squares B = sum_c n_c ‖c_c - m‖^2. */
  readonly between: number;
  /** Total sum of squares T = sum_i ‖x_i - m‖^2, computed from the rows: W + B = T is a check, not a definition. */
  readonly total: number;
  /** Mean (not root mean square) distance of each cluster's rows to its centroid. [k] */
  readonly spread: Float64Array;
  /** Distances between centroids. [k, k] */
  readonly centroidDistances: Float64Array;
}

/** Sums of squares and centroid distances of a partition of x [n, d]. */
export function scatter(x: Float32Array, n: number, d: number, p: Partition): Scatter {
  const { k, labels, sizes, centroids, mean } = p;
  let within = 0;
  let total = 0;
  const spread = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const c = labels[i];
    const squared = squaredDistance(x, i, centroids, c, d);
    within += squared;
    spread[c] += Math.sqrt(squared) / sizes[c];
    total += squaredDistance(x, i, mean, 0, d);
  }
  let between = 0;
  const centroidDistances = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    between += sizes[a] * squaredDistance(centroids, a, mean, 0, d);
    for (let b = 0; b < a; b++) {
      const distance = Math.sqrt(squaredDistance(centroids, a, centroids, b, d));
      centroidDistances[a * k + b] = distance;
      centroidDistances[b * k + a] = distance;
    }
  }
  return { within, between, total, spread, centroidDistances };
}

/**
 * Davies-Bouldin index: mean_i max_{j != i} (s_i + s_j) / ‖c_i - c_j‖ (Davies and Bouldin, 1979, with p = 2, q = 1).
 * As scikit-learn, coinciding centroids do not count, and the index is 0 when no cluster has any spread. NaN for k = 1.
 */
export function daviesBouldin(k: number, { spread, centroidDistances }: Scatter): number {
  if (k < 2) return NaN;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    let worst = 0;
    for (let j = 0; j < k; j++) {
      const distance = centroidDistances[i * k + j];
      if (j !== i && distance > 0) worst = Math.max(worst, (spread[i] + spread[j]) / distance);
    }
    sum += worst;
  }
  return sum / k;
}

/**
 * Calinski-Harabasz index: [B / (k-1)] / [W / (n-k)] (Caliński and Harabasz, 1974). NaN for k = 1 and k = n;
 * 1 when W is 0, as scikit-learn.
 */
export function calinskiHarabasz(n: number, k: number, { within, between }: Scatter): number {
  if (k < 2 || k >= n) return NaN;
  return within === 0 ? 1 : (between * (n - k)) / (within * (k - 1));
}

/** Mean over clusters of the distance from a centroid to the nearest other centroid. NaN for k = 1. */
export function centroidDistance(k: number, { centroidDistances }: Scatter): number {
  if (k < 2) return NaN;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    let nearest = Infinity;
    for (let j = 0; j < k; j++) if (j !== i) nearest = Math.min(nearest, centroidDistances[i * k + j]);
    sum += nearest;
  }
  return sum / k;
}

/**
 * Size-weighted mean of each cluster's variance over all its entries, rows and columns together (ddof 0):
 * (1/n) sum_c n_c var(X[C_c]). Labels enter only through the clusters' grand means.
 */
export function pooledVariance(x: Float32Array, n: number, d: number, p: Partition): number {
  const { k, labels, sizes, centroids } = p;
  const grandMean = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) grandMean[c] += centroids[c * d + j];
    grandMean[c] /= d;
  }
  const squares = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    const m = grandMean[labels[i]];
    let sum = 0;
    for (let q = i * d, end = q + d; q < end; q++) {
      const difference = x[q] - m;
      sum += difference * difference;
    }
    squares[labels[i]] += sum;
  }
  let weighted = 0;
  for (let c = 0; c < k; c++) weighted += sizes[c] * (squares[c] / (sizes[c] * d));
  return weighted / n;
}
