import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import { parameter } from './parameters';

/** `x W + b` over the last axis: `[..., inputs] -> [..., outputs]`. */
export function linear(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  const weight = parameter<tf.Tensor2D>(parameters, `${name}.weight`);
  const [inputs, outputs] = weight.shape;
  const rows = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  const bias = parameters[`${name}.bias`];
  const y = tf.matMul(rows, weight);
  return tf.reshape(bias ? tf.add(y, bias) : y, [...x.shape.slice(0, -1), outputs]);
}

/** A 1x1 convolution of channels-first images: `[N, C, H, W] -> [N, F, H, W]`; weight `[F, C, 1, 1]`. */
export function pointwise(parameters: Tensors, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const weight = parameter<tf.Tensor4D>(parameters, `${name}.weight`);
  const kernel = tf.transpose(weight, [2, 3, 1, 0]) as tf.Tensor4D;
  const y = tf.conv2d(x, kernel, 1, 'same', 'NCHW');
  return tf.add(y, tf.reshape(parameter(parameters, `${name}.bias`), [1, -1, 1, 1]));
}

const EPSILON = 1e-5;

/** Layer normalisation (Ba et al., 2016) over one axis, without gain and bias. */
export function normalize<T extends tf.Tensor>(x: T, axis: number): T {
  const centred = tf.sub(x, tf.mean(x, axis, true));
  const variance = tf.mean(tf.square(centred), axis, true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))) as T;
}

/** Layer normalisation over the channels of `[N, C, H, W]` at each place, with gain and bias `[C]` (as Keras' default). */
export function channelNorm(parameters: Tensors, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const gain = tf.reshape(parameter(parameters, `${name}.gain`), [1, -1, 1, 1]);
  const bias = tf.reshape(parameter(parameters, `${name}.bias`), [1, -1, 1, 1]);
  return tf.add(tf.mul(normalize(x, 1), gain), bias) as tf.Tensor4D;
}

/** Layer normalisation over the last axis, with gain and bias. */
export function layerNorm(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  const normal = normalize(x, x.rank - 1);
  return tf.add(tf.mul(normal, parameter(parameters, `${name}.gain`)), parameter(parameters, `${name}.bias`));
}

/** Rows scaled to unit Euclidean length: `[n, D] -> [n, D]`. */
export function unitRows(z: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(z, tf.rsqrt(tf.add(tf.sum(tf.square(z), 1, true), 1e-12))) as tf.Tensor2D;
}

/** `compute(x)` as a constant: no gradient flows through it, and what it computes with needs none. */
export function withoutGradient<X extends tf.Tensor, Y extends tf.Tensor>(compute: (x: X) => Y, x: X): Y {
  const constant = tf.customGrad((input) => ({
    value: compute(input as X),
    gradFunc: () => tf.zeros(x.shape),
  }));
  return constant(x) as Y;
}
