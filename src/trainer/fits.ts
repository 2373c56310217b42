/** Does each fit of a comparison in a process of its own. Used by the extension and by the command line. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FitHooks, FitJob, FitOutcome, FitRunner } from '../core/compare/fit';
import { CancelledError } from '../core/errors';
import { trainerNotifications, type TrainerCalls, type TrainerEvents } from '../protocol/trainer';
import type { Ending } from '../threads/ending';
import { connect } from '../threads/rpc';
import { start } from '../threads/start';
import { endSoon, type TrainerHostOptions } from './host';

/**
 * Milliseconds that a cancelled fit has to end by itself. There is nothing that it must save, and a process can be killed
 * at any moment.
 */
const PATIENCE = 3_000;

export type FitProcessOptions = Pick<TrainerHostOptions, 'environment' | 'entry' | 'patience'>;

/**
 * Fits in processes: the peak of a process's memory is that of its fit, a fit leaves nothing behind for the next, and one
 * that is killed, or that crashes in native code, is a failed row and not the end of the comparison.
 */
export function fitsInProcesses(options: FitProcessOptions = {}): FitRunner {
  return (job, hooks) => fitInProcess(job, hooks, options);
}

async function fitInProcess(
  job: FitJob,
  hooks: FitHooks,
  { environment, entry = path.join(__dirname, 'trainer.js'), patience = PATIENCE }: FitProcessOptions,
): Promise<FitOutcome> {
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
  const lost = running.ended.then((ending): FitOutcome => {
    if (signal?.aborted) throw new CancelledError();
    return { state: 'failed', reason: lossText(ending), byUser: false, warnings: [] };
  });
  try {
    return await Promise.race([trainer.fit(job), lost]);
  } finally {
    settled.abort();
    signal?.removeEventListener('abort', cancel);
    // It may reject after this call has been settled otherwise.
    lost.catch(() => undefined);
    void trainer.close();
    // The next fit must not share processors and memory with what is left of this one.
    await endSoon(running);
  }
}

function lossText({ cause, reason }: Ending): string {
  const said: Record<Ending['cause'], string> = {
    memory: `Memory ran out (${reason}).`,
    killed: `Its process was killed (${reason}): by somebody, or by the system because its memory ran out.`,
    crash: `Its process ended unexpectedly (${reason}), by a fault in native code.`,
    error: `Its process ended unexpectedly (${reason}).`,
  };
  return said[cause];
}
