import type { Partition } from './clusters';
import { squaredDistance } from './clusters';
import type { RowVisitor } from './scan';

/** How far rows are from centroids, and centroids from one another. */
export interface Scatter {
  /** Within-cluster sum of squares W = sum_i ‖x_i - c_{y_i}‖^2 (the inertia). */
  readonly within: number;
  /** Between-cluster sum of squares B = sum_c n_c ‖c_c - m‖^2. */
  readonly between: number;
  /** Total sum of squares T = sum_i ‖x_i - m‖^2, computed from the rows: W + B = T is a check, not a definition. */
  readonly total: number;
  /** ‖x_i - m‖^2 of each row. [n] */
  readonly norms: Float64Array;
  /** Mean (not root mean square) distance of each cluster's rows to its centroid. [k] */
  readonly spread: Float64Array;
  /** Distances between centroids. [k, k] */
  readonly centroidDistances: Float64Array;
}

/** Sums of squares and centroid distances of a partition of the rows that pass. */
export function scattering(p: Partition): { readonly visit: RowVisitor; scatter(): Scatter } {
  const { k, labels, sizes, centroids, mean } = p;
  const d = mean.length;
  let within = 0;
  let total = 0;
  const norms = new Float64Array(labels.length);
  const spread = new Float64Array(k);
  return {
    visit: (x, at, i) => {
      const c = labels[i];
      const squared = squaredDistance(x, at, centroids, c * d, d);
      within += squared;
      spread[c] += Math.sqrt(squared) / sizes[c];
      norms[i] = squaredDistance(x, at, mean, 0, d);
      total += norms[i];
    },
    scatter: () => ({ within, total, norms, spread, ...betweenCentroids(p) }),
  };
}

function betweenCentroids({
  k,
  sizes,
  centroids,
  mean,
}: Partition): Pick<Scatter, 'between' | 'centroidDistances'> {
  const d = mean.length;
  let between = 0;
  const centroidDistances = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    between += sizes[a] * squaredDistance(centroids, a * d, mean, 0, d);
    for (let b = 0; b < a; b++) {
      const distance = Math.sqrt(squaredDistance(centroids, a * d, centroids, b * d, d));
      centroidDistances[a * k + b] = distance;
      centroidDistances[b * k + a] = distance;
    }
  }
  return { between, centroidDistances };
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
export function pooledVariance({ k, labels, centroids, mean }: Partition): {
  readonly visit: RowVisitor;
  variance(): number;
} {
  const d = mean.length;
  const grandMean = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) grandMean[c] += centroids[c * d + j];
    grandMean[c] /= d;
  }
  let squares = 0;
  return {
    visit: (x, at, i) => {
      const m = grandMean[labels[i]];
      let even = 0;
      let odd = 0;
      const end = at + d;
      let q = at;
      for (; q + 1 < end; q += 2) {
        const a = x[q] - m;
        const b = x[q + 1] - m;
        even += a * a;
        odd += b * b;
      }
      if (q < end) even += (x[q] - m) ** 2;
      squares += even + odd;
    },
    variance: () => squares / (labels.length * d),
  };
}
