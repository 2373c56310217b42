import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import { linear, normalize } from './layers';
import { parameter, type ParameterBuilder } from './parameters';

export function initEmbedding(builder: ParameterBuilder, a: Architecture): void {
  builder.linear('embedding', a.channels[3], a.deep);
}

/** The two parts of the embeddings of a batch, `[T*B, eofs]` and `[T*B, deep]`, and both together, `[T*B, D]`. */
export interface Embedding {
  readonly linear: tf.Tensor2D;
  readonly deep: tf.Tensor2D;
  readonly z: tf.Tensor2D;
}

/**
 * Per-step embeddings z_t: the leading EOF coefficients of the frame beside the pooled, projected and normalised nodes.
 * Both parts have a mean squared length of 1 and `deepShare`; the EOF basis `eof.basis` `[C*H*W, eofs]` holds that scale
 * already.
 *
 * @param frames `[T*B, C*H*W]` standardised and padded, without augmentation.
 * @param nodes `[T, B, N, F]` output of the attention.
 */
export function embed(
  parameters: Tensors,
  a: Architecture,
  frames: tf.Tensor2D,
  nodes: tf.Tensor,
  deepShare: number,
): Embedding {
  const count = frames.shape[0];
  const pooled = tf.reshape(tf.mean(nodes, 2), [count, a.channels[3]]);
  const deep = tf.mul(
    normalize(linear(parameters, 'embedding', pooled) as tf.Tensor2D, 1),
    Math.sqrt(deepShare / a.deep),
  ) as tf.Tensor2D;
  const linearPart = tf.matMul(frames, parameter<tf.Tensor2D>(parameters, 'eof.basis')) as tf.Tensor2D;
  return { linear: linearPart, deep, z: tf.concat([linearPart, deep], 1) as tf.Tensor2D };
}
