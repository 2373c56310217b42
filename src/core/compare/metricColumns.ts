import type { Metrics } from '../evaluation/metrics';

export interface MetricColumn {
  readonly key: keyof Metrics;
  readonly title: string;
  /** Of a column of a table. */
  readonly short: string;
  readonly better: 'higher' | 'lower';
  /**
   * Whether the mean rank counts it. The variance does not: labels enter it only through the grand means of clusters, so
   * that the published one is about the same for every method. Nor does the distance of centroids, which is not of the
   * paper.
   */
  readonly ranked: boolean;
}

/** The metrics in the order of the paper's table, and which way is better. */
export const metricColumns: readonly MetricColumn[] = [
  {
    key: 'silhouetteCosine',
    title: 'cosine silhouette',
    short: 'Sil. (cos)',
    better: 'higher',
    ranked: true,
  },
  {
    key: 'silhouetteEuclidean',
    title: 'Euclidean silhouette',
    short: 'Sil. (Euc)',
    better: 'higher',
    ranked: true,
  },
  { key: 'daviesBouldin', title: 'Davies-Bouldin index', short: 'DB', better: 'lower', ranked: true },
  { key: 'calinskiHarabasz', title: 'Calinski-Harabasz index', short: 'CH', better: 'higher', ranked: true },
  { key: 'rmse', title: 'RMSE', short: 'RMSE', better: 'lower', ranked: true },
  { key: 'variance', title: 'variance', short: 'Variance', better: 'lower', ranked: false },
  {
    key: 'interClusterDistance',
    title: 'inter-cluster distance',
    short: 'I-CD',
    better: 'higher',
    ranked: true,
  },
  {
    key: 'centroidDistance',
    title: 'distance of centroids',
    short: 'Centroids',
    better: 'higher',
    ranked: false,
  },
];
