import * as tf from '@tensorflow/tfjs-core';
import type { StepDefinition, Tensors, TensorSpec, TensorValues } from '../../engine/engine';
import { adam } from '../../engine/optimizer';
import { valueAndGradients } from '../../model/gradients';
import { linear, unitRows, withoutGradient } from '../../model/layers';
import { ParameterBuilder } from '../../model/parameters';
import type { Random } from '../../random';
import { addAutoencoder, type AutoencoderShape, codeSize, decode, encode } from './autoencoder';
import {
  entriesOf,
  float,
  IMAGES,
  isSubspaceParameter,
  subspaceObjective,
  type SubspaceWeights,
} from './steps';

/** The two adversaries of DSC-DAG: one of the images that a generator makes of noise, one of codes. */
export interface DualAdversary {
  /** Entries of the generator's noise. */
  readonly noise: number;
  /** Samples that one synthetic code combines. */
  readonly combined: number;
  /** Weight of the adversary of codes, in units of half lambda 2 times the sum of squared codes (as in DASC). */
  readonly codeWeight: number;
  /** Weight of the adversary of images; the generator alone feels it. */
  readonly imageWeight: number;
  readonly learningRate: number;
}

const CRITIC_LAYERS = [200, 50, 1];
const GENERATOR = 'generator.';
const IMAGE_CRITIC = 'imageCritic.';
const CODE_CRITIC = 'codeCritic.';

export const isCriticParameter = (name: string): boolean =>
  name.startsWith(IMAGE_CRITIC) || name.startsWith(CODE_CRITIC);
export const isPlayerParameter = (name: string): boolean =>
  isSubspaceParameter(name) || name.startsWith(GENERATOR);

export const criticOptimizer = adam({ name: 'critics', beta1: 0.5 });
export const playerOptimizer = adam({ name: 'players', beta1: 0.5 });

/** Initial parameters of generator and critics. */
export function dualParameters(
  shape: AutoencoderShape,
  { noise }: DualAdversary,
  random: Random,
): TensorValues {
  const code = codeSize(shape);
  const whole = new ParameterBuilder(random);
  const twin = (): TensorValues => {
    const builder = new ParameterBuilder(random);
    addAutoencoder(builder, shape);
    return builder.values;
  };
  const part = (values: TensorValues, start: string): TensorValues =>
    entriesOf(values, (name) => name.startsWith(start));
  whole.linear(`${GENERATOR}noise`, noise, code);
  whole.component(GENERATOR.slice(0, -1), part(twin(), 'decoder.'));
  whole.component(IMAGE_CRITIC.slice(0, -1), part(twin(), 'encoder.'));
  whole.linear(`${IMAGE_CRITIC}verdict`, code, 1);
  CRITIC_LAYERS.forEach((width, i) =>
    whole.linear(`${CODE_CRITIC}${i}`, CRITIC_LAYERS[i - 1] ?? code, width),
  );
  return whole.values;
}

/** The parameters of a component, under their own names. */
function scoped(state: Tensors, prefix: string): Tensors {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}

/** Images made of noise, in the units of the data: `[m, noise] -> [m, C, H, W]`. */
function makeImages(state: Tensors, shape: AutoencoderShape, noise: tf.Tensor, size: number): tf.Tensor4D {
  const own = scoped(state, GENERATOR);
  const codes = tf.relu(linear(own, 'noise', noise)) as tf.Tensor2D;
  return tf.mul(decode(own, shape, codes), size) as tf.Tensor4D;
}

/** Log odds that images are real, [m, 1]. */
function judgeImages(state: Tensors, shape: AutoencoderShape, images: tf.Tensor4D, size: number): tf.Tensor {
  const own = scoped(state, IMAGE_CRITIC);
  return linear(own, 'verdict', encode(own, shape, tf.div(images, size) as tf.Tensor4D));
}

/** Log odds that codes are real, [m, 1]; it sees their directions only. */
function judgeCodes(state: Tensors, codes: tf.Tensor2D): tf.Tensor {
  let x: tf.Tensor = tf.mul(unitRows(codes), Math.sqrt(codes.shape[1]));
  CRITIC_LAYERS.forEach((width, i) => {
    x = linear(state, `${CODE_CRITIC}${i}`, x);
    if (width > 1) x = tf.relu(x);
  });
  return x;
}

/** Mean cross entropy of log odds with all of them real, or all of them not. */
function crossEntropy(odds: tf.Tensor, real: boolean): tf.Scalar {
  return tf.mean(tf.softplus(real ? tf.neg(odds) : odds));
}

/** Noise [n, noise] and the weights that combine samples to synthetic codes [n, n]. */
export function dualInputs(n: number, { noise }: DualAdversary): Record<string, TensorSpec> {
  return { noise: float(n, noise), mix: float(n, n), learningRate: float() };
}

/** Draws {@link dualInputs}: normal noise, and in each row uniform weights, of sum 1, of a few samples. */
export function drawDualInputs(
  n: number,
  { noise, combined, learningRate }: DualAdversary,
  random: Random,
): Record<string, Float32Array> {
  const mix = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = mix.subarray(i * n, (i + 1) * n);
    let sum = 0;
    for (let s = 0; s < combined; s++) {
      const weight = 1 - random.uniform();
      row[random.integer(n)] += weight;
      sum += weight;
    }
    for (let j = 0; j < n; j++) row[j] /= sum;
  }
  return {
    noise: Float32Array.from({ length: n * noise }, () => random.normal()),
    mix,
    learningRate: Float32Array.of(learningRate),
  };
}

/** Synthetic codes: combinations of those of the samples, and those of made images. */
function syntheticCodes(codes: tf.Tensor2D, made: tf.Tensor2D, mix: tf.Tensor): tf.Tensor2D {
  return tf.concat([tf.matMul(mix as tf.Tensor2D, unitRows(codes)), made], 0);
}

/** One Adam step of both critics. Output: `loss`, the sum of theirs before the update. */
export function criticStep(
  shape: AutoencoderShape,
  n: number,
  size: number,
  adversary: DualAdversary,
): StepDefinition {
  return {
    name: 'critics of images and codes',
    inputs: dualInputs(n, adversary),
    compute(state, inputs) {
      const images = state[IMAGES] as tf.Tensor4D;
      const made = makeImages(state, shape, inputs['noise'], size);
      const codes = encode(state, shape, images);
      const synthetic = syntheticCodes(codes, encode(state, shape, made), inputs['mix']);
      const trained = entriesOf(state, isCriticParameter);
      const { loss, gradients } = valueAndGradients(trained, (parameters) => {
        const ofImages = tf.add(
          crossEntropy(judgeImages(parameters, shape, images, size), true),
          crossEntropy(judgeImages(parameters, shape, made, size), false),
        );
        const ofCodes = tf.add(
          crossEntropy(judgeCodes(parameters, codes), true),
          crossEntropy(judgeCodes(parameters, synthetic), false),
        );
        return { loss: tf.add(ofImages, ofCodes) as tf.Scalar, auxiliary: {} };
      });
      return {
        state: criticOptimizer.update(trained, gradients, state, inputs['learningRate']),
        outputs: { loss },
      };
    },
  };
}

/** One Adam step of autoencoder, coefficients and generator against both critics. Outputs: the terms before the update. */
export function playerStep(
  shape: AutoencoderShape,
  n: number,
  size: number,
  weights: SubspaceWeights,
  adversary: DualAdversary,
): StepDefinition {
  return {
    name: 'self-expression against both critics',
    inputs: dualInputs(n, adversary),
    compute(state, inputs) {
      const trained = entriesOf(state, isPlayerParameter);
      const { loss, auxiliary, gradients } = valueAndGradients(trained, (parameters) => {
        const terms = subspaceObjective(parameters, state[IMAGES] as tf.Tensor4D, shape, weights);
        const made = makeImages(parameters, shape, inputs['noise'], size);
        const synthetic = syntheticCodes(terms.codes, encode(parameters, shape, made), inputs['mix']);
        const ofCodes = crossEntropy(judgeCodes(state, synthetic), true);
        const ofImages = crossEntropy(judgeImages(state, shape, made, size), true);
        const magnitude = withoutGradient((codes: tf.Tensor2D) => tf.sum(tf.square(codes)), terms.codes);
        const deceit = tf.add(tf.mul(ofCodes, adversary.codeWeight), tf.mul(ofImages, adversary.imageWeight));
        const { reconstruction, coefficients, expression } = terms;
        return {
          loss: tf.add(
            terms.objective,
            tf.mul(deceit, tf.mul(magnitude, 0.5 * weights.expression)),
          ) as tf.Scalar,
          auxiliary: { reconstruction, coefficients, expression, ofCodes, ofImages },
        };
      });
      return {
        state: playerOptimizer.update(trained, gradients, state, inputs['learningRate']),
        outputs: { total: loss, ...auxiliary },
      };
    },
  };
}
