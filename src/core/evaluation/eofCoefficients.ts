import { rowsPerBlock, type Rows } from '../data/rows';
import type { Random } from '../random';
import { centreOf, type Centre } from './centre';
import { leadingPairs } from './denseEigen';
import { forEachGramBlock } from './gramBlocks';
import { leadingEofs } from './leadingEofs';
import type { Products } from './products';
import { breathe } from './scan';

/** The rows of a table in the space of its leading EOFs. */
export interface EofCoefficients {
  /** (x - mean) . EOF, by descending variance. [n, dimensions] */
  readonly values: Float32Array;
  /** As many as were asked for, or as many as the table has: 0 when all rows are equal. */
  readonly dimensions: number;
}

interface Options {
  readonly products: Products;
  readonly signal?: AbortSignal;
}

/** Rows up to which the Gram matrix of all of them is kept: 512 MiB. */
const GRAM_ROWS = 8192;
/** Variance of an EOF, relative to that of the first, below which it is rounding. */
const NEGLIGIBLE = 1e-12;

/**
 * Coefficients of all rows on the leading r EOFs. Of up to 8,192 rows with more columns than rows, they come from the
 * eigenvectors of the rows' Gram matrix (Sirovich, 1987) and need no pattern; otherwise the rows are projected onto the
 * patterns of {@link leadingEofs}, which stand on a sample of the rows where the table is large. Random numbers start the
 * search for eigenvectors and choose the sample.
 * @throws CancelledError when the signal is aborted.
 */
export async function eofCoefficients(
  rows: Rows,
  r: number,
  random: Random,
  options: Options,
): Promise<EofCoefficients> {
  const { n, d } = rows;
  const possible = Math.min(r, n, d);
  const centre = await centreOf(rows, options.signal);
  return n <= d && n <= GRAM_ROWS
    ? ofGram(rows, centre, possible, random, options)
    : projected(rows, centre, possible, random, options);
}

async function ofGram(
  rows: Rows,
  centre: Centre,
  r: number,
  random: Random,
  { products, signal }: Options,
): Promise<EofCoefficients> {
  const { n } = rows;
  const gram = new Float64Array(n * n);
  const blocks = { centre: centre.mean, precision: Float64Array, products, signal };
  await forEachGramBlock(rows, blocks, ({ i0, i1, j0, j1, products: block }) => {
    for (let i = i0, at = 0; i < i1; i++) {
      for (let j = j0; j < j1; j++, at++) if (j >= i) gram[i * n + j] = gram[j * n + i] = block[at];
    }
  });
  const { values: variances, vectors } = await leadingPairs(gram, n, r, {
    by: 'value',
    low: 0,
    products,
    random,
    signal,
  });
  const least = Math.max(NEGLIGIBLE * variances[0], n * centre.negligible);
  let dimensions = 0;
  while (dimensions < r && variances[dimensions] > least) dimensions++;
  const values = new Float32Array(n * dimensions);
  for (let p = 0; p < dimensions; p++) {
    const scale = Math.sqrt(variances[p]);
    for (let i = 0; i < n; i++) values[i * dimensions + p] = scale * vectors[p * n + i];
  }
  orient(values, n, dimensions);
  return { values, dimensions };
}

async function projected(
  rows: Rows,
  { mean, negligible }: Centre,
  r: number,
  random: Random,
  { products, signal }: Options,
): Promise<EofCoefficients> {
  const { n, d } = rows;
  const { components, singularValues, rows: used } = await leadingEofs(rows, r, random, signal);
  const least = Math.max(NEGLIGIBLE * singularValues[0] ** 2, used * negligible);
  let dimensions = 0;
  while (dimensions < r && singularValues[dimensions] ** 2 > least) dimensions++;
  const values = new Float32Array(n * dimensions);
  if (dimensions === 0) return { values, dimensions };
  const step = rowsPerBlock(d);
  for (let first = 0; first < n; first += step) {
    await breathe(signal);
    const count = Math.min(step, n - first);
    const x = (await rows.read(first, count)).slice();
    for (let at = 0; at < x.length; at += d) for (let j = 0; j < d; j++) x[at + j] -= mean[j];
    const out = values.subarray(first * dimensions, (first + count) * dimensions);
    await products.multiply(x, components.subarray(0, dimensions * d), d, out);
  }
  orient(values, n, dimensions);
  return { values, dimensions };
}

/** Makes the largest coefficient of each EOF positive: a sign means nothing, but it should be the same one every time. */
function orient(values: Float32Array, n: number, dimensions: number): void {
  for (let p = 0; p < dimensions; p++) {
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const value = values[i * dimensions + p];
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    if (largest < 0) for (let i = 0; i < n; i++) values[i * dimensions + p] *= -1;
  }
}
