import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import { addConvolution, convolution } from './convolution';
import { addChannelNorm } from './encoder';
import { channelNorm } from './layers';
import { addLstm, lstm, lstmParameters } from './lstm';
import type { ParameterBuilder } from './parameters';
import { maxPool2x2 } from './pooling';

/** Values of the deepest maps of one frame, which the LSTM sees. */
export function flatSize({ channels, paddedHeight, paddedWidth }: Architecture): number {
  return (channels[3] * paddedHeight * paddedWidth) / 64;
}

/** The parameters of the encoder `cnn-lstm`, under `encoder.`. */
export function initCnnLstm(builder: ParameterBuilder, a: Architecture): void {
  a.channels.forEach((to, stage) => {
    const name = `encoder.stage${stage + 1}`;
    addConvolution(builder, `${name}.convolution`, stage === 0 ? a.variables : a.channels[stage - 1], to);
    addChannelNorm(builder, `${name}.norm`, to);
  });
  addLstm(builder, 'encoder.lstm', { inputs: flatSize(a), features: a.channels[3] });
}

/**
 * The encoder of the ablation `_cnn-lstm`: in each frame by itself four convolutions of the paper's widths, each followed
 * by layer normalisation, with (1,2,2) max pooling between them; the deepest maps, flattened, go through one LSTM over
 * the window, whose hidden state is the frame's only graph node.
 *
 * @param x `[T*B, C, H, W]`, time-major, standardised, padded.
 * @returns the node of each frame `[T, B, 1, F]`, and the four stages `[T*B, F_l, H/2^l, W/2^l]`, l = 0..3.
 */
export function encodeCnnLstm(
  parameters: Tensors,
  a: Architecture,
  x: tf.Tensor4D,
): { nodes: tf.Tensor4D; stages: tf.Tensor4D[] } {
  const stages: tf.Tensor4D[] = [];
  for (let stage = 0; stage < a.channels.length; stage++) {
    const name = `encoder.stage${stage + 1}`;
    const maps = convolution(
      parameters,
      `${name}.convolution`,
      stage === 0 ? x : maxPool2x2(stages[stage - 1]),
    );
    stages.push(channelNorm(parameters, `${name}.norm`, maps));
  }
  const frames = x.shape[0];
  const flat = tf.reshape(stages[3], [1, frames, flatSize(a)]) as tf.Tensor3D;
  const hidden = lstm(flat, a.steps, lstmParameters(parameters, 'encoder.lstm'));
  return { stages, nodes: tf.reshape(hidden, [a.steps, frames / a.steps, 1, a.channels[3]]) as tf.Tensor4D };
}
