import type { Metrics } from '../evaluation/metrics';
import type { EpochRecord } from '../progress';
import type { Outcome } from '../training/outcome';

/** The outcome of a clustering, before it is written. n time steps, K clusters, D dimensions. Labels are 0-based. */
export interface ClusteringResult extends Outcome {
  readonly clusters: number;
  readonly dimensions: number;
  /** Of the labels. */
  readonly metrics: Metrics;
  readonly argmaxMetrics: Metrics;
  readonly spectralMetrics?: Metrics;
  readonly history: readonly EpochRecord[];
}
