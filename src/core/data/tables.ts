import type { Preprocessing } from './preprocessing';
import { rowsInMemory, type Rows, type SharedRows } from './rows';
import type { ScratchFile } from './scratchFile';

/** The frames of a run as `Frames` has them. */
export interface Tables {
  readonly table: SharedRows;
  readonly measured: Rows;
}

/** Fills and scales raw frames [n, d] where they are. Which values were missing is kept, one bit each, if any cell misses some. */
export function tablesInMemory(values: Float32Array, n: number, preprocessing: Preprocessing): Tables {
  const { valid, hasGaps } = preprocessing;
  const d = valid.length;
  const absent = hasGaps ? missingOf(values) : undefined;
  preprocessing.fillAndScale(values);
  const table = rowsInMemory(values, n, d);
  return { table, measured: absent ? withGaps(table, valid, absent) : table };
}

/** One bit for each value (bit i mod 8 of byte i / 8), set where it is NaN. */
function missingOf(values: Float32Array): Uint8Array {
  const absent = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) absent[i >>> 3] |= 1 << (i & 7);
  return absent;
}

function withGaps(table: SharedRows, valid: Uint8Array, absent: Uint8Array): Rows {
  const { n, d } = table;
  let buffer = new Float32Array(0);
  return {
    n,
    d,
    async read(first, count) {
      if (buffer.length < count * d) buffer = new Float32Array(count * d);
      const block = buffer.subarray(0, count * d);
      await table.readInto(block, first);
      for (let row = 0; row < count; row++) {
        for (let cell = 0, i = (first + row) * d; cell < d; cell++, i++) {
          if (valid[cell] && (absent[Math.floor(i / 8)] >>> (i % 8)) & 1) block[row * d + cell] = NaN;
        }
      }
      return block;
    },
  };
}

/** Raw frames [n, d] in a file, filled and scaled whenever they are read: then the data files are read only once. */
export function tablesOnDisk(file: ScratchFile, n: number, preprocessing: Preprocessing): Tables {
  const d = preprocessing.valid.length;
  const readInto = async (target: Float32Array, first: number): Promise<void> => {
    await file.readInto(target, first * d);
    preprocessing.fillAndScale(target);
  };
  return {
    table: { n, d, read: buffered(d, readInto), readInto, close: () => file.close() },
    measured: {
      n,
      d,
      read: buffered(d, async (target, first) => {
        await file.readInto(target, first * d);
        preprocessing.scale(target);
      }),
    },
  };
}

/** A `read` that reads into one buffer, again and again. */
function buffered(d: number, readInto: (target: Float32Array, first: number) => Promise<void>): Rows['read'] {
  let buffer = new Float32Array(0);
  return async (first, count) => {
    if (buffer.length < count * d) buffer = new Float32Array(count * d);
    const block = buffer.subarray(0, count * d);
    await readInto(block, first);
    return block;
  };
}
