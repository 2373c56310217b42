/** Starts the trainers that compare methods. Used by the extension; knows nothing of VS Code. */
import path from 'node:path';
import type { CompareHooks } from '../core/compare/compare';
import type { CompareConfig } from '../core/compare/config';
import { CancelledError, InterruptedError } from '../core/errors';
import {
  trainerNotifications,
  type MethodDescription,
  type TrainerCalls,
  type TrainerEvents,
} from '../protocol/trainer';
import { connect } from '../threads/rpc';
import { start } from '../threads/start';
import { endSoon, type TrainerHostOptions } from './host';

export type ComparisonHostOptions = Pick<TrainerHostOptions, 'environment' | 'entry'>;

/**
 * Directs comparisons from a thread: it reads headers, hashes files and makes tables there, and starts a process for each
 * fit. A thread cannot be killed without danger, but this one only waits.
 */
export class ComparisonHost {
  constructor(private readonly options: ComparisonHostOptions = {}) {}

  /** A new comparison; resolves with its directory. Rejects as `compareMethods` does. */
  compare(config: CompareConfig, hooks: CompareHooks = {}): Promise<string> {
    return this.ask((trainer) => trainer.compare(config), hooks);
  }

  /** Continues the comparison in `directory`. */
  resume(directory: string, hooks: CompareHooks = {}): Promise<string> {
    return this.ask((trainer) => trainer.resumeComparison(directory), hooks);
  }

  /** The methods that can be compared. */
  methods(): Promise<MethodDescription[]> {
    return this.ask((trainer) => trainer.methods(), {});
  }

  private async ask<T>(
    call: (trainer: Pick<TrainerCalls, 'compare' | 'resumeComparison' | 'methods'>) => Promise<T>,
    hooks: CompareHooks,
  ): Promise<T> {
    const { environment, entry = path.join(__dirname, 'trainer.js') } = this.options;
    const { signal } = hooks;
    if (signal?.aborted) throw new CancelledError();
    const running = start('thread', entry, (text) => hooks.log?.(text), environment);
    const events: TrainerEvents = {
      series: () => undefined,
      progress: () => undefined,
      share: () => undefined,
      comparing: (progress) => hooks.progress?.(progress),
      log: (message) => hooks.log?.(message),
      warn: (message) => hooks.warn?.(message),
    };
    const trainer = connect<TrainerCalls, TrainerEvents>(running, events, trainerNotifications);
    const cancel = (): void => void trainer.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    const lost = running.ended.then(({ reason }): never => {
      throw new InterruptedError(
        `The thread that compared the methods ended unexpectedly (${reason}). The fits that have ended are kept.`,
      );
    });
    try {
      return await Promise.race([call(trainer), lost]);
    } finally {
      signal?.removeEventListener('abort', cancel);
      lost.catch(() => undefined);
      void trainer.close();
      void endSoon(running);
    }
  }
}
