/** Runs as the history shows them: what their directories hold, and what this window knows of those it works on. */
import path from 'node:path';
import type { Metrics } from '../core/evaluation/metrics';
import { dataFiles } from '../core/results/dataFiles';
import { isResumable } from '../core/results/runDirectory';
import type { RunInfo } from '../core/results/runJson';
import { isActive, type Run, type RunState } from './run';

/** Metrics of a run; absent or null where undefined. */
export type HistoryMetrics = Readonly<Partial<Record<keyof Metrics, number | null>>>;

export interface HistoryRun {
  /** The run directory; the id within this window of a run that has none yet. */
  readonly key: string;
  readonly directory: string | undefined;
  readonly state: RunState | 'damaged';
  /** Absolute paths of the data files; empty when they are not known. */
  readonly files: readonly string[];
  /** Given by the user; empty when not. */
  readonly name: string;
  /** ISO 8601, UTC; empty when not known. */
  readonly started: string;
  readonly clusters: number | undefined;
  readonly fields: readonly string[];
  readonly seed: number | undefined;
  readonly engine: string;
  /** Of the whole run; undefined until it has finished. */
  readonly seconds: number | undefined;
  readonly metrics: HistoryMetrics | undefined;
  /** Phase and epochs of a run that trains. */
  readonly progress: { readonly phase: string; readonly epoch: number; readonly epochs: number } | undefined;
  /** Why it failed, was interrupted or cannot be read. */
  readonly message: string | undefined;
  /** Whether another process works on it. */
  readonly isHeld: boolean;
  readonly canResume: boolean;
  readonly hasReport: boolean;
}

/** What a run directory holds beside run.json, and who asks. */
export interface Beside {
  readonly hasCheckpoint: boolean;
  readonly hasReport: boolean;
  /** Whether the run's lock is that of another process. */
  readonly isHeldElsewhere: boolean;
  /** Process that asks. */
  readonly pid: number;
}

/** A run as its run.json says. One that this process is said to work on has lost its trainer. */
export function storedRun(directory: string, info: RunInfo, beside: Beside): HistoryRun {
  const isHeld = beside.isHeldElsewhere || (info.state === 'running' && info.process?.pid !== beside.pid);
  const state = info.state === 'running' && !isHeld ? 'interrupted' : info.state;
  return {
    key: directory,
    directory,
    state,
    files: dataFiles(directory, info.config.files),
    name: info.name ?? '',
    started: info.started,
    clusters: info.clusters,
    fields: info.data?.fields.map(({ name }) => name) ?? info.config.variables ?? [],
    seed: info.config.seed,
    engine: info.engine,
    seconds: info.timings['total'],
    metrics: info.metrics,
    progress: undefined,
    message: info.message,
    isHeld,
    canResume: !isHeld && isResumable(state, beside.hasCheckpoint),
    hasReport: beside.hasReport,
  };
}

/** A run whose run.json cannot be read. */
export function damagedRun(directory: string, reason: string): HistoryRun {
  return {
    key: directory,
    directory,
    state: 'damaged',
    files: [],
    name: '',
    started: '',
    clusters: undefined,
    fields: [],
    seed: undefined,
    engine: '',
    seconds: undefined,
    metrics: undefined,
    progress: undefined,
    message: reason,
    isHeld: false,
    canResume: false,
    hasReport: false,
  };
}

/** A run of this window, over what its directory says: the window knows better what becomes of it. */
export function windowRun(run: Run, stored: HistoryRun | undefined): HistoryRun {
  const { progress } = run;
  const training = run.state === 'running' || run.state === 'cancelling';
  return {
    key: run.directory ?? run.id,
    directory: run.directory,
    state: run.isHeld ? 'running' : run.state,
    files: stored && stored.files.length > 0 ? stored.files : run.files,
    name: run.name ?? stored?.name ?? '',
    started: run.started ?? stored?.started ?? '',
    clusters: run.clusters,
    fields: run.fields.length > 0 ? run.fields : (stored?.fields ?? []),
    seed: run.config?.seed ?? stored?.seed,
    engine: progress?.engine || (stored?.engine ?? ''),
    seconds: isActive(run) ? undefined : stored?.seconds,
    metrics: progress?.metrics ?? stored?.metrics,
    progress:
      training && progress
        ? { phase: progress.phase, epoch: progress.epoch, epochs: progress.epochs }
        : undefined,
    message: run.message ?? (run.state === stored?.state ? stored.message : undefined),
    isHeld: run.isHeld ?? false,
    canResume: run.canResume,
    hasReport: run.hasReport,
  };
}

/** The runs of the same data files, newest first. */
export interface HistoryGroup {
  /** Absolute paths; of damaged runs alone the folder they lie in. */
  readonly files: readonly string[];
  readonly runs: readonly HistoryRun[];
}

/** Runs by data files, in the order of the files' names. Damaged runs go with the runs of the same folder. */
export function groupRuns(runs: readonly HistoryRun[]): HistoryGroup[] {
  const groups = new Map<string, HistoryRun[]>();
  const byFolder = new Map<string, readonly string[]>();
  for (const { directory, files } of runs) {
    if (directory !== undefined && files.length > 0) byFolder.set(path.dirname(directory), files);
  }
  for (const run of runs) {
    const folder = path.dirname(run.directory ?? '');
    const files = run.files.length > 0 ? run.files : (byFolder.get(folder) ?? [folder]);
    const key = JSON.stringify(files);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const nameOf = ({ files }: HistoryGroup): string => path.basename(files[0]).toLowerCase();
  return [...groups]
    .map(([key, members]) => ({ files: JSON.parse(key) as string[], runs: members.sort(newestFirst) }))
    .sort((a, b) => compare(nameOf(a), nameOf(b)) || compare(a.files.join(), b.files.join()));
}

/** Runs that have not begun come first, those of unknown age by the name of their directory. */
function newestFirst(a: HistoryRun, b: HistoryRun): number {
  const ageOf = ({ directory, started }: HistoryRun): string =>
    directory === undefined ? '~' : started || path.basename(directory);
  return compare(ageOf(b), ageOf(a));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
