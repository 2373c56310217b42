import type { Rows } from '../data/rows';
import { membership, partitioning } from './clusters';
import { interClusterDistance, pairwiseDistances } from './pairwise';
import type { Products } from './products';
import { scan } from './scan';
import type { Scatter } from './scatter';
import { calinskiHarabasz, centroidDistance, daviesBouldin, pooledVariance, scattering } from './scatter';
import { cosineSilhouette, euclideanSilhouette, unitSumming } from './silhouette';

/**
 * The metrics of the paper (method.md section 2), in its table's order, and two more. NaN where a metric is undefined:
 * all but rmse and variance when only one cluster has members, calinskiHarabasz also when every row is its own cluster.
 */
export interface Metrics {
  /** Mean silhouette with cosine distance, higher is better. */
  readonly silhouetteCosine: number;
  /** Mean silhouette with Euclidean distance, higher is better. */
  readonly silhouetteEuclidean: number;
  /** Davies-Bouldin index, lower is better. */
  readonly daviesBouldin: number;
  /** Calinski-Harabasz index, higher is better. */
  readonly calinskiHarabasz: number;
  /** Root of the mean squared distance to the own centroid, lower is better. */
  readonly rmse: number;
  /** Size-weighted mean of the variance over all entries of each cluster, lower is better. */
  readonly variance: number;
  /** Average inter-cluster distance as the paper's code (I-CD), higher is better. */
  readonly interClusterDistance: number;
  /** Mean over clusters of the distance to the nearest other centroid, higher is better. */
  readonly centroidDistance: number;
}

export interface EvaluationOptions {
  readonly products: Products;
  readonly signal?: AbortSignal;
}

/**
 * Metrics of a labelling of the rows of a table [n, d] (scaled data, never the embedding: what is compared must be the
 * same table for every method). Labels are non-negative; numbers without members are ignored, so k is the number of
 * non-empty clusters. Sums are in float64; time O(n^2 d), memory O(n k + k d) and blocks of rows.
 * @throws CancelledError when the signal is aborted.
 */
export async function evaluate(
  rows: Rows,
  labels: Int32Array,
  { products, signal }: EvaluationOptions,
): Promise<Metrics> {
  const { n, d } = rows;
  const m = membership(rows, labels);
  const { k } = m;
  const parts = partitioning(m, d);
  const units = unitSumming(m, d);
  await scan(rows, [parts.visit, units.visit], signal);
  const p = parts.partition();
  const scattered = scattering(p);
  const variance = pooledVariance(p);
  const cosine = cosineSilhouette(p, units.sums);
  await scan(rows, [scattered.visit, variance.visit, cosine.visit], signal);
  const s = scattered.scatter();
  assertInertiaIdentity(n, k, s, p.mean);
  const pairs = k > 1 ? await pairwiseDistances(rows, p, s.norms, products, signal) : undefined;
  return {
    silhouetteCosine: cosine.silhouette(),
    silhouetteEuclidean: pairs ? euclideanSilhouette(n, p, pairs) : NaN,
    daviesBouldin: daviesBouldin(k, s),
    calinskiHarabasz: calinskiHarabasz(n, k, s),
    rmse: Math.sqrt(s.within / n),
    variance: variance.variance(),
    interClusterDistance: pairs ? interClusterDistance(k, pairs) : NaN,
    centroidDistance: centroidDistance(k, s),
  };
}

/**
 * T/n, the mean squared distance to the mean of all rows, from metrics alone: RMSE^2 (1 + CH (k-1) / (n-k)). The same
 * for every labelling of a table, so rows of a published table can be checked against one another.
 */
export function totalVarianceFromMetrics(
  metrics: Pick<Metrics, 'rmse' | 'calinskiHarabasz'>,
  n: number,
  k: number,
): number {
  return metrics.rmse ** 2 * (1 + (metrics.calinskiHarabasz * (k - 1)) / (n - k));
}

/** Throws when W + B differs from T, i.e. when the inertia identity is violated: that would be our fault. */
function assertInertiaIdentity(
  n: number,
  k: number,
  { within, between, total }: Scatter,
  mean: Float64Array,
): void {
  let offset = 0;
  for (const value of mean) offset += value * value;
  // Rounding is relative to the values, not to their spread: (almost) constant tables have T of the order of 1e-30.
  const tolerance = 1e-8 * total + 1e-20 * n * offset;
  if (!(Math.abs(within + between - total) <= tolerance)) {
    throw new Error(
      `The inertia identity does not hold: W + B = ${within + between} but T = ${total} (n = ${n}, k = ${k}).`,
    );
  }
}
