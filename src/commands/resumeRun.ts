import type { ClusterOutcome } from './clusterFile';
import { chooseRun } from './chooseRun';
import { followRun } from './followRun';
import type { Command } from './services';

/** `climateClustering.resumeRun(directory?)`: continues a stopped run. Resolves as `clusterFile` does. */
export const resumeRun: Command = {
  id: 'resumeRun',
  async run(services, given): Promise<ClusterOutcome | undefined> {
    const directory = await chooseRun(services, given, 'checkpoint.safetensors', 'Resume Run');
    if (directory === undefined) return undefined;
    const { id, ended } = await services.runs.resume(directory);
    services.panels.show(services.runs.get(id));
    const run = await followRun(services, id, ended);
    return { state: run.state, runDirectory: run.directory, message: run.message };
  },
};
