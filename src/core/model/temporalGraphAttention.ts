import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import type { Architecture } from './architecture';
import { layerNorm, linear } from './layers';
import { parameter, type ParameterBuilder } from './parameters';

const DIRECTIONS = { forward: 1, backward: -1 } as const;

export type AttentionScore = 'dot' | 'additive';

export function initTemporalGraphAttention(
  builder: ParameterBuilder,
  a: Architecture,
  score: AttentionScore,
): void {
  const f = a.channels[3];
  for (const direction of Object.keys(DIRECTIONS)) {
    for (const role of ['query', 'key', 'value'])
      builder.linear(`attention.${direction}.${role}`, f, f, false);
    if (score === 'additive') {
      builder.normal(`attention.${direction}.score`, [2, a.heads, 1, f / a.heads], Math.sqrt(a.heads / f));
    }
  }
  builder.linear('attention.output', 2 * f, f);
  builder.constant('attention.norm.gain', [f], 1);
  builder.constant('attention.norm.bias', [f], 0);
}

/**
 * Bidirectional temporal graph attention (eqs. 2 and 3): every node of frame t attends to all nodes of frame t+1 and,
 * separately, of frame t-1, with several heads and `score` as phi. At the ends of the window the missing
 * direction's message is zero. With `residual`, h' = LN(h + W_o[m]), so that z_t also holds values of frame t itself;
 * without it, eq. 3 literally.
 *
 * @param h `[T, B, N, F]`
 * @returns `[T, B, N, F]`
 */
export function temporalGraphAttention(
  parameters: Tensors,
  a: Architecture,
  h: tf.Tensor4D,
  residual: boolean,
  score: AttentionScore,
): tf.Tensor {
  const [steps, batch, nodes, f] = h.shape;
  const perHead = f / a.heads;
  const split = (x: tf.Tensor, from: number): tf.Tensor4D =>
    tf.transpose(
      tf.reshape(tf.slice(x, [from, 0, 0, 0], [steps - 1, batch, nodes, f]), [
        (steps - 1) * batch,
        nodes,
        a.heads,
        perHead,
      ]),
      [0, 2, 1, 3],
    ) as tf.Tensor4D;

  const messages = Object.entries(DIRECTIONS).map(([direction, delta]) => {
    const project = (role: string): tf.Tensor => linear(parameters, `attention.${direction}.${role}`, h);
    const own = delta > 0 ? 0 : 1;
    const neighbour = delta > 0 ? 1 : 0;
    const query = split(project('query'), own);
    const key = split(project('key'), neighbour);
    const value = split(project('value'), neighbour);
    const scores =
      score === 'dot'
        ? tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(perHead))
        : additiveScores(query, key, parameter(parameters, `attention.${direction}.score`));
    const message = tf.matMul(tf.softmax(scores), value);
    const merged = tf.reshape(tf.transpose(message, [0, 2, 1, 3]), [steps - 1, batch, nodes, f]);
    return tf.pad(merged, [delta > 0 ? [0, 1] : [1, 0], [0, 0], [0, 0], [0, 0]]);
  });
  const update = linear(parameters, 'attention.output', tf.concat(messages, 3));
  return layerNorm(parameters, 'attention.norm', residual ? tf.add(h, update) : update);
}

/** LeakyReLU(a·[query_i ‖ key_j]) for each head: `[M, heads, N, F/heads]` twice, a `[2, heads, 1, F/heads]` to `[M, heads, N, N]`. */
function additiveScores(query: tf.Tensor4D, key: tf.Tensor4D, weights: tf.Tensor): tf.Tensor4D {
  const half = (x: tf.Tensor4D, which: number): tf.Tensor =>
    tf.sum(tf.mul(x, tf.slice(weights, which, 1)), 3, true);
  const sums = tf.add(half(query, 0), tf.transpose(half(key, 1), [0, 1, 3, 2]));
  return tf.leakyRelu(sums, 0.2) as tf.Tensor4D;
}
