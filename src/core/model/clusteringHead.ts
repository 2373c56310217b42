import * as tf from '@tensorflow/tfjs-core';

const TINY = 1e-12;

/** Squared Euclidean distances of all rows: `[n, D], [K, D] -> [n, K]`. */
export function squaredDistances(z: tf.Tensor2D, centres: tf.Tensor2D): tf.Tensor2D {
  const products = tf.matMul(z, centres, false, true);
  const zz = tf.sum(tf.square(z), 1, true);
  const cc = tf.reshape(tf.sum(tf.square(centres), 1), [1, -1]);
  return tf.relu(tf.add(tf.sub(zz, tf.mul(products, 2)), cc)) as tf.Tensor2D;
}

/**
 * Student-t soft assignment (eq. 4), `q ∝ (1 + d² / (alpha s²))^(-(alpha+1)/2)`.
 * The squared length s² (`scale`, a scalar) is set once from the data: eq. 4 has none, and its sharpness would depend on
 * the arbitrary length of z.
 * @returns log q, `[n, K]`
 */
export function logSoftAssignment(
  z: tf.Tensor2D,
  centres: tf.Tensor2D,
  scale: tf.Tensor,
  alpha: number,
): tf.Tensor2D {
  const distances = tf.div(squaredDistances(z, centres), tf.mul(scale, alpha));
  return tf.logSoftmax(tf.mul(tf.log1p(distances), -(alpha + 1) / 2)) as tf.Tensor2D;
}

/** q̃ ∝ q^(1/τ) (section 5.1.3). `[n, K]` */
export function temper(logQ: tf.Tensor2D, temperature: tf.Tensor): tf.Tensor2D {
  return tf.softmax(tf.div(logQ, temperature)) as tf.Tensor2D;
}

/** KL(p ‖ q), mean over the frames. */
export function targetDivergence(p: tf.Tensor2D, logQ: tf.Tensor2D): tf.Scalar {
  const logP = tf.log(tf.add(p, TINY));
  return tf.mean(tf.sum(tf.mul(p, tf.sub(logP, logQ)), 1)) as tf.Scalar;
}

/**
 * KL(q̄ ‖ u) of the marginal q̄ over the whole series. A batch of a few windows holds few regimes and is far from
 * uniform however good the clustering, so the value of q̄ comes from the last pass over the series (`seriesMarginal`,
 * `[K]`) and only its gradient from the batch.
 */
export function marginalBalance(q: tf.Tensor2D, seriesMarginal: tf.Tensor): tf.Scalar {
  const clusters = q.shape[1];
  const slope = tf.log(tf.add(tf.mul(seriesMarginal, clusters), 1e-6));
  return tf.sum(tf.mul(tf.mean(q, 0), slope)) as tf.Scalar;
}

/**
 * Target distribution p = (q²/f) / Σ(q²/f), f_k = Σ_n q_nk (Xie et al., 2016), from the q of the whole series.
 * @param q `[n, K]` row-major
 */
export function targetDistribution(q: Float32Array, n: number, clusters: number): Float32Array {
  const frequency = new Float64Array(clusters);
  for (let i = 0; i < n * clusters; i++) frequency[i % clusters] += q[i];
  const p = new Float32Array(n * clusters);
  for (let t = 0; t < n; t++) {
    let sum = 0;
    for (let k = 0; k < clusters; k++) {
      const value = q[t * clusters + k] ** 2 / Math.max(frequency[k], TINY);
      p[t * clusters + k] = value;
      sum += value;
    }
    for (let k = 0; k < clusters; k++) p[t * clusters + k] /= sum;
  }
  return p;
}
