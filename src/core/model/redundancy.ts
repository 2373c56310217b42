import * as tf from '@tensorflow/tfjs-core';

/**
 * The two readings of L_MI (eq. 6: "implementation via contrastive or covariance de-correlation").
 */

/**
 * Temporal contrast: the spectral contrastive loss (HaoChen et al., 2021, arXiv:2106.04156) between the deep part f of
 * each frame and a memory of the whole series,
 *
 *     -2 E[f_t·f_s : 0 < |t - s| <= reach] + E[(f_t·f_s)² : all s].
 *
 * Its minimum is spanned by the leading eigenfunctions of the series' transition operator, each as long as it is
 * persistent: what lasts longest, the regime, comes first, and frames of different regimes are orthogonal, however
 * rare a regime is (as in variational approaches to Markov processes, Wu and Noe, 2020). The second mean must hold near
 * frames as well, or features of single moments would cost nothing.
 *
 * @param deep `[n, D]` deep parts of the batch
 * @param memory `[m, D]` remembered deep parts
 * @param positive `[n, m]` 1 where a remembered frame is near
 */
export function temporalContrast(deep: tf.Tensor2D, memory: tf.Tensor2D, positive: tf.Tensor2D): tf.Scalar {
  const products = tf.matMul(deep, memory, false, true);
  const near = tf.div(tf.sum(tf.mul(products, positive)), tf.maximum(tf.sum(positive), 1));
  return tf.sub(tf.mean(tf.square(products)), tf.mul(near, 2)) as tf.Scalar;
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
