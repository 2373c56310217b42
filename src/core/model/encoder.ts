import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import type { ConvLstmParameters } from './convLstm';
import { convLstm, initConvLstm } from './convLstm';
import { channelNorm, pointwise } from './layers';
import { parameter, type ParameterBuilder } from './parameters';
import { maxPool2x2 } from './pooling';

/** The parameters of the ConvLSTM called `name`. */
export function convLstmParameters(parameters: Tensors, name: string): ConvLstmParameters {
  return {
    inputKernel: parameter<Tensor4D>(parameters, `${name}.inputKernel`),
    recurrentKernel: parameter<Tensor4D>(parameters, `${name}.recurrentKernel`),
    bias: parameter<tf.Tensor1D>(parameters, `${name}.bias`),
  };
}

export function addChannelNorm(builder: ParameterBuilder, name: string, channels: number): void {
  builder.constant(`${name}.gain`, [channels], 1);
  builder.constant(`${name}.bias`, [channels], 0);
}

/** The parameters of the encoder, under `encoder.`. */
export function initEncoder(builder: ParameterBuilder, a: Architecture): void {
  const [first] = a.channels;
  builder.component('encoder.stem', initConvLstm(builder.random, a.variables, first));
  for (let stage = 1; stage < a.channels.length; stage++) {
    const from = a.channels[stage - 1];
    const to = a.channels[stage];
    const name = `encoder.stage${stage + 1}`;
    builder.component(`${name}.lstm1`, initConvLstm(builder.random, from, to));
    addChannelNorm(builder, `${name}.norm1`, to);
    builder.component(`${name}.lstm2`, initConvLstm(builder.random, to, to));
    addChannelNorm(builder, `${name}.norm2`, to);
    builder.normal(`${name}.project.weight`, [to, from, 1, 1], Math.sqrt(1 / from));
    builder.constant(`${name}.project.bias`, [to], 0);
  }
}

/**
 * Residual temporal block (eq. 1): two ConvLSTMs, each followed by layer normalisation, plus a 1x1x1 projection of the
 * input. `[T*B, C, H, W] -> [T*B, F, H, W]`, time-major.
 */
function residualTemporalBlock(parameters: Tensors, name: string, x: Tensor4D, steps: number): Tensor4D {
  const first = convLstm(x, steps, convLstmParameters(parameters, `${name}.lstm1`));
  const second = convLstm(
    channelNorm(parameters, `${name}.norm1`, first),
    steps,
    convLstmParameters(parameters, `${name}.lstm2`),
  );
  return tf.add(
    channelNorm(parameters, `${name}.norm2`, second),
    pointwise(parameters, `${name}.project`, x),
  ) as Tensor4D;
}

/**
 * ConvLSTM stem, then three times (1,2,2) max pooling and a residual temporal block (eq. 1).
 * @param x `[T*B, C, H, W]`, time-major, standardised, padded.
 * @returns the outputs of the four stages: `[T*B, F_l, H/2^l, W/2^l]`, l = 0..3.
 */
export function encode(parameters: Tensors, a: Architecture, x: Tensor4D): Tensor4D[] {
  const stages = [convLstm(x, a.steps, convLstmParameters(parameters, 'encoder.stem'))];
  for (let stage = 1; stage < a.channels.length; stage++) {
    const pooled = maxPool2x2(stages[stage - 1]);
    stages.push(residualTemporalBlock(parameters, `encoder.stage${stage + 1}`, pooled, a.steps));
  }
  return stages;
}
