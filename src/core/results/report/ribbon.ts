import { daysInYear, dayOfYear } from '../../data/cfTime';
import type { TimeAxis } from '../../data/frames';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours } from './palette';
import { elapsed, spells, usualStep } from './spells';
import { monthName, timeTicks } from './ticks';

/** Measures of pictures along time, alike so that they can be compared down the page. */
export const WIDTH = 1000;
export const LEFT = 92;
export const RIGHT = 8;

/**
 * When each cluster was: up to a year and a half one lane per cluster along the calendar, beyond that one row per year,
 * so that seasons stand below one another.
 */
export function ribbon(time: TimeAxis, labels: Int32Array, clusters: number): Markup {
  const years = yearsOf(time);
  const long = years !== undefined && new Set(years).size > 2 && labels.length / new Set(years).size >= 12;
  return long ? yearRows(time, years, labels, clusters) : lanes(time, labels, clusters);
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

function yearRows(time: TimeAxis, years: readonly number[], labels: Int32Array, clusters: number): Markup {
  const colours = clusterColours(clusters);
  const distinct = [...new Set(years)];
  const row = distinct.length > 40 ? 9 : 20;
  const gap = distinct.length > 40 ? 1 : 3;
  const bottom = distinct.length * row;
  const scale = WIDTH - LEFT - RIGHT;
  const times = elapsed(time);
  const usual = usualStep(times);
  // Days are told from the dates, so that 1 March is below 1 March also after leap days, nearly.
  const shares = Array.from(labels, (_, t) => shareOfYear(time, t, years[t]));
  const stays = spells(labels, time);
  const rows = distinct.map((year, r) => {
    const first = years.indexOf(year);
    const last = years.lastIndexOf(year);
    const length = daysInYear(year, time.calendar);
    return html`<text class="lane" x="${LEFT - 8}" y="${r * row + row / 2 + 3}">${year}</text> ${stays
        .filter(({ start, end }) => start <= last && end > first)
        .map(({ label, start, end }) => {
          const from = shares[Math.max(start, first)];
          const final = Math.min(end - 1, last);
          // A step lasts until the next one, and no longer than usual.
          const step = final < labels.length - 1 ? Math.min(times[final + 1] - times[final], usual) : usual;
          const to = Math.min(1, shares[final] + step / length);
          return html`<rect
            fill="${colours[label]}"
            x="${(LEFT + scale * from).toFixed(2)}"
            y="${r * row}"
            width="${Math.max(0.4, scale * (to - from)).toFixed(2)}"
            height="${row - gap}"
          >
            <title>Cluster ${label}: ${period(time, start, end)}</title>
          </rect>`;
        })}`;
  });
  return html`<svg
    class="ribbon"
    viewBox="0 0 ${WIDTH} ${bottom + 24}"
    role="img"
    aria-label="Cluster of each time step, one row per year"
  >
    ${rows}
    ${Array.from({ length: 12 }, (_, m) => {
      const x = LEFT + (scale * m) / 12;
      return html`<line
          class="grid above"
          x1="${x.toFixed(2)}"
          x2="${x.toFixed(2)}"
          y1="0"
          y2="${bottom + 5}"
        /><text class="tick" x="${(x + 3).toFixed(2)}" y="${bottom + 17}">${monthName(m + 1)}</text>`;
    })}
  </svg>`;
}

/** How much of the year has passed, from 0 to 1. */
function shareOfYear({ iso, calendar }: TimeAxis, t: number, year: number): number {
  const clock = /T(\d\d):(\d\d)/.exec(iso[t]);
  const hours = clock ? Number(clock[1]) + Number(clock[2]) / 60 : 0;
  return ((dayOfYear(iso[t], calendar) as number) - 1 + hours / 24) / daysInYear(year, calendar);
}

function period({ iso }: TimeAxis, start: number, end: number): string {
  const day = (text: string) => text.replace(/T00:00:00$/, '').replace('T', ' ');
  return end - start === 1
    ? day(iso[start])
    : `${day(iso[start])} to ${day(iso[end - 1])} (${end - start} steps)`;
}
