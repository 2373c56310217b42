import * as tf from '@tensorflow/tfjs-core';
import type { StepDefinition, Tensors, TensorSpec } from '../../engine/engine';
import { adam } from '../../engine/optimizer';
import { valueAndGradients } from '../../model/gradients';
import { type AutoencoderShape, decode, encode, isAutoencoderParameter } from './autoencoder';

/** Weights of the objective of Ji et al. (2017), eq. 4 with squared norms. */
export interface SubspaceWeights {
  /** lambda 1, of the sum of squared coefficients. */
  readonly coefficients: number;
  /** lambda 2, of half the sum of squared errors of self-expression. */
  readonly expression: number;
}

export const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });

/** The state entry of C [n, n]: row i expresses sample i. */
export const COEFFICIENTS = 'coefficients';
/** The state entry of all images [n, C, H, W], which never changes. */
export const IMAGES = 'images';

export const isSubspaceParameter = (name: string): boolean =>
  isAutoencoderParameter(name) || name === COEFFICIENTS;

export const pretrainingOptimizer = adam({ name: 'autoencoder' });
export const jointOptimizer = adam({ name: 'joint' });

/** The entries whose names pass. */
export function entriesOf<T>(state: Record<string, T>, wanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(state).filter(([name]) => wanted(name)));
}

/**
 * One Adam step of the autoencoder alone on a batch of images `batch` [size, C, H, W], loss half the sum of squared errors.
 * Output: `error`, the sum of squared errors before the update.
 */
export function pretrainingStep(shape: AutoencoderShape, size: number): StepDefinition {
  return {
    name: 'autoencoder pretraining',
    inputs: { batch: float(size, shape.variables, shape.height, shape.width), learningRate: float() },
    compute(state, inputs) {
      const trained = entriesOf(state, isAutoencoderParameter);
      const { auxiliary, gradients } = valueAndGradients(trained, (parameters) => {
        const images = inputs['batch'] as tf.Tensor4D;
        const copies = decode(parameters, shape, encode(parameters, shape, images));
        const error = tf.sum(tf.squaredDifference(copies, images)) as tf.Scalar;
        return { loss: tf.mul(error, 0.5) as tf.Scalar, auxiliary: { error } };
      });
      return {
        state: pretrainingOptimizer.update(trained, gradients, state, inputs['learningRate']),
        outputs: { error: auxiliary['error'] },
      };
    },
  };
}

/** The terms of the objective, and what else is made on the way. */
export interface SubspaceTerms {
  readonly reconstruction: tf.Scalar;
  readonly coefficients: tf.Scalar;
  readonly expression: tf.Scalar;
  /** Their weighted sum. */
  readonly objective: tf.Scalar;
  /** [n, code] */
  readonly codes: tf.Tensor2D;
}

/**
 * The objective of DSC-Net-L2 on all samples: 0.5 |X - X'|^2 + lambda1 |C|^2 + 0.5 lambda2 |Z - C Z|^2, where X' is decoded
 * from C Z (Ji et al., 2017, eq. 4; sums, not means). The diagonal of C is free, as theirs with squared norms.
 */
export function subspaceObjective(
  parameters: Tensors,
  images: tf.Tensor4D,
  shape: AutoencoderShape,
  weights: SubspaceWeights,
): SubspaceTerms {
  const codes = encode(parameters, shape, images);
  const c = parameters[COEFFICIENTS] as tf.Tensor2D;
  const expressed = tf.matMul(c, codes) as tf.Tensor2D;
  const copies = decode(parameters, shape, expressed);
  const half = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => tf.mul(tf.sum(tf.squaredDifference(x, y)), 0.5);
  const reconstruction = half(copies, images);
  const coefficients = tf.sum(tf.square(c)) as tf.Scalar;
  const expression = half(expressed, codes);
  const objective = tf.add(
    reconstruction,
    tf.add(tf.mul(coefficients, weights.coefficients), tf.mul(expression, weights.expression)),
  ) as tf.Scalar;
  return { reconstruction, coefficients, expression, objective, codes };
}

/** One Adam step of autoencoder and coefficients together on all samples. Outputs: the terms before the update. */
export function jointStep(shape: AutoencoderShape, weights: SubspaceWeights): StepDefinition {
  return {
    name: 'self-expression',
    inputs: { learningRate: float() },
    compute(state, inputs) {
      const trained = entriesOf(state, isSubspaceParameter);
      const { loss, auxiliary, gradients } = valueAndGradients(trained, (parameters) => {
        const terms = subspaceObjective(parameters, state[IMAGES] as tf.Tensor4D, shape, weights);
        const { reconstruction, coefficients, expression } = terms;
        return { loss: terms.objective, auxiliary: { reconstruction, coefficients, expression } };
      });
      return {
        state: jointOptimizer.update(trained, gradients, state, inputs['learningRate']),
        outputs: { total: loss, ...auxiliary },
      };
    },
  };
}

/** Codes of all samples. Output: `codes` [n, code]. */
export function codesStep(shape: AutoencoderShape): StepDefinition {
  return {
    name: 'codes',
    inputs: {},
    compute: (state) => ({ outputs: { codes: encode(state, shape, state[IMAGES] as tf.Tensor4D) } }),
  };
}
