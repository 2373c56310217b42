import type { FileBytes } from './fileBytes';

/** Where each chunk of a dataset lies. Chunks are numbered in row-major order of the grid that they form. */
export interface ChunkIndex {
  /** Chunks along each dimension. */
  readonly grid: readonly number[];
  /** Byte of each chunk in the file; 0 for those that were never written. */
  readonly offsets: Float64Array;
  /** Bytes of each chunk in the file. */
  readonly sizes: Uint32Array;
  /** Bit i is set when filter i of the dataset was left out for that chunk; absent where none was. */
  readonly skipped: ReadonlyMap<number, number>;
}

/** More chunks than this are left to the HDF5 library, as the index holds 12 bytes for each, written or not. */
const mostChunks = 1 << 22;

/** An entry of a node of the usual size (32 entries at least, 64 at most); larger ones are read twice. */
const usualEntries = 64;

/**
 * Reads the B-tree of version 1 (HDF5 File Format Specification, III.A.1) at `address`, for a dataset of `shape` in chunks
 * of shape `chunk`. Undefined when there are too many chunks, or when the tree contradicts itself.
 */
export async function readChunkIndex(
  file: FileBytes,
  address: number,
  shape: readonly number[],
  chunk: readonly number[],
): Promise<ChunkIndex | undefined> {
  const rank = shape.length;
  const grid = shape.map((length, d) => Math.ceil(length / chunk[d]));
  const chunks = grid.reduce((product, length) => product * length, 1);
  if (chunks > mostChunks) return undefined;
  const offsets = new Float64Array(chunks);
  const sizes = new Uint32Array(chunks);
  const skipped = new Map<number, number>();

  // A key: bytes, skipped filters, then the first index along each dimension and 0.
  const entryBytes = 8 + 8 * (rank + 1) + 8;
  let read = 0;
  /** False when something is wrong. */
  const visit = async (at: number, level: number | undefined): Promise<boolean> => {
    // Reads are synchronous, as there may be thousands of some KiB; others get their turn now and then.
    if (++read % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (read > 2 * chunks + 64) return false;
    let bytes = file.readSync(at, 24 + usualEntries * entryBytes);
    if (bytes.length < 24 || bytes.toString('latin1', 0, 4) !== 'TREE' || bytes[4] !== 1) return false;
    const own = bytes[5];
    if (level !== undefined && own !== level) return false;
    const entries = bytes.readUInt16LE(6);
    if (entries > usualEntries) bytes = file.readSync(at, 24 + entries * entryBytes);
    if (bytes.length < 24 + entries * entryBytes) return false;
    for (let i = 0; i < entries; i++) {
      const key = 24 + i * entryBytes;
      const child = Number(bytes.readBigUInt64LE(key + entryBytes - 8));
      if (own > 0) {
        if (!(await visit(child, own - 1))) return false;
        continue;
      }
      let number = 0;
      for (let d = 0; d < rank; d++) {
        const first = Number(bytes.readBigUInt64LE(key + 8 + 8 * d));
        const position = first / chunk[d];
        if (!Number.isInteger(position) || position >= grid[d]) return false;
        number = number * grid[d] + position;
      }
      const size = bytes.readUInt32LE(key);
      if (child === 0 || child + size > file.size || offsets[number] !== 0) return false;
      offsets[number] = child;
      sizes[number] = size;
      const mask = bytes.readUInt32LE(key + 4);
      if (mask !== 0) skipped.set(number, mask);
    }
    return true;
  };
  return (await visit(address, undefined)) ? { grid, offsets, sizes, skipped } : undefined;
}
