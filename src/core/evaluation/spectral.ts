import type { Random } from '../random';
import type { BlockOperator, Eigenpairs } from './eigen';
import { largestEigenpairsInTurns, symmetricEigen } from './eigen';
import { kmeans } from './kmeans';
import type { SparseAffinity } from './sparse';

export interface SpectralOptions {
  /** Starts of k-means on the embedding. Default 20. */
  readonly restarts?: number;
  readonly signal?: AbortSignal;
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

/**
 * Spectral clustering of a sparse affinity (Ng, Jordan and Weiss, 2002): the k leading eigenvectors of
 * D^-1/2 A D^-1/2, rows scaled to length 1, then k-means. The diagonal is ignored. Needs the affinity and a few dozen
 * vectors, never n x n.
 * Throws when the affinity is not symmetric or has negative or non-finite entries, when eigenvectors do not converge, and
 * CancelledError when the signal is aborted.
 */
export async function spectralClustering(
  affinity: SparseAffinity,
  k: number,
  random: Random,
  { restarts = 20, signal }: SpectralOptions = {},
): Promise<SpectralResult> {
  const { n } = affinity;
  if (!(k >= 1 && k <= n)) throw new Error(`${n} rows cannot be split into ${k} clusters.`);
  check(affinity);
  const scaled = normalised(affinity);
  const { values, vectors } = await leadingEigenvectors(scaled, k, random, signal);
  const isolated = (i: number): boolean => scaled.starts[i] === scaled.starts[i + 1];
  const embedding = spectralEmbedding(vectors, n, k, isolated);
  const { labels } = kmeans(embedding, n, k, k, random, { restarts });
  return { labels, eigenvalues: values.slice(0, k), embedding };
}

/**
 * The rows of k eigenvectors [k, n], scaled to length 1: [n, k]. An isolated node is part of no eigenvector, although what an
 * iteration started from may be left of it: its row is 0.
 */
export function spectralEmbedding(
  vectors: Float64Array,
  n: number,
  k: number,
  isolated: (i: number) => boolean,
): Float32Array {
  const embedding = new Float32Array(n * k);
  for (let i = 0; i < n; i++) {
    let norm = 0;
    for (let p = 0; p < k; p++) norm += vectors[p * n + i] ** 2;
    norm = Math.sqrt(norm);
    if (isolated(i) || norm === 0) continue;
    for (let p = 0; p < k; p++) embedding[i * k + p] = vectors[p * n + i] / norm;
  }
  return embedding;
}

function check({ n, starts, columns, values }: SparseAffinity): void {
  const at = (i: number, j: number): number => {
    let [low, high] = [starts[i], starts[i + 1]];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (columns[middle] < j) low = middle + 1;
      else high = middle;
    }
    return low < starts[i + 1] && columns[low] === j ? values[low] : 0;
  };
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const value = values[e];
      if (!(value >= 0 && value < Infinity))
        throw new Error(`The affinity of rows ${i} and ${columns[e]} is ${value}.`);
      if (Math.abs(value - at(columns[e], i)) > 1e-5 * value) {
        throw new Error(`The affinity is not symmetric at rows ${i} and ${columns[e]}.`);
      }
    }
  }
}

/** D^-1/2 A D^-1/2, without diagonal and zeros. */
export function normalised({ n, starts, columns, values }: SparseAffinity): SparseAffinity {
  const inverseRoot = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let degree = 0;
    for (let e = starts[i]; e < starts[i + 1]; e++) if (columns[e] !== i) degree += values[e];
    inverseRoot[i] = degree > 0 ? 1 / Math.sqrt(degree) : 0;
  }
  const scaled = { n, starts: new Int32Array(n + 1), columns: columns.slice(), values: values.slice() };
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const j = columns[e];
      if (j === i || values[e] === 0) continue;
      scaled.columns[count] = j;
      scaled.values[count++] = values[e] * inverseRoot[i] * inverseRoot[j];
    }
    scaled.starts[i + 1] = count;
  }
  return scaled;
}

async function leadingEigenvectors(
  a: SparseAffinity,
  k: number,
  random: Random,
  signal?: AbortSignal,
): Promise<Eigenpairs> {
  const { n, starts, columns, values } = a;
  if (n <= DENSE_ORDER) {
    const dense = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let e = starts[i]; e < starts[i + 1]; e++) dense[i * n + columns[e]] = values[e];
    return symmetricEigen(dense, n);
  }
  // The eigenvalues of a normalised affinity lie between -1 and 1.
  const options = { tolerance: 1e-7, maxIterations: 300, spectrum: [-1, 1] as const, signal };
  return largestEigenpairsInTurns(operatorOf(a), n, k, random, options);
}

/** A sparse symmetric matrix as an operator. */
function operatorOf({ n, starts, columns, values }: SparseAffinity): BlockOperator {
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
