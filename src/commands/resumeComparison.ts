import { UserError } from '../core/errors';
import { followComparison, type ComparisonOutcome } from './followComparison';
import type { Command } from './services';
import { chooseComparison } from './showComparison';

/** `climateClustering.resumeComparison(directory?)`: does the fits that are left. Resolves as `compareMethods` does. */
export const resumeComparison: Command = {
  id: 'resumeComparison',
  async run(services, given): Promise<ComparisonOutcome | undefined> {
    const directory = await chooseComparison(given, {
      title: 'Resume Comparison',
      suits: ({ state }) => state === 'interrupted',
      none: 'There is no stopped comparison in this workspace that could be resumed.',
    });
    if (directory === undefined) return undefined;
    if (services.comparisons.active(directory)) throw new UserError('This comparison is going on already.');
    const { readComparison } = await import('../core/compare/files');
    const { config } = await readComparison(directory);
    return followComparison(services, (comparisons) => comparisons.resume(directory), config.files[0]);
  },
};
