import type { TimeAxis } from '../../data/frames';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours } from './palette';
import { spells } from './spells';
import { timeTicks } from './ticks';
import { LEFT, period, RIGHT, WIDTH } from './timePicture';
import { yearRows } from './yearRows';

/**
 * When each cluster was: up to a year and a half one lane per cluster along the calendar, beyond that one row per year,
 * so that seasons stand below one another.
 */
export function ribbon(time: TimeAxis, labels: Int32Array, clusters: number): Markup {
  const years = yearsOf(time);
  const long = years !== undefined && new Set(years).size > 2 && labels.length / new Set(years).size >= 12;
  return long ? yearRows(time, labels, clusters) : lanes(time, labels, clusters);
}

function yearsOf({ iso, units }: TimeAxis): number[] | undefined {
  return units === '1' ? undefined : iso.map((text) => Number((/^-?\d+/.exec(text) as RegExpExecArray)[0]));
}

function lanes(time: TimeAxis, labels: Int32Array, clusters: number): Markup {
  const colours = clusterColours(clusters);
  const lane = clusters > 20 ? 13 : 18;
  const stripHeight = 26;
  const top = stripHeight + 10;
  const bottom = top + clusters * lane;
  const x = (index: number) => LEFT + ((WIDTH - LEFT - RIGHT) * index) / labels.length;
  const width = (start: number, end: number) => Math.max(0.6, x(end) - x(start)).toFixed(2);
  const stays = spells(labels, time);
  return html`<svg
    class="ribbon"
    viewBox="0 0 ${WIDTH} ${bottom + 24}"
    role="img"
    aria-label="Cluster of each time step"
  >
    ${timeTicks(time.iso, 12).map(
      ({ index, label }) =>
        html`<line
            class="grid"
            x1="${x(index).toFixed(2)}"
            x2="${x(index).toFixed(2)}"
            y1="0"
            y2="${bottom + 5}"
          />
          <text class="tick" x="${(x(index) + 3).toFixed(2)}" y="${bottom + 17}">${label}</text>`,
    )}
    <text class="lane" x="${LEFT - 8}" y="${stripHeight / 2 + 4}">All</text>
    ${Array.from({ length: clusters }, (_, k) => {
      const y = top + k * lane;
      return html`<line
          class="grid"
          x1="${LEFT}"
          x2="${WIDTH - RIGHT}"
          y1="${y + lane / 2}"
          y2="${y + lane / 2}"
        />
        <text class="lane" x="${LEFT - 8}" y="${y + lane / 2 + 4}">Cluster ${k}</text>`;
    })}
    ${stays.map(
      ({ label, start, end }) =>
        html`<g fill="${colours[label]}"
          ><title>Cluster ${label}: ${period(time, start, end)}</title>
          <rect x="${x(start).toFixed(2)}" y="0" width="${width(start, end)}" height="${stripHeight}" />
          <rect
            x="${x(start).toFixed(2)}"
            y="${top + label * lane + 2}"
            width="${width(start, end)}"
            height="${lane - 4}"
        /></g>`,
    )}
  </svg>`;
}
