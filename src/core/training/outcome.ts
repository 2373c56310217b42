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

/** From this agreement between labels and what steps far away foretell (`Recurrence`) on, spectral labels are the result. */
const RECURRENT = 0.85;

/** What a trained model makes of its series: n time steps, K clusters, D dimensions. */
export interface Outcome {
  /** The labels of the result, by argmax of q or by spectral clustering as the setting asks. [n] */
  readonly labels: Int32Array;
  readonly method: 'argmax' | 'spectral';
  /** To which share a time step belongs to each cluster, rows sum to 1: q, or shares of affinity. [n, K] */
  readonly softAssignment: Float32Array;
  /** z. [n, D] */
  readonly embedding: Float32Array;
  /** Argmax of the Student-t assignment q. [n] */
  readonly argmaxLabels: Int32Array;
  /** Spectral labels of |C| + |Cᵀ|. [n] */
  readonly spectralLabels?: Int32Array;
  /** C `[n, n]`, when n allows it and the model has self-expression. */
  readonly selfExpression?: SparseCoefficients;
  /** How well the spectral labels recur, from 0 for chance to 1: `Recurrence.agreement`. */
  readonly recurrence?: number;
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
  const { coefficients, clusters } = await subspaceLabels({ z, q }, a, h, { seed, products, signal });
  if (!clusters) {
    warn?.(
      'There are no spectral labels: the eigenvectors of the affinity did not converge. The labels are those of the soft assignment.',
    );
    return { ...byArgmax, selfExpression: coefficients };
  }
  const { labels: spectralLabels, memberships } = clusters;
  const { agreement } = clusters.recurrence;
  const spectral = h['labels.method'] === 'auto' ? agreement >= RECURRENT : h['labels.method'] === 'spectral';
  log?.(
    `Spectral labels are known again from time steps far away with an agreement of ${agreement.toFixed(2)}: the labels are ${spectral ? 'spectral' : 'those of the soft assignment'}.`,
  );
  const both = { ...byArgmax, selfExpression: coefficients, recurrence: agreement, spectralLabels };
  if (!spectral) return both;
  return { ...both, labels: spectralLabels, method: 'spectral', softAssignment: memberships };
}
