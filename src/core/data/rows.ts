/**
 * A table of n rows of d numbers that is read piece by piece, so that it may be larger than memory: one row a time step,
 * as the metrics, k-means and the result's maps see the scaled data.
 */
export interface Rows {
  readonly n: number;
  readonly d: number;
  /**
   * Rows [first, first + count) as one array [count, d]. It belongs to the table and may be overwritten by the next call
   * of `read`: use it up, or copy it, before that. Throws a UserError when the disk fails.
   */
  read(first: number, count: number): Promise<Float32Array>;
}

/** A table that can also be read into memory of one's own, several pieces at the same time. */
export interface SharedRows extends Rows {
  /**
   * Fills `target` [count, d] with the rows from `first` on. The disk is asked before the call returns, so that it works
   * while this thread computes. Throws a UserError when the disk fails.
   */
  readInto(target: Float32Array, first: number): Promise<void>;
  /** Gives back what the table holds on disk. No read may be under way, nor come after. */
  close(): Promise<void>;
}

/** A table in memory. */
export interface RowsInMemory extends SharedRows {
  /** All rows. [n, d] */
  readonly values: Float32Array;
}

/** A table in memory. Its pieces are views, so nothing is copied. Throws when x is not [n, d]. */
export function rowsInMemory(x: Float32Array, n: number, d: number): RowsInMemory {
  if (x.length !== n * d) throw new Error(`A table of ${n} x ${d} cannot have ${x.length} values.`);
  return {
    n,
    d,
    values: x,
    read: (first, count) => Promise.resolve(x.subarray(first * d, (first + count) * d)),
    readInto: (target, first) => {
      target.set(x.subarray(first * d, first * d + target.length));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Values that are read at once where a table is walked through: 4 Mi, 16 MiB. */
const BLOCK_VALUES = 1 << 22;

/** Rows of `d` columns that are read at once. */
export function rowsPerBlock(d: number, values = BLOCK_VALUES): number {
  return Math.max(1, Math.floor(values / d));
}

/** The table from its first row to its last, block by block: `count` rows from `first` on, valid until the next block. */
export async function* blocksOf(
  rows: Rows,
  values = BLOCK_VALUES,
): AsyncGenerator<{ first: number; count: number; block: Float32Array }> {
  const step = rowsPerBlock(rows.d, values);
  for (let first = 0; first < rows.n; first += step) {
    const count = Math.min(step, rows.n - first);
    yield { first, count, block: await rows.read(first, count) };
  }
}
