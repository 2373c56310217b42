import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { UserError } from '../errors';
import { explainFileError } from './atomicWrite';

/** The files of a run directory. Panels and other tools read these; nothing that matters lives only in memory. */
export const runFiles = {
  run: 'run.json',
  labels: 'labels.csv',
  result: 'result.nc',
  metrics: 'metrics.json',
  history: 'history.csv',
  model: 'model.safetensors',
  encoder: 'encoder.onnx',
  checkpoint: 'checkpoint.safetensors',
  report: 'report.html',
  /** Only while somebody works on the run. */
  lock: 'run.lock',
} as const;

/** What the names of comparisons begin with: they lie among the runs of their data file. */
export const comparisonPrefix = 'compare-';

/** The folder that holds the runs of a data file: `<file without extension>.clusters` beside it. */
export function clustersFolder(dataFile: string): string {
  const path = resolve(dataFile);
  return join(dirname(path), `${basename(path, extname(path))}.clusters`);
}

/**
 * Whether a run that nobody works on can be continued: from its checkpoint, or from its beginning when it was stopped
 * before it had one. `state` is that of its run.json.
 */
export function isResumable(state: string, hasCheckpoint: boolean): boolean {
  return state === 'interrupted' || (state !== 'finished' && hasCheckpoint);
}

/** `2026-03-04T15-06-07-a1b2`: local time, sortable, safe in file names everywhere, and four random hexadecimal digits. */
export function newRunId(now = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return `${date}T${time}-${randomBytes(2).toString('hex')}`;
}

/**
 * Creates a new, empty run directory in `folder` (see {@link clustersFolder}) and returns its path. The creation itself
 * is what reserves the name, so two runs never share a directory and none is overwritten.
 * Throws a UserError when the folder cannot be created or written.
 */
export async function createRunDirectory(folder: string, makeId: () => string = newRunId): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainFileError(error, folder, 'created');
  }
  for (let attempt = 0; attempt < 16; attempt++) {
    const directory = join(folder, makeId());
    try {
      await mkdir(directory);
      return directory;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw explainFileError(error, directory, 'created');
    }
  }
  throw new UserError(`No free name for a new run was found in ${folder}.`);
}
