import { CancelledError } from '../errors';
import type { FieldReader, Tile } from './fieldReader';
import type { RawStatistics } from './preprocessing';
import type { ScratchFile } from './scratchFile';

/** What is known of the raw values once all of them were read. */
export interface RawSummary {
  readonly statistics: RawStatistics;
  /** Missing values of each variable at each time step, [T, C]. */
  readonly missing: Uint32Array;
}

/** Where raw values go, block by block. */
export interface RawStore {
  /** Where a block of variable c is to be put: step t, row y and column x at `at + t * stepStride + y * width + x`. */
  place(c: number, tile: Tile): { target: Float32Array; at: number; stepStride: number };
  /** The block is there. */
  take(c: number, tile: Tile): void;
}

export interface ReadHooks {
  /** Frames of single variables read so far, and in all. */
  progress?(done: number, total: number): void;
  readonly signal?: AbortSignal;
}

/**
 * Reads all values of the fields once, decoded, NaN where missing: block by block along the chunks of the files, so that
 * each is unpacked once, into `store`. Throws a CancelledError when the signal is aborted.
 */
export async function readRaw(
  readers: readonly FieldReader[],
  steps: number,
  store: RawStore,
  hooks: ReadHooks,
): Promise<RawSummary> {
  const cells = readers[0].height * readers[0].width;
  const frame = readers.length * cells;
  const statistics: RawStatistics = {
    minimum: new Float32Array(frame).fill(Infinity),
    maximum: new Float32Array(frame).fill(-Infinity),
    present: new Uint32Array(frame),
    sum: new Float64Array(readers.length),
  };
  const missing = new Uint32Array(steps * readers.length);
  const total = steps * readers.length;
  let rowsRead = 0;
  for (const [c, reader] of readers.entries()) {
    for (const tile of reader.tiles()) {
      if (hooks.signal?.aborted) throw new CancelledError('Reading was stopped.');
      const { target, at, stepStride } = store.place(c, tile);
      await reader.read(tile, target, at, stepStride);
      const first = tile.firstRow * reader.width;
      const count = tile.rows * reader.width;
      for (let t = tile.firstStep; t < tile.firstStep + tile.steps; t++) {
        const from = at + t * stepStride + first;
        missing[t * readers.length + c] += gather(target, from, count, c * cells + first, c, statistics);
      }
      store.take(c, tile);
      rowsRead += tile.steps * tile.rows;
      hooks.progress?.(Math.min(total, Math.round(rowsRead / reader.height)), total);
    }
  }
  return { statistics, missing };
}

/** Adds `count` values of variable c, from `from` on, of cells from `firstCell` on; returns how many are missing. */
function gather(
  values: Float32Array,
  from: number,
  count: number,
  firstCell: number,
  c: number,
  { minimum, maximum, present, sum }: RawStatistics,
): number {
  let missing = 0;
  let subtotal = 0;
  for (let i = 0; i < count; i++) {
    const value = values[from + i];
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    const cell = firstCell + i;
    subtotal += value;
    present[cell]++;
    if (value < minimum[cell]) minimum[cell] = value;
    if (value > maximum[cell]) maximum[cell] = value;
  }
  sum[c] += subtotal;
  return missing;
}

/** Raw frames in one array [T, C, H, W] of `cells` = H * W. */
export function storeInMemory(values: Float32Array, variables: number, cells: number): RawStore {
  return {
    place: (c) => ({ target: values, at: c * cells, stepStride: variables * cells }),
    take: () => undefined,
  };
}

/** Raw frames in a file [T, C, H, W] of rows of `width` columns; only one block is in memory. */
export function storeOnDisk(
  file: ScratchFile,
  variables: number,
  { height, width }: { height: number; width: number },
): RawStore {
  const frame = variables * height * width;
  let block = new Float32Array(0);
  return {
    place: (_c, tile) => {
      const stepStride = tile.rows * width;
      if (block.length < tile.steps * stepStride) block = new Float32Array(tile.steps * stepStride);
      return { target: block, at: -tile.firstStep * stepStride - tile.firstRow * width, stepStride };
    },
    take: (c, { firstStep, steps, firstRow, rows }) => {
      const size = rows * width;
      const at = (t: number): number => t * frame + (c * height + firstRow) * width;
      if (size === frame) {
        file.write(block.subarray(0, steps * size), at(firstStep));
        return;
      }
      for (let t = 0; t < steps; t++) {
        file.write(block.subarray(t * size, (t + 1) * size), at(firstStep + t));
      }
    },
  };
}
