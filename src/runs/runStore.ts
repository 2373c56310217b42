import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metrics } from '../core/evaluation/metrics';
import type { EpochRecord, Progress } from '../core/progress';
import type { LabelTable } from '../core/results/labelsCsv';
import type { RunInfo } from '../core/results/runJson';
import type { Run } from './run';
import type { RunStore } from './runService';

/** Runs as their directories hold them. Loaded on first use: activation must stay quick. */
export const runStore: RunStore = {
  async read(directory): Promise<Omit<Run, 'id'>> {
    const [{ readRun }, { parseLabels }, { parseHistory }, { runFiles }, { readCheckpoint }] =
      await Promise.all([
        import('../core/results/runJson'),
        import('../core/results/labelsCsv'),
        import('../core/results/historyCsv'),
        import('../core/results/runDirectory'),
        import('../core/training/checkpoint'),
      ]);
    const info = await readRun(directory);
    const read = async <T>(
      name: string,
      parse: (text: string, source: string) => T,
    ): Promise<T | undefined> => {
      const file = path.join(directory, name);
      return existsSync(file) ? parse(await readFile(file, 'utf8'), file) : undefined;
    };
    const labels = await read(runFiles.labels, parseLabels);
    // A run that has not finished keeps its history in the checkpoint; when it finishes just now, that is taken away.
    const checkpoint = path.join(directory, runFiles.checkpoint);
    const fromCheckpoint = async (): Promise<readonly EpochRecord[] | undefined> => {
      try {
        return existsSync(checkpoint) ? (await readCheckpoint(directory)).history : undefined;
      } catch (error) {
        if (existsSync(checkpoint)) throw error;
        return undefined;
      }
    };
    const history = (await read(runFiles.history, parseHistory)) ?? (await fromCheckpoint());
    const hasCheckpoint = existsSync(checkpoint);
    // A run of this process that its service does not know has lost its trainer.
    const isHeld = info.state === 'running' && info.process?.pid !== process.pid;
    const state = info.state === 'running' ? 'interrupted' : info.state;
    return {
      state,
      files: info.config.files,
      fields: info.data?.fields.map(({ name }) => name) ?? info.config.variables ?? [],
      clusters: info.clusters,
      directory,
      progress: progressOf(directory, info, labels, history ?? []),
      warnings: [],
      message: isHeld
        ? `Another process works on this run (${info.process?.pid} on ${info.process?.host}).`
        : state === 'failed'
          ? info.message
          : undefined,
      isHeld,
      canResume: state !== 'finished' && !isHeld && hasCheckpoint,
      hasReport: existsSync(path.join(directory, runFiles.report)),
    };
  },
};

function progressOf(
  runDirectory: string,
  info: RunInfo,
  table: LabelTable | undefined,
  history: readonly EpochRecord[],
): Progress {
  const { hyperParameters } = info.config;
  return {
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
    times: table?.times ?? [],
    labels: table && [...table.labels],
    confidence: table && confidenceOf(table, info.clusters),
    // Undefined metrics are null in the file and NaN in memory.
    metrics:
      info.metrics &&
      (Object.fromEntries(
        Object.entries(info.metrics).map(([name, value]) => [name, value ?? NaN]),
      ) as unknown as Metrics),
  };
}

/** The membership of each time step in the cluster of its label. */
function confidenceOf({ labels, softAssignment }: LabelTable, clusters: number): number[] | undefined {
  return softAssignment && Array.from(labels, (label, t) => softAssignment[t * clusters + label]);
}
