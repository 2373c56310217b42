/** Does each fit of a comparison in a process of its own. Used by the extension and by the command line. */
import type { FitRunner } from '../core/compare/fit';
import type { Ending } from '../threads/ending';
import { doInProcess, type ProcessJobOptions } from './processJob';

/**
 * Fits in processes: the peak of a process's memory is that of its fit, a fit leaves nothing behind for the next, and one
 * that is killed, or that crashes in native code, is a failed row and not the end of the comparison.
 */
export function fitsInProcesses(options: ProcessJobOptions = {}): FitRunner {
  return (job, hooks) =>
    doInProcess(
      (trainer) => trainer.fit(job),
      (ending) => ({ state: 'failed', reason: lossText(ending), byUser: false, warnings: [] }),
      hooks,
      options,
    );
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
