import { rowMajorStrides } from './datasetTools';
import type { FileBytes } from './fileBytes';
import type { ChunkIndex } from './hdf5ChunkIndex';
import { undoFilters, type Hdf5Filter } from './hdf5Filters';
import { bytesIn } from './typedArrays';

/** A dataset in chunks, and where they lie. */
export interface ChunkedValues {
  readonly index: ChunkIndex;
  /** Shape of a chunk. */
  readonly chunk: readonly number[];
  /** Bytes of a value. */
  readonly size: number;
  readonly filters: readonly Hdf5Filter[];
  /** The bytes of a value that was never written. */
  fill(): Uint8Array;
}

/** As many threads as Node's pool has by default. */
const mostAtOnce = 4;
/** Chunks are worked on at the same time within this many bytes, stored and unpacked; a single one may be larger. */
const mostBytesAtOnce = 128 << 20;
/** Chunks of which a read used only a part are kept within this many bytes: the next read may want the rest. */
const mostBytesKept = 32 << 20;

/** Reads boxes of datasets in chunks; several chunks are read and unpacked at the same time. */
export class ChunkReader {
  /** The least recently used first. */
  private readonly kept = new Map<string, Uint8Array>();
  private bytesKept = 0;

  constructor(private readonly file: FileBytes) {}

  /**
   * The bytes of a box, in row-major order and as stored; `key` names the dataset. Throws (any error) when a chunk is
   * damaged.
   */
  async read(
    key: string,
    values: ChunkedValues,
    start: readonly number[],
    count: readonly number[],
    memory?: ArrayBuffer,
  ): Promise<Uint8Array> {
    const { chunk, size } = values;
    // Every byte is written below, or an error thrown.
    const target = bytesIn(
      memory,
      count.reduce((product, length) => product * length, size),
    );
    if (target.length === 0) return target;
    const length = chunk.reduce((product, extent) => product * extent, size);
    const first = start.map((from, d) => Math.floor(from / chunk[d]));
    const last = start.map((from, d) => Math.floor((from + count[d] - 1) / chunk[d]));

    const work = async (position: readonly number[]): Promise<void> => {
      const number = position.reduce((sum, p, d) => sum * values.index.grid[d] + p, 0);
      const from = position.map((p, d) => Math.max(start[d], p * chunk[d]));
      const extent = position.map((p, d) => Math.min(start[d] + count[d], (p + 1) * chunk[d]) - from[d]);
      const whole = extent.every((n, d) => n === chunk[d]);
      const to = { shape: count, at: from.map((f, d) => f - start[d]) };
      if (values.index.offsets[number] === 0) {
        fillBox(values.fill(), target, to, extent);
        return;
      }
      const bytes = await this.chunk(`${key} ${number}`, values, number, length, !whole);
      copyBox(
        bytes,
        { shape: chunk, at: from.map((f, d) => f - position[d] * chunk[d]) },
        target,
        to,
        extent,
        size,
      );
    };

    const positions = positionsBetween(first, last);
    const workers = Math.max(1, Math.min(mostAtOnce, Math.floor(mostBytesAtOnce / (3 * length))));
    let failed = false;
    const worker = async (): Promise<void> => {
      for (let next = positions.next(); !next.done && !failed; next = positions.next())
        await work(next.value);
    };
    const results = await Promise.allSettled(
      Array.from({ length: workers }, () =>
        worker().catch((error: unknown) => {
          failed = true;
          throw error;
        }),
      ),
    );
    // All have come to their end: none works on with a file that may be closed by then.
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return target;
  }

  private async chunk(
    key: string,
    { index, filters }: ChunkedValues,
    number: number,
    length: number,
    keep: boolean,
  ): Promise<Uint8Array> {
    const known = this.kept.get(key);
    if (known) {
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    const stored = new Uint8Array(Buffer.allocUnsafeSlow(index.sizes[number]).buffer);
    if (stored.length <= smallRead) this.file.readIntoSync(stored, index.offsets[number]);
    else await this.file.readInto(stored, index.offsets[number]);
    const bytes = await undoFilters(stored, filters, index.skipped.get(number) ?? 0, length);
    if (keep && length <= mostBytesKept / 2 && !this.kept.has(key)) {
      this.kept.set(key, bytes);
      this.bytesKept += bytes.length;
      for (const [oldest, old] of this.kept) {
        if (this.bytesKept <= mostBytesKept) break;
        this.kept.delete(oldest);
        this.bytesKept -= old.length;
      }
    }
    return bytes;
  }
}

/** Pieces up to this length are read at once, as waiting for another thread would take longer. */
const smallRead = 16384;

/** All positions from `first` to `last` (inclusive), the last dimension fastest. */
function* positionsBetween(first: readonly number[], last: readonly number[]): Generator<readonly number[]> {
  const position = [...first];
  for (;;) {
    yield [...position];
    let d = position.length - 1;
    while (d >= 0 && position[d] === last[d]) position[d] = first[d--];
    if (d < 0) return;
    position[d]++;
  }
}

/** A place in an array in row-major order. */
interface Place {
  readonly shape: readonly number[];
  readonly at: readonly number[];
}

/** Copies a box of `extent` values of `size` bytes from one array to another. */
function copyBox(
  source: Uint8Array,
  from: Place,
  target: Uint8Array,
  to: Place,
  extent: readonly number[],
  size: number,
): void {
  // From dimension `inner` on the box is one run of bytes in both arrays.
  let inner = extent.length;
  let run = size;
  while (inner > 0) {
    inner--;
    run *= extent[inner];
    if (extent[inner] !== from.shape[inner] || extent[inner] !== to.shape[inner]) break;
  }
  const [sourceStrides, targetStrides] = [rowMajorStrides(from.shape, size), rowMajorStrides(to.shape, size)];
  const visit = (d: number, sourceAt: number, targetAt: number): void => {
    if (d < inner) {
      for (let i = 0; i < extent[d]; i++) {
        visit(d + 1, sourceAt + i * sourceStrides[d], targetAt + i * targetStrides[d]);
      }
    } else if (run < 64) {
      for (let i = 0; i < run; i++) target[targetAt + i] = source[sourceAt + i];
    } else {
      target.set(source.subarray(sourceAt, sourceAt + run), targetAt);
    }
  };
  visit(0, offsetOf(from.at, sourceStrides), offsetOf(to.at, targetStrides));
}

/** Writes one value to all places of a box. */
function fillBox(value: Uint8Array, target: Uint8Array, to: Place, extent: readonly number[]): void {
  const total = extent.reduce((product, length) => product * length, value.length);
  const source = new Uint8Array(total);
  if (value.some((byte) => byte !== 0)) {
    for (let at = 0; at < total; at += value.length) source.set(value, at);
  }
  copyBox(source, { shape: extent, at: extent.map(() => 0) }, target, to, extent, value.length);
}

function offsetOf(at: readonly number[], by: readonly number[]): number {
  return at.reduce((sum, index, d) => sum + index * by[d], 0);
}
