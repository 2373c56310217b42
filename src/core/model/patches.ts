import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import { linear } from './layers';
import type { ParameterBuilder } from './parameters';

export function initPatches(builder: ParameterBuilder, a: Architecture): void {
  const top = a.channels[3];
  builder.linear('patches', a.patch * a.patch * top, top);
}

/**
 * Tiles the top stage into non-overlapping patches and projects each to one graph node (section 5.1.1).
 * `[T*B, F, h, w] -> [T, B, N, F]` with N = (h / patch) (w / patch).
 */
export function patchify(parameters: Tensors, a: Architecture, x: tf.Tensor4D): tf.Tensor4D {
  const [frames, channels, height, width] = x.shape;
  const p = a.patch;
  const tiles = tf.transpose(
    tf.reshape(x, [frames, channels, height / p, p, width / p, p]),
    [0, 2, 4, 1, 3, 5],
  );
  const nodes = linear(parameters, 'patches', tf.reshape(tiles, [frames * a.nodes, channels * p * p]));
  return tf.reshape(nodes, [a.steps, frames / a.steps, a.nodes, channels]) as tf.Tensor4D;
}
