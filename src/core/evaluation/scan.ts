import type { Rows } from '../data/rows';
import { CancelledError } from '../errors';

/** What is done with each row of a table: row `i`, whose values are `x[at]` to `x[at + d - 1]`. */
export type RowVisitor = (x: Float32Array, at: number, i: number) => void;

/** Bytes of the pieces in which a table is read. */
const PIECE_BYTES = 32 * 2 ** 20;

/**
 * One pass over all rows of a table, in order. All visitors see a row while it is in the cache; other events have their
 * turn between pieces.
 * @throws CancelledError when the signal is aborted.
 */
export async function scan(rows: Rows, visitors: readonly RowVisitor[], signal?: AbortSignal): Promise<void> {
  const { n, d } = rows;
  const count = Math.max(1, Math.floor(PIECE_BYTES / (4 * d)));
  for (let first = 0; first < n; first += count) {
    await breathe(signal);
    const size = Math.min(count, n - first);
    const x = await rows.read(first, size);
    for (let i = 0; i < size; i++) for (const visit of visitors) visit(x, i * d, first + i);
  }
}

/** Lets other events have their turn, among them that of a cancellation. Throws CancelledError when there was one. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted) throw new CancelledError();
}
