import { chooseRun } from './chooseRun';
import type { Command } from './services';

/** `climateClustering.showResults(run?)`: the panel of a run; by default of the one that trains, or the latest one. */
export const showResults: Command = {
  id: 'showResults',
  async run(services, given) {
    const { runs, panels } = services;
    const known = typeof given === 'string' ? runs.get(given) : (runs.active ?? runs.runs.at(-1));
    if (known) return panels.show(known);
    const directory = await chooseRun(services, given, 'run.json', 'Show Results');
    if (directory !== undefined) panels.show(await runs.open(directory));
  },
};
