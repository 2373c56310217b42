/** The ribbon: which cluster each time step belongs to, along the calendar. */
import type { RunSnapshot } from '../../src/protocol/panel';
import { formatTime, needsHours } from '../shared/calendar';
import { formatShare } from '../shared/format';
import { coordinate, element, escape } from '../shared/markup';
import { clusterColor, inkOn } from '../shared/palette';
import type { RibbonCell, RibbonLayout } from './ribbonLayout';
import { findSegments } from './segments';

export type RibbonData = Pick<RunSnapshot, 'times' | 'labels' | 'confidence' | 'clusters'>;

/** Few steps of opacity: cells of one colour and opacity are one path, so that 40,000 steps are some hundred elements. */
const OPACITIES = [0.3, 0.44, 0.58, 0.72, 0.86, 1];

/** Opacity for the probability of a label: 1/K (a guess) is faint, 1 is solid. Unknown counts as certain. */
export function opacityOf(confidence: number | null | undefined, clusters: number): number {
  if (confidence === null || confidence === undefined) return 1;
  const guess = 1 / Math.max(clusters, 2);
  const certainty = Math.min(Math.max((confidence - guess) / (1 - guess), 0), 1);
  return OPACITIES[Math.round(certainty * (OPACITIES.length - 1))];
}

/** The picture as SVG. Bands without labels yet are drawn empty, at the size they will have. */
export function drawRibbon(data: RibbonData, layout: RibbonLayout): string {
  return element(
    'svg',
    {
      class: 'ribbon',
      width: layout.width,
      height: layout.height,
      viewBox: `0 0 ${coordinate(layout.width)} ${coordinate(layout.height)}`,
      'data-steps': data.labels?.length ?? 0,
      'aria-hidden': 'true',
    },
    drawBands(layout),
    data.labels ? drawCells(data, layout) : '',
    drawAxis(layout),
    data.labels ? drawNumbers(data, layout) : '',
  );
}

function drawBands({ bands, left, right }: RibbonLayout): string {
  const every = Math.ceil(12 / bands[0].height);
  return bands
    .map(({ label, y, height }, i) => {
      const band = element('rect', { class: 'band', x: left, y, width: right - left, height });
      if (!label || i % every !== 0) return band;
      const middle = y + height / 2;
      return (
        band +
        element(
          'text',
          { class: 'tick', x: left - 6, y: middle, 'text-anchor': 'end', 'dominant-baseline': 'central' },
          escape(label),
        )
      );
    })
    .join('');
}

function drawCells({ labels, confidence, clusters }: RibbonData, layout: RibbonLayout): string {
  const paths = new Map<string, string[]>();
  for (const { step, band, x, width } of layout.cells) {
    const opacity = opacityOf(confidence?.[step], clusters);
    const key = `${labels![step]} ${opacity}`;
    if (!paths.has(key)) paths.set(key, []);
    const { y, height } = layout.bands[band];
    paths.get(key)!.push(`M${coordinate(x)} ${y}h${coordinate(width)}v${height}h-${coordinate(width)}z`);
  }
  return [...paths]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([key, cells]) => {
      const [label, opacity] = key.split(' ').map(Number);
      return element('path', {
        class: 'cell',
        fill: clusterColor(label),
        'fill-opacity': opacity,
        'data-cluster': label,
        d: cells.join(''),
      });
    })
    .join('');
}

/** The number of the cluster on every segment that has room for it: colour is never the only sign. */
function drawNumbers({ labels, confidence, clusters }: RibbonData, layout: RibbonLayout): string {
  return findSegments(labels!, confidence)
    .flatMap((segment) =>
      splitAtGaps(layout.cells.slice(segment.first, segment.last + 1)).map((cells) => {
        const { y, height } = layout.bands[cells[0].band];
        const end = cells[cells.length - 1];
        const width = end.x + end.width - cells[0].x;
        const text = String(segment.label);
        if (height < 11 || width < 5 + 7 * text.length) return '';
        const solid = opacityOf(segment.confidence, clusters) >= 0.7;
        return element(
          'text',
          {
            class: solid ? 'number' : 'number on-background',
            x: cells[0].x + width / 2,
            y: y + height / 2,
            'text-anchor': 'middle',
            'dominant-baseline': 'central',
            fill: solid ? inkOn(clusterColor(segment.label)) : undefined,
          },
          text,
        );
      }),
    )
    .join('');
}

/** A segment ends where a band ends or steps are missing. */
function splitAtGaps(cells: readonly RibbonCell[]): RibbonCell[][] {
  const parts: RibbonCell[][] = [];
  for (const cell of cells) {
    const last = parts.at(-1)?.at(-1);
    if (last && last.band === cell.band && cell.x - (last.x + last.width) < 1) parts.at(-1)!.push(cell);
    else parts.push([cell]);
  }
  return parts;
}

function drawAxis({ ticks, bottom, right }: RibbonLayout): string {
  return ticks
    .map(({ x, label }) => {
      // A label that would leave the picture is drawn to the left of its tick instead.
      const fits = x + 7 * label.length < right;
      return (
        element('line', { class: 'axis', x1: x, x2: x, y1: 0, y2: bottom + 5 }) +
        element(
          'text',
          {
            class: 'tick',
            x: fits ? x + 3 : x - 3,
            y: bottom + 14,
            'text-anchor': fits ? 'start' : 'end',
          },
          escape(label),
        )
      );
    })
    .join('');
}

/** One step in words: what hovering shows and what a screen reader says. */
export function describeStep({ times, labels, confidence }: RibbonData, step: number): string {
  const time = formatTime(times[step], needsHours(times));
  if (!labels) return `${time}: not clustered yet`;
  const probability = confidence?.[step];
  return (
    `${time}: cluster ${labels[step]}` +
    (probability === null || probability === undefined ? '' : `, probability ${probability.toFixed(2)}`)
  );
}

/** The ribbon as a table: one row for each run of equal labels. */
export function segmentTable(data: RibbonData): string {
  const hours = needsHours(data.times);
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    element('tr', {}, ...cells.map((cell) => element(tag, {}, escape(cell))));
  const rows = findSegments(data.labels ?? [], data.confidence).map(({ label, first, last, confidence }) =>
    row(
      [
        formatTime(data.times[first], hours),
        formatTime(data.times[last], hours),
        String(last - first + 1),
        String(label),
        confidence === null ? '–' : formatShare(confidence),
      ],
      'td',
    ),
  );
  return element(
    'table',
    { class: 'segments' },
    element('thead', {}, row(['From', 'To', 'Steps', 'Cluster', 'Mean probability'], 'th')),
    element('tbody', {}, ...rows),
  );
}
