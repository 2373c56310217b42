/** The losses by epoch: one small chart a term, all with the same epochs along the bottom. */
import { line, scaleLinear, scaleLog } from 'd3';
import type { EpochSnapshot, RunSnapshot } from '../../src/protocol/panel';
import { formatNumber } from '../shared/format';
import { element, escape } from '../shared/markup';

export interface LossSeries {
  readonly name: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** What the terms of history.csv are called in print. */
const TITLES: Readonly<Record<string, string>> = {
  total: 'Total',
  reconstruction: 'Reconstruction',
  target: 'KL divergence (p‖q)',
  balance: 'Balance of cluster sizes',
  redundancy: 'Mutual information',
  selfExpression: 'Self-expression',
  adversarial: 'Adversarial',
  discriminator: 'Discriminator',
};

/** Columns of history.csv that are settings of the epoch, not losses: they are in the table only. */
const SCHEDULE = new Set(['temperature', 'learningRate', 'windows']);

export function lossTitle(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return TITLES[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** One series for each term, in the order in which the terms appear. */
export function lossSeries(history: readonly EpochSnapshot[]): LossSeries[] {
  const series = new Map<string, { epoch: number; value: number }[]>();
  for (const { epoch, losses } of history) {
    for (const [name, value] of Object.entries(losses)) {
      if (!series.has(name)) series.set(name, []);
      if (value !== null) series.get(name)!.push({ epoch, value });
    }
  }
  return [...series].map(([name, points]) => ({ name, points }));
}

const WIDTH = 220;
const HEIGHT = 120;
const MARGIN = { top: 8, right: 8, bottom: 20, left: 46 };

/** A logarithmic scale where the values fill more than this ratio and none is zero or negative. */
const LOGARITHMIC_RATIO = 50;

/** One chart; `epochs` fixes the axis from the start, so that nothing moves while the run goes on. */
export function drawLossChart(
  { points }: LossSeries,
  epochs: number,
  phaseStarts: readonly number[],
): string {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const values = points.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const logarithmic = low > 0 && high / low > LOGARITHMIC_RATIO;
  const x = scaleLinear([0, Math.max(epochs, 1)], [MARGIN.left, right]);
  const domain = low === high ? [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2] : [low, high];
  const y = (logarithmic ? scaleLog() : scaleLinear()).domain(domain).range([bottom, MARGIN.top]).nice(3);
  const yTicks = logarithmic ? y.domain() : y.ticks(3);
  const last = points.at(-1)!;
  const path = line<{ epoch: number; value: number }>(
    ({ epoch }) => x(epoch),
    ({ value }) => y(value),
  ).digits(2)(points);
  return element(
    'svg',
    { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    ...yTicks.map(
      (tick) =>
        element('line', { class: 'grid', x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick) }) +
        element(
          'text',
          {
            class: 'tick',
            x: MARGIN.left - 5,
            y: y(tick),
            'text-anchor': 'end',
            'dominant-baseline': 'central',
          },
          shortNumber(tick),
        ),
    ),
    ...phaseStarts.map((epoch) =>
      element('line', { class: 'phase', x1: x(epoch), x2: x(epoch), y1: MARGIN.top, y2: bottom }),
    ),
    ...x
      .ticks(3)
      .filter(Number.isInteger)
      .map((tick) =>
        element(
          'text',
          { class: 'tick', x: x(tick), y: HEIGHT - 6, 'text-anchor': x(tick) > right - 8 ? 'end' : 'middle' },
          String(tick),
        ),
      ),
    element('path', { class: 'line', d: path ?? '' }),
    element('circle', { class: 'last', cx: x(last.epoch), cy: y(last.value), r: 2.5 }),
  );
}

/** Epochs after which another phase of the training begins. */
export function phaseStarts(history: readonly EpochSnapshot[]): number[] {
  return history
    .filter(({ phase }, i) => i > 0 && phase !== history[i - 1].phase)
    .map(({ epoch }) => epoch - 1);
}

export function drawLosses({ history, epochs }: Pick<RunSnapshot, 'history' | 'epochs'>): string {
  const starts = phaseStarts(history);
  return lossSeries(history)
    .filter(({ name, points }) => points.length > 0 && !SCHEDULE.has(name))
    .map((series) => {
      const last = series.points.at(-1)!.value;
      return element(
        'figure',
        { 'data-loss': series.name },
        element(
          'figcaption',
          {},
          element('span', {}, escape(lossTitle(series.name))),
          element('span', { class: 'figure' }, formatNumber(last)),
        ),
        drawLossChart(series, epochs, starts),
      );
    })
    .join('');
}

/** All losses as a table, for readers of the screen and for copying. */
export function lossTable({ history }: Pick<RunSnapshot, 'history'>): string {
  const names = lossSeries(history).map(({ name }) => name);
  const head = ['Epoch', 'Phase', ...names.map(lossTitle)];
  return element(
    'table',
    { class: 'history' },
    element(
      'thead',
      {},
      element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, escape(text)))),
    ),
    element(
      'tbody',
      {},
      ...history.map(({ epoch, phase, losses }) =>
        element(
          'tr',
          {},
          element('td', {}, String(epoch)),
          element('td', {}, escape(phase)),
          ...names.map((name) => element('td', { class: 'figure' }, formatNumber(losses[name] ?? null))),
        ),
      ),
    ),
  );
}

/** An axis has room for few digits. */
function shortNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e4 || size < 1e-3
    ? Number(value.toPrecision(2)).toExponential().replace('e+', 'e').replaceAll('-', '−')
    : String(Number(value.toPrecision(3))).replace('-', '−');
}
