import type { HyperParameters } from '../config';
import type { Products } from '../evaluation/products';
import type { SparseCoefficients } from '../evaluation/sparse';
import type { Architecture } from '../model/architecture';
import { subspaceLabels } from '../model/subspaceLabels';
import type { Trainer } from './trainer';

/**
 * Series up to this length get a self-expression, its affinity and spectral labels. They need little memory, but the time
 * grows with the square of the length (`npm run bench evaluation -- --case=spectral`): minutes from here on.
 */
const LONGEST_SELF_EXPRESSION = 30_000;

/** From this clarity of the affinity on (see `SpectralResult.clarity`) spectral labels are those of the result. */
const CLEAR = 1.25;

/** What a trained model makes of its series: n time steps, K clusters, D dimensions. */
export interface Outcome {
  /** The labels of the result, by argmax of q or by spectral clustering as the setting asks. [n] */
  readonly labels: Int32Array;
  readonly method: 'argmax' | 'spectral';
  /** To which share a time step belongs to each cluster, rows sum to 1: q, or the shares of its affinity. [n, K] */
  readonly softAssignment: Float32Array;
  /** z. [n, D] */
  readonly embedding: Float32Array;
  /** Argmax of the Student-t assignment q. [n] */
  readonly argmaxLabels: Int32Array;
  /** Spectral labels of |C| + |Cᵀ|. [n] */
  readonly spectralLabels?: Int32Array;
  /** C `[n, n]`, when n allows it and the model has self-expression. */
  readonly selfExpression?: SparseCoefficients;
  /** How clearly the affinity falls into K parts; 1 for not at all. */
  readonly clarity?: number;
}

export interface OutcomeOptions {
  readonly seed: number;
  readonly products: Products;
  readonly signal?: AbortSignal;
  warn?(message: string): void;
  log?(message: string): void;
}

/**
 * Embeds and labels the series of a trainer that is done (section 5.4, inference).
 * @throws CancelledError when the signal is aborted.
 */
export async function outcomeOf(
  trainer: Trainer,
  a: Architecture,
  h: HyperParameters,
  { seed, products, signal, warn, log }: OutcomeOptions,
): Promise<Outcome> {
  const { z } = await trainer.embed(h['window.stride']);
  const { q, labels: argmaxLabels } = await trainer.assign(z);
  const byArgmax: Outcome = {
    labels: argmaxLabels,
    method: 'argmax',
    softAssignment: q,
    embedding: z,
    argmaxLabels,
  };
  if (!a.selfExpression) {
    if (h['labels.method'] === 'spectral') {
      warn?.(
        'There are no spectral labels: "model.selfExpression" is off. The labels are those of the soft assignment.',
      );
    }
    return byArgmax;
  }
  const n = argmaxLabels.length;
  if (n > LONGEST_SELF_EXPRESSION) {
    const message = `The series has ${n} time steps; self-expression and spectral labels are made for up to ${LONGEST_SELF_EXPRESSION}.`;
    if (h['labels.method'] === 'spectral') warn?.(`${message} The labels are those of the soft assignment.`);
    else log?.(message);
    return byArgmax;
  }
  const found = await subspaceLabels({ z, q }, a, h, { seed, products, signal });
  const both = { ...byArgmax, selfExpression: found.coefficients, clarity: found.clarity };
  if (!found.labels) {
    warn?.(
      'There are no spectral labels: the eigenvectors of the affinity did not converge. The labels are those of the soft assignment.',
    );
    return both;
  }
  const spectralLabels = bySize(found.labels, a.clusters);
  const spectral = h['labels.method'] === 'auto' ? found.clarity >= CLEAR : h['labels.method'] === 'spectral';
  log?.(
    `The affinity falls into ${a.clusters} parts with a clarity of ${found.clarity.toFixed(2)}: the labels are ${spectral ? 'spectral' : 'those of the soft assignment'}.`,
  );
  if (!spectral) return { ...both, spectralLabels };
  return {
    ...both,
    spectralLabels,
    labels: spectralLabels,
    method: 'spectral',
    softAssignment: affinityShares(found.coefficients, spectralLabels, a.clusters),
  };
}

/** The same clusters, numbered from the largest to the smallest. */
function bySize(labels: Int32Array, clusters: number): Int32Array {
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label]++;
  const order = [...sizes.keys()].sort((i, j) => sizes[j] - sizes[i] || i - j);
  const number = new Int32Array(clusters);
  order.forEach((from, to) => (number[from] = to));
  return labels.map((label) => number[label]);
}

/** The shares of each step's affinity |C| + |Cᵀ| that go to each cluster, `[n, K]`; a step without any is its cluster's. */
export function affinityShares(
  { row, column, value }: SparseCoefficients,
  labels: Int32Array,
  clusters: number,
): Float32Array {
  const shares = new Float32Array(labels.length * clusters);
  value.forEach((coefficient, e) => {
    shares[row[e] * clusters + labels[column[e]]] += Math.abs(coefficient);
    shares[column[e] * clusters + labels[row[e]]] += Math.abs(coefficient);
  });
  labels.forEach((label, t) => {
    const own = shares.subarray(t * clusters, (t + 1) * clusters);
    const sum = own.reduce((total, share) => total + share, 0);
    if (sum > 0) for (let k = 0; k < clusters; k++) own[k] /= sum;
    else own[label] = 1;
  });
  return shares;
}
