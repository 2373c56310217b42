/** The metrics with their direction and a sentence each. */
import type { MetricKey } from '../../src/protocol/panel';
import { formatNumber } from '../shared/format';
import { element, escape } from '../shared/markup';

export interface Metric {
  readonly key: MetricKey;
  readonly name: string;
  /** For charts and column heads. */
  readonly short: string;
  readonly better: 'higher' | 'lower';
  readonly meaning: string;
  /** In the table of the paper. */
  readonly published: boolean;
}

/** In the order of the paper's table; the last two are ours. */
export const metrics: readonly Metric[] = [
  {
    key: 'silhouetteCosine',
    name: 'Silhouette (cosine)',
    short: 'Silhouette (cos)',
    better: 'higher',
    meaning: 'How much closer steps are to their own cluster than to the next, by angle; from −1 to 1.',
    published: true,
  },
  {
    key: 'daviesBouldin',
    name: 'Davies–Bouldin',
    short: 'Davies–Bouldin',
    better: 'lower',
    meaning: 'Spread of each cluster against the distance to the cluster it is most easily confused with.',
    published: true,
  },
  {
    key: 'calinskiHarabasz',
    name: 'Calinski–Harabasz',
    short: 'Calinski–Harabasz',
    better: 'higher',
    meaning: 'Variance between the clusters over variance within them, each for its degrees of freedom.',
    published: true,
  },
  {
    key: 'rmse',
    name: 'RMSE',
    short: 'RMSE',
    better: 'lower',
    meaning: 'Root-mean-square distance of a step to the mean of its cluster.',
    published: true,
  },
  {
    key: 'variance',
    name: 'Variance',
    short: 'Variance',
    better: 'lower',
    meaning: 'Variance of all values within a cluster, averaged over clusters by size.',
    published: true,
  },
  {
    key: 'interClusterDistance',
    name: 'Inter-cluster distance (I-CD)',
    short: 'I-CD',
    better: 'higher',
    meaning: 'Gap between the nearest members of two clusters, averaged as in the paper.',
    published: true,
  },
  {
    key: 'silhouetteEuclidean',
    name: 'Silhouette (Euclidean)',
    short: 'Silhouette (Eucl.)',
    better: 'higher',
    meaning: 'The silhouette by straight-line distance, as most software computes it; from −1 to 1.',
    published: false,
  },
  {
    key: 'centroidDistance',
    name: 'Centroid distance',
    short: 'Centroid distance',
    better: 'higher',
    meaning: 'Distance from the mean of a cluster to the nearest other one, averaged over clusters.',
    published: false,
  },
];

/** What the numbers are computed on, and what they cannot say. */
export const METRICS_NOTE =
  'All are computed on the scaled fields, not on what the network learned: runs of the same data can be compared, ' +
  'numbers from other fields, periods or scalings cannot. They reward compact clusters; whether regimes last, or recur, ' +
  'they do not tell.';

/** Values of the metrics; all rows are there from the start, so that nothing moves when the values come. */
export function drawMetrics(values: Readonly<Partial<Record<MetricKey, number | null>>> | null): string {
  const rows = (published: boolean): string =>
    metrics
      .filter((metric) => metric.published === published)
      .map(({ key, name, better, meaning }) =>
        element(
          'tr',
          { 'data-metric': key },
          element(
            'th',
            { scope: 'row' },
            escape(name),
            element('span', { class: 'meaning' }, escape(meaning)),
          ),
          element('td', { class: 'figure' }, formatNumber(values?.[key] ?? null)),
          element(
            'td',
            { class: 'direction' },
            element('span', { 'aria-hidden': 'true' }, better === 'higher' ? '↑' : '↓'),
            ` ${better}`,
            element('span', { class: 'wide' }, ' is better'),
          ),
        ),
      )
      .join('');
  return element(
    'table',
    { class: 'metrics' },
    '<thead><tr><th scope="col">Metric</th><th class="figure" scope="col">Value</th>' +
      '<th scope="col">Direction</th></tr></thead>',
    element('tbody', {}, rows(true)),
    element(
      'tbody',
      {},
      '<tr class="group"><th scope="rowgroup" colspan="3">Not in the paper</th></tr>',
      rows(false),
    ),
  );
}
