/** One chart for each criterion: its curve over K beside that of noise, and how often it prefers each K. */
import { area, line, scaleLinear } from 'd3';
import type { ClusterChoice, Criterion, CriterionName } from '../../src/core/choose/choice';
import { formatNumber } from '../shared/format';
import { type Attributes, element, escape } from '../shared/markup';

export interface ChartOptions {
  /** px */
  readonly width: number;
  /** Attributes that give a part of the picture its look: a class on the page, colours in a file. */
  readonly look: (part: Part) => Attributes;
}

/** The parts of a chart that have a look. */
export type Part =
  | 'title'
  | 'note'
  | 'tick'
  | 'grid'
  | 'axis'
  | 'noise'
  | 'noise-middle'
  | 'errors'
  | 'line'
  | 'dot'
  | 'best'
  /** What a criterion prefers that sees no more than noise. */
  | 'unheard'
  | 'recommended'
  | 'vote'
  | 'vote-best';

export interface Described {
  readonly title: string;
  /** What is along the vertical axis, and what to look for. */
  readonly note: string;
}

export const descriptions: Readonly<Record<CriterionName, Described>> = {
  elbow: { title: 'Elbow', note: 'variance within clusters; look for the bend' },
  silhouette: { title: 'Silhouette', note: 'mean silhouette width; higher is better' },
  gap: { title: 'Gap statistic', note: 'gap to noise; first K from which it rises no more' },
  stability: { title: 'Stability', note: 'agreement of two halves (ARI), beside noise' },
};

export const CHART_HEIGHT = 250;
const MARGIN = { top: 46, right: 12, left: 46 };
/** The curve's part ends here, and the strip of votes has what is below the numbers of K. */
const CURVE_BOTTOM = 178;
const VOTES = { top: 202, bottom: 240 };

/** Picture and text of one criterion; `place` puts it into a larger picture. */
export function drawChart(
  choice: ClusterChoice,
  name: CriterionName,
  { width, look }: ChartOptions,
  place?: { x: number; y: number },
): string {
  const criterion = choice.criteria[name];
  const { most, recommendation } = choice;
  const right = width - MARGIN.right;
  const x = scaleLinear([1, most], [MARGIN.left + 10, right - 6]);
  const y = scaleLinear(rangeOf(criterion), [CURVE_BOTTOM, MARGIN.top]).nice(4);
  const votes = scaleLinear([0, 1], [VOTES.bottom, VOTES.top]);
  const { title, note } = descriptions[name];
  const ks = Array.from({ length: most }, (_, k) => k);
  const has = (...series: (readonly (number | null)[])[]) =>
    ks.filter((k) => series.every((s) => s[k] !== null));
  const at = (series: readonly (number | null)[]) => (k: number) => y(series[k]!);
  const { values, errors, noise, best, support } = criterion;
  const heard = criterion.p <= 0.05;
  const bar = Math.min(14, 0.6 * (x(2) - x(1)));
  return element(
    'svg',
    {
      class: 'chart',
      'data-criterion': name,
      width,
      height: CHART_HEIGHT,
      viewBox: `0 0 ${width} ${CHART_HEIGHT}`,
      role: 'img',
      'aria-label': describe(criterion, title, most),
      x: place?.x,
      y: place?.y,
    },
    element('text', { ...look('title'), x: 0, y: 13 }, escape(title)),
    element(
      'text',
      { ...look(heard ? 'best' : 'unheard'), x: right, y: 13, 'text-anchor': 'end' },
      escape(
        `${best === null ? 'no K' : best === 1 ? 'no clusters' : `K = ${best}`}${heard ? '' : ', as in noise'}`,
      ),
    ),
    element('text', { ...look('note'), x: 0, y: 30 }, escape(note)),
    ...y
      .ticks(4)
      .map(
        (tick) =>
          element('line', { ...look('grid'), x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick) }) +
          element(
            'text',
            { ...look('tick'), x: MARGIN.left - 6, y: y(tick) + 3.5, 'text-anchor': 'end' },
            y.tickFormat(4)(tick),
          ),
      ),
    // Not through the number of K.
    ...[
      [MARGIN.top - 8, CURVE_BOTTOM],
      [VOTES.top - 2, VOTES.bottom],
    ].map(([y1, y2]) =>
      element('line', {
        ...look('recommended'),
        x1: x(recommendation.clusters),
        x2: x(recommendation.clusters),
        y1,
        y2,
      }),
    ),
    element('path', {
      ...look('noise'),
      d:
        area<number>()
          .x((k) => x(k + 1))
          .y0(at(noise.low))
          .y1(at(noise.high))
          .digits(2)(has(noise.low, noise.high)) ?? '',
    }),
    element('path', { ...look('noise-middle'), d: pathOf(has(noise.middle), x, at(noise.middle)) }),
    element('line', { ...look('axis'), x1: MARGIN.left, x2: right, y1: CURVE_BOTTOM, y2: CURVE_BOTTOM }),
    ...has(values, errors).map((k) =>
      element('line', {
        ...look('errors'),
        x1: x(k + 1),
        x2: x(k + 1),
        y1: y(values[k]! - errors[k]!),
        y2: y(values[k]! + errors[k]!),
      }),
    ),
    element('path', { ...look('line'), d: pathOf(has(values), x, at(values)) }),
    ...has(values).map((k) =>
      element('circle', {
        ...look(k + 1 === best ? 'best' : 'dot'),
        cx: x(k + 1),
        cy: y(values[k]!),
        r: k + 1 === best ? 5 : 2.5,
      }),
    ),
    ...ticksOf(most, x(2) - x(1)).map((k) =>
      element(
        'text',
        {
          ...look(k === recommendation.clusters ? 'title' : 'tick'),
          x: x(k),
          y: CURVE_BOTTOM + 16,
          'text-anchor': 'middle',
        },
        String(k),
      ),
    ),
    element('text', { ...look('tick'), x: MARGIN.left - 6, y: CURVE_BOTTOM + 16, 'text-anchor': 'end' }, 'K'),
    element(
      'text',
      { ...look('tick'), x: MARGIN.left - 6, y: VOTES.bottom - 14, 'text-anchor': 'end' },
      'votes',
    ),
    element('line', { ...look('axis'), x1: MARGIN.left, x2: right, y1: VOTES.bottom, y2: VOTES.bottom }),
    ...ks
      .filter((k) => support[k] > 0)
      .map((k) =>
        element('rect', {
          ...look(k + 1 === best ? 'vote-best' : 'vote'),
          x: x(k + 1) - bar / 2,
          y: votes(support[k]),
          width: bar,
          height: VOTES.bottom - votes(support[k]),
        }),
      ),
  );
}

function pathOf(ks: readonly number[], x: (k: number) => number, y: (k: number) => number): string {
  return line<number>((k) => x(k + 1), y).digits(2)([...ks]) ?? '';
}

/** Lowest and highest of everything that is drawn. */
function rangeOf({ values, errors, noise }: Criterion): [number, number] {
  const drawn = values.flatMap((value, k) =>
    value === null ? [] : [value - (errors[k] ?? 0), value + (errors[k] ?? 0)],
  );
  const all = [...drawn, ...[...noise.low, ...noise.high].filter((value) => value !== null)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

/** Numbers of K that have room, the first and round ones. */
function ticksOf(most: number, spacing: number): number[] {
  const step = [1, 2, 5, 10].find((every) => every * spacing >= 20) ?? 10;
  return Array.from({ length: most }, (_, k) => k + 1).filter((k) => k === 1 || k % step === 0);
}

function describe({ best, values, p, support }: Criterion, title: string, most: number): string {
  const noise = p <= 0.05 ? 'more than noise shows' : 'no more than noise shows';
  if (best === null) return `${title} for K = 1 to ${most}: prefers no K; ${noise}.`;
  const value = values[best - 1];
  const shown = value === null ? '' : `, where it is ${formatNumber(value)}`;
  return `${title} for K = 1 to ${most}: prefers K = ${best}${shown}; so do ${Math.round(100 * support[best - 1])}% of the halves of the series; ${noise}.`;
}
