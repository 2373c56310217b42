import type { Random } from '../random';
import { leadingPairs } from './denseEigen';
import { discretize } from './discretize';
import { kmeans } from './kmeans';
import type { Products } from './products';

/** How coefficients of self-expression become clusters. */
export interface SubspacePostprocessing {
  /** Share of the sum of magnitudes that is kept of each column, its largest entries first; 1 keeps all. */
  readonly threshold: number;
  /** Dimension d assumed of each subspace: d K + 1 singular vectors are kept. */
  readonly dimension: number;
  /** Exponent of the affinity: above 1 it is sharper. */
  readonly power: number;
  /** How rows of the spectral embedding become labels. */
  readonly assignment: 'discretize' | 'kmeans';
}

/** What one clustering leaves to the next one of coefficients that have changed little. */
export interface WarmStart {
  singular?: Float64Array;
  spectral?: Float64Array;
}

export interface SubspaceClusteringContext {
  readonly products: Products;
  readonly random: Random;
  readonly signal?: AbortSignal;
  /** Read and updated; changes speed, and labels as little as the eigenvectors' tolerance does. */
  readonly warm?: WarmStart;
}

/**
 * Clusters of self-expression coefficients C [n, n] (row i expresses sample i) by the post-processing of subspace
 * clustering (Ji et al., 2014, "Efficient dense subspace clustering"; Ji et al., 2017): the largest entries of each
 * column, the affinity of {@link subspaceAffinity}, and its leading eigenvectors.
 * @returns labels 0 to K - 1 [n]; a cluster may be empty
 * @throws CancelledError when the signal is aborted
 */
export async function subspaceClusters(
  c: Float32Array | Float64Array,
  n: number,
  clusters: number,
  options: SubspacePostprocessing,
  context: SubspaceClusteringContext,
): Promise<Int32Array> {
  const kept = thresholdColumns(c, n, options.threshold);
  const affinity = await subspaceAffinity(kept, n, clusters, options, context);
  return affinityLabels(affinity, n, clusters, options.assignment, context);
}

/**
 * Each column of C [n, n] reduced to its entries of largest magnitude that together exceed `share` of the column's sum of
 * magnitudes. Of equal entries the upper ones go first.
 */
export function thresholdColumns(c: Float32Array | Float64Array, n: number, share: number): Float64Array {
  const kept = new Float64Array(n * n);
  if (share >= 1) {
    kept.set(c);
    return kept;
  }
  const sizes = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let total = 0;
    for (let i = 0; i < n; i++) total += sizes[i] = Math.abs(c[i * n + j]);
    if (total === 0) continue;
    sizes.sort();
    let sum = 0;
    let count = 0;
    while (count < n && sum <= share * total) sum += sizes[n - ++count];
    const smallest = sizes[n - count];
    let equals = 0;
    for (let e = n - count; e < n && sizes[e] === smallest; e++) equals++;
    for (let i = 0; i < n; i++) {
      const size = Math.abs(c[i * n + j]);
      if (size > smallest || (size === smallest && equals-- > 0)) kept[i * n + j] = c[i * n + j];
    }
  }
  return kept;
}

/**
 * The affinity of samples [n, n] from coefficients C: with U S V^T the leading d K + 1 singular triplets of (C + C^T) / 2
 * and rows of U S^1/2 scaled to length 1, the positive part of their inner products to a power. A sample that nothing
 * expresses has no affinity to any.
 */
export async function subspaceAffinity(
  c: Float64Array,
  n: number,
  clusters: number,
  { dimension, power }: Pick<SubspacePostprocessing, 'dimension' | 'power'>,
  { products, random, signal, warm }: SubspaceClusteringContext,
): Promise<Float64Array> {
  const symmetric = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++)
      symmetric[i * n + j] = symmetric[j * n + i] = (c[i * n + j] + c[j * n + i]) / 2;
  }
  const rank = Math.min(n, Math.max(1, Math.round(dimension * clusters)) + 1);
  const { values, vectors } = await leadingPairs(symmetric, n, rank, {
    by: 'magnitude',
    products,
    random,
    start: warm?.singular,
    tolerance: 1e-5,
    signal,
  });
  if (warm) warm.singular = vectors;
  const rows = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let p = 0; p < rank; p++) {
      const value = vectors[p * n + i] * Math.sqrt(values[p]);
      rows[i * rank + p] = value;
      square += value * value;
    }
    if (square > 0) for (let p = 0; p < rank; p++) rows[i * rank + p] /= Math.sqrt(square);
  }
  const affinity = new Float64Array(n * n);
  await products.multiply(rows, rows, rank, affinity);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = Math.max(0, affinity[i * n + j]);
      affinity[i * n + j] = affinity[j * n + i] = power === 1 ? product : product ** power;
    }
  }
  return affinity;
}

/**
 * Spectral clustering of a dense affinity (Ng et al., 2002; Yu and Shi, 2003): the K leading eigenvectors of
 * D^-1/2 A D^-1/2 without its diagonal. Its own beside `spectral.ts`, as these affinities are dense.
 */
export async function affinityLabels(
  affinity: Float64Array,
  n: number,
  clusters: number,
  assignment: SubspacePostprocessing['assignment'],
  { products, random, signal, warm }: SubspaceClusteringContext,
): Promise<Int32Array> {
  const inverseRoot = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let degree = 0;
    for (let j = 0; j < n; j++) if (j !== i) degree += affinity[i * n + j];
    inverseRoot[i] = degree > 0 ? 1 / Math.sqrt(degree) : 0;
  }
  const normalised = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (j !== i) normalised[i * n + j] = affinity[i * n + j] * inverseRoot[i] * inverseRoot[j];
    }
  }
  const { vectors } = await leadingPairs(normalised, n, clusters, {
    by: 'value',
    low: -1,
    products,
    random,
    start: warm?.spectral,
    signal,
  });
  if (warm) warm.spectral = vectors;
  if (assignment === 'discretize') {
    const scaled = vectors.map((value, at) => value * inverseRoot[at % n]);
    return discretize(scaled, n, clusters, random);
  }
  const embedding = new Float32Array(n * clusters);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let p = 0; p < clusters; p++) square += vectors[p * n + i] ** 2;
    if (square > 0 && inverseRoot[i] > 0)
      for (let p = 0; p < clusters; p++) embedding[i * clusters + p] = vectors[p * n + i] / Math.sqrt(square);
  }
  return kmeans(embedding, n, clusters, clusters, random).labels;
}
