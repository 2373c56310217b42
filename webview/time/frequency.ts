/** How often each cluster occurs in each month or year: stacked bars, and the table of the same numbers. */
import { MONTHS } from '../shared/calendar';
import { formatShare } from '../shared/format';
import { coordinate, element, escape } from '../shared/markup';
import { clusterColor, inkOn } from '../shared/palette';
import type { DataTable } from '../shared/tables';
import { chip } from './clusterTable';
import { coveredMonths } from './months';
import { labelledYears, winterName } from './ribbonAxis';
import { type Frequency, frequencies } from './statistics';
import type { TimeAxis } from './timeAxis';

/** Counts in each calendar month that occurs, in the order of the season; none without a calendar. */
export function monthFrequencies(labels: Int32Array | null, clusters: number, axis: TimeAxis): Frequency[] {
  if (!axis.calendar) return [];
  const order = coveredMonths(axis.dates).map((month) => ({ key: month, name: MONTHS[month] }));
  return frequencies(labels, clusters, order, (step) => axis.dates[step].month - 1);
}

/** Counts in each year (none without a calendar), or in each season where the data have only one and it reaches into the next year. */
export function yearFrequencies(labels: Int32Array | null, clusters: number, axis: TimeAxis): Frequency[] {
  if (!axis.calendar) return [];
  const months = coveredMonths(axis.dates);
  const wraps = months[months.length - 1] < months[0];
  const yearOf = (step: number): number => {
    const { year, month } = axis.dates[step];
    return wraps && month - 1 < months[0] ? year - 1 : year;
  };
  const first = yearOf(0);
  const order = Array.from({ length: yearOf(axis.count - 1) - first + 1 }, (_, i) => ({
    key: first + i,
    name: wraps ? winterName(first + i) : String(first + i),
  }));
  return frequencies(labels, clusters, order, yearOf);
}

const HEIGHT = 190;
/** Columns are at most as far apart, in pixels. */
const WIDEST = 110;
const MARGIN = { top: 6, right: 2, bottom: 20, left: 40 };

/** Stacked shares, cluster 0 at the bottom; the numbers of clusters where they fit. Columns without steps are empty. */
export function drawFrequencies(columns: readonly Frequency[], width: number, label: string): string {
  const bottom = HEIGHT - MARGIN.bottom;
  const height = bottom - MARGIN.top;
  const pitch = Math.min(WIDEST, (width - MARGIN.left - MARGIN.right) / Math.max(1, columns.length));
  const right = MARGIN.left + pitch * columns.length;
  const gap = pitch > 12 ? Math.min(pitch * 0.14, 6) : pitch > 4 ? 1 : 0;
  const longest = Math.max(1, ...columns.map(({ name }) => name.length));
  const most = Math.max(1, ...columns.map(({ total }) => total));
  const names = columns.map(({ name }) => name);
  const room = (longest * 6.6 + 6) / pitch;
  const years = /^\d/.test(names[0] ?? '');
  const labelled = years
    ? labelledYears(names, room)
    : names.map((_, i) => i % Math.ceil(Math.max(1, room)) === 0);
  return element(
    'svg',
    {
      class: 'frequencies',
      width,
      height: HEIGHT,
      viewBox: `0 0 ${coordinate(width)} ${HEIGHT}`,
      role: 'img',
      'aria-label': label,
    },
    ...[0, 0.5, 1].map((share) => {
      const y = bottom - share * height;
      return (
        element('line', { class: 'axis', x1: MARGIN.left - 4, x2: right, y1: y, y2: y }) +
        element(
          'text',
          { class: 'tick', x: MARGIN.left - 8, y, 'text-anchor': 'end', 'dominant-baseline': 'central' },
          `${100 * share}%`,
        )
      );
    }),
    ...columns.map((column, i) => {
      const x = MARGIN.left + i * pitch + gap / 2;
      const name = element(
        'text',
        {
          class: 'tick',
          // The last one stays inside of the picture.
          x: Math.min(x + (pitch - gap) / 2, width - column.name.length * 3.3),
          y: bottom + 14,
          'text-anchor': 'middle',
        },
        escape(column.name),
      );
      const full = pitch - gap;
      const bar = isPartial(column, most) ? Math.max(full * (column.total / most), Math.min(full, 2)) : full;
      return drawColumn(column, x + (full - bar) / 2, bar, bottom, height) + (labelled[i] ? name : '');
    }),
  );
}

/** Whether a month or year has clearly fewer steps than the fullest, as an incomplete one: its bar is as much narrower. */
function isPartial({ total }: Frequency, most: number): boolean {
  return total < 0.85 * most;
}

/** Whether some bars are narrower, and a word has to be said about it. */
export function hasPartial(columns: readonly Frequency[]): boolean {
  const most = Math.max(...columns.map(({ total }) => total));
  return columns.some((column) => column.total > 0 && isPartial(column, most));
}

function drawColumn(
  { name, counts, total }: Frequency,
  x: number,
  width: number,
  bottom: number,
  height: number,
): string {
  let below = 0;
  return counts
    .map((count, label) => {
      if (count === 0) return '';
      const size = (height * count) / total;
      const y = bottom - (height * below) / total - size;
      below += count;
      const text = String(label);
      return (
        element(
          'rect',
          { x, y, width, height: size, fill: clusterColor(label), 'data-cluster': label },
          element('title', {}, escape(`${name}, cluster ${label}: ${count} of ${total} steps`)),
        ) +
        (size >= 13 && width >= 5 + 7 * text.length
          ? element(
              'text',
              {
                class: 'number',
                x: x + width / 2,
                y: y + size / 2,
                'text-anchor': 'middle',
                'dominant-baseline': 'central',
                fill: inkOn(clusterColor(label)),
                'data-cluster': label,
              },
              text,
            )
          : '')
      );
    })
    .join('');
}

/** One row a month or year, one column a cluster. */
export function drawFrequencyTable(columns: readonly Frequency[], clusters: number, first: string): string {
  return element(
    'table',
    { class: 'frequency-table' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, escape(first)),
        ...Array.from({ length: clusters }, (_, label) =>
          element('th', { scope: 'col', class: 'figure' }, chip(label), String(label)),
        ),
        '<th scope="col" class="figure">Steps</th>',
      ),
    ),
    element(
      'tbody',
      {},
      ...columns.map(({ name, counts, total }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, escape(name)),
          ...counts.map((count) =>
            element('td', { class: 'figure' }, total > 0 ? formatShare(count / total) : '–'),
          ),
          element('td', { class: 'figure' }, String(total)),
        ),
      ),
    ),
  );
}

/** For the clipboard: counts. */
export function frequencyData(
  columns: readonly Frequency[],
  clusters: number,
  caption: string,
  first: string,
): DataTable {
  return {
    caption,
    columns: [
      { title: first, key: first.toLowerCase() },
      ...Array.from({ length: clusters }, (_, label) => ({
        title: `Cluster ${label}`,
        key: `cluster_${label}`,
        numeric: true,
      })),
      { title: 'Steps', key: 'steps', numeric: true },
    ],
    rows: columns.map(({ name, counts, total }) => [name, ...counts, total]),
  };
}
