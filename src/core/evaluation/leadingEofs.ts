import { rowsPerBlock, type Rows } from '../data/rows';
import { CancelledError } from '../errors';
import type { Random } from '../random';
import { symmetricEigen, denseOperator, largestEigenpairs } from './eigen';
import { eof } from './eof';
import { innerProducts } from './gram';

/** Values of a table up to which it is held in memory, and its EOFs are those of all its rows: 256 MiB. */
const WHOLE_VALUES = 1 << 26;

/** Values of the rows that stand for a larger table, as far as {@link FEWEST_ROWS} and {@link MOST_ROWS} allow: 1 GiB. */
const SAMPLE_VALUES = 1 << 28;
const FEWEST_ROWS = 128;
const MOST_ROWS = 1000;

/** Values of the two blocks of rows that are multiplied with each other: 64 MiB each. */
const BLOCK_VALUES = 1 << 24;

/** Order of a Gram matrix up to which all its eigenpairs are computed at once. */
const DENSE_ORDER = 500;

export interface LeadingEofs {
  /** Orthonormal patterns, one per row, by descending variance. [r, d] */
  readonly components: Float32Array;
  /** Singular values of the rows that were used, about their mean. [r] */
  readonly singularValues: Float64Array;
  /** How many rows were used. */
  readonly rows: number;
}

/**
 * The leading r EOFs of the rows of a table that may be larger than memory: of all rows where they fit ({@link eof}), else
 * of up to 1,000 of them, one drawn at random from each of as many equal spans of time. (Evenly spaced rows could all be
 * of one hour of the day or one season.) Memory: 256 MiB for the table, or blocks of rows and r patterns.
 * Throws a CancelledError when the signal is aborted.
 */
export async function leadingEofs(
  table: Rows,
  r: number,
  random: Random,
  signal?: AbortSignal,
): Promise<LeadingEofs> {
  const { n, d } = table;
  if (n * d <= WHOLE_VALUES) {
    const x = new Float32Array(n * d);
    const step = rowsPerBlock(d);
    for (let first = 0; first < n; first += step) {
      x.set(await table.read(first, Math.min(step, n - first)), first * d);
    }
    const { components, singularValues } = eof(x, n, d, r, random, { overwrite: true });
    return { components, singularValues, rows: n };
  }
  const affordable = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, 2 * r, Math.floor(SAMPLE_VALUES / d)));
  const chosen = spread(n, Math.min(n, affordable), random);
  return ofRows(table, chosen, r, random, signal);
}

/** Bytes that {@link leadingEofs} takes at its peak for a table of n x d. */
export function eofMemory(n: number, d: number, r: number): number {
  const patterns = 8 * r * d;
  if (n * d <= WHOLE_VALUES) return 4 * n * d + patterns;
  return 4 * (2 * Math.max(BLOCK_VALUES, d)) + 12 * d + patterns + 16 * MOST_ROWS ** 2;
}

/** `count` of the numbers below n in ascending order, one at random from each of `count` equal parts. */
function spread(n: number, count: number, random: Random): Int32Array {
  if (count === n) return Int32Array.from({ length: n }, (_, i) => i);
  return Int32Array.from({ length: count }, (_, i) => {
    const first = Math.floor((i * n) / count);
    return first + random.integer(Math.floor(((i + 1) * n) / count) - first);
  });
}

/** Method of snapshots (Sirovich, 1987) on some rows of a table, which are read block by block. */
async function ofRows(
  table: Rows,
  chosen: Int32Array,
  r: number,
  random: Random,
  signal?: AbortSignal,
): Promise<LeadingEofs> {
  const { d } = table;
  const m = chosen.length;
  const step = Math.min(m, rowsPerBlock(d, BLOCK_VALUES));
  const mean = new Float64Array(d);
  for (const row of chosen) {
    const x = await table.read(row, 1);
    for (let j = 0; j < d; j++) mean[j] += x[j] / m;
  }
  const centred = async (first: number, last: number, out: Float32Array): Promise<void> => {
    if (signal?.aborted) throw new CancelledError();
    for (let i = first; i < last; i++) {
      const x = await table.read(chosen[i], 1);
      for (let j = 0, at = (i - first) * d; j < d; j++, at++) out[at] = x[j] - mean[j];
    }
  };
  const [a, b] = [new Float32Array(step * d), new Float32Array(step * d)];
  const products = new Float64Array(step * step);
  const gram = new Float64Array(m * m);
  for (let i0 = 0; i0 < m; i0 += step) {
    const i1 = Math.min(m, i0 + step);
    await centred(i0, i1, a);
    for (let j0 = i0; j0 < m; j0 += step) {
      const j1 = Math.min(m, j0 + step);
      if (j0 > i0) await centred(j0, j1, b);
      innerProducts(a, 0, i1 - i0, j0 > i0 ? b : a, 0, j1 - j0, d, products);
      for (let i = i0; i < i1; i++) {
        for (let j = j0; j < j1; j++) {
          gram[i * m + j] = gram[j * m + i] = products[(i - i0) * (j1 - j0) + j - j0];
        }
      }
    }
  }
  const { values, vectors } =
    m <= DENSE_ORDER ? symmetricEigen(gram, m) : largestEigenpairs(denseOperator(gram, m), m, r, random);

  const components = new Float32Array(r * d);
  const singularValues = Float64Array.from({ length: r }, (_, p) => Math.sqrt(Math.max(0, values[p])));
  const negligible = 1e-6 * singularValues[0];
  for (let i0 = 0; i0 < m; i0 += step) {
    const i1 = Math.min(m, i0 + step);
    await centred(i0, i1, a);
    for (let p = 0; p < r; p++) {
      if (!(singularValues[p] > negligible)) continue;
      for (let i = i0; i < i1; i++) {
        const weight = vectors[p * m + i] / singularValues[p];
        for (let j = 0, at = (i - i0) * d; j < d; j++, at++) components[p * d + j] += weight * a[at];
      }
    }
  }
  for (let p = 0; p < r; p++) orient(components.subarray(p * d, (p + 1) * d));
  return { components, singularValues, rows: m };
}

/** Makes the entry of largest magnitude positive. */
function orient(pattern: Float32Array): void {
  let largest = 0;
  for (let j = 0; j < pattern.length; j++) {
    if (Math.abs(pattern[j]) > Math.abs(pattern[largest])) largest = j;
  }
  if (pattern[largest] < 0) for (let j = 0; j < pattern.length; j++) pattern[j] = -pattern[j];
}
