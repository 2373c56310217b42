import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../engine/engine';
import { parameter, type ParameterBuilder } from '../../model/parameters';
import { addLstm, bidirectionalLstm } from '../../model/lstm';
import { convolveAndPool, transposedConvolution } from './seriesConvolution';

/** Sizes of a {@link encodeSeries temporal autoencoder}. */
export interface TemporalAutoencoder {
  /** L, a multiple of `pool`. */
  readonly length: number;
  /** Filters of the convolution. */
  readonly filters: number;
  /** Values that a filter covers. */
  readonly kernel: number;
  /** P; the recurrent layers run over L / P steps. */
  readonly pool: number;
  /** Features of the two recurrent layers; the second's are the latent ones. */
  readonly units: readonly [number, number];
}

/** Slope of the leaky rectifier below 0: Keras' default, which the published code uses. */
const LEAK = 0.3;

/** Adds the initial parameters, under `encoder.` and `decoder.`: Glorot-uniform convolutions, biases 0. */
export function addTemporalAutoencoder(builder: ParameterBuilder, a: TemporalAutoencoder): void {
  const [first, second] = a.units;
  addFilters(builder, 'encoder.convolution', a.filters, a.kernel, a.filters);
  addLstm(builder, 'encoder.lstm1', { inputs: a.filters, features: first, sequences: 2 });
  addLstm(builder, 'encoder.lstm2', { inputs: first, features: second, sequences: 2 });
  addFilters(builder, 'decoder.convolution', second, a.kernel, 1);
}

function addFilters(
  builder: ParameterBuilder,
  name: string,
  count: number,
  width: number,
  biases: number,
): void {
  const limit = Math.sqrt(6 / (width * (count + 1)));
  const weight = Float32Array.from(
    { length: count * width },
    () => limit * (2 * builder.random.uniform() - 1),
  );
  builder.add(`${name}.weight`, [count, width], weight);
  builder.constant(`${name}.bias`, [biases], 0);
}

/**
 * Encoder of Madiraju et al. (2018), section 3.1: convolution, leaky rectifier, max pooling over P values, and two
 * bidirectional LSTMs whose directions are summed, each followed by a leaky rectifier. Bias and rectifier grow with their
 * input, so they can as well come after the pooling, where there is less to compute.
 *
 * @param series `[B, L]`
 * @returns the latent series, `[B, L / P, units[1]]`
 */
export function encodeSeries(parameters: Tensors, a: TemporalAutoencoder, series: tf.Tensor2D): tf.Tensor3D {
  const weight = parameter<tf.Tensor2D>(parameters, 'encoder.convolution.weight');
  const bias = tf.reshape(parameter(parameters, 'encoder.convolution.bias'), [1, -1, 1]);
  const pooled = tf.leakyRelu(tf.add(convolveAndPool(series, weight, a.pool), bias), LEAK);
  const inTime = tf.transpose(pooled, [2, 0, 1]) as tf.Tensor3D;
  const first = tf.leakyRelu(bidirectionalLstm(parameters, 'encoder.lstm1', inTime), LEAK);
  const second = tf.leakyRelu(bidirectionalLstm(parameters, 'encoder.lstm2', first), LEAK);
  return tf.transpose(second, [1, 0, 2]);
}

/**
 * Decoder of Madiraju et al. (2018): each latent value repeated P times, and a transposed convolution.
 * `[B, L / P, units[1]] -> [B, L]`
 */
export function decodeSeries(parameters: Tensors, a: TemporalAutoencoder, latent: tf.Tensor3D): tf.Tensor2D {
  const [batch, steps, features] = latent.shape;
  const repeated = tf.tile(tf.reshape(latent, [batch, steps, 1, features]), [1, 1, a.pool, 1]);
  const weight = parameter<tf.Tensor2D>(parameters, 'decoder.convolution.weight');
  const series = transposedConvolution(
    tf.reshape(repeated, [batch, a.length, features]) as tf.Tensor3D,
    weight,
  );
  return tf.add(series, parameter(parameters, 'decoder.convolution.bias'));
}

/**
 * Distances between latent series and centres: Euclidean over time, summed over the features.
 * `[B, T, F], [K, T, F] -> [B, K]`
 */
export function seriesDistances(latent: tf.Tensor3D, centres: tf.Tensor3D): tf.Tensor2D {
  const differences = tf.sub(tf.expandDims(latent, 1), tf.expandDims(centres, 0));
  // The root has no slope at 0.
  const lengths = tf.sqrt(tf.add(tf.sum(tf.square(differences), 2), 1e-12));
  return tf.sum(lengths, 2);
}
