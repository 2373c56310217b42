import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../random';
import { breathe } from './scan';

/** `y = A x` for a block of vectors: x and y hold b vectors of length n one after another. */
export type BlockOperator = (x: Float64Array, b: number, y: Float64Array) => void;

export interface Eigenpairs {
  /** In descending order. [r] */
  readonly values: Float64Array;
  /** Unit vectors, one per row. [r, n] */
  readonly vectors: Float64Array;
}

/** Thrown when eigenpairs are not found within the allowed iterations. */
export class NotConvergedError extends Error {
  override readonly name = 'NotConvergedError';
}

export interface EigenOptions {
  /** Residual ‖A v - λ v‖ at which a pair counts as found, relative to the largest |λ|. Default 1e-9. */
  readonly tolerance?: number;
  /** Extensions of the basis before the search gives up. Default 500. */
  readonly maxIterations?: number;
  /** Bounds of all eigenvalues. Where they are known, extensions are filtered: see {@link largestEigenpairs}. */
  readonly spectrum?: readonly [low: number, high: number];
}

/**
 * All eigenpairs of a symmetric matrix [n, n], in descending order, by Householder reduction and implicit QL (ml-matrix).
 * O(n^3): about 0.3 s at n = 365.
 */
export function symmetricEigen(a: Float64Array, n: number): Eigenpairs {
  const rows = Array.from({ length: n }, (_, i) => a.subarray(i * n, (i + 1) * n));
  const evd = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (p, q) => evd.realEigenvalues[q] - evd.realEigenvalues[p],
  );
  const values = Float64Array.from(order, (i) => evd.realEigenvalues[i]);
  const vectors = new Float64Array(n * n);
  order.forEach((column, row) => {
    for (let i = 0; i < n; i++) vectors[row * n + i] = evd.eigenvectorMatrix.get(i, column);
  });
  return { values, vectors };
}

/**
 * The r largest eigenpairs of a symmetric n x n operator by a thick-restarted block Krylov method (block Davidson
 * without preconditioner; with exact arithmetic the same spaces as block Lanczos): Rayleigh-Ritz on an orthonormal
 * basis that grows by the residuals of the pairs not yet found and restarts from the best Ritz vectors.
 * With bounds of the spectrum, the basis grows by Ritz vectors to which a Chebyshev polynomial of the operator was applied
 * that is small below the block's eigenvalues (Zhou and Saad, 2007): where the operator is cheap, as a sparse one is, tens
 * of applications then cost little, and eigenvalues that lie close together are found in few restarts.
 * Repeated eigenvalues are found as long as their multiplicity within the first r does not exceed the block, which is r.
 * Throws when the pairs do not converge.
 */
export function largestEigenpairs(
  apply: BlockOperator,
  n: number,
  r: number,
  random: Random,
  options: EigenOptions = {},
): Eigenpairs {
  const search = searchEigenpairs(apply, n, r, random, options);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

/** As {@link largestEigenpairs}; other events have their turn, and `signal` is looked at, after each extension. */
export async function largestEigenpairsInTurns(
  apply: BlockOperator,
  n: number,
  r: number,
  random: Random,
  { signal, ...options }: EigenOptions & { readonly signal?: AbortSignal },
): Promise<Eigenpairs> {
  const search = searchEigenpairs(apply, n, r, random, options);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
    await breathe(signal);
  }
}

/** The search, which halts after each extension of the basis. */
function* searchEigenpairs(
  apply: BlockOperator,
  n: number,
  r: number,
  random: Random,
  { tolerance = 1e-9, maxIterations = 500, spectrum }: EigenOptions,
): Generator<void, Eigenpairs> {
  if (r < 1 || r > n) throw new Error(`${r} eigenpairs of a matrix of order ${n} do not exist.`);
  const block = Math.min(n, r + Math.min(8, Math.max(2, r)));
  const capacity = Math.min(n, Math.max(6 * block, 48));
  const keep = Math.min(capacity - 1, 2 * block);
  // Basis V and its image A V, vectors in rows.
  let v = new Float64Array(capacity * n);
  let av = new Float64Array(capacity * n);
  let size = 0;
  const fresh = () => Float64Array.from({ length: n }, () => random.normal());

  const extend = (candidates: readonly Float64Array[]): number => {
    const before = size;
    for (const candidate of candidates) {
      if (size === capacity) break;
      if (orthonormalise(candidate, v, size, n)) v.set(candidate, size++ * n);
    }
    if (size > before)
      apply(v.subarray(before * n, size * n), size - before, av.subarray(before * n, size * n));
    return size - before;
  };

  extend(Array.from({ length: block }, fresh));
  for (let iteration = 1; ; iteration++) {
    const projected = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const value = dot(v, i * n, av, j * n, n);
        projected[i * size + j] = value;
        projected[j * size + i] = value;
      }
    }
    const ritz = symmetricEigen(projected, size);
    const scale = Math.max(Math.abs(ritz.values[0]), Math.abs(ritz.values[size - 1]), Number.MIN_VALUE);

    const residuals: Float64Array[] = [];
    const vectors: Float64Array[] = [];
    let open = 0;
    for (let p = 0; p < Math.min(block, size); p++) {
      const residual = combine(av, ritz.vectors, p, size, n);
      const vector = combine(v, ritz.vectors, p, size, n);
      let norm = 0;
      for (let i = 0; i < n; i++) {
        residual[i] -= ritz.values[p] * vector[i];
        norm += residual[i] * residual[i];
      }
      if (Math.sqrt(norm) <= tolerance * scale) continue;
      residuals.push(residual);
      vectors.push(vector);
      if (p < r) open++;
    }
    // A full basis spans everything: then Rayleigh-Ritz is exact to rounding.
    if ((open === 0 && size >= r) || size === n) {
      const found = new Float64Array(r * n);
      for (let p = 0; p < r; p++) found.set(combine(v, ritz.vectors, p, size, n), p * n);
      return { values: ritz.values.slice(0, r), vectors: found };
    }
    if (iteration >= maxIterations) {
      throw new NotConvergedError(
        `${open} of ${r} eigenpairs have not converged after ${iteration} iterations.`,
      );
    }

    if (size + residuals.length > capacity) {
      const nextV = new Float64Array(capacity * n);
      const nextAv = new Float64Array(capacity * n);
      const kept = Math.min(keep, size);
      for (let p = 0; p < kept; p++) {
        nextV.set(combine(v, ritz.vectors, p, size, n), p * n);
        nextAv.set(combine(av, ritz.vectors, p, size, n), p * n);
      }
      v = nextV;
      av = nextAv;
      size = kept;
    }
    const cut = ritz.values[Math.min(block, size) - 1];
    const filtered =
      spectrum && cut < ritz.values[r - 1]
        ? chebyshevFilter(apply, vectors, n, [spectrum[0], cut, spectrum[1]], ritz.values[r - 1])
        : residuals;
    // An invariant subspace was hit: go on in a random direction, or other copies of an eigenvalue would be missed.
    if (extend(filtered) === 0) extend([fresh()]);
    yield;
  }
}

/** By how much (as a power of e) a filter raises the last wanted eigenvector above all that are not wanted. */
const FILTER_GAIN = 8;
const MOST_DEGREES = 120;

/**
 * Vectors to which a Chebyshev polynomial of the operator was applied that is at most 1 in size between `low` and `cut`,
 * large from `wanted` on, and scaled so that nothing overflows at `high`.
 */
function chebyshevFilter(
  apply: BlockOperator,
  vectors: readonly Float64Array[],
  n: number,
  [low, cut, high]: readonly [number, number, number],
  wanted: number,
): Float64Array[] {
  const b = vectors.length;
  const half = Math.max((cut - low) / 2, Number.MIN_VALUE);
  const centre = (cut + low) / 2;
  const degree = Math.min(
    MOST_DEGREES,
    Math.max(4, Math.ceil(FILTER_GAIN / Math.acosh((wanted - centre) / half))),
  );
  let before = new Float64Array(b * n);
  vectors.forEach((vector, p) => before.set(vector, p * n));
  let now = new Float64Array(b * n);
  let next = new Float64Array(b * n);
  const first = half / Math.max(high - centre, half);
  let scale = first;
  apply(before, b, now);
  for (let i = 0; i < b * n; i++) now[i] = (scale / half) * (now[i] - centre * before[i]);
  for (let step = 2; step <= degree; step++) {
    const following = 1 / (2 / first - scale);
    apply(now, b, next);
    const [factor, damp] = [(2 * following) / half, scale * following];
    for (let i = 0; i < b * n; i++) next[i] = factor * (next[i] - centre * now[i]) - damp * before[i];
    [before, now, next] = [now, next, before];
    scale = following;
  }
  return vectors.map((_, p) => now.slice(p * n, (p + 1) * n));
}

/** A dense symmetric matrix [n, n] as an operator. */
export function denseOperator(a: Float64Array, n: number): BlockOperator {
  return (x, b, y) => {
    for (let i = 0; i < n; i++) {
      // The row stays in cache for all vectors of the block.
      for (let p = 0; p < b; p++) y[p * n + i] = dot(a, i * n, x, p * n, n);
    }
  };
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let k = 0;
  for (; k + 1 < n; k += 2) {
    s0 += a[i + k] * b[j + k];
    s1 += a[i + k + 1] * b[j + k + 1];
  }
  return k < n ? s0 + s1 + a[i + k] * b[j + k] : s0 + s1;
}

/** sum_q coefficients[p, q] basis[q]. */
function combine(
  basis: Float64Array,
  coefficients: Float64Array,
  p: number,
  size: number,
  n: number,
): Float64Array {
  const result = new Float64Array(n);
  for (let q = 0; q < size; q++) {
    const c = coefficients[p * size + q];
    for (let i = 0, at = q * n; i < n; i++, at++) result[i] += c * basis[at];
  }
  return result;
}

/** Makes `candidate` orthonormal to the basis (classical Gram-Schmidt, twice); false when nothing of it is left. */
function orthonormalise(candidate: Float64Array, basis: Float64Array, size: number, n: number): boolean {
  const start = Math.sqrt(dot(candidate, 0, candidate, 0, n));
  if (!(start > 0)) return false;
  for (let i = 0; i < n; i++) candidate[i] /= start;
  for (let pass = 0; pass < 2; pass++) {
    for (let q = 0; q < size; q++) {
      const c = dot(candidate, 0, basis, q * n, n);
      for (let i = 0, at = q * n; i < n; i++, at++) candidate[i] -= c * basis[at];
    }
    const norm = Math.sqrt(dot(candidate, 0, candidate, 0, n));
    if (norm < 1e-10) return false;
    for (let i = 0; i < n; i++) candidate[i] /= norm;
  }
  return true;
}
