import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { mkdir, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors';
import { explainFileError } from '../results/atomicWrite';

/** What file systems call themselves that keep their files in memory: tmpfs and ramfs. */
const IN_MEMORY = [0x01021994, 0x858458f6];

/**
 * A file for numbers that do not fit into memory. It loses its name as soon as it is open, where the system allows that:
 * then its space is free again when the process ends, however it ends.
 */
export class ScratchFile {
  private closed = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /**
   * In the first of `folders` that is on a disk with `bytes` free and may be written; folders are made where they are
   * missing. `refused`: types of file systems that are no disk. Throws a UserError with the reason for each folder when there is none.
   */
  static async create(
    folders: readonly string[],
    bytes: number,
    refused: readonly number[] = IN_MEMORY,
  ): Promise<ScratchFile> {
    const reasons: string[] = [];
    for (const folder of folders) {
      const path = join(folder, `.working-copy.${randomBytes(4).toString('hex')}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        const { type, bavail, bsize } = await statfs(folder);
        const free = bavail * bsize;
        if (refused.includes(type)) reasons.push(`${folder} is in memory`);
        else if (free < bytes) reasons.push(`${folder} has ${gigabytes(free)} free`);
        else {
          const handle = await open(path, 'wx+');
          // Some systems keep the name of a file that is open; close() removes it then.
          await rm(path, { force: true }).catch(() => undefined);
          return new ScratchFile(path, handle);
        }
      } catch (error) {
        const explained = explainFileError(error, folder, 'written');
        if (!(explained instanceof UserError)) throw error;
        reasons.push(explained.message.replace(/\.$/, ''));
      }
    }
    throw new UserError(
      `The data do not fit into memory, and there is no room on disk for a working copy of ${gigabytes(bytes)}: ${reasons.join('; ')}. Free some space, or take a shorter time, a smaller region or fewer variables.`,
    );
  }

  /**
   * Writes `values` from element `position` on. Not asynchronous: pieces are small and many, and the system only copies
   * them. Throws a UserError when the disk is full.
   */
  write(values: Float32Array, position: number): void {
    const bytes = bytesOf(values);
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.handle.fd, bytes, done, bytes.length - done, 4 * position + done);
      }
    } catch (error) {
      throw explainFileError(error, `The working copy ${this.path}`, 'written');
    }
  }

  /** Fills `target` with what was written from element `position` on. Throws a UserError when the disk fails. */
  async readInto(target: Float32Array, position: number): Promise<void> {
    const bytes = bytesOf(target);
    for (let done = 0; done < bytes.length;) {
      // One read call transfers less than 2 GiB on Linux.
      const length = Math.min(bytes.length - done, 1 << 30);
      const { bytesRead } = await this.handle.read(bytes, done, length, 4 * position + done);
      if (bytesRead === 0) throw new UserError(`The working copy ${this.path} was cut off. Resume the run.`);
      done += bytesRead;
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.handle.close();
    await rm(this.path, { force: true });
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
