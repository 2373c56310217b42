import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunConfig } from '../core/config';
import { InterruptedError, UserError, isUserError, messageOf } from '../core/errors';
import type { Progress, RunHooks, RunSummary } from '../core/progress';
import { isResumable, runFiles } from '../core/results/runDirectory';
import { isActive, type Run } from './run';

/** What trains: {@link TrainerHost} in the product. One is made for each run. */
export interface Trainer {
  cluster(config: RunConfig, hooks: RunHooks): Promise<RunSummary>;
  resume(runDirectory: string, hooks: RunHooks): Promise<RunSummary>;
  dispose(): Promise<void>;
}

/** Reads runs back from disk. */
export interface RunStore {
  /** Throws a UserError when `directory` holds no run. */
  read(directory: string): Promise<Omit<Run, 'id'>>;
  /** Returns the new name, undefined when it was taken away. Throws a UserError when the run cannot be renamed. */
  rename(directory: string, name: string): Promise<string | undefined>;
}

export interface RunLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A run that was started: `ended` resolves with its last snapshot and never rejects. */
export interface StartedRun {
  readonly id: string;
  readonly ended: Promise<Run>;
}

interface Entry {
  run: Run;
  readonly abort: AbortController;
  /** Of a run that was started. */
  ended?: Promise<Run>;
}

type Work = (trainer: Trainer, hooks: RunHooks) => Promise<RunSummary>;

const hasFile = (directory: string, file: keyof typeof runFiles): boolean =>
  existsSync(path.join(directory, runFiles[file]));

/**
 * Owns the runs of this window: starts, cancels, resumes and reads them, and tells listeners about every change with
 * a complete snapshot. Runs share the processor, so they go one after the other. Knows nothing of VS Code.
 *
 *     start / resume -> queued -> running -> finished
 *                                         -> interrupted   cancelled, or the trainer was lost; can be resumed
 *                                                          once it has a directory
 *                                         -> failed        something is wrong with the data or the settings
 */
export class RunService {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<(run: Run) => void>();
  private readonly removalListeners = new Set<(run: Run) => void>();
  private queue: Promise<unknown> = Promise.resolve();
  private count = 0;

  constructor(
    private readonly createTrainer: () => Trainer,
    private readonly store: RunStore,
    private readonly log: RunLog,
    /** Milliseconds between two looks at a run of another process. */
    private readonly followInterval = 1000,
  ) {}

  /** The runs this window has started or opened, oldest first. */
  get runs(): readonly Run[] {
    return [...this.entries.values()].map(({ run }) => run);
  }

  /** The run that trains, or else waits. */
  get active(): Run | undefined {
    const active = this.runs.filter(isActive);
    return active.find(({ state }) => state !== 'queued') ?? active[0];
  }

  get(id: string): Run | undefined {
    return this.entries.get(id)?.run;
  }

  find(directory: string): Run | undefined {
    return this.runs.find((run) => run.directory === directory);
  }

  /** Calls `listener` with each new snapshot of any run, until the returned function is called. */
  onDidChange(listener: (run: Run) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls `listener` with the last snapshot of each run that is forgotten, until the returned function is called. */
  onDidRemove(listener: (run: Run) => void): () => void {
    this.removalListeners.add(listener);
    return () => this.removalListeners.delete(listener);
  }

  start(config: RunConfig): StartedRun {
    const entry = this.add({
      state: 'queued',
      started: new Date().toISOString(),
      config,
      files: config.files,
      fields: config.variables ?? [],
      clusters: config.hyperParameters.clusters,
      warnings: [],
      canResume: false,
      hasReport: false,
    });
    return this.enqueue(entry, (trainer, hooks) => trainer.cluster(config, hooks));
  }

  /**
   * Continues a stopped run. Throws a UserError when it has nothing to continue from, or another process works on it.
   * Of two windows that resume it at the same moment, the slower one follows the other.
   */
  async resume(directory: string): Promise<StartedRun> {
    const active = this.started(directory);
    if (active) return active;
    const stored = await this.store.read(directory);
    // Another call may have been quicker, or the run was forgotten.
    const since = this.started(directory);
    if (since) return since;
    if (!stored.canResume) {
      throw new UserError(
        stored.state === 'finished'
          ? `The run ${directory} has finished; there is nothing to resume.`
          : `The run ${directory} cannot be resumed. ${stored.message ?? 'It was stopped before its first checkpoint.'}`,
      );
    }
    const known = this.find(directory);
    const entry = known ? this.entries.get(known.id)! : this.add(stored);
    // What was last drawn stays until the trainer reports.
    const progress = known?.progress ?? stored.progress;
    const renewed = this.renew(entry, {
      ...stored,
      id: entry.run.id,
      state: 'queued',
      canResume: false,
      progress,
    });
    return this.enqueue(renewed, (trainer, hooks) => trainer.resume(directory, hooks));
  }

  /** Stops a run after its current step; it keeps its checkpoint. Does nothing when the run is not active. */
  cancel(id: string): void {
    const entry = this.entries.get(id);
    if (!entry || !isActive(entry.run) || entry.abort.signal.aborted) return;
    entry.abort.abort();
    this.update(entry, { state: 'cancelling' });
  }

  /** A run from disk, or the one this window already knows. One that another process works on is followed to its end. */
  async open(directory: string): Promise<Run> {
    const known = this.find(directory);
    if (known) return known;
    const stored = await this.store.read(directory);
    // Another call may have been quicker.
    const opened = this.find(directory);
    if (opened) return opened;
    const entry = this.add(stored);
    if (stored.isHeld) this.follow(entry, directory);
    return entry.run;
  }

  /**
   * Names a run, or takes its name away when `name` is empty. Throws a UserError when the name is too long or a process
   * works on the run.
   */
  async rename(directory: string, name: string): Promise<void> {
    const given = await this.store.rename(directory, name);
    const known = this.find(directory);
    if (known) this.update(this.entries.get(known.id)!, { name: given });
  }

  /** Lets go of a run whose files were deleted; one that still trains is stopped. */
  forget(directory: string): void {
    const known = this.find(directory);
    if (!known) return;
    this.cancel(known.id);
    const { run } = this.entries.get(known.id)!;
    this.entries.delete(known.id);
    for (const listener of this.removalListeners) listener(run);
  }

  /** Does other work that needs the whole machine, after the runs that wait now and before any that come later. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Stops every run and waits for the checkpoints. */
  async dispose(): Promise<void> {
    for (const { id } of this.runs) this.cancel(id);
    await this.queue;
  }

  private started(directory: string): StartedRun | undefined {
    const run = this.find(directory);
    return run && isActive(run) ? { id: run.id, ended: this.entries.get(run.id)!.ended! } : undefined;
  }

  private add(run: Omit<Run, 'id'>): Entry {
    const id = `run-${++this.count}`;
    const entry: Entry = { run: { ...run, id }, abort: new AbortController() };
    this.entries.set(id, entry);
    return entry;
  }

  /** A resumed run is the same run with a new chance to be cancelled. */
  private renew(entry: Entry, run: Run): Entry {
    const renewed: Entry = { run, abort: new AbortController() };
    this.entries.set(entry.run.id, renewed);
    return renewed;
  }

  /** Reads a held run again until its process has let go: a window that has just closed may still be saving. */
  private follow(entry: Entry, directory: string): void {
    const timer = setTimeout(() => {
      void this.store.read(directory).then(
        (stored) => {
          if (this.entries.get(entry.run.id) !== entry || isActive(entry.run)) return;
          this.update(entry, { ...stored, progress: numbered(stored, entry.run) });
          if (stored.isHeld) this.follow(entry, directory);
        },
        (error: unknown) => this.log.warn(messageOf(error)),
      );
    }, this.followInterval);
    timer.unref();
  }

  private enqueue(entry: Entry, work: Work): StartedRun {
    this.emit(entry.run);
    const ended = this.queue.then(() => this.execute(entry, work));
    this.queue = ended;
    entry.ended = ended;
    return { id: entry.run.id, ended };
  }

  private async execute(entry: Entry, work: Work): Promise<Run> {
    const { signal } = entry.abort;
    if (signal.aborted) {
      this.update(entry, { state: 'interrupted', message: 'Cancelled before it began.' });
      this.settleFiles(entry);
      return entry.run;
    }
    this.update(entry, { state: 'running' });
    this.log.info(`Clustering ${entry.run.files.join(', ')}`);
    let trainer: Trainer | undefined;
    try {
      trainer = this.createTrainer();
      const summary = await work(trainer, {
        signal,
        progress: (progress) => {
          this.update(entry, { progress, directory: progress.runDirectory || undefined });
        },
        log: (message) => this.log.info(message),
        warn: (message) => {
          this.log.warn(message);
          this.update(entry, { warnings: [...new Set([...entry.run.warnings, message])] });
        },
      });
      await this.finish(entry, summary);
    } catch (error) {
      const held = await this.heldElsewhere(entry.run, error);
      this.update(entry, held ?? this.outcomeOf(error, entry.run));
      if (held) this.follow(entry, held.directory!);
    } finally {
      await trainer?.dispose();
      this.settleFiles(entry);
    }
    return entry.run;
  }

  /** The panel of a finished run shows what is on disk, the same as after a restart. */
  private async finish(entry: Entry, summary: RunSummary): Promise<void> {
    const stored = await this.store.read(summary.runDirectory);
    const warnings = [...new Set([...stored.warnings, ...entry.run.warnings])];
    this.log.info(`Finished in ${summary.seconds.toFixed(1)} s: ${summary.runDirectory}`);
    entry.run = { ...stored, id: entry.run.id, progress: numbered(stored, entry.run), warnings };
  }

  private outcomeOf(error: unknown, { directory }: Run): Partial<Run> {
    if (isUserError(error)) {
      this.log.error(error.message);
      return { state: 'failed', message: error.message };
    }
    if (error instanceof Error && error.name === 'CancelledError') {
      this.log.info('Stopped on request.');
      return { state: 'interrupted', message: undefined };
    }
    if (error instanceof InterruptedError) {
      this.log.error(error.message);
      return { state: 'interrupted', message: error.message };
    }
    // Our fault: the log gets the stack, the user the message and, if there is one, the checkpoint.
    this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const resumable = directory !== undefined && hasFile(directory, 'checkpoint');
    return { state: resumable ? 'interrupted' : 'failed', message: messageOf(error) };
  }

  /** What the store says of a run that could not be continued because another process was quicker. */
  private async heldElsewhere({ directory }: Run, error: unknown): Promise<Omit<Run, 'id'> | undefined> {
    if (directory === undefined || !isUserError(error)) return undefined;
    try {
      const stored = await this.store.read(directory);
      return stored.isHeld ? stored : undefined;
    } catch {
      // The first error is the one to report.
      return undefined;
    }
  }

  /** After a run has ended: looks at what its directory holds. */
  private settleFiles(entry: Entry): void {
    const { directory, state } = entry.run;
    if (directory === undefined) return this.emit(entry.run);
    this.update(entry, {
      canResume:
        !entry.run.isHeld &&
        hasFile(directory, 'run') &&
        isResumable(state, hasFile(directory, 'checkpoint')),
      hasReport: hasFile(directory, 'report'),
    });
  }

  private update(entry: Entry, change: Partial<Run>): void {
    entry.run = { ...entry.run, ...change };
    this.emit(entry.run);
  }

  private emit(run: Run): void {
    // Forgotten meanwhile.
    if (!this.entries.has(run.id)) return;
    for (const listener of this.listeners) listener(run);
  }
}

/**
 * The progress of a run as read from disk, in place of what was known of it. The labels of a finished run have a number
 * of their own: panels ask anew then for what could not be given, or not exactly, while the run trained.
 */
function numbered({ state, progress }: Omit<Run, 'id'>, known: Run): Progress | undefined {
  if (!progress || state !== 'finished' || known.state === 'finished') return progress;
  return { ...progress, labelling: Math.max((known.progress?.labelling ?? 0) + 1, progress.labelling) };
}
