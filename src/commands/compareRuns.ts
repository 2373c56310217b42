import { UserError } from '../core/errors';
import { givenRuns, pickRuns } from './runArguments';
import type { Command } from './services';

/** `climateClustering.compareRuns(directories?)`: two or more runs side by side, those selected in the view or picked. */
export const compareRuns: Command = {
  id: 'compareRuns',
  async run(services, clicked, selected) {
    let directories = givenRuns(services, clicked, selected);
    if (directories.length < 2) {
      directories = await pickRuns(services, { title: 'Compare Runs: Pick Two or More', atLeast: 2 });
    }
    if (directories.length === 0) return;
    if (directories.length === 1) throw new UserError('Pick at least two runs to compare.');
    await services.panels.compare(directories);
  },
};
