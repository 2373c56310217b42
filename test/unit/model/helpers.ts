import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { Random } from '../../../src/core/random';

await tf.setBackend('cpu');

export const random = (seed: number): Random => new Random(seed);

/** Normal numbers of a shape. */
export function normal<T extends tf.Tensor>(r: Random, shape: number[]): T {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => r.normal());
  return tf.tensor(data, shape) as T;
}

/** Rows of a 2-D tensor as arrays. */
export const rows = (x: tf.Tensor): number[][] => x.arraySync() as number[][];

/**
 * Largest difference between the gradient of `f` at `x` and central differences along random directions, relative to
 * the size of the directional derivative.
 */
export function gradientError(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor, r: Random, step = 1e-2): number {
  const gradient = tf.grad(f)(x);
  let worst = 0;
  for (let i = 0; i < 5; i++) {
    const direction = normal(r, x.shape);
    const analytic = tf.sum(tf.mul(gradient, direction)).dataSync()[0];
    const plus = f(tf.add(x, tf.mul(direction, step))).dataSync()[0];
    const minus = f(tf.sub(x, tf.mul(direction, step))).dataSync()[0];
    const numeric = (plus - minus) / (2 * step);
    worst = Math.max(worst, Math.abs(analytic - numeric) / Math.max(Math.abs(numeric), 0.05));
  }
  return worst;
}
