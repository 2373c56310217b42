import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import { convLstm, initConvLstm } from './convLstm';
import { addConvolution, convolution } from './convolution';
import { addChannelNorm, convLstmParameters } from './encoder';
import { channelNorm, linear, pointwise } from './layers';
import { parameter, type ParameterBuilder } from './parameters';
import { upsample2x2 } from './pooling';

/** The parameters of the decoder, under `decoder.`; `linearPath` `[C*H*W, eofs]` starts the linear path back. */
export function initDecoder(builder: ParameterBuilder, a: Architecture, linearPath: Float32Array): void {
  const top = a.channels[3];
  const [height, width] = [a.paddedHeight / 8, a.paddedWidth / 8];
  const bottleneck = a.dimensions * (1 + Number(a.selfExpression) + Number(a.temporalAttention));
  builder.linear('decoder.pattern', bottleneck, top);
  builder.linear('decoder.level', bottleneck, top);
  builder.normal('decoder.map', [1, top, height, width], 1);
  for (let stage = 3; stage >= 1; stage--) {
    const to = a.channels[stage - 1];
    const name = `decoder.stage${stage}`;
    const from = a.channels[stage] + to;
    if (a.encoder === 'cnn-lstm') addConvolution(builder, `${name}.convolution`, from, to);
    else builder.component(`${name}.lstm`, initConvLstm(builder.random, from, to));
    addChannelNorm(builder, `${name}.norm`, to);
    builder.constant(`${name}.gate`, [1], 0);
  }
  // Starts at zero: the first reconstruction is that of the EOFs, and the deep path learns what they leave.
  builder.constant('decoder.output.weight', [a.variables, a.channels[0], 1, 1], 0);
  builder.constant('decoder.output.bias', [a.variables], 0);
  builder.add('decoder.linear', [a.eofs, a.variables * a.paddedHeight * a.paddedWidth], linearPath);
}

/**
 * Decoder (section 5.1.5): the bottleneck modulates learned maps of the top grid, then three times nearest-neighbour
 * upsampling, the gated skip of that stage and a ConvLSTM (a convolution with the encoder `cnn-lstm`); the EOF part of z
 * adds its own linear reconstruction.
 *
 * @param bottleneck `[T*B, 3D]`: z_t, the window's mean self-expression, the window's mean embedding; the last two as far
 * as the model has self-expression and temporal attention.
 * @param eofPart `[T*B, eofs]`
 * @param skips outputs of the encoder's stages 1 to 3.
 * @param skipStrength scalar factor on all skips; at 0 only z carries information.
 * @returns `[T*B, C, H, W]`, standardised.
 */
export function decode(
  parameters: Tensors,
  a: Architecture,
  bottleneck: tf.Tensor2D,
  eofPart: tf.Tensor2D,
  skips: readonly tf.Tensor4D[],
  skipStrength: tf.Tensor,
): tf.Tensor4D {
  const frames = bottleneck.shape[0];
  const asChannels = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [frames, a.channels[3], 1, 1]);
  const pattern = asChannels(linear(parameters, 'decoder.pattern', bottleneck));
  const level = asChannels(linear(parameters, 'decoder.level', bottleneck));
  let x = tf.add(tf.mul(pattern, parameter(parameters, 'decoder.map')), level) as tf.Tensor4D;
  for (let stage = 3; stage >= 1; stage--) {
    const name = `decoder.stage${stage}`;
    const gate = tf.mul(tf.sigmoid(parameter(parameters, `${name}.gate`)), skipStrength);
    const skip = tf.mul(skips[stage - 1], tf.reshape(gate, [1, 1, 1, 1]));
    const merged = tf.concat([upsample2x2(x), skip as tf.Tensor4D], 1);
    const features =
      a.encoder === 'cnn-lstm'
        ? convolution(parameters, `${name}.convolution`, merged)
        : convLstm(merged, a.steps, convLstmParameters(parameters, `${name}.lstm`));
    x = channelNorm(parameters, `${name}.norm`, features);
  }
  const deep = pointwise(parameters, 'decoder.output', x);
  const linearPart = tf.matMul(eofPart, parameter<tf.Tensor2D>(parameters, 'decoder.linear'));
  return tf.add(deep, tf.reshape(linearPart, deep.shape)) as tf.Tensor4D;
}

/** Mean squared error over valid cells relative to the variance of the (standardised) data: 1 for the mean field. */
export function relativeReconstructionError(
  target: tf.Tensor,
  output: tf.Tensor,
  mask: tf.Tensor,
): tf.Scalar {
  const error = tf.mul(tf.square(tf.sub(output, target)), mask);
  const frames = target.shape[0];
  return tf.div(tf.sum(error), tf.mul(tf.sum(mask), frames)) as tf.Scalar;
}
