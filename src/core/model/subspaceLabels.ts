import type { HyperParameters } from '../config';
import { rowsInMemory } from '../data/rows';
import { clustersBySize } from '../evaluation/clusters';
import { NotConvergedError } from '../evaluation/eigen';
import { neighbourGraph } from '../evaluation/neighbourGraph';
import type { Products } from '../evaluation/products';
import { recurrence, type Recurrence } from '../evaluation/recurrence';
import { affinityFromCoefficients, type SparseAffinity, type SparseCoefficients } from '../evaluation/sparse';
import { slowCoordinates } from '../evaluation/slowCoordinates';
import { spectralClustering } from '../evaluation/spectral';
import { affinityShares, settledLabels, smoothedInTime } from '../evaluation/temporalProximity';
import { Random } from '../random';
import type { Architecture } from './architecture';
import { seriesSelfExpression, weighCoefficients } from './seriesSelfExpression';

/** What the self-expression of a whole series says of its clusters. */
export interface SubspaceLabels {
  /** C, `[n, n]`. */
  readonly coefficients: SparseCoefficients;
  /** Absent when no affinity had eigenvectors that could be found. */
  readonly clusters?: {
    /** Spectral labels, numbered from the largest to the smallest cluster. [n] */
    readonly labels: Int32Array;
    /** Shares of the affinity |C| + |Cᵀ| that go to each cluster, see `affinityShares`. [n, K] */
    readonly memberships: Float32Array;
    /** How well the labelling recurs that was chosen, before its steps settled. */
    readonly recurrence: Recurrence;
  };
}

/** Of the slow coordinates that guide. */
const RIDGE = 0.3;

/** Strengths that are tried, relative to that of the training. */
const STRENGTHS = [0, 0.25, 0.5, 1, 2, 4];

/** Steps on either side that count where neighbouring steps are taken together. */
const PROXIMITY = 1;

/** Of the graph of the deep part. */
const NEIGHBOURS = 15;

/**
 * Self-expression and spectral labels of a whole series. How far the deep part should guide the self-expression of the EOF
 * part depends on the data: regimes that are subspaces need none of it, regimes that share their subspaces and differ in
 * how they move or in what moves need much. So several strengths are tried, and for each the affinity as it is and
 * averaged over neighbouring steps; those labels are taken that recur best, in the view of the EOF part (its
 * self-expression without guidance) or in that of the deep part (its nearest neighbours), whichever knows them better.
 * What finds the clusters may be guided much, what decides on a single step should not be: in the end steps settle by an
 * affinity that is guided no more than in the training.
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
  const k = a.clusters;
  const timeScale = h['selfExpression.timeScale'];
  const persists = h['loss.redundancyForm'] === 'contrast';
  const [proximity, gap] = persists ? [PROXIMITY, 2 * h['contrast.reach']] : [0, 0];
  const parts = partsOf(z, a, h);

  const expressed = new Map<number, { coefficients: SparseCoefficients; affinity: SparseAffinity }>();
  for (const strength of STRENGTHS.map((factor) => factor * h['selfExpression.guidance'])) {
    if (expressed.has(strength)) continue;
    const c = await guidedSelfExpression(parts, h['selfExpression.sparsity'], strength, { products, signal });
    const coefficients = timeScale > 0 ? weighCoefficients(c, q, n, timeScale) : c;
    expressed.set(strength, { coefficients, affinity: affinityFromCoefficients(coefficients, n) });
  }
  const deep = rowsInMemory(columns(z, a.dimensions, a.eofs, a.deep), n, a.deep);
  const views = [expressed.get(0)!.affinity, await neighbourGraph(deep, NEIGHBOURS, { products, signal })];

  let best: { labels: Int32Array; recurrence: Recurrence; strength: number } | undefined;
  for (const [strength, { affinity }] of expressed) {
    for (const width of new Set([0, proximity])) {
      const found = await spectralLabels(smoothedInTime(affinity, width), k, seed, signal);
      if (!found) continue;
      const labels = settledLabels(affinity, found, k, proximity);
      for (const view of views) {
        const own = recurrence(view, labels, k, gap);
        if (!best || own.score > best.recurrence.score) best = { labels, recurrence: own, strength };
      }
    }
  }
  const training = h['selfExpression.guidance'];
  const { coefficients, affinity } = expressed.get(Math.min(best?.strength ?? training, training))!;
  if (!best) return { coefficients };
  const labels = bySize(settledLabels(affinity, best.labels, k, proximity), k);
  const memberships = affinityShares(affinity, labels, k, proximity);
  return { coefficients, clusters: { labels, memberships, recurrence: best.recurrence } };
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

/** None where the eigenvectors do not converge: that must not cost what was trained. */
async function spectralLabels(
  affinity: SparseAffinity,
  clusters: number,
  seed: number,
  signal?: AbortSignal,
): Promise<Int32Array | undefined> {
  try {
    return (await spectralClustering(affinity, clusters, new Random(seed), { signal })).labels;
  } catch (error) {
    if (!(error instanceof NotConvergedError)) throw error;
    return undefined;
  }
}

/** The same clusters, numbered from the largest to the smallest. */
function bySize(labels: Int32Array, clusters: number): Int32Array {
  const number = new Int32Array(clusters);
  clustersBySize(labels, clusters).forEach((from, to) => (number[from] = to));
  return labels.map((label) => number[label]);
}

/** Columns [from, from + count) of x `[n, d]`. */
function columns(x: Float32Array, d: number, from: number, count: number): Float32Array {
  const out = new Float32Array((x.length / d) * count);
  for (let i = 0; i < out.length / count; i++) {
    out.set(x.subarray(i * d + from, i * d + from + count), i * count);
  }
  return out;
}
