/** Small charts by epoch: one quantity each, all with the same epochs along the bottom. */
import { line, scaleLinear, scaleLog } from 'd3';
import { formatNumber } from '../shared/format';
import { element, escape } from '../shared/markup';
import type { PhaseSpan, Point, Series } from './history';

export interface ChartOptions {
  /** px */
  readonly width: number;
  /** Epochs in all: fixes the axis from the start, so that nothing moves while the run goes on. */
  readonly epochs: number;
  readonly phases: readonly PhaseSpan[];
  /** Draw a dot at each point: for quantities that are measured now and then. */
  readonly dots?: boolean;
  /** What an empty chart says. */
  readonly none?: string;
}

export const CHART_HEIGHT = 158;
const MARGIN = { top: 42, right: 10, bottom: 22, left: 50 };

/** A logarithmic scale where the values fill more than this ratio, */
const LOGARITHMIC_RATIO = 50;
/** unless some are nothing beside the largest: terms that are not yet in force are 0 up to rounding. */
const NEGLIGIBLE = 1e-4;

type Scale = (value: number) => number;

/** Where things are in a chart. */
export interface ChartScales {
  readonly x: Scale;
  readonly y: Scale;
  readonly logarithmic: boolean;
  readonly ticks: readonly number[];
}

export function chartScales(points: readonly Point[], { width, epochs }: ChartOptions): ChartScales {
  const x = scaleLinear(
    [0, Math.max(epochs, points.at(-1)?.epoch ?? 1, 1)],
    [MARGIN.left, width - MARGIN.right],
  );
  const values = points.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const range = [CHART_HEIGHT - MARGIN.bottom, MARGIN.top];
  if (values.length === 0) return { x, y: scaleLinear([0, 1], range), logarithmic: false, ticks: [] };
  if (low > 0 && high / low > LOGARITHMIC_RATIO && low > NEGLIGIBLE * high) {
    const y = scaleLog([low, high], range).nice();
    const [bottom, top] = y.domain().map((end) => Math.round(Math.log10(end)));
    const every = Math.ceil((top - bottom) / 4);
    const ticks = Array.from(
      { length: Math.floor((top - bottom) / every) + 1 },
      (_, i) => 10 ** (bottom + i * every),
    );
    return { x, y, logarithmic: true, ticks };
  }
  const margin = low === high ? Math.abs(low || 1) / 2 : 0;
  const y = scaleLinear([low - margin, high + margin], range).nice(3);
  return { x, y, logarithmic: false, ticks: y.ticks(3) };
}

/** One chart, with its title and last value in its head. */
export function drawChart(series: Series, options: ChartOptions, place?: { x: number; y: number }): string {
  const { width, phases, dots } = options;
  const { points, name, title } = series;
  const scales = chartScales(points, options);
  const { x, y, ticks } = scales;
  const right = width - MARGIN.right;
  const bottom = CHART_HEIGHT - MARGIN.bottom;
  const last = points.at(-1);
  const path = line<Point>(
    ({ epoch }) => x(epoch),
    ({ value }) => y(value),
  ).digits(2)(points);
  const lastEpoch = x(Math.max(options.epochs, 1));
  return element(
    'svg',
    {
      class: 'chart',
      'data-series': name,
      width,
      height: CHART_HEIGHT,
      viewBox: `0 0 ${width} ${CHART_HEIGHT}`,
      role: 'img',
      'aria-label': describeChart(series, scales, options.epochs),
      x: place?.x,
      y: place?.y,
    },
    element('text', { class: 'title', x: 0, y: 13 }, escape(title)),
    element(
      'text',
      { class: 'value', x: right, y: 13, 'text-anchor': 'end' },
      last ? formatNumber(last.value) : '–',
    ),
    ...phases.map((phase, i) => drawPhase(phase, i, phases, x, width)),
    ...ticks.map(
      (tick) =>
        element('line', { class: 'grid', x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick) }) +
        element(
          'text',
          { class: 'tick', x: MARGIN.left - 6, y: y(tick) + 3.5, 'text-anchor': 'end' },
          tickText(tick, scales),
        ),
    ),
    element('line', { class: 'axis', x1: MARGIN.left, x2: right, y1: bottom, y2: bottom }),
    element(
      'text',
      { class: 'tick', x: MARGIN.left - 6, y: CHART_HEIGHT - 7, 'text-anchor': 'end' },
      'epoch',
    ),
    ...epochTicks(options.epochs).map((tick) =>
      element(
        'text',
        {
          class: 'tick',
          x: x(tick),
          y: CHART_HEIGHT - 7,
          'text-anchor': x(tick) > lastEpoch - 8 ? 'end' : 'middle',
        },
        String(tick),
      ),
    ),
    points.length > 0 ? element('path', { class: 'line', d: path ?? '' }) : '',
    ...(dots
      ? points.map((p) => element('circle', { class: 'dot', cx: x(p.epoch), cy: y(p.value), r: 2 }))
      : []),
    last ? element('circle', { class: 'dot', cx: x(last.epoch), cy: y(last.value), r: 3 }) : '',
    last
      ? ''
      : element(
          'text',
          {
            class: 'none',
            x: (MARGIN.left + right) / 2,
            y: (MARGIN.top + bottom) / 2 + 4,
            'text-anchor': 'middle',
          },
          escape(options.none ?? 'not measured yet'),
        ),
  );
}

/** A line where a phase begins, and its name above its epochs if it fits there. */
function drawPhase(
  { name, first, last }: PhaseSpan,
  i: number,
  phases: readonly PhaseSpan[],
  x: Scale,
  width: number,
): string {
  const left = x(first - 1);
  // The last phase may go on: its name may reach to the end of the axis.
  const end = i === phases.length - 1 ? width - MARGIN.right : x(last);
  const fits = end - left > name.length * 6.4 + 8;
  return (
    (i > 0
      ? element('line', {
          class: 'phase',
          x1: left,
          x2: left,
          y1: MARGIN.top - 16,
          y2: CHART_HEIGHT - MARGIN.bottom,
        })
      : '') +
    (fits ? element('text', { class: 'phase-name', x: left + 4, y: MARGIN.top - 9 }, escape(name)) : '')
  );
}

/** Round epochs, and the last. */
function epochTicks(epochs: number): number[] {
  const end = Math.max(epochs, 1);
  const round = scaleLinear([0, end], [0, 1])
    .ticks(4)
    .filter((tick) => Number.isInteger(tick) && tick < 0.88 * end);
  return [...round, end];
}

function describeChart({ title, points }: Series, { logarithmic }: ChartScales, epochs: number): string {
  const last = points.at(-1);
  if (!last) return `${title}: not measured yet.`;
  const values = points.map(({ value }) => value);
  return (
    `${title}: ${formatNumber(last.value)} after epoch ${last.epoch} of ${Math.max(epochs, last.epoch)}; ` +
    `lowest ${formatNumber(Math.min(...values))}, highest ${formatNumber(Math.max(...values))}` +
    `${logarithmic ? '; logarithmic scale' : ''}.`
  );
}

const GAP = { x: 28, y: 18 };

/** How many charts stand side by side, and how wide each is, px. */
export function chartColumns(width: number): { columns: number; width: number } {
  const columns = Math.max(1, Math.floor((width + GAP.x) / (230 + GAP.x)));
  return { columns, width: Math.min(360, Math.floor((width - GAP.x * (columns - 1)) / columns)) };
}

/** All charts of a section in one picture, to be saved. */
export function drawSheet(
  series: readonly Series[],
  options: Omit<ChartOptions, 'width'>,
  label: string,
): string {
  const columns = Math.min(4, series.length);
  const width = 260;
  const rows = Math.ceil(series.length / columns);
  const size = {
    width: columns * (width + GAP.x) + GAP.x,
    height: rows * (CHART_HEIGHT + GAP.y) + GAP.y,
  };
  return element(
    'svg',
    { ...size, viewBox: `0 0 ${size.width} ${size.height}`, 'aria-label': label },
    ...series.map((one, i) =>
      drawChart(
        one,
        { ...options, width },
        {
          x: GAP.x + (i % columns) * (width + GAP.x),
          y: GAP.y + Math.floor(i / columns) * (CHART_HEIGHT + GAP.y),
        },
      ),
    ),
  );
}

/** As many decimals as tell one tick from the next; powers of ten where the axis has no room for them. */
function tickText(value: number, { ticks, logarithmic }: ChartScales): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    return Number(value.toPrecision(3)).toExponential().replace('e+', 'e').replaceAll('-', '−');
  }
  const step = logarithmic ? size : ticks[1] - ticks[0];
  // Steps are 1, 2 or 5 times a power of ten; a little more, as log10(0.001) is not quite −3.
  const decimals = ticks.length > 1 ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 3;
  return value.toFixed(decimals).replace('-', '−');
}
