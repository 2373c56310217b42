import type { Random } from '../random';
import { type Eigenpairs, NotConvergedError, symmetricEigen } from './eigen';
import type { Products } from './products';
import { breathe } from './scan';

export interface DenseEigenOptions {
  /** `magnitude`: the pairs of largest |λ|, which is what is returned as their values; `value`: those of largest λ. */
  readonly by: 'magnitude' | 'value';
  readonly products: Products;
  readonly random: Random;
  /** Below all eigenvalues; asked for `value` only. */
  readonly low?: number;
  /** Residual at which a pair counts as found, relative to the largest. Default 1e-6. */
  readonly tolerance?: number;
  /** Vectors to start from, such as those of a matrix that has changed little since. [s, n] */
  readonly start?: Float64Array;
  readonly signal?: AbortSignal;
}

/** Order up to which all pairs are computed at once. */
const WHOLE_ORDER = 500;
/** So many vectors more than wanted: the last wanted ones then converge faster. */
const EXTRA = 12;
const MOST_ROUNDS = 200;
/** Degrees of the polynomial; more would let the block's vectors become too alike within one round. */
const FEWEST_DEGREES = 4;
const MOST_DEGREES = 24;

/**
 * The r leading eigenpairs of a dense symmetric matrix [n, n]: all at once where it is small, otherwise by subspace
 * iteration with a Chebyshev filter (Zhou et al., 2006, doi:10.1016/j.jcp.2006.03.017), whose time goes into large
 * matrix products. Pairs in descending order of the value they were chosen by.
 * @throws NotConvergedError, CancelledError when the signal is aborted
 */
export async function leadingPairs(
  a: Float64Array,
  n: number,
  r: number,
  options: DenseEigenOptions,
): Promise<Eigenpairs> {
  if (r < 1 || r > n) throw new Error(`${r} eigenpairs of a matrix of order ${n} do not exist.`);
  return n <= WHOLE_ORDER || 3 * r > n ? wholeSpectrum(a, n, r, options.by) : iterate(a, n, r, options);
}

function wholeSpectrum(a: Float64Array, n: number, r: number, by: DenseEigenOptions['by']): Eigenpairs {
  const { values, vectors } = symmetricEigen(a, n);
  const key = (i: number) => (by === 'magnitude' ? Math.abs(values[i]) : values[i]);
  const order = Array.from(values.keys())
    .sort((p, q) => key(q) - key(p))
    .slice(0, r);
  const chosen = new Float64Array(r * n);
  order.forEach((from, to) => chosen.set(vectors.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, key), vectors: chosen };
}

async function iterate(
  a: Float64Array,
  n: number,
  r: number,
  { by, products, random, low = 0, tolerance = 1e-6, start, signal }: DenseEigenOptions,
): Promise<Eigenpairs> {
  const block = Math.min(n, r + EXTRA);
  const scratch = new Float64Array(block * n);
  /** `A x` for each row x of a block; `A (A x)` where signs do not matter. */
  const apply = async (x: Float64Array): Promise<Float64Array> => {
    const y = new Float64Array(x.length);
    if (by === 'value') await products.multiply(x, a, n, y);
    else {
      const once = scratch.subarray(0, x.length);
      await products.multiply(x, a, n, once);
      await products.multiply(once, a, n, y);
    }
    return y;
  };
  let x: Float64Array = new Float64Array(block * n);
  for (let i = 0; i < x.length; i++) x[i] = random.normal();
  if (start) x.set(start.subarray(0, x.length));
  orthonormalise(x, block, n, random);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await breathe(signal);
    const image = await apply(x);
    const projected = new Float64Array(block * block);
    await products.multiply(x, image, n, projected);
    const ritz = symmetricEigen(symmetrised(projected, block), block);
    x = await turned(ritz.vectors, x, block, n, products);
    const turnedImage = await turned(ritz.vectors, image, block, n, products);
    if (largestResidual(x, turnedImage, ritz.values, r, n) <= tolerance * Math.abs(ritz.values[0])) {
      const values = ritz.values.slice(0, r);
      return {
        values: by === 'value' ? values : values.map((v) => Math.sqrt(Math.max(0, v))),
        vectors: x.slice(0, r * n),
      };
    }
    x = await filtered(
      apply,
      x,
      turnedImage,
      [low, ritz.values[block - 1], ritz.values[0]],
      ritz.values[r - 1],
    );
    orthonormalise(x, block, n, random);
  }
  throw new NotConvergedError(`${r} eigenpairs have not converged after ${MOST_ROUNDS} rounds.`);
}

/** A Chebyshev polynomial of the operator, small from `low` to `cut`, applied to the block; `image` is the first application. */
async function filtered(
  apply: (x: Float64Array) => Promise<Float64Array>,
  x: Float64Array,
  image: Float64Array,
  [low, cut, high]: readonly [number, number, number],
  wanted: number,
): Promise<Float64Array> {
  const half = Math.max((cut - low) / 2, 1e-12 * Math.abs(high), Number.MIN_VALUE);
  const centre = (cut + low) / 2;
  const reach = Math.acosh(Math.max(1 + 1e-6, (wanted - centre) / half));
  // The largest eigenvalue must not outgrow the others by more than float64 can tell apart.
  const outgrowth = Math.acosh(Math.max(1 + 1e-6, (high - centre) / half));
  const degree = Math.max(
    FEWEST_DEGREES,
    Math.min(MOST_DEGREES, Math.ceil(4 / reach), Math.floor(24 / outgrowth)),
  );
  const first = half / (high - centre);
  let scale = first;
  let before: Float64Array = x;
  let now: Float64Array = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) now[i] = (scale / half) * (image[i] - centre * x[i]);
  for (let step = 2; step <= degree; step++) {
    const following = 1 / (2 / first - scale);
    const next = await apply(now);
    const [factor, damp] = [(2 * following) / half, scale * following];
    for (let i = 0; i < next.length; i++) next[i] = factor * (next[i] - centre * now[i]) - damp * before[i];
    [before, now] = [now, next];
    scale = following;
  }
  return now;
}

/** Rows of `turn` [block, block] times the rows of x. */
async function turned(
  turn: Float64Array,
  x: Float64Array,
  block: number,
  n: number,
  products: Products,
): Promise<Float64Array> {
  const columns = new Float64Array(x.length);
  for (let p = 0; p < block; p++) for (let i = 0; i < n; i++) columns[i * block + p] = x[p * n + i];
  const result = new Float64Array(x.length);
  await products.multiply(turn, columns, block, result);
  return result;
}

function symmetrised(a: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i] = (a[i * n + j] + a[j * n + i]) / 2;
  }
  return a;
}

function largestResidual(
  x: Float64Array,
  image: Float64Array,
  values: Float64Array,
  r: number,
  n: number,
): number {
  let largest = 0;
  for (let p = 0; p < r; p++) {
    let square = 0;
    for (let i = p * n; i < (p + 1) * n; i++) square += (image[i] - values[p] * x[i]) ** 2;
    largest = Math.max(largest, Math.sqrt(square));
  }
  return largest;
}

/** Gram-Schmidt, twice; a row of which nothing is left becomes a random one. */
function orthonormalise(x: Float64Array, rows: number, n: number, random: Random): void {
  for (let p = 0; p < rows; p++) {
    const row = x.subarray(p * n, (p + 1) * n);
    while (!makeOrthonormal(row, x, p, n)) for (let i = 0; i < n; i++) row[i] = random.normal();
  }
}

function makeOrthonormal(row: Float64Array, x: Float64Array, before: number, n: number): boolean {
  const length = () => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  const original = length();
  if (!(original > 0)) return false;
  for (let pass = 0; pass < 2; pass++) {
    for (let q = 0; q < before; q++) {
      let product = 0;
      for (let i = 0, at = q * n; i < n; i++, at++) product += row[i] * x[at];
      for (let i = 0, at = q * n; i < n; i++, at++) row[i] -= product * x[at];
    }
  }
  const left = length();
  if (left < 1e-10 * original) return false;
  for (let i = 0; i < n; i++) row[i] /= left;
  return true;
}
