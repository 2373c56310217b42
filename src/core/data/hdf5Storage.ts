import type { FileBytes } from './fileBytes';
import type { Hdf5Item } from './hdf5';
import { readChunkIndex } from './hdf5ChunkIndex';
import { ChunkReader, type ChunkedValues } from './hdf5Chunks';
import { areKnownFilters } from './hdf5Filters';
import { readLayout } from './hdf5Layout';
import { largestChunk, type Hdf5Library } from './hdf5Library';
import { rowMajorStrides } from './datasetTools';
import { readBox } from './stridedRead';
import { swapBytes } from './typedArrays';

type Stored =
  | { readonly kind: 'contiguous'; readonly address: number; readonly bigEndian: boolean }
  | { readonly kind: 'chunked'; readonly values: ChunkedValues; readonly bigEndian: boolean };

/**
 * Reads the values of datasets straight from the file, past the HDF5 library: chunks are inflated by Node's zlib, several
 * at a time, instead of one after the other by WebAssembly. This is for the plain case: numbers, stored contiguously or in
 * chunks that are deflated, shuffled or neither, in the forms of the file format that netCDF-C writes. Whatever else
 * there is, and whatever seems to be damaged, is left to the library, which is the judge of it.
 */
export class Hdf5Storage {
  private readonly stored = new Map<string, Promise<Stored | undefined>>();
  private readonly chunks: ChunkReader;

  constructor(
    private readonly bytes: FileBytes,
    private readonly library: Hdf5Library,
    private readonly file: bigint,
  ) {
    this.chunks = new ChunkReader(bytes);
  }

  /** The little-endian bytes of a slab; undefined when the library is to read it. */
  async read(
    item: Pick<Hdf5Item, 'path' | 'type'>,
    start: readonly number[],
    count: readonly number[],
    memory?: ArrayBuffer,
  ): Promise<Uint8Array | undefined> {
    let found = this.stored.get(item.path);
    if (!found) {
      // A header that is damaged in some way is the library's to complain about, as is a damaged chunk below.
      found = this.find(item).catch(() => undefined);
      this.stored.set(item.path, found);
    }
    const stored = await found;
    if (!stored) return undefined;
    const { size } = item.type;
    try {
      const bytes =
        stored.kind === 'chunked'
          ? await this.chunks.read(item.path, stored.values, start, count, memory)
          : await readBox(
              this.bytes,
              { begin: stored.address, strides: rowMajorStrides(item.type.shape!, size), size, start, count },
              memory,
            );
      if (stored.bigEndian) swapBytes(bytes, size);
      return bytes;
    } catch {
      return undefined;
    }
  }

  private async find({ path, type }: Pick<Hdf5Item, 'path' | 'type'>): Promise<Stored | undefined> {
    const shape = type.shape!;
    const [integer, float] = [0, 1];
    if ((type.type !== integer && type.type !== float) || ![1, 2, 4, 8].includes(type.size)) return undefined;
    if (type.virtual_sources || shape.length === 0 || shape.includes(0)) return undefined;
    const layout = readLayout(this.bytes, this.library.address(this.file, path));
    // One byte has no order.
    if (!layout || (type.size > 1 && layout.bigEndian === type.littleEndian)) return undefined;
    const { storage, bigEndian } = layout;
    const filters = this.library.filters(this.file, path);
    if (storage.kind === 'contiguous') {
      const wanted = shape.reduce((product, length) => product * length, type.size);
      const fits = storage.bytes === wanted && storage.address + wanted <= this.bytes.size;
      return !type.chunks && filters.length === 0 && fits
        ? { kind: 'contiguous', address: storage.address, bigEndian }
        : undefined;
    }
    const chunk = storage.dimensions.slice(0, -1);
    const length = chunk.reduce((product, extent) => product * extent, type.size);
    if (String(chunk) !== String(type.chunks) || storage.dimensions.at(-1) !== type.size) return undefined;
    if (length === 0 || length > largestChunk || !areKnownFilters(filters)) return undefined;
    const index = await readChunkIndex(this.bytes, storage.address, shape, chunk);
    if (!index) return undefined;
    let fill: Uint8Array | undefined;
    const values: ChunkedValues = {
      index,
      chunk,
      size: type.size,
      filters,
      fill: () => (fill ??= this.fillValue(path, type, index.grid, index.offsets, chunk, bigEndian)),
    };
    return { kind: 'chunked', values, bigEndian };
  }

  /** What the library gives for a value of a chunk that was never written, in the byte order of the file. */
  private fillValue(
    path: string,
    type: Hdf5Item['type'],
    grid: readonly number[],
    offsets: Float64Array,
    chunk: readonly number[],
    bigEndian: boolean,
  ): Uint8Array {
    let number = offsets.indexOf(0);
    const start: number[] = [];
    for (let d = grid.length - 1; d >= 0; d--) {
      start[d] = (number % grid[d]) * chunk[d];
      number = Math.floor(number / grid[d]);
    }
    const ones = grid.map(() => 1);
    const value = this.library.readDataset(this.file, path, type, start, ones) as Uint8Array;
    if (bigEndian) swapBytes(value, type.size);
    return value;
  }
}
