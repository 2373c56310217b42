import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../engine/engine';
import { parameter, type ParameterBuilder } from '../../model/parameters';
import { transposedConvolution } from './transposedConvolution';

/** A convolutional autoencoder whose layers halve the image (rounded up), and whose decoder doubles it again. */
export interface AutoencoderShape {
  readonly variables: number;
  readonly height: number;
  readonly width: number;
  /** Channels after each layer of the encoder. */
  readonly channels: readonly number[];
  /** Side of each layer's square kernel. */
  readonly kernels: readonly number[];
  /** Of the last layer; all others are rectified. */
  readonly output: 'linear' | 'relu';
}

/** An image `[channels, height, width]`. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** Shapes of the image that enters each layer of the encoder, and last that of the code. */
export function layerShapes({ variables, height, width, channels }: AutoencoderShape): ImageShape[] {
  const shapes: ImageShape[] = [[variables, height, width]];
  for (const count of channels) {
    const [, h, w] = shapes[shapes.length - 1];
    shapes.push([count, Math.ceil(h / 2), Math.ceil(w / 2)]);
  }
  return shapes;
}

/** Entries of the code of one image. */
export function codeSize(shape: AutoencoderShape): number {
  const [channels, height, width] = layerShapes(shape)[shape.channels.length];
  return channels * height * width;
}

/**
 * Adds the parameters `encoder.i.*` and `decoder.i.*`: weights `[kernel, kernel, fine, coarse]`, Glorot uniform, in both
 * directions between the finer and the coarser image of layer i; biases 0.
 */
export function addAutoencoder(builder: ParameterBuilder, shape: AutoencoderShape): void {
  const shapes = layerShapes(shape);
  for (const part of ['encoder', 'decoder'] as const) {
    shape.kernels.forEach((kernel, i) => {
      const [fine, coarse] = [shapes[i][0], shapes[i + 1][0]];
      const limit = Math.sqrt(6 / (kernel * kernel * (fine + coarse)));
      const data = Float32Array.from(
        { length: kernel * kernel * fine * coarse },
        () => limit * (2 * builder.random.uniform() - 1),
      );
      builder.add(`${part}.${i}.weight`, [kernel, kernel, fine, coarse], data);
      builder.constant(`${part}.${i}.bias`, [part === 'encoder' ? coarse : fine], 0);
    });
  }
}

export function isAutoencoderParameter(name: string): boolean {
  return name.startsWith('encoder.') || name.startsWith('decoder.');
}

/** Codes of images: `[n, C, H, W] -> [n, code]`. */
export function encode(parameters: Tensors, shape: AutoencoderShape, images: tf.Tensor4D): tf.Tensor2D {
  let x = images;
  shape.channels.forEach((_, i) => {
    const weight = parameter<tf.Tensor4D>(parameters, `encoder.${i}.weight`);
    x = tf.relu(withBias(parameters, `encoder.${i}`, tf.conv2d(x, weight, 2, 'same', 'NCHW')));
  });
  return tf.reshape(x, [-1, codeSize(shape)]);
}

/** Images of codes: `[n, code] -> [n, C, H, W]`. */
export function decode(parameters: Tensors, shape: AutoencoderShape, codes: tf.Tensor2D): tf.Tensor4D {
  const shapes = layerShapes(shape);
  const layers = shape.channels.length;
  let x: tf.Tensor4D = tf.reshape(codes, [-1, ...shapes[layers]] as [number, number, number, number]);
  for (let i = layers - 1; i >= 0; i--) {
    const weight = parameter<tf.Tensor4D>(parameters, `decoder.${i}.weight`);
    x = withBias(parameters, `decoder.${i}`, transposedConvolution(x, weight, shapes[i], 2));
    if (i > 0 || shape.output === 'relu') x = tf.relu(x);
  }
  return x;
}

function withBias(parameters: Tensors, layer: string, x: tf.Tensor4D): tf.Tensor4D {
  return tf.add(x, tf.reshape(parameter(parameters, `${layer}.bias`), [1, -1, 1, 1]));
}
