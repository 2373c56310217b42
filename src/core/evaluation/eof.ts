import type { Random } from '../random';
import { denseOperator, largestEigenpairs, symmetricEigen } from './eigen';
import { columnMeans, gramMatrix } from './gram';

/** Empirical orthogonal functions (principal components) of n rows of d columns, the leading r of them. */
export interface Eof {
  /** Mean of every column, which is subtracted before. [d] */
  readonly mean: Float64Array;
  /**
   * Orthonormal patterns, one per row, by descending variance; the entry of largest magnitude is positive. [r, d]
   * Patterns beyond the rank of the data are rows of zeros.
   */
  readonly components: Float32Array;
  /** Singular values of the centred table, 0 beyond its rank. [r] */
  readonly singularValues: Float64Array;
  /** Coefficients of the rows: (x - mean) . component = U diag(singular values). [n, r] */
  readonly scores: Float32Array;
  /** Share of the total variance of each component. [r] */
  readonly explained: Float64Array;
}

/** Order up to which all eigenpairs are computed at once; above it only the leading ones are, by iteration. */
const DENSE_ORDER = 500;

/** Order up to which the smaller Gram matrix is formed; above it the table itself is applied. */
const GRAM_ORDER = 1500;

/**
 * Truncated singular value decomposition of the centred table x [n, d] (method of snapshots: Sirovich, 1987): the
 * eigenvectors of the smaller of X X^T and X^T X. Squaring limits singular values to about 1e-7 of the largest, which is
 * the precision of the float32 data. `random` only starts the iteration for large tables. `overwrite`: x may be
 * used up, which saves a copy. Throws when r > min(n, d).
 */
export function eof(
  x: Float32Array,
  n: number,
  d: number,
  r: number,
  random: Random,
  { overwrite = false }: { overwrite?: boolean } = {},
): Eof {
  if (x.length !== n * d) throw new Error(`A table of ${n} x ${d} cannot have ${x.length} values.`);
  const m = Math.min(n, d);
  if (!(r >= 1 && r <= m)) throw new Error(`There are no ${r} EOFs of a table of ${n} x ${d}.`);

  const mean = columnMeans(x, n, d);
  const centred = overwrite ? x : new Float32Array(n * d);
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const value = x[at] - mean[j];
      centred[at] = value;
      total += value * value;
    }
  }

  const rowSide = n <= d;
  const { values, vectors } =
    m <= GRAM_ORDER ? viaGram(centred, n, d, r, random) : viaTable(centred, n, d, r, random);
  const singularValues = new Float64Array(r);
  const components = new Float32Array(r * d);
  const scores = new Float32Array(n * r);
  const negligible = 1e-12 * Math.max(values[0], 0);
  for (let p = 0; p < r; p++) {
    if (!(values[p] > negligible)) break;
    const sigma = Math.sqrt(values[p]);
    singularValues[p] = sigma;
    const vector = vectors.subarray(p * m, (p + 1) * m);
    const pattern = rowSide ? timesRows(centred, n, d, vector) : vector.slice();
    const coefficients = rowSide ? vector.map((u) => u * sigma) : timesColumns(centred, n, d, vector);
    if (rowSide) for (let j = 0; j < d; j++) pattern[j] /= sigma;
    let largest = 0;
    for (let j = 0; j < d; j++) if (Math.abs(pattern[j]) > Math.abs(pattern[largest])) largest = j;
    const sign = pattern[largest] < 0 ? -1 : 1;
    for (let j = 0; j < d; j++) components[p * d + j] = sign * pattern[j];
    for (let i = 0; i < n; i++) scores[i * r + p] = sign * coefficients[i];
  }
  const explained = singularValues.map((sigma) => (total > 0 ? (sigma * sigma) / total : 0));
  return { mean, components, singularValues, scores, explained };
}

/** Coefficients of other rows of d columns on the components: (x - mean) . component. [n, r] */
export function project(
  x: Float32Array,
  n: number,
  d: number,
  { mean, components }: Pick<Eof, 'mean' | 'components'>,
): Float32Array {
  const r = components.length / d;
  const scores = new Float32Array(n * r);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < r; p++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (x[i * d + j] - mean[j]) * components[p * d + j];
      scores[i * r + p] = sum;
    }
  }
  return scores;
}

function viaGram(centred: Float32Array, n: number, d: number, r: number, random: Random) {
  const m = Math.min(n, d);
  const gram = n <= d ? gramMatrix(centred, n, d) : columnGram(centred, n, d);
  if (m <= DENSE_ORDER) return symmetricEigen(gram, m);
  return largestEigenpairs(denseOperator(gram, m), m, r, random);
}

function viaTable(centred: Float32Array, n: number, d: number, r: number, random: Random) {
  const m = Math.min(n, d);
  return largestEigenpairs(
    (v, b, out) => {
      for (let p = 0; p < b; p++) {
        const vector = v.subarray(p * m, (p + 1) * m);
        out.set(
          n <= d
            ? timesColumns(centred, n, d, timesRows(centred, n, d, vector))
            : timesRows(centred, n, d, timesColumns(centred, n, d, vector)),
          p * m,
        );
      }
    },
    m,
    r,
    random,
    // Singular values are wanted to about 1e-4 where there are thousands of them.
    { tolerance: 1e-7 },
  );
}

/** A^T A of a [n, d], a few rows at a time. */
function columnGram(a: Float32Array, n: number, d: number): Float64Array {
  const gram = new Float64Array(d * d);
  for (let i = 0; i < n; i += 2) {
    const row0 = i * d;
    const single = i + 1 >= n;
    const row1 = single ? row0 : row0 + d;
    for (let p = 0; p < d; p++) {
      const f0 = a[row0 + p];
      const f1 = single ? 0 : a[row1 + p];
      for (let q = p, at = p * d + p; q < d; q++, at++) gram[at] += f0 * a[row0 + q] + f1 * a[row1 + q];
    }
  }
  for (let p = 0; p < d; p++) for (let q = 0; q < p; q++) gram[p * d + q] = gram[q * d + p];
  return gram;
}

/** A^T v: the sum of the rows of a [n, d], weighted by v [n]. */
function timesRows(a: Float32Array, n: number, d: number, v: Float64Array): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const weight = v[i];
    for (let j = 0, at = i * d; j < d; j++, at++) out[j] += weight * a[at];
  }
  return out;
}

/** A v: the product of each row of a [n, d] with v [d]. */
function timesColumns(a: Float32Array, n: number, d: number, v: Float64Array): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let s0 = 0;
    let s1 = 0;
    let at = i * d;
    let j = 0;
    for (; j + 1 < d; j += 2, at += 2) {
      s0 += a[at] * v[j];
      s1 += a[at + 1] * v[j + 1];
    }
    out[i] = j < d ? s0 + s1 + a[at] * v[j] : s0 + s1;
  }
  return out;
}
