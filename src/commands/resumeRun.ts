import type { ClusterOutcome } from './clusterFile';
import { followRun } from './followRun';
import { chooseRun } from './runArguments';
import type { Command } from './services';

/** `climateClustering.resumeRun(directory?)`: continues a stopped run. Resolves as `clusterFile` does. */
export const resumeRun: Command = {
  id: 'resumeRun',
  async run(services, given): Promise<ClusterOutcome | undefined> {
    const directory = await chooseRun(services, given, {
      title: 'Resume Run',
      suits: ({ canResume }) => canResume,
      none: 'There is no stopped run in this workspace that could be resumed.',
    });
    if (directory === undefined) return undefined;
    const { id, ended } = await services.runs.resume(directory);
    services.panels.show(services.runs.get(id));
    const run = await followRun(services, id, ended);
    return { state: run.state, runDirectory: run.directory, message: run.message };
  },
};
