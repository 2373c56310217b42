import * as tf from '@tensorflow/tfjs-core';
import { unitRows, withoutGradient } from './layers';

/** Real and fake latents of every cluster, as masks over the batch so that all shapes are fixed. */
export interface ClusterSamples {
  /** Unit rows, `[n, D]`: real latents. */
  readonly real: tf.Tensor2D;
  /** 1 where frame i is a real sample of cluster k, `[K, n]`. */
  readonly members: tf.Tensor2D;
  /** Fake latents of each cluster, unit rows, `[K, n, D]`; row j is used where `members[k, j]` is 1. */
  readonly fake: tf.Tensor3D;
}

/**
 * The sampling layer (section 5.1.5): for each cluster the share of its frames with the highest responsibility are the
 * real samples; as many fakes are convex combinations of them with fixed uniform weights.
 *
 * @param z `[n, D]`
 * @param q `[n, K]`
 * @param weights `[K, n, n]` uniform in (0, 1), drawn once
 * @param share of a cluster's frames that count as real
 */
export function sampleClusters(
  z: tf.Tensor2D,
  q: tf.Tensor2D,
  weights: tf.Tensor3D,
  share: number,
): ClusterSamples {
  const [n, clusters] = q.shape;
  const members = withoutGradient((x) => realSamples(x, share), q);

  const real = unitRows(z);
  const masked = tf.mul(weights, tf.reshape(members, [clusters, 1, n]));
  const convex = tf.div(masked, tf.add(tf.sum(masked, 2, true), 1e-12)) as tf.Tensor3D;
  const mixed = tf.matMul(tf.reshape(convex, [clusters * n, n]) as tf.Tensor2D, real) as tf.Tensor2D;
  const fake = tf.reshape(unitRows(mixed), [clusters, n, z.shape[1]]) as tf.Tensor3D;
  return { real, members, fake };
}

/** For each cluster the ceil(share * N_k) of its N_k frames with the highest responsibility: `[n, K] -> [K, n]`. */
function realSamples(q: tf.Tensor2D, share: number): tf.Tensor2D {
  const [n, clusters] = q.shape;
  const own = tf.transpose(tf.cast(tf.greaterEqual(q, tf.max(q, 1, true)), 'float32'));
  const score = tf.mul(tf.transpose(q), own);
  // Rank of frame i in cluster k: how many of the cluster's frames have a higher responsibility.
  const higher = tf.greater(tf.reshape(score, [clusters, 1, n]), tf.reshape(score, [clusters, n, 1]));
  const rank = tf.sum(tf.cast(higher, 'float32'), 2);
  const limit = tf.mul(tf.sum(own, 1, true), share);
  return tf.mul(own, tf.cast(tf.less(rank, limit), 'float32')) as tf.Tensor2D;
}
