import type * as H5wasm from 'h5wasm/node';
import { UserError } from '../errors';

type H5Module = typeof H5wasm.Module;
type Metadata = NonNullable<ReturnType<H5Module['get_dataset_metadata']>>;

/** HDF5's description of what a dataset or attribute holds. */
export type Hdf5Type = Metadata;

/** A chunk is unpacked as a whole, within the 2 GiB that WebAssembly may use. */
export const largestChunk = 2 ** 30;

/**
 * The HDF5 library (compiled to WebAssembly), reduced to what reading needs. h5wasm's own classes ignore the status of a
 * read and hand out whatever was in memory when a chunk is damaged; here every status is checked. The library reads
 * from disk by positioned reads and prints its error stack to standard error; that text is caught and kept instead.
 */
export class Hdf5Library {
  private static loading: Promise<Hdf5Library> | undefined;
  private printed = '';

  private constructor(private readonly module: H5Module) {
    type Write = (
      stream: { fd?: number },
      buffer: Uint8Array,
      offset: number,
      length: number,
      ...rest: unknown[]
    ) => number;
    const fs = module.FS as unknown as { write: Write };
    const write = fs.write.bind(fs);
    fs.write = (stream, buffer, offset, length, ...rest) => {
      if (stream.fd !== 1 && stream.fd !== 2) return write(stream, buffer, offset, length, ...rest);
      if (this.printed.length < 20000) {
        this.printed += Buffer.from(buffer.subarray(offset, offset + length)).toString('latin1');
      }
      return length;
    };
  }

  /** Loads the library on first use. */
  static load(): Promise<Hdf5Library> {
    this.loading ??= (async () => {
      const h5wasm = await import('h5wasm/node');
      return new Hdf5Library(await h5wasm.ready);
    })();
    return this.loading;
  }

  /** Opens a file; throws when HDF5 does not accept it. */
  open(path: string): bigint {
    return this.guarded('open the file', () => {
      const id = this.module.open(path, this.module.H5F_ACC_RDONLY, false, -1, -1);
      if (id < 0n) throw new Hdf5Failure(this.reason());
      return id;
    });
  }

  close(file: bigint): void {
    this.guarded('close the file', () => this.module.close_file(file));
  }

  names(file: bigint, group: string): string[] {
    return this.guarded(`list the group ${group}`, () => this.module.get_names(file, group, false));
  }

  /** What a path leads to; links are followed, those that lead nowhere or to other files are 'other'. */
  kind(file: bigint, path: string): 'group' | 'dataset' | 'other' {
    const kind = this.guarded(`look at ${path}`, () => this.module.get_type(file, path));
    if (kind === this.module.H5G_GROUP) return 'group';
    return kind === this.module.H5G_DATASET ? 'dataset' : 'other';
  }

  /** Type and shape of a dataset. */
  dataset(file: bigint, path: string): Hdf5Type {
    return this.guarded(`look at ${path}`, () => this.module.get_dataset_metadata(file, path));
  }

  attributeNames(file: bigint, path: string): string[] {
    return this.guarded(`list the attributes of ${path}`, () => this.module.get_attribute_names(file, path));
  }

  attribute(file: bigint, path: string, name: string): Hdf5Type {
    return this.guarded(`look at the attribute ${name} of ${path}`, () =>
      this.module.get_attribute_metadata(file, path, name),
    );
  }

  /** Paths of the dimension scales attached to one dimension. */
  attachedScales(file: bigint, path: string, dimension: number): string[] {
    return this.guarded(`find the dimensions of ${path}`, () =>
      this.module.get_attached_scales(file, path, dimension),
    );
  }

  /** Byte of the object header of a group or dataset, relative to the superblock. */
  address(file: bigint, path: string): number {
    return this.guarded(`find ${path}`, () => {
      const reference = this.module.create_object_reference(file, path);
      return Number(Buffer.from(reference).readBigUInt64LE(0));
    });
  }

  /** In the order in which they are applied when data are written. */
  filters(file: bigint, path: string): { id: number; name: string; cd_values: number[] }[] {
    return this.guarded(`look at ${path}`, () => this.module.get_dataset_filters(file, path));
  }

  /** The bytes (little-endian) of an attribute's values, or its strings. */
  readAttribute(file: bigint, path: string, name: string, type: Hdf5Type): Uint8Array | string[] {
    return this.guarded(`read the attribute ${name} of ${path}`, () =>
      this.readValues(
        type,
        type.total_size,
        (pointer) => this.module.get_attribute_data(file, path, name, pointer),
        (pointer) => this.module.reclaim_vlen_memory(file, path, name, pointer),
      ),
    );
  }

  /** The bytes (little-endian) of a hyperslab, or its strings. A scalar has empty `start` and `count`. */
  readDataset(
    file: bigint,
    path: string,
    type: Hdf5Type,
    start: readonly number[],
    count: readonly number[],
  ): Uint8Array | string[] {
    return this.guarded(`read ${path}`, () => {
      const total = count.reduce((product, length) => product * length, 1);
      const chunk = type.chunks?.reduce((product, length) => product * length, type.size) ?? 0;
      if (chunk > largestChunk)
        throw new Hdf5Failure(`it is stored in chunks of ${chunk} bytes, too large to unpack`);
      const scalar = count.length === 0;
      const big = (values: readonly number[]) => (scalar ? null : values.map(BigInt));
      const counts = big(count);
      return this.readValues(
        type,
        total,
        (pointer) =>
          this.module.get_dataset_data(file, path, counts, big(start), big(count.map(() => 1)), pointer),
        (pointer) =>
          counts
            ? this.module.reclaim_vlen_memory_count(file, path, '', pointer, counts)
            : this.module.reclaim_vlen_memory(file, path, '', pointer),
      );
    });
  }

  private readValues(
    type: Hdf5Type,
    total: number,
    read: (pointer: bigint) => number,
    reclaim: (pointer: bigint) => number,
  ): Uint8Array | string[] {
    const length = type.size * total;
    if (length > this.module.MAXIMUM_MEMORY) throw new Hdf5Failure(`${length} bytes are too many at once`);
    const pointer = this.module._malloc(Math.max(1, length));
    if (pointer === 0) throw new Hdf5Failure(`there is no memory for ${length} bytes`);
    // What is never written must not be mistaken for data (nor for pointers to strings).
    this.module.HEAPU8.fill(0, pointer, pointer + length);
    try {
      if (total > 0 && read(BigInt(pointer)) < 0) throw new Hdf5Failure(this.reason());
      // The heap may have grown, and its view with it, while HDF5 was reading.
      const bytes = this.module.HEAPU8.slice(pointer, pointer + length);
      if (!type.vlen) return bytes;
      const strings = Array.from(new Uint32Array(bytes.buffer), (at) =>
        at === 0 ? '' : this.module.UTF8ToString(at),
      );
      if (total > 0) reclaim(BigInt(pointer));
      return strings;
    } finally {
      this.module._free(pointer);
    }
  }

  /** Runs one call; whatever goes wrong in it becomes an {@link Hdf5Failure}. */
  private guarded<T>(what: string, call: () => T): T {
    this.printed = '';
    try {
      return call();
    } catch (error) {
      if (error instanceof Hdf5Failure) throw error.at(what);
      // A trap of the WebAssembly code, or an exception thrown by its wrapper.
      throw new Hdf5Failure(error instanceof Error ? error.message.split('\n')[0] : String(error)).at(what);
    }
  }

  /** The innermost cause in the error stack that HDF5 printed. */
  private reason(): string {
    const causes = [...this.printed.matchAll(/#\d+: .*? in \w+\(\): (.+)/g)];
    return causes.at(-1)?.[1].trim() ?? 'HDF5 gives no reason';
  }
}

/** A failure inside HDF5. */
export class Hdf5Failure extends Error {
  what = '';
  at(what: string): this {
    this.what = what;
    return this;
  }
}

/** The failure as an error about the user's file. */
export function aboutFile(error: unknown, path: string): unknown {
  if (!(error instanceof Hdf5Failure)) return error;
  const lengths = /truncated file: eof = (\d+),.* stored_eof = (\d+)/.exec(error.message);
  if (lengths) {
    return new UserError(
      `${path} is cut off: it has ${lengths[1]} of the ${lengths[2]} bytes that its header tells of. Copy or download it again.`,
    );
  }
  return new UserError(
    `${path} is damaged or cut off: HDF5 cannot ${error.what} (${error.message}). Copy or download it again.`,
  );
}
