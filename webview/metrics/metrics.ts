/** The metrics with their direction and a sentence each. */
import type { MetricKey, RunSnapshot } from '../../src/protocol/panel';
import { formatNumber } from '../shared/format';
import { element, escape } from '../shared/markup';

interface Metric {
  readonly key: MetricKey;
  readonly name: string;
  readonly better: 'higher' | 'lower';
  readonly meaning: string;
}

/** In the order of the paper's table; the last two are ours. */
export const metrics: readonly Metric[] = [
  {
    key: 'silhouetteCosine',
    name: 'Silhouette (cosine)',
    better: 'higher',
    meaning: 'How much closer steps are to their own cluster than to the next, by angle; from −1 to 1.',
  },
  {
    key: 'daviesBouldin',
    name: 'Davies–Bouldin',
    better: 'lower',
    meaning: 'Spread of each cluster against the distance to the cluster it is most easily confused with.',
  },
  {
    key: 'calinskiHarabasz',
    name: 'Calinski–Harabasz',
    better: 'higher',
    meaning: 'Variance between the clusters over variance within them.',
  },
  {
    key: 'rmse',
    name: 'RMSE',
    better: 'lower',
    meaning: 'Root-mean-square distance of a step to the mean of its cluster.',
  },
  {
    key: 'variance',
    name: 'Variance',
    better: 'lower',
    meaning: 'Variance of all values within a cluster, averaged over clusters by size.',
  },
  {
    key: 'interClusterDistance',
    name: 'Inter-cluster distance (I-CD)',
    better: 'higher',
    meaning: 'Gap between the nearest members of two clusters, averaged as in the paper.',
  },
  {
    key: 'silhouetteEuclidean',
    name: 'Silhouette (Euclidean)',
    better: 'higher',
    meaning: 'The silhouette by straight-line distance, as most software computes it; from −1 to 1.',
  },
  {
    key: 'centroidDistance',
    name: 'Centroid distance',
    better: 'higher',
    meaning: 'Distance from the mean of a cluster to the nearest other one, averaged over clusters.',
  },
];

export function drawMetrics({ metrics: values }: Pick<RunSnapshot, 'metrics'>): string {
  const rows = metrics.map(({ key, name, better, meaning }) =>
    element(
      'tr',
      { 'data-metric': key },
      element('th', { scope: 'row' }, escape(name), element('span', { class: 'meaning' }, escape(meaning))),
      element('td', { class: 'figure' }, values ? formatNumber(values[key]) : '–'),
      element(
        'td',
        { class: 'direction' },
        element('span', { 'aria-hidden': 'true' }, better === 'higher' ? '↑' : '↓'),
        ` ${better} is better`,
      ),
    ),
  );
  return element(
    'table',
    { class: 'metrics' },
    '<thead><tr><th scope="col">Metric</th><th class="figure" scope="col">Value</th>' +
      '<th scope="col">Direction</th></tr></thead>',
    element('tbody', {}, ...rows),
  );
}
