import * as tf from '@tensorflow/tfjs-core';
import type { HyperParameters } from '../config';
import type { Frames } from '../data/frames';
import type { StepDefinition, TensorValues } from '../engine/engine';
import type { Architecture } from './architecture';
import { logSoftAssignment } from './clusteringHead';
import { embedFrames } from './generator';

/** How the model standardises scaled frames: mean field and mask on the padded grid, and one standard deviation. */
export interface Standardisation {
  readonly mean: Float32Array;
  readonly mask: Float32Array;
  readonly deviation: number;
}

/**
 * The trained encoder for other programs: `frames` `[T, C, H, W]` in the units of the file, NaN where missing, to
 * `embedding` `[T, D]` and `softAssignment` `[T, K]` of that one window. The labels of a run average the embeddings of
 * overlapping windows first.
 */
export function encoderStep(a: Architecture, h: HyperParameters): StepDefinition {
  const one: Architecture = { ...a, batch: 1 };
  return {
    name: 'encoder',
    inputs: { frames: { shape: [a.steps, a.variables, a.height, a.width], dtype: 'float32' } },
    compute(state, x) {
      const frames = x['frames'];
      const filled = tf.where(tf.isNaN(frames), tf.mul(state['scaling.fill'], tf.onesLike(frames)), frames);
      const scaled = tf.mul(tf.sub(filled, state['scaling.minimum']), state['scaling.factor']);
      const padded = tf.pad(scaled, [
        [0, 0],
        [0, 0],
        [0, a.paddedHeight - a.height],
        [0, a.paddedWidth - a.width],
      ]);
      const standardised = tf.mul(
        tf.div(tf.sub(padded, state['data.mean']), state['data.deviation']),
        state['data.mask'],
      ) as tf.Tensor4D;
      const { embedding } = embedFrames(state, one, h, standardised, standardised);
      const logQ = logSoftAssignment(
        embedding.z,
        state['head.centres'] as tf.Tensor2D,
        state['head.scale'],
        h['model.studentAlpha'],
      );
      return { outputs: { embedding: embedding.z, softAssignment: tf.exp(logQ) } };
    },
  };
}

/** The state of {@link encoderStep}: the model's parameters and how its input is scaled. */
export function encoderState(
  parameters: TensorValues,
  a: Architecture,
  frames: Frames,
  standardisation: Standardisation,
): TensorValues {
  const { minimum, maximum, fill } = frames.scaling;
  const cell = [1, a.variables, a.height, a.width];
  const padded = [1, a.variables, a.paddedHeight, a.paddedWidth];
  const factor = minimum.map((low, i) => (maximum[i] > low ? 1 / (maximum[i] - low) : 0));
  return {
    ...parameters,
    'scaling.minimum': { shape: cell, dtype: 'float32', data: minimum },
    'scaling.factor': { shape: cell, dtype: 'float32', data: factor },
    'scaling.fill': { shape: [1, a.variables, 1, 1], dtype: 'float32', data: fill },
    'data.mean': { shape: padded, dtype: 'float32', data: standardisation.mean },
    'data.mask': { shape: padded, dtype: 'float32', data: standardisation.mask },
    'data.deviation': { shape: [], dtype: 'float32', data: Float32Array.of(standardisation.deviation) },
  };
}
