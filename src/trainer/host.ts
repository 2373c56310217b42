/**
 * Starts trainers, and stops them safely. Used by the extension and by the command line; knows nothing of VS Code.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import type { RunConfig } from '../core/config';
import { CancelledError } from '../core/errors';
import type { RunHooks, RunSummary, Series } from '../core/progress';
import { readRun, writeRun } from '../core/results/runJson';
import { holderOf, releaseFor } from '../core/results/runLock';
import { trainerNotifications, type TrainerCalls, type TrainerEvents } from '../protocol/trainer';
import { connect } from '../threads/rpc';
import { start, type Isolation, type RunningScript } from '../threads/start';

export interface TrainerHostOptions {
  /** `thread` starts at once; a crash inside native code ends only itself in a `process`. */
  readonly isolation: Isolation;
  /** The trainer's script; dist/trainer.js beside the running bundle by default. */
  readonly entry?: string;
  /**
   * Milliseconds that a cancelled run has to finish its step before its trainer is ended by force; 5 minutes by
   * default. A step of a wide model takes tens of seconds on a slow machine, and to end a thread inside native code
   * can abort the whole process.
   */
  readonly patience?: number;
}

/** The trainer ended before its run did: it crashed, was killed, or did not react to a cancellation. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** @param runDirectory the run that was interrupted, when it had one already: it can be resumed */
  constructor(
    reason: string,
    readonly runDirectory: string | undefined,
  ) {
    super(
      `The trainer ended unexpectedly (${reason}). ` +
        (runDirectory
          ? `The run can be resumed from its last checkpoint: ${runDirectory}`
          : 'It had not begun to train.'),
    );
  }
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
    return this.run((trainer) => trainer.cluster(config), hooks, undefined, this.isolationFor(config));
  }

  /** Continues the run in `runDirectory` from its checkpoint. */
  async resume(runDirectory: string, hooks: RunHooks = {}): Promise<RunSummary> {
    // What is wrong with the directory, the trainer says.
    const config = await readRun(runDirectory).then(
      (info) => info.config,
      () => undefined,
    );
    return this.run(
      (trainer) => trainer.resume(runDirectory),
      hooks,
      runDirectory,
      this.isolationFor(config),
    );
  }

  /** A GPU's driver that fails takes its process along: that must not be the host's. */
  private isolationFor(config: RunConfig | undefined): Isolation {
    return config?.engine === 'webgpu' ? 'process' : this.options.isolation;
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

    const running = start(isolation, this.entry, (text) => hooks.log?.(text));
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
    const lost = running.ended.then((reason) => {
      throw new InterruptedError(reason, runDirectory);
    });
    try {
      return await Promise.race([call(trainer), lost]);
    } catch (error) {
      if (error instanceof InterruptedError) await recordInterruption(error, running.holder, warnings);
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
async function endSoon(running: RunningScript): Promise<void> {
  const ended = new AbortController();
  void running.ended.then(() => ended.abort());
  await sleep(5_000, undefined, { signal: ended.signal, ref: false }).then(running.kill, () => {});
}

/**
 * The trainer could not say in run.json that its run has ended, nor give back its claim, and a thread's run would seem
 * to go on for as long as this process lives.
 */
async function recordInterruption(
  { runDirectory, message }: InterruptedError,
  lost: RunningScript['holder'],
  seen: readonly string[],
): Promise<void> {
  if (runDirectory === undefined) return;
  try {
    const info = await readRun(runDirectory);
    // A trainer that was lost before it had the run says nothing about it.
    const holder = await holderOf(runDirectory);
    if (holder && (holder.pid !== lost.pid || holder.thread !== lost.thread)) return;
    if (info.state !== 'finished' && info.state !== 'failed') {
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
    await releaseFor(runDirectory, lost);
  } catch {
    // What stopped the trainer (a full disk, a folder that is gone) may stop this too; the caller reports the former.
  }
}
