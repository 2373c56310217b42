/** What was measured after each epoch, as series for charts and tables. */
import { type EpochSnapshot, type MetricKey, metricKeys } from '../../src/protocol/panel';
import type { CellValue, DataTable } from '../shared/tables';
import { metrics } from './metrics';

export interface Point {
  readonly epoch: number;
  readonly value: number;
}

export interface Series {
  /** Name in history.csv, or of the metric. */
  readonly name: string;
  readonly title: string;
  /** In the order of the epochs; where nothing was measured there is no point. */
  readonly points: readonly Point[];
}

export interface PhaseSpan {
  readonly name: string;
  /** First and last epoch so far. */
  readonly first: number;
  readonly last: number;
}

/** The terms of history.csv and what they are called in print; all of them, in the order of the charts. */
const LOSSES: Readonly<Record<string, string>> = {
  total: 'Total loss',
  reconstruction: 'Reconstruction',
  target: 'KL divergence (p‖q)',
  balance: 'Balance of cluster sizes',
  redundancy: 'Mutual information',
  selfExpression: 'Self-expression',
  adversarial: 'Adversarial',
  discriminator: 'Discriminator',
};

/** Columns of history.csv that are settings of the epoch, not losses. */
const SCHEDULE = new Set(['temperature', 'learningRate', 'windows']);

/** What the phases of the training are called on the charts. */
const PHASES: Readonly<Record<string, string>> = {
  'warm-up': 'warm-up',
  joint: 'joint',
  adversarial: 'adversarial',
};

export function lossTitle(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return LOSSES[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * One series for each loss. While a run trains, `all` keeps a place for the terms that come in a later phase, so that
 * nothing moves when they do.
 */
export function lossSeries(history: readonly EpochSnapshot[], all = false): Series[] {
  const points = new Map<string, Point[]>(Object.keys(LOSSES).map((name) => [name, []]));
  for (const { epoch, losses } of history) {
    for (const [name, value] of Object.entries(losses)) {
      if (SCHEDULE.has(name) || value === null) continue;
      if (!points.has(name)) points.set(name, []);
      points.get(name)!.push({ epoch, value });
    }
  }
  return [...points]
    .filter(([, measured]) => all || measured.length > 0)
    .map(([name, measured]) => ({ name, title: lossTitle(name), points: measured }));
}

/** One series for each metric, at the epochs after which it was computed; in the order of the table of metrics. */
export function metricSeries(history: readonly EpochSnapshot[], all = false): Series[] {
  return metrics
    .map(({ key, short, better }) => ({
      name: key,
      title: `${short} ${better === 'higher' ? '↑' : '↓'}`,
      points: history.flatMap(({ epoch, metrics: values }) => {
        const value = values?.[key] ?? null;
        return value === null ? [] : [{ epoch, value }];
      }),
    }))
    .filter(({ points }) => all || points.length > 0);
}

/** The phases that the run has been through, in order. */
export function phaseSpans(history: readonly EpochSnapshot[]): PhaseSpan[] {
  const spans: { name: string; first: number; last: number }[] = [];
  for (const { epoch, phase } of history) {
    const current = spans.at(-1);
    if (current?.name === (PHASES[phase] ?? phase)) current.last = epoch;
    else spans.push({ name: PHASES[phase] ?? phase, first: epoch, last: epoch });
  }
  return spans;
}

/** "warm-up (epochs 1 to 25), joint (26 to 40)". */
export function describePhases(spans: readonly PhaseSpan[]): string {
  return spans
    .map(({ name, first, last }, i) => {
      const range = first === last ? String(first) : `${first} to ${last}`;
      return `${name} (${i === 0 ? (first === last ? 'epoch ' : 'epochs ') : ''}${range})`;
    })
    .join(', ');
}

/** The metrics after the last epoch at which they were computed. */
export function lastMetrics(
  history: readonly EpochSnapshot[],
): { epoch: number; values: Readonly<Partial<Record<MetricKey, number | null>>> } | undefined {
  const last = history.findLast(({ metrics: values }) => values !== undefined);
  return last && { epoch: last.epoch, values: last.metrics! };
}

/** Losses, schedule and metrics of every epoch: the table equivalent of the charts. */
export function historyTable(history: readonly EpochSnapshot[], caption: string): DataTable {
  const keysOf = (of: (record: EpochSnapshot) => Readonly<Record<string, unknown>> | undefined): string[] => [
    ...new Set(history.flatMap((record) => Object.keys(of(record) ?? {}))),
  ];
  const names = keysOf(({ losses }) => losses);
  const set = keysOf(({ schedule }) => schedule);
  const measured = metricKeys.filter((key) =>
    history.some(({ metrics: values }) => (values?.[key] ?? null) !== null),
  );
  return {
    caption,
    columns: [
      { title: 'Epoch', key: 'epoch', numeric: true },
      { title: 'Phase', key: 'phase' },
      ...names.map((key) => ({ title: lossTitle(key), key, numeric: true })),
      ...set.map((key) => ({ title: lossTitle(key), key: `schedule.${key}`, numeric: true })),
      ...measured.map((key) => ({
        title: metrics.find((metric) => metric.key === key)!.short,
        key: `metric.${key}`,
        numeric: true,
      })),
    ],
    rows: history.map(({ epoch, phase, losses, schedule, metrics: values }): CellValue[] => [
      epoch,
      phase,
      ...names.map((name) => losses[name] ?? null),
      ...set.map((name) => schedule?.[name] ?? null),
      ...measured.map((key) => values?.[key] ?? null),
    ]),
  };
}
