import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '../core/errors';
import { trainerNotifications, type TrainerCalls, type TrainerEvents } from '../protocol/trainer';
import type { Ending } from '../threads/ending';
import { connect } from '../threads/rpc';
import { start } from '../threads/start';
import { endSoon, type TrainerHostOptions } from './host';

/** Milliseconds that a cancelled job has to end by itself: it has nothing to save, and may be killed at any moment. */
const PATIENCE = 3_000;

export type ProcessJobOptions = Pick<TrainerHostOptions, 'environment' | 'entry' | 'patience'>;

export interface ProcessJobHooks {
  /** The share that is done, 0 to 1. */
  progress?(share: number): void;
  log?(message: string): void;
  warn?(message: string): void;
  readonly signal?: AbortSignal;
}

/**
 * Asks a trainer in a process of its own for one thing, and ends the process before it returns: what comes next must not
 * share processors and memory with what is left of it.
 * @param lost what becomes of the job when the process ends unasked
 * @throws CancelledError when the signal is aborted, and what `ask` and `lost` throw.
 */
export async function doInProcess<T>(
  ask: (trainer: ReturnType<typeof connect<TrainerCalls, TrainerEvents>>) => Promise<T>,
  lost: (ending: Ending) => T,
  hooks: ProcessJobHooks,
  { environment, entry = path.join(__dirname, 'trainer.js'), patience = PATIENCE }: ProcessJobOptions,
): Promise<T> {
  const { signal } = hooks;
  if (signal?.aborted) throw new CancelledError();
  const running = start('process', entry, (text) => hooks.log?.(text), environment);
  const events: TrainerEvents = {
    series: () => undefined,
    progress: () => undefined,
    share: (share) => hooks.progress?.(share),
    comparing: () => undefined,
    log: (message) => hooks.log?.(message),
    warn: (message) => hooks.warn?.(message),
  };
  const trainer = connect<TrainerCalls, TrainerEvents>(running, events, trainerNotifications);
  const settled = new AbortController();
  const cancel = (): void => {
    void trainer.cancel();
    void sleep(patience, undefined, { signal: settled.signal, ref: false }).then(running.kill, () => {});
  };
  signal?.addEventListener('abort', cancel, { once: true });
  const ended = running.ended.then((ending): T => {
    if (signal?.aborted) throw new CancelledError();
    return lost(ending);
  });
  try {
    return await Promise.race([ask(trainer), ended]);
  } finally {
    settled.abort();
    signal?.removeEventListener('abort', cancel);
    // It may reject after this call has been settled otherwise.
    ended.catch(() => undefined);
    void trainer.close();
    await endSoon(running);
  }
}
