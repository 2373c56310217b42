import type { Metrics } from '../core/evaluation/metrics';
import { columns, figure } from './text';

/** Name and direction of each metric, in the order of the paper's table. */
const rows: Record<keyof Metrics, readonly [name: string, better: 'higher' | 'lower']> = {
  silhouetteCosine: ['Silhouette (cosine)', 'higher'],
  silhouetteEuclidean: ['Silhouette (Euclidean)', 'higher'],
  daviesBouldin: ['Davies-Bouldin index', 'lower'],
  calinskiHarabasz: ['Calinski-Harabasz index', 'higher'],
  rmse: ['RMSE (root inertia per step)', 'lower'],
  variance: ['Variance within clusters', 'lower'],
  interClusterDistance: ['Inter-cluster distance (I-CD)', 'higher'],
  centroidDistance: ['Distance to nearest centroid', 'higher'],
};

/** The metrics as a table: name, value, and an arrow that points to where better is. */
export function metricsTable(metrics: Metrics): string {
  const arrows = { higher: '↑', lower: '↓' };
  return columns(
    [
      ['Metric', 'Value', 'Better'],
      ...Object.entries(rows).map(([key, [name, better]]) => [
        name,
        figure(metrics[key as keyof Metrics]),
        `${arrows[better]} ${better}`,
      ]),
    ],
    [1],
  );
}
