/** Runs as panels draw them. Knows nothing of VS Code. */
import path from 'node:path';
import type { RunInfo } from '../core/results/runJson';
import {
  type MetricValues,
  type RunRow,
  type RunSnapshot,
  type SeriesSnapshot,
  emptyRun,
  emptySeries,
  metricKeys,
} from '../protocol/panel';
import type { Run } from '../runs/run';

/** JSON and messages have no NaN. */
const finite = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

const finiteValues = (values: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finite(value)]));

type Values = Readonly<Partial<Record<string, number | null>>>;

const metricValues = (values: Values): MetricValues =>
  Object.fromEntries(metricKeys.map((key) => [key, finite(values[key])])) as MetricValues;

export function runSnapshot(run: Run | undefined): RunSnapshot {
  if (!run) return emptyRun;
  const { progress } = run;
  return {
    ...emptyRun,
    state: run.state,
    name: run.name ?? '',
    files: run.files.map((file) => path.basename(file)),
    fields: [...run.fields],
    runDirectory: run.directory ?? null,
    clusters: progress?.clusters ?? run.clusters,
    warnings: [...run.warnings],
    message: run.message ?? null,
    canResume: run.canResume,
    hasReport: run.hasReport,
    ...(progress && {
      engine: progress.engine,
      phase: progress.phase,
      epoch: progress.epoch,
      epochs: progress.epochs,
      step: progress.step,
      steps: progress.steps,
      secondsLeft: finite(progress.secondsLeft),
      metrics: progress.metrics ? metricValues({ ...progress.metrics }) : null,
      history: progress.history.map(({ epoch, phase, seconds, losses, schedule, metrics }) => ({
        epoch,
        phase,
        seconds: finite(seconds),
        losses: finiteValues(losses),
        ...(schedule && { schedule: finiteValues(schedule) }),
        ...(metrics && { metrics: metricValues(metrics) }),
      })),
    }),
  };
}

/** A panel whose run is not where it was: it says so, and remembers the run, which may come back. */
export function missingRun(directory: string, reason: string): RunSnapshot {
  return {
    ...emptyRun,
    runDirectory: directory,
    message: `The run of this panel cannot be shown: ${reason} If it was moved, open it where it is now.`,
  };
}

/** The labels of a run; `version` counts them. */
export function seriesSnapshot(run: Run | undefined): SeriesSnapshot {
  const progress = run?.progress;
  if (!progress) return { ...emptySeries, clusters: run?.clusters ?? 0 };
  return {
    version: progress.labelling ?? 0,
    clusters: progress.clusters,
    times: [...progress.times],
    labels: progress.labels ?? null,
    memberships: progress.memberships ?? null,
  };
}

/** A run as a row of the table of runs. */
export function runRow(directory: string, info: RunInfo): RunRow {
  const { config } = info;
  const { hyperParameters, time, bbox, select } = config;
  const selected = Object.entries(select).map(([axis, value]) => `${axis}=${value}`);
  return {
    directory,
    name: info.name ?? info.id,
    files: config.files.map((file) => path.basename(file)),
    state: info.state,
    started: info.started,
    seconds: finite(info.timings['total']),
    clusters: info.clusters,
    fields: info.data?.fields.map(({ name }) => name) ?? [...(config.variables ?? [])],
    seed: config.seed,
    engine: info.engine,
    metrics: info.metrics ? metricValues(info.metrics) : null,
    settings: {
      ...hyperParameters,
      // What part of the data was clustered counts as a setting, too.
      ...(time && { time: time.join(' to ') }),
      ...(bbox && { bbox: bbox.join(', ') }),
      ...(selected.length > 0 && { select: selected.join(', ') }),
    },
  };
}
