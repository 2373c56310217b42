import { rowsPerBlock, type Rows } from '../data/rows';
import { UserError } from '../errors';
import { leadingEofs } from '../evaluation/leadingEofs';
import type { Products } from '../evaluation/products';
import { breathe } from '../evaluation/scan';
import type { Random } from '../random';

/** Time steps, in their order, in the plane of the leading EOFs. */
export interface Points {
  /** Coefficients about their mean, row by row. [n, d] */
  readonly values: Float32Array;
  readonly n: number;
  readonly d: number;
}

/** The points of a table, and what they leave out. */
export interface TablePoints extends Points {
  /** Time steps of the table, of which `n` are used. */
  readonly of: number;
  /** Share of the variance that the coefficients carry. */
  readonly explained: number;
}

/** Time steps of which the number of clusters is judged at most; of a longer series every so manieth stands for its span. */
export const MOST_STEPS = 1000;
/** EOFs at most, and the share of the variance at which fewer are enough. */
const MOST_EOFS = 32;
const SHARE = 0.9;
/** Fewer time steps than this cannot be halved and clustered. */
export const FEWEST_STEPS = 12;

/**
 * The rows of a table by their leading EOF coefficients: as many as carry 90% of the variance, 2 to 32. Of more than 1,000
 * rows one is drawn from each of 1,000 equal spans of time, in their order: neighbouring steps of so long a series say
 * nearly the same.
 * @throws UserError when there are fewer than 12 rows, or when all rows are equal; CancelledError.
 */
export async function pointsOf(
  table: Rows,
  random: Random,
  products: Products,
  signal?: AbortSignal,
): Promise<TablePoints> {
  const { d } = table;
  if (table.n < FEWEST_STEPS) {
    throw new UserError(
      `The data have ${table.n} time steps; the number of clusters can be judged from ${FEWEST_STEPS} on. Give it yourself.`,
    );
  }
  const rows = spread(table.n, Math.min(table.n, MOST_STEPS), random);
  const n = rows.length;
  const most = Math.min(MOST_EOFS, n - 1, d);
  const { components } = await leadingEofs(table, most, random, signal);
  const { mean, total } = await moments(table, rows, signal);
  if (!(total > 1e-12 * n * d)) {
    throw new UserError('All time steps are equal, so there is nothing to cluster.');
  }
  const scores = await project(table, rows, mean, components, most, products, signal);
  const kept = enough(scores, n, most, total);
  const values = new Float32Array(n * kept.eofs);
  for (let i = 0; i < n; i++) {
    values.set(scores.subarray(i * most, i * most + kept.eofs), i * kept.eofs);
  }
  return { values, n, d: kept.eofs, of: table.n, explained: kept.explained };
}

/** `count` of the numbers below n in ascending order, one at random from each of `count` equal parts. */
function spread(n: number, count: number, random: Random): Int32Array {
  if (count === n) return Int32Array.from({ length: n }, (_, i) => i);
  return Int32Array.from({ length: count }, (_, i) => {
    const first = Math.floor((i * n) / count);
    return first + random.integer(Math.floor(((i + 1) * n) / count) - first);
  });
}

/** Mean of the rows, and the sum of their squared distances to it. */
async function moments(
  table: Rows,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<{ mean: Float64Array; total: number }> {
  const { d } = table;
  const mean = new Float64Array(d);
  for (const row of rows) {
    const x = await table.read(row, 1);
    for (let j = 0; j < d; j++) mean[j] += x[j] / rows.length;
  }
  await breathe(signal);
  let total = 0;
  for (const row of rows) {
    const x = await table.read(row, 1);
    for (let j = 0; j < d; j++) total += (x[j] - mean[j]) ** 2;
  }
  await breathe(signal);
  return { mean, total };
}

/** (x - mean) . component of each of the rows. [rows, r] */
async function project(
  table: Rows,
  rows: Int32Array,
  mean: Float64Array,
  components: Float32Array,
  r: number,
  products: Products,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { d } = table;
  const scores = new Float32Array(rows.length * r);
  const step = Math.min(rows.length, rowsPerBlock(d));
  for (let first = 0; first < rows.length; first += step) {
    await breathe(signal);
    const count = Math.min(step, rows.length - first);
    const block = new Float32Array(count * d);
    for (let i = 0; i < count; i++) {
      const x = await table.read(rows[first + i], 1);
      for (let j = 0, at = i * d; j < d; j++, at++) block[at] = x[j] - mean[j];
    }
    const out = new Float32Array(count * r);
    await products.multiply(block, components, d, out);
    scores.set(out, first * r);
  }
  return scores;
}

/** How many of the leading coefficients are needed, and the share of the variance that they carry. */
function enough(
  scores: Float32Array,
  n: number,
  r: number,
  total: number,
): { eofs: number; explained: number } {
  let sum = 0;
  for (let p = 0; p < r; p++) {
    for (let i = 0; i < n; i++) sum += scores[i * r + p] ** 2;
    if (sum >= SHARE * total && p >= 1) return { eofs: p + 1, explained: Math.min(1, sum / total) };
  }
  return { eofs: r, explained: Math.min(1, sum / total) };
}
