import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../engine/engine';
import { addConvolution, convolution } from '../../model/convolution';
import { linear } from '../../model/layers';
import type { ParameterBuilder } from '../../model/parameters';
import { maxPool2x2, upsample2x2 } from '../../model/pooling';
import { addLstm, lstm, lstmParameters } from '../../model/lstm';

/** Sizes of the autoencoder of Deep Spatiotemporal Clustering. */
export interface SpatialAutoencoder {
  readonly variables: number;
  /** Height and width, multiples of 16: both are halved four times. */
  readonly height: number;
  readonly width: number;
  /** Channels of the five convolutions; there is a pooling after all but the first. */
  readonly channels: readonly [number, number, number, number, number];
  /** Features of each of the two LSTMs. */
  readonly units: number;
  /** Columns of the latent rows. */
  readonly dimensions: number;
}

/** Factors by which the inputs of both LSTMs are multiplied: 0, or 1 / (share kept), drawn anew for each batch. */
export interface Dropout {
  /** `[B, flat]` */
  readonly first: tf.Tensor2D;
  /** `[B, units]` */
  readonly second: tf.Tensor2D;
}

/** Values of the deepest maps of one row. */
export function flatSize({ channels, height, width }: SpatialAutoencoder): number {
  return (channels[4] * height * width) / 256;
}

/** Adds the initial parameters, under `encoder.` and `decoder.`: Glorot-uniform weights, biases 0. */
export function addSpatialAutoencoder(builder: ParameterBuilder, a: SpatialAutoencoder): void {
  const [c1, c2, c3, c4, c5] = a.channels;
  const flat = flatSize(a);
  const encoder = [a.variables, c1, c2, c3, c4, c5];
  for (let i = 0; i < 5; i++) addConvolution(builder, `encoder.${i}`, encoder[i], encoder[i + 1]);
  addLstm(builder, 'encoder.lstm1', { inputs: flat, features: a.units });
  addLstm(builder, 'encoder.lstm2', { inputs: a.units, features: a.units });
  builder.linear('encoder.latent', a.units, a.dimensions);
  builder.linear('decoder.latent', a.dimensions, flat);
  const decoder = [c5, c5, c4, c3, c2, a.variables];
  for (let i = 0; i < 5; i++) addConvolution(builder, `decoder.${i}`, decoder[i], decoder[i + 1]);
}

/**
 * Encoder: convolutions with tanh, four times pooled, flattened, two LSTMs over a sequence of one step, a dense layer with
 * a sigmoid. With a single step an LSTM remembers nothing: it is a gated dense layer.
 *
 * @param images `[B, C, H, W]`
 * @returns `[B, dimensions]`, in (0, 1)
 */
export function encodeImages(
  parameters: Tensors,
  a: SpatialAutoencoder,
  images: tf.Tensor4D,
  dropout?: Dropout,
): tf.Tensor2D {
  let maps = convolution(parameters, 'encoder.0', images);
  for (let i = 1; i < 5; i++) maps = maxPool2x2(convolution(parameters, `encoder.${i}`, maps));
  const once = (x: tf.Tensor, name: string, mask: tf.Tensor2D | undefined) => {
    const kept = mask ? tf.mul(x, mask) : x;
    const hidden = lstm(tf.expandDims(kept, 0), 1, lstmParameters(parameters, name));
    return tf.reshape(hidden, [-1, a.units]);
  };
  const flat = tf.reshape(maps, [-1, flatSize(a)]);
  const first = once(flat, 'encoder.lstm1', dropout?.first);
  const second = once(first, 'encoder.lstm2', dropout?.second);
  return tf.sigmoid(linear(parameters, 'encoder.latent', second)) as tf.Tensor2D;
}

/**
 * Decoder: a dense layer, four times doubled and convolved, a last convolution; tanh throughout.
 * `[B, dimensions] -> [B, C, H, W]`, in (-1, 1)
 */
export function decodeImages(parameters: Tensors, a: SpatialAutoencoder, latent: tf.Tensor2D): tf.Tensor4D {
  const flat = linear(parameters, 'decoder.latent', latent);
  let maps = tf.reshape(flat, [-1, a.channels[4], a.height / 16, a.width / 16]) as tf.Tensor4D;
  for (let i = 0; i < 4; i++) maps = convolution(parameters, `decoder.${i}`, upsample2x2(maps));
  return convolution(parameters, 'decoder.4', maps);
}
