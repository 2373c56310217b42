import type { Random } from '../random';
import { leadingPairs } from './denseEigen';
import { kmeans } from './kmeans';
import type { Products } from './products';
import { breathe } from './scan';
import { spectralEmbedding, type SpectralOptions, type SpectralResult } from './spectral';

/** Rows after which other events have their turn. */
const TURN = 256;

/**
 * Spectral clustering as `spectral.ts`, for coefficients C [n, n] of which none is zero: of the affinity |C| + |C^T| without
 * its diagonal. Needs two more matrices n x n in float64 at most.
 * @throws Error when a coefficient is not finite or eigenvectors do not converge, CancelledError when the signal is aborted.
 */
export async function denseSpectralClustering(
  c: Float32Array,
  n: number,
  k: number,
  random: Random,
  { restarts = 20, products, signal }: SpectralOptions & { readonly products: Products },
): Promise<SpectralResult> {
  if (!(k >= 1 && k <= n)) throw new Error(`${n} rows cannot be split into ${k} clusters.`);
  const affinity = new Float64Array(n * n);
  const inverseRoot = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (i % TURN === 0) await breathe(signal);
    let degree = 0;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const value = Math.abs(c[i * n + j]) + Math.abs(c[j * n + i]);
      if (!Number.isFinite(value)) throw new Error(`The affinity of rows ${i} and ${j} is ${value}.`);
      affinity[i * n + j] = value;
      degree += value;
    }
    inverseRoot[i] = degree > 0 ? 1 / Math.sqrt(degree) : 0;
  }
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++, at++) affinity[at] *= inverseRoot[i] * inverseRoot[j];
  }
  // Eigenvalues of a normalised affinity are not below -1.
  const options = { by: 'value', low: -1, products, random, signal } as const;
  const { values, vectors } = await leadingPairs(affinity, n, k, options);
  const embedding = spectralEmbedding(vectors, n, k, (i) => inverseRoot[i] === 0);
  const { labels } = kmeans(embedding, n, k, k, random, { restarts });
  return { labels, eigenvalues: values, embedding };
}
