import type { TimeAxis } from '../../data/frames';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours, inkOn, rgbOf } from './palette';
import type { Spell } from './spells';
import { elapsed, isGap, spells, usualStep } from './spells';

/** How often a step in cluster i (row) is followed by one in cluster j; steps before a gap have no next one. [K, K] */
export function countTransitions(labels: ArrayLike<number>, time: TimeAxis, clusters: number): Int32Array {
  const counts = new Int32Array(clusters * clusters);
  const times = elapsed(time);
  const usual = usualStep(times);
  for (let t = 1; t < labels.length; t++) {
    if (!isGap(times[t - 1], times[t], usual)) counts[labels[t - 1] * clusters + labels[t]]++;
  }
  return counts;
}

/** What follows each cluster, and how long its stays are: a table, shaded by probability. */
export function transitionTable(labels: Int32Array, time: TimeAxis, clusters: number): Markup {
  const counts = countTransitions(labels, time, clusters);
  const stays = spells(labels, time);
  const colours = clusterColours(clusters);
  const chip = (k: number) =>
    html`<span class="chip" style="background:${colours[k]};color:${inkOn(colours[k])}">${k}</span>`;
  const labelled = [...Array(clusters).keys()];
  const present = labelled.filter((k) => stays.some(({ label }) => label === k));
  const row = (from: number) => {
    const total = counts
      .subarray(from * clusters, (from + 1) * clusters)
      .reduce((sum, count) => sum + count, 0);
    return html`<tr>
      <th scope="row">${chip(from)}</th>
      ${present.map((to) => cell(counts[from * clusters + to], total, from === to))}
      <td class="number dwell">${meanLength(stays, from).toFixed(1)}</td>
    </tr>`;
  };
  return html`<figure>
    <figcaption>
      From each cluster (row) to each (column): probability of the next step, in percent; on the diagonal,
      that it stays
    </figcaption>
    <table class="transitions">
      <thead>
        <tr>
          <th scope="col">From</th>
          ${present.map((k) => html`<th scope="col">${chip(k)}</th>`)}
          <th scope="col" class="number dwell">Mean dwell (steps)</th>
        </tr>
      </thead>
      <tbody>
        ${present.map(row)}
      </tbody>
    </table>
    <p class="quiet">
      ${stepLength(time)} Gaps in time end a stay, and are no transition. The dwell time is the mean length of
      the stays in a cluster.
    </p>
  </figure>`;
}

function cell(count: number, total: number, same: boolean): Markup {
  if (total === 0) return html`<td class="quiet">–</td>`;
  const share = count / total;
  const text = count === 0 ? '·' : share < 0.005 ? '<1' : (100 * share).toFixed(0);
  // From white to dark blue; probabilities of change are small beside those to stay.
  const colour = mix('#ffffff', same ? '#6b7a89' : '#08519c', Math.sqrt(share));
  return html`<td style="background:${colour};color:${inkOn(colour)}" title="${count} of ${total}">
    ${text}
  </td>`;
}

function mix(from: string, to: string, share: number): string {
  const [a, b] = [rgbOf(from), rgbOf(to)];
  return `#${a
    .map((value, c) =>
      Math.round(value + (b[c] - value) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function meanLength(stays: readonly Spell[], cluster: number): number {
  const own = stays.filter(({ label }) => label === cluster);
  return own.reduce((sum, { start, end }) => sum + end - start, 0) / own.length;
}

/** What a time step is, where the data have a calendar. */
function stepLength(time: TimeAxis): string {
  if (time.units === '1' || time.iso.length < 2) return '';
  const days = usualStep(elapsed(time));
  const hours = Number((days * 24).toFixed(2));
  if (days >= 360 && days <= 366) return 'A step is a year.';
  if (days >= 28 && days <= 31) return 'A step is a month.';
  if (days >= 1) return days === 1 ? 'A step is a day.' : `A step is ${Number(days.toFixed(2))} days.`;
  return hours === 1 ? 'A step is an hour.' : `A step is ${hours} hours.`;
}
