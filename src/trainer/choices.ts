/** Chooses the number of clusters in a process of its own. Used by the extension and by the command line. */
import type { ClusterChoice } from '../core/choose/choice';
import type { ChooseHooks, ChooseRequest } from '../core/choose/chooseForFiles';
import { InterruptedError } from '../core/errors';
import { doInProcess, type ProcessJobOptions } from './processJob';

/**
 * The choice of {@link ChooseRequest}, computed beside the caller, which stays free.
 * @throws UserError as `chooseForFiles`, CancelledError when the signal is aborted, InterruptedError when the process is lost.
 */
export function chooseInProcess(
  request: ChooseRequest,
  hooks: ChooseHooks = {},
  options: ProcessJobOptions = {},
): Promise<ClusterChoice> {
  return doInProcess(
    (trainer) => trainer.choose(request),
    ({ reason }) => {
      throw new InterruptedError(
        `The number of clusters could not be chosen: its process ended unexpectedly (${reason}), perhaps for lack of memory. Take fewer variables, a smaller area or a shorter time, or lower the memory limit, so that the data are streamed from disk.`,
      );
    },
    hooks,
    options,
  );
}
