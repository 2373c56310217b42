import * as tf from '@tensorflow/tfjs-core';

/** sign(x) relu(|x| - b): the shrinkage (soft-threshold) operator. */
export function shrink(x: tf.Tensor, threshold: tf.Tensor): tf.Tensor {
  return tf.sub(tf.relu(tf.sub(x, threshold)), tf.relu(tf.sub(tf.neg(x), threshold)));
}

/**
 * The coefficients C of the self-expression of unit rows z, one lasso a row (eq. 5),
 *
 *     min_c ½‖z_t - c Z‖² + (mu_t / sparsity) Σ_s w_ts |c_s|,  c_t = 0,  mu_t = max_{s≠t} |z_t·z_s|,
 *
 * by unrolled FISTA (Beck and Teboulle, 2009): the shrinkage operator of the paper with a threshold relative to the
 * data, so that C can be neither zero nor dense. Its gradient is not propagated: at the optimum the derivative of the
 * objective with respect to C vanishes.
 *
 * @param z `[n, D]`, unit rows
 * @param weights w `[n, n]`, all 1 if absent
 * @returns `[n, n]` with zero diagonal
 */
export function selfExpressionCoefficients(
  z: tf.Tensor2D,
  sparsity: number,
  iterations: number,
  weights?: tf.Tensor2D,
): tf.Tensor2D {
  const n = z.shape[0];
  const offDiagonal = tf.sub(1, tf.eye(n));
  const gram = tf.matMul(z, z, false, true);
  const mu = tf.max(tf.abs(tf.mul(gram, offDiagonal)), 1, true);
  // The Frobenius norm bounds the largest eigenvalue of the (positive semidefinite) Gram matrix.
  const step = tf.div(1, tf.sqrt(tf.add(tf.sum(tf.square(gram)), 1e-12)));
  const even = tf.mul(mu, tf.mul(step, 1 / sparsity));
  const threshold = weights ? tf.mul(even, weights) : even;

  let c: tf.Tensor = tf.zerosLike(gram);
  let y: tf.Tensor = c;
  let momentum = 1;
  for (let i = 0; i < iterations; i++) {
    const gradient = i === 0 ? tf.neg(gram) : tf.sub(tf.matMul(y as tf.Tensor2D, gram), gram);
    const next = tf.mul(shrink(tf.sub(y, tf.mul(gradient, step)), threshold), offDiagonal);
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    y = tf.add(next, tf.mul(tf.sub(next, c), (momentum - 1) / nextMomentum));
    c = next;
    momentum = nextMomentum;
  }
  return c as tf.Tensor2D;
}

/**
 * The weights w_ts = exp(strength (1 - cosine)) by which pairs of unlike frames are held back from expressing each other
 * (the prior of section 5.1.4 as a weighted lasso): frames of one subspace that the deep part takes for different regimes
 * need more of a reason to be linked.
 * @param deep `[n, D]`, unit rows
 * @returns `[n, n]`
 */
export function guidanceWeights(deep: tf.Tensor2D, strength: number): tf.Tensor2D {
  return tf.exp(tf.mul(tf.sub(1, tf.matMul(deep, deep, false, true)), strength)) as tf.Tensor2D;
}

/** L_SE = mean_t ‖z_t - c_t Z‖² + lambda1 mean_t ‖c_t‖₁ (eq. 5); Z_SE = C Z. */
export function selfExpressionLoss(
  z: tf.Tensor2D,
  coefficients: tf.Tensor2D,
  lambda1: number,
): { loss: tf.Scalar; expressed: tf.Tensor2D } {
  const expressed = tf.matMul(coefficients, z) as tf.Tensor2D;
  const residual = tf.mean(tf.sum(tf.square(tf.sub(z, expressed)), 1));
  const sparsity = tf.mean(tf.sum(tf.abs(coefficients), 1));
  return { loss: tf.add(residual, tf.mul(sparsity, lambda1)) as tf.Scalar, expressed };
}

/**
 * The optional weights of section 5.1.4, w_ts = q̃_t·q̃_s exp(-|t-s| / timeScale): by assignment similarity and temporal
 * proximity.
 * @param q `[n, K]`
 * @param times `[n]` time steps of the frames
 * @returns `[n, n]`
 */
export function affinityWeights(q: tf.Tensor2D, times: tf.Tensor, timeScale: number): tf.Tensor2D {
  const distance = tf.abs(tf.sub(tf.reshape(times, [-1, 1]), tf.reshape(times, [1, -1])));
  return tf.mul(tf.matMul(q, q, false, true), tf.exp(tf.mul(distance, -1 / timeScale))) as tf.Tensor2D;
}
