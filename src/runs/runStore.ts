import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Metrics } from '../core/evaluation/metrics';
import type { EpochRecord, Progress, Series } from '../core/progress';
import type { LabelTable } from '../core/results/labelsCsv';
import type { RunInfo } from '../core/results/runJson';
import type { Labelling } from '../core/training/series';
import type { Snapshot } from '../core/training/snapshot';
import type { Run } from './run';
import type { RunStore } from './runService';

/** Runs as their directories hold them. Loaded on first use: activation must stay quick. */
export const runStore: RunStore = {
  async read(directory): Promise<Omit<Run, 'id'>> {
    const [
      { readRun },
      { holderOf },
      { parseLabels },
      { parseHistory },
      { completeMetrics },
      { runFiles, isResumable },
      { readCheckpointSeries },
      { labellingOf },
    ] = await Promise.all([
      import('../core/results/runJson'),
      import('../core/results/runLock'),
      import('../core/results/labelsCsv'),
      import('../core/results/historyCsv'),
      import('../core/results/metricsJson'),
      import('../core/results/runDirectory'),
      import('../core/training/checkpoint'),
      import('../core/training/snapshot'),
    ]);
    const info = await readRun(directory);
    const read = async <T>(
      name: string,
      parse: (text: string, source: string) => T,
    ): Promise<T | undefined> => {
      const file = path.join(directory, name);
      return existsSync(file) ? parse(await readFile(file, 'utf8'), file) : undefined;
    };
    // A run that has not finished keeps all of it in the checkpoint; when it finishes just now, that is taken away.
    const checkpoint = path.join(directory, runFiles.checkpoint);
    const readSnapshot = async (): Promise<Snapshot | undefined> => {
      try {
        return existsSync(checkpoint) ? await readCheckpointSeries(directory) : undefined;
      } catch (error) {
        if (existsSync(checkpoint)) throw error;
        return undefined;
      }
    };
    const snapshot = info.state === 'finished' ? undefined : await readSnapshot();
    const table = await read(runFiles.labels, parseLabels);
    const history = (await read(runFiles.history, parseHistory)) ?? snapshot?.history ?? [];
    const metrics = info.metrics ?? history.findLast((record) => record.metrics)?.metrics;

    // A run of this process that its service does not know has lost its trainer.
    const holder = await holderOf(directory);
    const by = holder ?? (info.state === 'running' ? info.process : undefined);
    const isHeld = by ? by.pid !== process.pid || by.host !== hostname() : info.state === 'running';
    const state = info.state === 'running' ? 'interrupted' : info.state;
    return {
      state,
      name: info.name,
      started: info.started,
      config: info.config,
      files: info.config.files,
      fields: info.data?.fields.map(({ name }) => name) ?? info.config.variables ?? [],
      clusters: info.clusters,
      directory,
      progress: progressOf(directory, info, {
        history,
        metrics: metrics && completeMetrics(metrics),
        series: seriesOf(table, snapshot, snapshot && labellingOf(snapshot)),
      }),
      warnings: info.warnings ?? [],
      message: isHeld
        ? `Another process works on this run${by ? ` (${by.pid} on ${by.host})` : ''}. If that process is something else, delete ${runFiles.lock} in the run's folder.`
        : state === 'failed'
          ? info.message
          : undefined,
      isHeld,
      canResume: !isHeld && isResumable(state, existsSync(checkpoint)),
      hasReport: existsSync(path.join(directory, runFiles.report)),
    };
  },

  async rename(directory, name): Promise<string | undefined> {
    const { renameRun } = await import('../core/results/renameRun');
    return (await renameRun(directory, name)).name;
  },
};

/** The final labels where there are any, else those of the checkpoint. */
function seriesOf(
  table: LabelTable | undefined,
  snapshot: Snapshot | undefined,
  last: Labelling | undefined,
): Series {
  if (table) {
    const { times, labels, softAssignment: memberships } = table;
    return { times, labelling: (last?.count ?? 0) + 1, labels, memberships };
  }
  const times = snapshot?.times ?? [];
  if (!last) return { times, labelling: 0 };
  const { labels, q: memberships, z: embedding, count } = last;
  const dimensions = embedding && embedding.length / labels.length;
  return { times, labelling: count, labels, memberships, embedding, dimensions };
}

function progressOf(
  runDirectory: string,
  info: RunInfo,
  {
    history,
    metrics,
    series,
  }: { history: readonly EpochRecord[]; metrics: Metrics | undefined; series: Series },
): Progress {
  const { hyperParameters } = info.config;
  return {
    ...series,
    runDirectory,
    engine: info.engine,
    phase: info.state === 'finished' ? 'done' : (history.at(-1)?.phase ?? 'reading'),
    epoch: history.length,
    epochs:
      hyperParameters['training.warmupEpochs'] +
      hyperParameters['training.jointEpochs'] +
      hyperParameters['training.adversarialEpochs'],
    step: 0,
    steps: 0,
    history,
    clusters: info.clusters,
    metrics,
  };
}
