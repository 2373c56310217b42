import { rowsPerBlock, type Rows } from '../data/rows';
import type { Products, Values } from './products';
import { breathe } from './scan';

/** A block of the upper triangle of the Gram matrix of centred rows. Its arrays are valid during the visit only. */
export interface GramBlock<T extends Values> {
  /** Rows i0 <= i < i1 and columns j0 <= j < j1; those with j < i belong to other blocks, too. */
  readonly i0: number;
  readonly i1: number;
  readonly j0: number;
  readonly j1: number;
  /** [i1 - i0, j1 - j0] */
  readonly products: T;
  /** The centred rows i0 to i1, [i1 - i0, d], and j0 to j1. */
  readonly a: T;
  readonly b: T;
}

export interface GramOptions<T extends Values> {
  /** Subtracted from every row: distances do not change, but products get as small as they can. [d] */
  readonly centre: Float64Array;
  readonly precision: { new (length: number): T; readonly BYTES_PER_ELEMENT: number };
  readonly products: Products;
  readonly signal?: AbortSignal;
  /** Bytes of the rows that stay in memory while the others pass by. */
  readonly memory?: number;
}

/** Columns of one block: as long as that the matrix product is at its speed, as short as that little is computed twice. */
const COLUMNS = 512;
/** Rows of one block, so that a block of products stays below 64 MiB. */
const MOST_ROWS = 16_384;
const MEMORY = 768 * 2 ** 20;
const PRODUCTS = 64 * 2 ** 20;

/** Bytes that {@link forEachGramBlock} takes at its peak for a table of n x d, at most. */
export const gramMemory = (n: number, d: number): number => Math.min(MEMORY, 8 * n * d) + PRODUCTS;

/**
 * Calls `visit` for blocks that cover the upper triangle of X X^T, X being the centred table. As many rows as `memory`
 * allows are held, and all later ones are read once for them: n^2 d / 2 multiplications, and a table that is p times as
 * large as the memory is read p / 2 times.
 * @throws CancelledError when the signal is aborted.
 */
export async function forEachGramBlock<T extends Values>(
  rows: Rows,
  { centre, precision, products, signal, memory = MEMORY }: GramOptions<T>,
  visit: (block: GramBlock<T>) => void,
): Promise<void> {
  const { n, d } = rows;
  const affordable = Math.max(1, Math.floor(memory / (precision.BYTES_PER_ELEMENT * d)));
  // Where not all rows are held, a quarter of the memory is for those that pass by.
  const passing = Math.min(COLUMNS, Math.max(1, Math.floor(affordable / 4)));
  const height =
    n <= affordable ? Math.min(n, MOST_ROWS) : Math.min(MOST_ROWS, Math.max(1, affordable - passing));
  const width = height < n ? Math.min(passing, height) : Math.min(COLUMNS, height);
  const piece = rowsPerBlock(d);
  const pack = async (first: number, count: number, out: T): Promise<void> => {
    for (let at = 0; at < count; at += piece) {
      const size = Math.min(piece, count - at);
      centred(await rows.read(first + at, size), centre, part(out, at, size, d));
    }
  };
  const panel = new precision(height * d);
  const others = height < n ? new precision(width * d) : panel;
  const out = new precision(height * width);
  for (let p0 = 0; p0 < n; p0 += height) {
    const p1 = Math.min(n, p0 + height);
    for (let first = p0; first < p1; first += width) {
      await breathe(signal);
      const count = Math.min(width, p1 - first);
      await pack(first, count, part(panel, first - p0, count, d));
    }
    for (let j0 = p0, j1; j0 < n; j0 = j1) {
      await breathe(signal);
      // Blocks end where the panel does.
      const inside = j0 < p1;
      j1 = Math.min(inside ? p1 : n, j0 + width);
      const b = inside ? part(panel, j0 - p0, j1 - j0, d) : part(others, 0, j1 - j0, d);
      if (!inside) await pack(j0, j1 - j0, b);
      const i1 = Math.min(p1, j1);
      const a = part(panel, 0, i1 - p0, d);
      const target = part(out, 0, i1 - p0, j1 - j0);
      await products.multiply(a, b, d, target);
      visit({ i0: p0, i1, j0, j1, products: target, a, b });
    }
  }
}

function part<T extends Values>(table: T, first: number, count: number, d: number): T {
  return table.subarray(first * d, (first + count) * d) as T;
}

function centred(x: Float32Array, centre: Float64Array, out: Values): void {
  const d = centre.length;
  for (let at = 0; at < x.length; at += d) for (let k = 0; k < d; k++) out[at + k] = x[at + k] - centre[k];
}
