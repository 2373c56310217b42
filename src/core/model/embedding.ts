import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import { linear, normalize, unitRows } from './layers';
import { parameter, type ParameterBuilder } from './parameters';

export function initEmbedding(builder: ParameterBuilder, a: Architecture): void {
  const pooled = a.channels.reduce((sum, channels) => sum + channels, a.channels[3]);
  builder.linear('embedding', pooled, a.deep);
}

/** The embeddings of a batch. */
export interface Embedding {
  /** EOF coefficients, `[T*B, eofs]`, with a mean squared length of 1. */
  readonly linear: tf.Tensor2D;
  /** The deep part as the temporal contrast sees it, `[T*B, deep]`; its length has a meaning there. */
  readonly deep: tf.Tensor2D;
  /** z: the EOF coefficients beside the direction of the deep part, `[T*B, D]`. */
  readonly z: tf.Tensor2D;
}

/**
 * Per-step embeddings z_t: the leading EOF coefficients of the frame beside a projection of what the encoder saw, the
 * nodes of the attention and the features of every stage, each averaged over space. A mean over a fine grid does not
 * change when a pattern moves, one over a few nodes does: both are there. In z the deep part has the squared length
 * `deepShare`; the EOF basis `eof.basis` `[C*H*W, eofs]` holds its scale already.
 *
 * @param frames `[T*B, C*H*W]` standardised and padded, without augmentation.
 * @param nodes `[T, B, N, F]` output of the attention.
 * @param stages `[T*B, F_l, H_l, W_l]` outputs of the encoder.
 */
export function embed(
  parameters: Tensors,
  a: Architecture,
  frames: tf.Tensor2D,
  nodes: tf.Tensor,
  stages: readonly tf.Tensor4D[],
  deepShare: number,
): Embedding {
  const means = stages.map((stage) => normalize(tf.mean(stage, [2, 3]), 1));
  const pooled = tf.concat([tf.reshape(tf.mean(nodes, 2), [frames.shape[0], a.channels[3]]), ...means], 1);
  const deep = linear(parameters, 'embedding', pooled) as tf.Tensor2D;
  const linearPart = tf.matMul(frames, parameter<tf.Tensor2D>(parameters, 'eof.basis')) as tf.Tensor2D;
  const direction = tf.mul(unitRows(deep), Math.sqrt(deepShare));
  return { linear: linearPart, deep, z: tf.concat([linearPart, direction], 1) as tf.Tensor2D };
}
