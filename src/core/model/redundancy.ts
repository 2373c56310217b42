import * as tf from '@tensorflow/tfjs-core';
import { unitRows } from './layers';

/**
 * The two readings of L_MI (eq. 6: "implementation via contrastive or covariance de-correlation").
 */

/**
 * Temporal contrast: InfoNCE (van den Oord et al., 2018) between the deep part of each frame and a memory of the whole
 * series (Wu et al., 2018). Frames a few steps away, remembered from other windows, are positives; frames further than
 * the exclusion are negatives; those between count as neither.
 *
 * @param deep `[n, D]` deep parts of the batch
 * @param memory `[m, D]` remembered deep parts, unit rows
 * @param positive `[n, m]` 1 for positives
 * @param negative `[n, m]` 1 for negatives
 */
export function temporalContrast(
  deep: tf.Tensor2D,
  memory: tf.Tensor2D,
  positive: tf.Tensor2D,
  negative: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  // Cosines are at most 1: subtracting 1 / temperature keeps every exponential in (0, 1].
  const logits = tf.mul(tf.sub(tf.matMul(unitRows(deep), memory, false, true), 1), 1 / temperature);
  const similarity = tf.exp(logits);
  const noise = tf.sum(tf.mul(similarity, negative), 1, true);
  const perPair = tf.sub(tf.log(tf.add(tf.add(similarity, noise), 1e-30)), logits);
  const count = tf.sum(positive);
  return tf.div(tf.sum(tf.mul(perPair, positive)), tf.maximum(count, 1)) as tf.Scalar;
}

/** Covariance form: mean squared correlation between the assignments of different clusters over the batch, `[n, K]`. */
export function covarianceRedundancy(q: tf.Tensor2D): tf.Scalar {
  const clusters = q.shape[1];
  const centred = tf.sub(q, tf.mean(q, 0, true));
  const unit = tf.mul(centred, tf.rsqrt(tf.add(tf.sum(tf.square(centred), 0, true), 1e-8)));
  const correlation = tf.matMul(unit as tf.Tensor2D, unit as tf.Tensor2D, true, false);
  const total = tf.sub(tf.sum(tf.square(correlation)), tf.sum(tf.square(tf.sum(tf.square(unit), 0))));
  return tf.div(total, clusters * (clusters - 1)) as tf.Scalar;
}
