import * as tf from '@tensorflow/tfjs-core';
import type { StepDefinition, Tensors, TensorSpec } from '../../engine/engine';
import { adam } from '../../engine/optimizer';
import { basisPenalties, unitColumns } from '../../model/discriminator';
import { valueAndGradients } from '../../model/gradients';
import { unitRows, withoutGradient } from '../../model/layers';
import { type AutoencoderShape, encode } from './autoencoder';
import {
  entriesOf,
  float,
  IMAGES,
  isSubspaceParameter,
  subspaceObjective,
  type SubspaceWeights,
} from './steps';

/** The adversary of DASC (Zhou et al., 2018): one subspace for each cluster, by columns of length 1. */
export interface SubspaceAdversary {
  /** Dimension r of each subspace. */
  readonly rank: number;
  /** Residual m from which on a fake is told from a real code. */
  readonly margin: number;
  /** beta, of both penalties on the bases: that columns are orthogonal, and that subspaces differ. */
  readonly penalty: number;
  /**
   * What the generator lowers: `paper`, the mean residual of the fakes; `code`, as the public code has it, what the
   * discriminator lowers, with the opposite sign.
   */
  readonly form: 'paper' | 'code';
  /**
   * lambda 3. The objective is a sum over all entries and outweighs a mean of residuals below 1 by orders of magnitude, so
   * that this weighs half lambda 2 times the sum of squared codes.
   */
  readonly weight: number;
  /** Share of a cluster's samples, those of least residual, that count as real and that fakes are mixed from. */
  readonly share: number;
  readonly learningRate: number;
  /** Steps of the discriminator before the generator first sees it, and for each step of the generator afterwards. */
  readonly firstSteps: number;
  readonly steps: number;
}

/** The state entry of the bases [K, code, r]. */
export const BASES = 'bases';
/** The state entry of the codes [n, code] that the discriminator learns from, which {@link residualStep} leaves there. */
export const CODES = 'codes';

export const basesOptimizer = adam({ name: 'bases', beta1: 0 });
/** Its own moments: the objective has changed. */
export const adversarialOptimizer = adam({ name: 'adversarial' });

/** What re-clustering decides, for {@link discriminatorStep} and {@link adversarialStep}. */
export function clusterInputs(n: number, clusters: number): Record<string, TensorSpec> {
  return {
    /** 1 where sample i is in cluster k. */
    member: float(n, clusters),
    /** Row i mixes the fake i from real samples of the cluster of sample i; rows sum to 1, or are 0 without any. */
    mix: float(n, n),
    /** Weight of sample i, and of the fake i, in means over clusters of means over their real samples. */
    share: float(n),
  };
}

/** |z - U_k U_k^T z|^2 of each row for the cluster k it is in: `[n, D], [K, D, r], [n, K] -> [n]`. */
export function ownResiduals(z: tf.Tensor2D, bases: tf.Tensor3D, member: tf.Tensor2D): tf.Tensor1D {
  const [clusters, dimensions, rank] = bases.shape;
  const columns = tf.reshape(tf.transpose(bases, [1, 0, 2]), [dimensions, clusters * rank]) as tf.Tensor2D;
  const n = z.shape[0];
  const all = tf.reshape(tf.matMul(z, columns), [n, clusters, rank]);
  const own = tf.reshape(tf.mul(all, tf.reshape(member, [n, clusters, 1])), [n, clusters * rank]);
  const projected = tf.matMul(own as tf.Tensor2D, columns, false, true);
  return tf.sum(tf.squaredDifference(z, projected), 1) as tf.Tensor1D;
}

/** Residuals of codes and of the fakes mixed from them, all of unit length. */
function residuals(
  codes: tf.Tensor2D,
  bases: tf.Tensor3D,
  inputs: Tensors,
): { real: tf.Tensor; fake: tf.Tensor } {
  const member = inputs['member'] as tf.Tensor2D;
  const real = unitRows(codes);
  const fake = unitRows(tf.matMul(inputs['mix'] as tf.Tensor2D, real));
  return { real: ownResiduals(real, bases, member), fake: ownResiduals(fake, bases, member) };
}

/** Mean over clusters of E(real) + max(0, m - E(fake)): what the discriminator lowers. */
function hinge(r: { real: tf.Tensor; fake: tf.Tensor }, share: tf.Tensor, margin: number): tf.Scalar {
  return tf.sum(tf.mul(tf.add(r.real, tf.relu(tf.sub(margin, r.fake))), share));
}

/** One Adam step of the bases on the codes as they are. Output: `loss`, before the update. */
export function discriminatorStep(n: number, clusters: number, adversary: SubspaceAdversary): StepDefinition {
  return {
    name: 'subspace discriminator',
    inputs: clusterInputs(n, clusters),
    compute(state, inputs) {
      const codes = state[CODES] as tf.Tensor2D;
      const trained = { [BASES]: state[BASES] };
      const { loss, gradients } = valueAndGradients(trained, (parameters) => {
        const bases = unitColumns(parameters[BASES] as tf.Tensor3D);
        const { orthogonality, separation } = basisPenalties(bases);
        const penalties = tf.mul(tf.add(orthogonality, separation), adversary.penalty);
        const judged = hinge(residuals(codes, bases, inputs), inputs['share'], adversary.margin);
        return { loss: tf.add(judged, penalties) as tf.Scalar, auxiliary: {} };
      });
      return {
        state: basesOptimizer.update(trained, gradients, state, tf.scalar(adversary.learningRate)),
        outputs: { loss },
      };
    },
  };
}

/** One Adam step of autoencoder and coefficients against the discriminator. Outputs: the terms before the update. */
export function adversarialStep(
  shape: AutoencoderShape,
  n: number,
  clusters: number,
  weights: SubspaceWeights,
  adversary: SubspaceAdversary,
): StepDefinition {
  return {
    name: 'adversarial self-expression',
    inputs: { ...clusterInputs(n, clusters), learningRate: float() },
    compute(state, inputs) {
      const trained = entriesOf(state, isSubspaceParameter);
      const bases = unitColumns(state[BASES] as tf.Tensor3D);
      const { loss, auxiliary, gradients } = valueAndGradients(trained, (parameters) => {
        const terms = subspaceObjective(parameters, state[IMAGES] as tf.Tensor4D, shape, weights);
        const judged = residuals(terms.codes, bases, inputs);
        const deceit =
          adversary.form === 'paper'
            ? tf.sum(tf.mul(judged.fake, inputs['share']))
            : tf.neg(hinge(judged, inputs['share'], adversary.margin));
        const magnitude = withoutGradient((codes: tf.Tensor2D) => tf.sum(tf.square(codes)), terms.codes);
        const scale = tf.mul(magnitude, 0.5 * weights.expression * adversary.weight);
        const { reconstruction, coefficients, expression } = terms;
        return {
          loss: tf.add(terms.objective, tf.mul(deceit, scale)) as tf.Scalar,
          auxiliary: { reconstruction, coefficients, expression, adversarial: deceit },
        };
      });
      return {
        state: adversarialOptimizer.update(trained, gradients, state, inputs['learningRate']),
        outputs: { total: loss, ...auxiliary },
      };
    },
  };
}

/**
 * Residual of each code, of unit length, from the subspace of its cluster. Outputs: `residual` [n], `codes` [n, code]; the
 * codes stay in the state, too.
 */
export function residualStep(shape: AutoencoderShape, n: number, clusters: number): StepDefinition {
  return {
    name: 'subspace residuals',
    inputs: { member: float(n, clusters) },
    compute(state, inputs) {
      const codes = unitRows(encode(state, shape, state[IMAGES] as tf.Tensor4D));
      const bases = unitColumns(state[BASES] as tf.Tensor3D);
      const residual = ownResiduals(codes, bases, inputs['member'] as tf.Tensor2D);
      return { state: { [CODES]: codes }, outputs: { residual, codes } };
    },
  };
}
