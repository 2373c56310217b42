import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors';

/** The temporary name of a file: `.<name>.<8 hexadecimal digits>.tmp`. */
const TEMPORARY = /^\..+\.[0-9a-f]{8}\.tmp$/;

/**
 * Writes a whole file so that a reader sees the old content or the new one, never a part: to a temporary name in the
 * same folder, to disk (fsync), then renamed. Throws a UserError when the folder cannot be written or the disk is full;
 * the temporary file is removed then.
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw explainFileError(error, path, 'written');
  }
}

/**
 * Removes the temporary files that writers which were killed have left in a folder. Only for the one that may write
 * there: those of a writer at work are gone with them. A folder that cannot be read stays as it is.
 */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const left = names.filter((name) => TEMPORARY.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)));
}

/** A UserError in place of what the file system says about a full disk, missing rights and the like; other errors as they are. */
export function explainFileError(
  error: unknown,
  path: string,
  attempted: 'written' | 'created' | 'read',
): unknown {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'you may not access it. Change the permissions of the folder, or choose another one',
    EPERM: 'you may not access it. Change the permissions of the folder, or choose another one',
    EROFS: 'it is on a read-only file system. Choose another folder for the results',
    ENOSPC: 'the disk is full. Free some space, or choose a folder on another disk',
    EDQUOT: 'your disk quota is used up. Free some space, or choose a folder on another disk',
    ENOENT: 'it does not exist, or a folder on the way to it does not',
    ENOTDIR: 'a part of its path is a file, not a folder',
    EISDIR: 'it is a folder, not a file',
    EEXIST: 'a file of that name is in the way',
    ENAMETOOLONG: 'its name is too long for this file system',
  };
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const reason = code === undefined ? undefined : reasons[code];
  return reason === undefined ? error : new UserError(`${path} cannot be ${attempted}: ${reason}.`);
}
