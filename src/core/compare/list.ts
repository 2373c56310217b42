import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { comparisonPrefix } from '../results/runDirectory';
import { readComparison, type ComparisonInfo } from './files';

/** The comparisons in a folder of runs, newest first. Those that cannot be read are left out, a folder that is not there is empty. */
export async function listComparisons(
  folder: string,
): Promise<{ readonly directory: string; readonly info: ComparisonInfo }[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const directories = names
    .filter((name) => name.startsWith(comparisonPrefix))
    // The names sort by time.
    .sort()
    .reverse()
    .map((name) => join(folder, name));
  const read = await Promise.allSettled(
    directories.map(async (directory) => ({ directory, info: await readComparison(directory) })),
  );
  return read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
