import { UserError } from '../errors';
import { MAX_NAME, readRun, writeRun, type RunInfo } from './runJson';
import { claimRun } from './runLock';

/**
 * Gives a run a name of 1 to 120 characters; an empty one takes the name away. Spaces around it are dropped. Throws a
 * UserError when the name is too long, or while a process works on the run, which would overwrite it.
 */
export async function renameRun(directory: string, name: string): Promise<RunInfo> {
  const wanted = name.trim().replace(/\s+/g, ' ');
  if (wanted.length > MAX_NAME) {
    throw new UserError(`The name has ${wanted.length} characters. Choose one of at most ${MAX_NAME}.`);
  }
  // Not a run at all: said before a claim is left there.
  await readRun(directory);
  const claim = await claimRun(directory);
  try {
    const info = await readRun(directory);
    if (info.state === 'running') {
      throw new UserError(
        `The run ${directory} is being worked on by another process. It can be renamed when that has ended.`,
      );
    }
    const { name: _before, ...rest } = info;
    const renamed: RunInfo = wanted === '' ? rest : { ...rest, name: wanted };
    await writeRun(directory, renamed);
    return renamed;
  } finally {
    await claim.release();
  }
}
