import type { HyperParameters } from '../config';
import { NotConvergedError } from '../evaluation/eigen';
import type { Products } from '../evaluation/products';
import { affinityFromCoefficients, type SparseCoefficients } from '../evaluation/sparse';
import { slowCoordinates } from '../evaluation/slowCoordinates';
import { spectralClustering } from '../evaluation/spectral';
import { Random } from '../random';
import type { Architecture } from './architecture';
import { seriesSelfExpression, weighCoefficients } from './seriesSelfExpression';

/** What the self-expression of a whole series says of its clusters. */
export interface SubspaceLabels {
  /** C, `[n, n]`. */
  readonly coefficients: SparseCoefficients;
  /** Spectral labels of |C| + |Cᵀ|; absent when no affinity had eigenvectors that could be found. [n] */
  readonly labels?: Int32Array;
  /** How clearly the affinity falls into K parts, 1 for not at all (`SpectralResult.clarity`). */
  readonly clarity: number;
  /** The strength of the guidance that was chosen. */
  readonly guidance: number;
}

/** Of the slow coordinates that guide. */
const RIDGE = 0.3;

/** Strengths that are tried, relative to that of the training. */
const STRENGTHS = [0, 0.5, 1, 2, 4];

/**
 * Self-expression and spectral labels of a whole series. How far the deep part should guide the self-expression of the EOF
 * part depends on the data: regimes that are subspaces need none of it, regimes that share their subspaces and differ
 * in how they move or in what moves need much. Of some strengths the one is taken whose affinity falls most clearly into
 * K parts, which no truth is needed for.
 *
 * @param z `[n, D]` embeddings
 * @param q `[n, K]` soft assignment, for the weights of `selfExpression.timeScale`
 * @throws CancelledError when the signal is aborted.
 */
export async function subspaceLabels(
  { z, q }: { z: Float32Array; q: Float32Array },
  a: Pick<Architecture, 'eofs' | 'deep' | 'dimensions' | 'clusters'>,
  h: HyperParameters,
  { seed, products, signal }: { seed: number; products: Products; signal?: AbortSignal },
): Promise<SubspaceLabels> {
  const n = z.length / a.dimensions;
  const timeScale = h['selfExpression.timeScale'];
  const parts = partsOf(z, a, h);
  let best: SubspaceLabels | undefined;
  for (const guidance of new Set(STRENGTHS.map((factor) => factor * h['selfExpression.guidance']))) {
    const c = await guidedSelfExpression(parts, h['selfExpression.sparsity'], guidance, { products, signal });
    const coefficients = timeScale > 0 ? weighCoefficients(c, q, n, timeScale) : c;
    const found = await spectral(coefficients, n, a.clusters, seed, signal);
    if (!best || found.clarity > best.clarity) best = { ...found, coefficients, guidance };
  }
  return best!;
}

/** What takes part in the self-expression of a series of n steps. */
export interface Parts {
  readonly n: number;
  /** What is expressed: EOF coefficients, `[n, eofs]`. */
  readonly linear: Float32Array;
  readonly eofs: number;
  /** What guides: `[n, slow]`. */
  readonly guide: Float32Array;
  readonly slow: number;
}

/**
 * The EOF part of z `[n, D]`, and of its deep part the K - 1 coordinates that persist longest, as many as tell K regimes
 * apart. The deep part knows more than the regime (where a wave is, where a pattern stands), but that changes sooner.
 */
export function partsOf(
  z: Float32Array,
  { eofs, deep, clusters }: Pick<Architecture, 'eofs' | 'deep' | 'clusters'>,
  h: HyperParameters,
): Parts {
  const n = z.length / (eofs + deep);
  const reach = h['contrast.reach'];
  const [from, to] = [Math.max(1, Math.round((2 * reach) / 3)), Math.max(1, Math.round((4 * reach) / 3))];
  const slow = Math.min(clusters - 1, deep);
  return {
    n,
    linear: columns(z, eofs + deep, 0, eofs),
    eofs,
    guide: slowCoordinates(columns(z, eofs + deep, eofs, deep), n, deep, {
      lags: Array.from({ length: to - from + 1 }, (_, i) => from + i),
      count: slow,
      ridge: RIDGE,
    }),
    slow,
  };
}

/** Self-expression of a series, guided with the given strength; `[n, n]`. */
export function guidedSelfExpression(
  { n, linear, eofs, guide, slow }: Parts,
  sparsity: number,
  strength: number,
  options: { products: Products; signal?: AbortSignal },
): Promise<SparseCoefficients> {
  const guidance = { embedding: guide, dimensions: slow, strength };
  return seriesSelfExpression(linear, n, eofs, sparsity, { ...options, guidance });
}

/** Without labels where the eigenvectors do not converge: that must not cost what was trained. */
async function spectral(
  coefficients: SparseCoefficients,
  n: number,
  clusters: number,
  seed: number,
  signal?: AbortSignal,
): Promise<Pick<SubspaceLabels, 'labels' | 'clarity'>> {
  try {
    const affinity = affinityFromCoefficients(coefficients, n);
    return await spectralClustering(affinity, clusters, new Random(seed), { signal });
  } catch (error) {
    if (!(error instanceof NotConvergedError)) throw error;
    return { clarity: 0 };
  }
}

/** Columns [from, from + count) of x `[n, d]`. */
function columns(x: Float32Array, d: number, from: number, count: number): Float32Array {
  const out = new Float32Array((x.length / d) * count);
  for (let i = 0; i < out.length / count; i++) {
    out.set(x.subarray(i * d + from, i * d + from + count), i * count);
  }
  return out;
}
