import type { Metrics } from '../../evaluation/metrics';
import { metricNames, toJsonMetrics } from '../metricsJson';
import type { ClusteringResult } from '../result';
import type { Markup } from './html';
import { html } from './html';
import { short } from './ticks';

/** What each metric is called, which way is better, and what it means. */
export const metricMeanings: Readonly<
  Record<
    keyof Metrics,
    { readonly name: string; readonly better: 'higher' | 'lower'; readonly meaning: string }
  >
> = {
  silhouetteCosine: {
    name: 'Silhouette (cosine)',
    better: 'higher',
    meaning:
      'How much closer in direction a step is to its own cluster than to the next one, from −1 to 1; the form that is published.',
  },
  silhouetteEuclidean: {
    name: 'Silhouette (Euclidean)',
    better: 'higher',
    meaning: 'The same with straight distances.',
  },
  daviesBouldin: {
    name: 'Davies–Bouldin',
    better: 'lower',
    meaning:
      'Spread of two clusters relative to the distance of their centres, for the worst partner of each cluster.',
  },
  calinskiHarabasz: {
    name: 'Calinski–Harabasz',
    better: 'higher',
    meaning: 'Variance between clusters over variance within them.',
  },
  rmse: {
    name: 'RMSE',
    better: 'lower',
    meaning: 'Root mean squared distance of a step to the centre of its cluster.',
  },
  variance: {
    name: 'Variance',
    better: 'lower',
    meaning: 'Variance of all scaled values within a cluster, averaged over the clusters by size.',
  },
  interClusterDistance: {
    name: 'I-CD',
    better: 'higher',
    meaning:
      'Distance to the nearest step of another cluster, or the cluster’s own diameter if smaller, averaged over clusters.',
  },
  centroidDistance: {
    name: 'Centroid distance',
    better: 'higher',
    meaning: 'Distance of a cluster’s centre to the nearest other one, averaged over clusters.',
  },
};

/** The metrics of the labels, and of those by the other method where there are some. */
export function metricsTable({
  method,
  metrics,
  argmaxMetrics,
  spectralMetrics,
  recurrence,
}: ClusteringResult): Markup {
  const ours = toJsonMetrics(metrics);
  const others = method === 'spectral' ? argmaxMetrics : spectralMetrics;
  const other = others && toJsonMetrics(others);
  const name = method === 'spectral' ? 'Argmax labels' : 'Spectral labels';
  const cell = (value: number | null) =>
    html`<td class="number">${value === null ? 'undefined' : short(value, 4)}</td>`;
  return html`<table>
      <thead>
        <tr>
          <th>Metric</th>
          <th class="number">Value</th>
          ${other && html`<th class="number">${name}</th>`}
          <th>Better</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${metricNames.map((key) => {
          const { name, better, meaning } = metricMeanings[key];
          return html`<tr>
            <td class="name">${name}</td>
            ${cell(ours[key])}${other && cell(other[key])}
            <td class="name">${better === 'higher' ? '↑ higher' : '↓ lower'}</td>
            <td class="meaning">${meaning}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    <p class="quiet">
      The labels are ${method === 'spectral' ? 'spectral ones' : 'those of the soft assignment (argmax)'}.
      Spectral labels: spectral clustering of the self-expression |C| + |Cᵀ|. Both are in result.nc.
      ${
        recurrence !== undefined &&
        html`The spectral ones are known again from time steps far away with an agreement of
        ${short(recurrence, 2)} (1 for always, 0 for chance).`
      }
    </p>`;
}
