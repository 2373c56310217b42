/**
 * Starts trainers, and stops them safely. Used by the extension and by the command line; knows nothing of VS Code.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import type { RunConfig } from '../core/config';
import { CancelledError, InterruptedError } from '../core/errors';
import { memoryRanOut } from '../core/interruption';
import type { RunHooks, RunSummary, Series } from '../core/progress';
import { completeMetrics } from '../core/results/metricsJson';
import { runFiles } from '../core/results/runDirectory';
import { readRun, writeRun, type RunInfo } from '../core/results/runJson';
import { claimRun, holderOf, releaseFor } from '../core/results/runLock';
import { trainerNotifications, type TrainerCalls, type TrainerEvents } from '../protocol/trainer';
import type { Ending } from '../threads/ending';
import { connect } from '../threads/rpc';
import { start, type Isolation, type RunningScript } from '../threads/start';
import { isolationOf, type IsolationChoice } from './isolation';

export interface TrainerHostOptions {
  /**
   * `thread` starts at once; a crash inside native code ends only itself in a `process`. `auto` takes a process for
   * engines that may use a GPU: a driver that fails takes its process along.
   */
  readonly isolation: IsolationChoice;
  /** Added to the environment of the trainer: where the user's own engines are. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The trainer's script; dist/trainer.js beside the running bundle by default. */
  readonly entry?: string;
  /**
   * Milliseconds that a cancelled run has to finish its step before its trainer is ended by force; 5 minutes by
   * default. A step of a wide model takes tens of seconds on a slow machine, and to end a thread inside native code
   * can abort the whole process.
   */
  readonly patience?: number;
}

/**
 * Runs clusterings, each in a trainer of its own that lives as long as the run: what it has allocated is gone with
 * it. `hooks` are those of the pipeline; snapshots arrive a few times a second at most.
 *
 * A run ends in one of four ways: its summary; a UserError or any other error of the pipeline; CancelledError after
 * `hooks.signal` was aborted; InterruptedError when the trainer is lost.
 */
export class TrainerHost {
  private readonly entry: string;
  private readonly patience: number;
  private readonly disposal = new AbortController();
  /** Of every trainer that has not ended yet, its end. */
  private readonly endings = new Set<Promise<unknown>>();

  constructor(private readonly options: TrainerHostOptions) {
    this.entry = options.entry ?? path.join(__dirname, 'trainer.js');
    this.patience = options.patience ?? 300_000;
  }

  /** A new run. */
  cluster(config: RunConfig, hooks: RunHooks = {}): Promise<RunSummary> {
    const isolation = isolationOf(this.options.isolation, config.engine);
    return this.run((trainer) => trainer.cluster(config), hooks, undefined, isolation);
  }

  /** Continues the run in `runDirectory` from its checkpoint. */
  async resume(runDirectory: string, hooks: RunHooks = {}): Promise<RunSummary> {
    // What is wrong with the directory, the trainer says.
    const engine = await readRun(runDirectory).then(
      ({ config }) => config.engine,
      () => undefined,
    );
    const isolation = isolationOf(this.options.isolation, engine);
    return this.run((trainer) => trainer.resume(runDirectory), hooks, runDirectory, isolation);
  }

  /** Cancels what runs, and waits until every trainer has ended. Must be awaited before the process exits. */
  async dispose(): Promise<void> {
    this.disposal.abort();
    await Promise.all(this.endings);
  }

  private async run(
    call: (trainer: Pick<TrainerCalls, 'cluster' | 'resume'>) => Promise<RunSummary>,
    hooks: RunHooks,
    runDirectory: string | undefined,
    isolation: Isolation,
  ): Promise<RunSummary> {
    const signal = AbortSignal.any([this.disposal.signal, ...(hooks.signal ? [hooks.signal] : [])]);
    if (signal.aborted) throw new CancelledError();

    const running = start(isolation, this.entry, (text) => hooks.log?.(text), this.options.environment);
    this.endings.add(running.ended);
    void running.ended.then(() => this.endings.delete(running.ended));
    let series: Series = { times: [], labelling: 0 };
    const warnings: string[] = [];
    const events: TrainerEvents = {
      series: (latest) => (series = latest),
      progress: (snapshot) => {
        runDirectory = snapshot.runDirectory;
        hooks.progress?.({ ...snapshot, ...series });
      },
      share: () => undefined,
      comparing: () => undefined,
      log: (message) => hooks.log?.(message),
      warn: (message) => {
        warnings.push(message);
        hooks.warn?.(message);
      },
    };
    const trainer = connect<TrainerCalls, TrainerEvents>(running, events, trainerNotifications);

    const settled = new AbortController();
    const cancel = (): void => {
      void trainer.cancel();
      // After that it hangs: the last checkpoint is what remains.
      void sleep(this.patience, undefined, { signal: settled.signal, ref: false }).then(
        running.kill,
        () => {},
      );
    };
    signal.addEventListener('abort', cancel, { once: true });
    const lost = running.ended.then((ending): never => {
      throw new LostTrainer(ending);
    });
    try {
      return await Promise.race([call(trainer), lost]);
    } catch (error) {
      if (error instanceof LostTrainer)
        return await settle(describeLoss(error.ending, runDirectory), running.holder, warnings);
      // The trainer has written down what ended its run; where to go on, this end knows.
      if (error instanceof InterruptedError)
        throw new InterruptedError(`${error.message} ${whatRemains(runDirectory)}`, runDirectory, {
          cause: error,
        });
      throw error;
    } finally {
      settled.abort();
      signal.removeEventListener('abort', cancel);
      void trainer.close();
      void endSoon(running);
    }
  }
}

/** An idle trainer ends by itself once it is closed; by force when it does not. */
export async function endSoon(running: RunningScript): Promise<void> {
  const ended = new AbortController();
  void running.ended.then(() => ended.abort());
  await sleep(5_000, undefined, { signal: ended.signal, ref: false }).then(running.kill, () => {});
}

/** Within this file: the trainer has ended before it answered. */
class LostTrainer extends Error {
  constructor(readonly ending: Ending) {
    super(ending.reason);
  }
}

function describeLoss({ reason, cause }: Ending, runDirectory: string | undefined): InterruptedError {
  const said: Record<Ending['cause'], string> = {
    memory: memoryRanOut(reason),
    killed: `The trainer was killed (${reason}): by somebody, or by the system because its memory ran out.`,
    crash:
      `The trainer ended unexpectedly (${reason}), by a fault in native code: too little memory, or a GPU's driver, can ` +
      'bring that about. The engine "cpu" does without a GPU.',
    error: `The trainer ended unexpectedly (${reason}).`,
  };
  return new InterruptedError(`${said[cause]} ${whatRemains(runDirectory)}`, runDirectory);
}

/** A sentence on where an interrupted run can go on. */
function whatRemains(runDirectory: string | undefined): string {
  if (runDirectory === undefined) return 'It had not begun to train.';
  const from = existsSync(path.join(runDirectory, runFiles.checkpoint)) ? 'last checkpoint' : 'beginning';
  return `The run can be resumed from its ${from}: ${runDirectory}`;
}

/**
 * Does for a trainer that is lost what it could not do any more: says in run.json that the run was interrupted, gives
 * back its claim (a thread's run would seem to go on for as long as this process lives) and clears away what it had half
 * written. Throws `error`; but where the trainer was lost when all was done, returns what it has done.
 */
async function settle(
  error: InterruptedError,
  lost: RunningScript['holder'],
  seen: readonly string[],
): Promise<RunSummary> {
  const { runDirectory, message } = error;
  if (runDirectory === undefined) throw error;
  const info = await recordInterruption(runDirectory, message, lost, seen);
  if (info?.state !== 'finished') throw error;
  return {
    runDirectory,
    clusters: info.clusters,
    nonEmptyClusters: info.nonEmptyClusters ?? 0,
    metrics: completeMetrics(info.metrics ?? {}),
    engine: info.engine,
    seconds: info.timings['total'] ?? 0,
  };
}

/** Returns the run as it was left; undefined when somebody else works on it, or when it cannot be read or written. */
async function recordInterruption(
  runDirectory: string,
  message: string,
  lost: RunningScript['holder'],
  seen: readonly string[],
): Promise<RunInfo | undefined> {
  try {
    // A trainer that was lost before it had the run says nothing about it.
    const holder = await holderOf(runDirectory);
    if (holder && (holder.pid !== lost.pid || holder.thread !== lost.thread)) return undefined;
    await releaseFor(runDirectory, lost);
    const claim = await claimRun(runDirectory);
    try {
      const info = await readRun(runDirectory);
      if (info.state === 'finished') {
        // Only its last act was left to do.
        await rm(path.join(runDirectory, runFiles.checkpoint), { force: true });
      } else if (info.state !== 'failed') {
        const ended = new Date().toISOString();
        const warnings = [...new Set([...(info.warnings ?? []), ...seen])];
        await writeRun(runDirectory, {
          ...info,
          state: 'interrupted',
          ended,
          message,
          ...(warnings.length > 0 && { warnings }),
        });
      }
      return info;
    } finally {
      await claim.release();
    }
  } catch {
    // What stopped the trainer (a full disk, a folder that is gone) may stop this too; the caller reports the former.
    return undefined;
  }
}
