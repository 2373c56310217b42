import path from 'node:path';
import { type MetricKey, type ResultsSnapshot, emptyResults, metricKeys } from '../protocol/results';
import type { Run } from '../runs/run';

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

/** A run as the results panel draws it. Knows nothing of VS Code. */
export function resultsSnapshot(run: Run | undefined): ResultsSnapshot {
  if (!run) return emptyResults;
  const { progress } = run;
  return {
    ...emptyResults,
    state: run.state,
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
      times: [...progress.times],
      labels: progress.labels ? [...progress.labels] : null,
      confidence: progress.confidence ? progress.confidence.map(finite) : null,
      metrics: progress.metrics
        ? (Object.fromEntries(metricKeys.map((key) => [key, finite(progress.metrics![key])])) as Record<
            MetricKey,
            number | null
          >)
        : null,
      history: progress.history.map(({ epoch, phase, seconds, losses }) => ({
        epoch,
        phase,
        seconds: finite(seconds),
        losses: Object.fromEntries(Object.entries(losses).map(([name, value]) => [name, finite(value)])),
      })),
    }),
  };
}
