import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors';
import { explainFileError } from './atomicWrite';
import type { RunInfo } from './runJson';
import { readRun } from './runJson';
import { comparisonPrefix } from './runDirectory';

/** One run directory: what its run.json says, or why it cannot be read. */
export type RunEntry = { readonly directory: string; readonly id: string } & (
  | { readonly info: RunInfo; readonly problem?: undefined }
  | { readonly info?: undefined; readonly problem: string }
);

/**
 * The runs in a folder of runs (`<file>.clusters`), newest first; damaged ones are listed with what is wrong. A folder
 * that does not exist has no runs.
 */
export async function listRuns(folder: string): Promise<RunEntry[]> {
  let names: string[];
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    names = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .filter(({ name }) => !name.startsWith(comparisonPrefix))
      .map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainFileError(error, folder, 'read');
  }
  // The names sort by time; a plain comparison, as locales order digits and dashes differently.
  names.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  return Promise.all(
    names.map(async (id): Promise<RunEntry> => {
      const directory = join(folder, id);
      try {
        return { directory, id, info: await readRun(directory) };
      } catch (error) {
        return { directory, id, problem: messageOf(error) };
      }
    }),
  );
}
