import type { TimeAxis } from '../../data/frames';
import type { Composites } from '../composites';
import type { ClusteringResult } from '../result';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours, inkOn } from './palette';
import { spells } from './spells';

/** How often each cluster is, how long it stays, and how sure its labels are. */
export function clusterTable(
  { labels, softAssignment, clusters }: ClusteringResult,
  maps: Composites,
  time: TimeAxis,
): Markup {
  const colours = clusterColours(clusters);
  const stays = spells(labels, time);
  const largest = Math.max(...maps.sizes);
  const rows = Array.from(maps.sizes, (size, k) => {
    const lengths = stays.filter(({ label }) => label === k).map(({ start, end }) => end - start);
    let confidence = 0;
    labels.forEach((label, t) => (confidence += label === k ? softAssignment[t * clusters + k] / size : 0));
    const chip = html`<span class="chip" style="background:${colours[k]};color:${inkOn(colours[k])}"
      >${k}</span
    >`;
    if (size === 0)
      return html`<tr>
        <td>${chip}</td>
        <td class="number">0</td>
        <td colspan="5" class="quiet">empty</td>
      </tr>`;
    return html`<tr>
      <td>${chip}</td>
      <td class="number">${size}</td>
      <td class="number">${((100 * size) / labels.length).toFixed(1)} %</td>
      <td style="width:30%">
        <span
          class="share"
          style="width:${((100 * size) / largest).toFixed(1)}%;background:${colours[k]}"
        ></span>
      </td>
      <td class="number">${lengths.length}</td>
      <td class="number">${(size / lengths.length).toFixed(1)}</td>
      <td class="number">${lengths.reduce((longest, length) => Math.max(longest, length), 0)}</td>
      <td class="number">${confidence.toFixed(2)}</td>
    </tr>`;
  });
  return html`<table>
      <thead>
        <tr>
          <th>Cluster</th>
          <th class="number">Steps</th>
          <th class="number">Share</th>
          <th></th>
          <th class="number">Spells</th>
          <th class="number">Mean length</th>
          <th class="number">Longest</th>
          <th class="number">Mean probability</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p class="quiet">
      A spell is an uninterrupted stay in a cluster; lengths are in time steps, and gaps in time end a spell.
      The probability is that of the assigned cluster.
    </p>`;
}

/** The colours and numbers of all clusters. */
export function legend(clusters: number): Markup {
  return html`<p class="legend">
    Clusters:
    ${clusterColours(clusters).map(
      (colour, k) =>
        html`<span class="chip" style="background:${colour};color:${inkOn(colour)}">${k}</span> `,
    )}
  </p>`;
}
