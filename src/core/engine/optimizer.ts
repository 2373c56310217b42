import * as tf from '@tensorflow/tfjs-core';
import type { Tensors, TensorValues } from './engine';
import { sizeOf } from './graph';

export interface AdamOptions {
  /** Tells the optimisers of one state apart: the moments are the entries `adam.<name>.*`. */
  readonly name: string;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** The gradients of all parameters together are scaled down to this Euclidean norm when they exceed it. */
  readonly clipNorm?: number;
  /** Decoupled weight decay (Loshchilov and Hutter, 2019), times the learning rate. */
  readonly weightDecay?: number;
}

export interface Optimizer {
  /** The optimiser's own state entries for these parameters. */
  init(parameters: TensorValues): TensorValues;
  /** One update of `parameters`: their new values, and those of the optimiser's own entries in `state`. */
  update(parameters: Tensors, gradients: Tensors, state: Tensors, learningRate: tf.Tensor): Tensors;
}

/**
 * Adam (Kingma and Ba, 2015, algorithm 1). The moments of all parameters lie in one vector each, in the order of the
 * parameters' names, so that an update is a handful of large operations instead of a dozen small ones per parameter.
 */
export function adam(options: AdamOptions): Optimizer {
  const { name, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, clipNorm, weightDecay = 0 } = options;
  const entry = { step: `adam.${name}.step`, first: `adam.${name}.m`, second: `adam.${name}.v` };
  return {
    init(parameters) {
      const size = Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      return {
        [entry.step]: { shape: [], dtype: 'float32', data: new Float32Array(1) },
        [entry.first]: { shape: [size], dtype: 'float32', data: new Float32Array(size) },
        [entry.second]: { shape: [size], dtype: 'float32', data: new Float32Array(size) },
      };
    },
    update(parameters, gradients, state, learningRate) {
      const names = Object.keys(parameters).sort();
      const sizes = names.map((key) => parameters[key].size);
      const gradient = tf.concat(names.map((key) => tf.reshape(gradients[key], [-1])));
      const squared = tf.square(gradient);
      const scale =
        clipNorm === undefined
          ? tf.scalar(1)
          : tf.minimum(1, tf.div(clipNorm, tf.maximum(tf.sqrt(tf.sum(squared)), 1e-20)));

      const step = tf.add(state[entry.step], 1);
      const first = tf.add(tf.mul(state[entry.first], beta1), tf.mul(gradient, tf.mul(scale, 1 - beta1)));
      const second = tf.add(
        tf.mul(state[entry.second], beta2),
        tf.mul(squared, tf.mul(tf.square(scale), 1 - beta2)),
      );
      const rate = tf.div(learningRate, oneMinusPower(beta1, step));
      const root = tf.sqrt(oneMinusPower(beta2, step));
      const change = tf.div(tf.mul(first, rate), tf.add(tf.div(tf.sqrt(second), root), epsilon));

      const updated: Tensors = { [entry.step]: step, [entry.first]: first, [entry.second]: second };
      const keep = weightDecay === 0 ? undefined : tf.sub(1, tf.mul(learningRate, weightDecay));
      tf.split(change, sizes).forEach((part, i) => {
        const parameter = parameters[names[i]];
        const kept = keep ? tf.mul(parameter, keep) : parameter;
        updated[names[i]] = tf.sub(kept, tf.reshape(part, parameter.shape));
      });
      return updated;
    },
  };
}

/**
 * Gradient descent with momentum (Polyak, 1964): v = momentum v + gradient, parameter -= learning rate v. The velocity of
 * all parameters is the entry `sgd.<name>.v`.
 */
export function sgd({
  name,
  momentum = 0,
}: {
  readonly name: string;
  readonly momentum?: number;
}): Optimizer {
  const entry = `sgd.${name}.v`;
  return {
    init(parameters) {
      const size = Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      return { [entry]: { shape: [size], dtype: 'float32', data: new Float32Array(size) } };
    },
    update(parameters, gradients, state, learningRate) {
      const names = Object.keys(parameters).sort();
      const gradient = tf.concat(names.map((key) => tf.reshape(gradients[key], [-1])));
      const velocity = tf.add(tf.mul(state[entry], momentum), gradient);
      const updated: Tensors = { [entry]: velocity };
      const sizes = names.map((key) => parameters[key].size);
      tf.split(tf.mul(velocity, learningRate), sizes).forEach((part, i) => {
        const parameter = parameters[names[i]];
        updated[names[i]] = tf.sub(parameter, tf.reshape(part, parameter.shape));
      });
      return updated;
    },
  };
}

/** 1 - beta^step, without the cancellation of beta near 1: -(e^(step log beta) - 1). */
function oneMinusPower(beta: number, step: tf.Tensor): tf.Tensor {
  return beta === 0 ? tf.onesLike(step) : tf.neg(tf.expm1(tf.mul(step, Math.log(beta))));
}
