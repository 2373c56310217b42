/** Chooses the number of clusters in a process of its own. Used by the extension and by the command line. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterChoice } from '../core/choose/choice';
import type { ChooseHooks, ChooseRequest } from '../core/choose/chooseForFiles';
import { CancelledError, InterruptedError } from '../core/errors';
import { trainerNotifications, type TrainerCalls, type TrainerEvents } from '../protocol/trainer';
import { connect } from '../threads/rpc';
import { start } from '../threads/start';
import { endSoon, type TrainerHostOptions } from './host';

/** Milliseconds that a cancelled choice has to end by itself: there is nothing that it must save. */
const PATIENCE = 3_000;

export type ChoiceProcessOptions = Pick<TrainerHostOptions, 'entry' | 'patience'>;

/**
 * The choice of {@link ChooseRequest}, computed beside the caller, which stays free.
 * @throws UserError as `chooseForFiles`, CancelledError when the signal is aborted, InterruptedError when the process is lost.
 */
export async function chooseInProcess(
  request: ChooseRequest,
  hooks: ChooseHooks = {},
  { entry = path.join(__dirname, 'trainer.js'), patience = PATIENCE }: ChoiceProcessOptions = {},
): Promise<ClusterChoice> {
  const { signal } = hooks;
  if (signal?.aborted) throw new CancelledError();
  const running = start('process', entry, (text) => hooks.log?.(text));
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
  const lost = running.ended.then(({ reason }): never => {
    if (signal?.aborted) throw new CancelledError();
    throw new InterruptedError(
      `The number of clusters could not be chosen: its process ended unexpectedly (${reason}), perhaps for lack of memory. Take fewer variables, a smaller area or a shorter time, or lower the memory limit, so that the data are streamed from disk.`,
    );
  });
  try {
    return await Promise.race([trainer.choose(request), lost]);
  } finally {
    settled.abort();
    signal?.removeEventListener('abort', cancel);
    // It may reject after this call has been settled otherwise.
    lost.catch(() => undefined);
    void trainer.close();
    await endSoon(running);
  }
}
