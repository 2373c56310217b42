import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors';

/** Positioned reads from one file. */
export class FileBytes {
  private constructor(
    readonly path: string,
    /** In bytes, when the file was opened. */
    readonly size: number,
    private readonly handle: FileHandle,
  ) {}

  /** Throws a UserError when there is no such file, or it cannot be read. */
  static async open(path: string): Promise<FileBytes> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const stat = await handle.stat();
      if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
      if (!stat.isFile()) throw Object.assign(new Error(), { code: 'ENOTFILE' });
      return new FileBytes(path, stat.size, handle);
    } catch (error) {
      await handle?.close();
      throw openingError(path, error);
    }
  }

  /** Fills `target` with the bytes from `offset` on. Throws a UserError when the file ends before. */
  async readInto(target: Uint8Array, offset: number): Promise<void> {
    let done = 0;
    while (done < target.byteLength) {
      // One read call transfers less than 2 GiB on Linux.
      const length = Math.min(target.byteLength - done, 1 << 30);
      const { bytesRead } = await this.handle.read(target, done, length, offset + done);
      if (bytesRead === 0) throw this.endsBefore(offset + done);
      done += bytesRead;
    }
  }

  /** The bytes from `offset` on, at most `length` of them, fewer at the end of the file. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    await this.readInto(bytes, offset);
    return bytes;
  }

  /**
   * As {@link read}, at once: for many short pieces, of which each would take much longer to wait for than to read. Not
   * for the thread of the extension host, where a slow disk would be felt.
   */
  readSync(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.size - offset)));
    this.readIntoSync(bytes, offset);
    return bytes;
  }

  /** As {@link readInto}, at once. */
  readIntoSync(target: Uint8Array, offset: number): void {
    for (let done = 0; done < target.byteLength;) {
      const bytesRead = readSync(this.handle.fd, target, done, target.byteLength - done, offset + done);
      if (bytesRead === 0) throw this.endsBefore(offset + done);
      done += bytesRead;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private endsBefore(offset: number): UserError {
    return new UserError(
      `${this.path} ends at byte ${offset}, before its data do: it is cut off. Copy or download it again.`,
    );
  }
}

function openingError(path: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`There is no file ${path}. Check the path.`);
    case 'EISDIR':
      return new UserError(`${path} is a directory. Give a NetCDF file in it.`);
    case 'ENOTFILE':
      return new UserError(`${path} is not a regular file. Give a NetCDF file on disk.`);
    case 'EACCES':
    case 'EPERM':
      return new UserError(`You have no permission to read ${path}. Change its permissions, or copy it.`);
    default:
      return error;
  }
}
