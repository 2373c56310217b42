import type { Metrics } from '../evaluation/metrics';
import type { SparseCoefficients } from '../evaluation/sparse';
import type { EpochRecord } from '../progress';

/** The outcome of a clustering, before it is written. n time steps, K clusters, D dimensions. Labels are 0-based. */
export interface ClusteringResult {
  readonly clusters: number;
  /** [n] */
  readonly labels: Int32Array;
  /** [n, K], rows sum to 1. */
  readonly softAssignment: Float32Array;
  /** [n, D] */
  readonly embedding: Float32Array;
  readonly dimensions: number;
  /** Self-expression coefficients C [n, n], when n allows it. */
  readonly selfExpression?: SparseCoefficients;
  /** Labels by spectral clustering of |C| + |C^T|. [n] */
  readonly spectralLabels?: Int32Array;
  readonly metrics: Metrics;
  readonly spectralMetrics?: Metrics;
  readonly history: readonly EpochRecord[];
}
