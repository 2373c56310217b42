import type { Random } from '../random';
import type { BlockOperator, Eigenpairs } from './eigen';
import { denseOperator, largestEigenpairs, symmetricEigen } from './eigen';
import { kmeans } from './kmeans';

export interface SpectralOptions {
  /** Starts of k-means on the embedding. Default 20. */
  readonly restarts?: number;
}

export interface SpectralResult {
  /** [n] */
  readonly labels: Int32Array;
  /** The k largest eigenvalues of D^-1/2 A D^-1/2, descending; as many are 1 as there are separate parts. [k] */
  readonly eigenvalues: Float64Array;
  /** Rows of the eigenvectors, scaled to length 1 (0 for isolated nodes). [n, k] */
  readonly embedding: Float32Array;
}

/** Order up to which all eigenpairs are computed at once. */
const DENSE_ORDER = 400;

/** Share of non-zero entries below which the affinity is applied as a sparse matrix. */
const SPARSE_SHARE = 0.3;

/**
 * Spectral clustering of a symmetric, non-negative affinity [n, n] (Ng, Jordan and Weiss, 2002): the k leading
 * eigenvectors of D^-1/2 A D^-1/2, rows scaled to length 1, then k-means. The diagonal is ignored.
 * Throws when the affinity is not symmetric or has negative or non-finite entries.
 */
export function spectralClustering(
  affinity: Float32Array,
  n: number,
  k: number,
  random: Random,
  { restarts = 20 }: SpectralOptions = {},
): SpectralResult {
  if (affinity.length !== n * n)
    throw new Error(`An affinity of order ${n} cannot have ${affinity.length} values.`);
  if (!(k >= 1 && k <= n)) throw new Error(`${n} rows cannot be split into ${k} clusters.`);
  const { values, vectors, isolated } = leadingEigenvectors(affinity, n, k, random);
  const embedding = new Float32Array(n * k);
  for (let i = 0; i < n; i++) {
    let norm = 0;
    for (let p = 0; p < k; p++) norm += vectors[p * n + i] ** 2;
    norm = Math.sqrt(norm);
    // An isolated node is part of no eigenvector: what the iteration started from may be left of it.
    if (!isolated[i] && norm > 0)
      for (let p = 0; p < k; p++) embedding[i * k + p] = vectors[p * n + i] / norm;
  }
  const { labels } = kmeans(embedding, n, k, k, random, { restarts });
  return { labels, eigenvalues: values.slice(0, k), embedding };
}

/** |C| + |C^T| of self-expression coefficients [n, n], the affinity of subspace clustering. */
export function affinityFromCoefficients(c: Float32Array, n: number): Float32Array {
  const affinity = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = Math.abs(c[i * n + j]) + Math.abs(c[j * n + i]);
      affinity[i * n + j] = value;
      affinity[j * n + i] = value;
    }
  }
  return affinity;
}

function leadingEigenvectors(
  affinity: Float32Array,
  n: number,
  k: number,
  random: Random,
): Eigenpairs & { readonly isolated: readonly boolean[] } {
  const inverseRoot = new Float64Array(n);
  let entries = 0;
  for (let i = 0; i < n; i++) {
    let degree = 0;
    for (let j = 0; j < n; j++) {
      const value = affinity[i * n + j];
      if (!(value >= 0 && value < Infinity))
        throw new Error(`The affinity of rows ${i} and ${j} is ${value}.`);
      if (Math.abs(value - affinity[j * n + i]) > 1e-5 * value) {
        throw new Error(`The affinity is not symmetric at rows ${i} and ${j}.`);
      }
      if (i === j || value === 0) continue;
      degree += value;
      entries++;
    }
    inverseRoot[i] = degree > 0 ? 1 / Math.sqrt(degree) : 0;
  }
  const isolated = Array.from(inverseRoot, (value) => value === 0);
  const scaled = (i: number, j: number) =>
    i === j ? 0 : affinity[i * n + j] * inverseRoot[i] * inverseRoot[j];
  const iterate = (operator: BlockOperator) =>
    largestEigenpairs(operator, n, k, random, { tolerance: 1e-7, maxIterations: 2000 });
  if (n > DENSE_ORDER && entries < SPARSE_SHARE * n * n) {
    return { ...iterate(sparseOperator(n, entries, scaled)), isolated };
  }
  const dense = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) dense[i * n + j] = scaled(i, j);
  const pairs = n <= DENSE_ORDER ? symmetricEigen(dense, n) : iterate(denseOperator(dense, n));
  return { ...pairs, isolated };
}

/** A sparse matrix in compressed rows, from its entries. */
function sparseOperator(n: number, entries: number, value: (i: number, j: number) => number): BlockOperator {
  const starts = new Int32Array(n + 1);
  const columns = new Int32Array(entries);
  const values = new Float64Array(entries);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const v = value(i, j);
      if (v === 0) continue;
      columns[at] = j;
      values[at++] = v;
    }
    starts[i + 1] = at;
  }
  return (x, b, y) => {
    for (let p = 0; p < b; p++) {
      const base = p * n;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let e = starts[i]; e < starts[i + 1]; e++) sum += values[e] * x[base + columns[e]];
        y[base + i] = sum;
      }
    }
  };
}
