import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import { parameter, type ParameterBuilder } from './parameters';

/** The parameters of a {@link convolution}: Glorot-uniform weights `[F, C, 3, 3]`, bias 0 `[F]`. */
export function addConvolution(
  builder: ParameterBuilder,
  name: string,
  inputs: number,
  outputs: number,
): void {
  const limit = Math.sqrt(6 / (9 * (inputs + outputs)));
  const size = outputs * inputs * 9;
  const weight = Float32Array.from({ length: size }, () => limit * (2 * builder.random.uniform() - 1));
  builder.add(`${name}.weight`, [outputs, inputs, 3, 3], weight);
  builder.constant(`${name}.bias`, [outputs], 0);
}

/** 3x3 'same' convolution with bias and tanh. `[N, C, H, W] -> [N, F, H, W]` */
export function convolution(parameters: Tensors, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const kernel = tf.transpose(parameter<tf.Tensor4D>(parameters, `${name}.weight`), [2, 3, 1, 0]);
  const y = tf.conv2d(x, kernel, 1, 'same', 'NCHW');
  return tf.tanh(tf.add(y, tf.reshape(parameter(parameters, `${name}.bias`), [1, -1, 1, 1])));
}
