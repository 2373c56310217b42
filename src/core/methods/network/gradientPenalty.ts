import * as tf from '@tensorflow/tfjs-core';

/**
 * WGAN's gradient penalty, E[(‖∇_x D(x)‖ - 1)²] (Gulrajani et al., 2017, eq. 3), at rows between real and made ones:
 * x = ε real + (1 - ε) made. Its own gradient takes the second derivatives of the critic, so that every operation in the
 * critic has to have a gradient which is itself made of differentiable ones (matrix products and rectifiers do).
 * @param critic `[n, d] -> [n, 1]`, each row on its own
 * @param mix ε, `[n, 1]` in [0, 1]
 */
export function gradientPenalty(
  critic: (x: tf.Tensor2D) => tf.Tensor,
  real: tf.Tensor2D,
  made: tf.Tensor2D,
  mix: tf.Tensor,
): tf.Tensor {
  const between = tf.add(tf.mul(real, mix), tf.mul(made, tf.sub(1, mix))) as tf.Tensor2D;
  // The sum over rows has each row's own gradient.
  const slope = tf.grad((x: tf.Tensor) => tf.sum(critic(x as tf.Tensor2D)))(between);
  // The root's slope at 0 is infinite, and a dead critic would end in NaN.
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), 1), 1e-12));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}
