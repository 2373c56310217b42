import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { expect } from 'vitest';
import type { HyperParameters } from '../../../src/core/config';
import type { Tensors } from '../../../src/core/engine/engine';
import type { Architecture } from '../../../src/core/model/architecture';
import { relativeReconstructionError } from '../../../src/core/model/decoder';
import { generate } from '../../../src/core/model/generator';
import { valueAndGradients } from '../../../src/core/model/gradients';
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

/**
 * Expects the gradient of the reconstruction error of a batch in every one of the parameters `trained` to be that of
 * finite differences.
 * @param x `[T*B, C, H, W]`
 */
export function expectGeneratorGradients(
  parameters: Tensors,
  trained: Tensors,
  a: Architecture,
  h: HyperParameters,
  x: tf.Tensor4D,
  mask: tf.Tensor,
): void {
  const compute = (p: Tensors): tf.Scalar => {
    // C counts as a constant in the gradient (selfExpression.ts), so it is left out of this comparison.
    const scalars = { skip: tf.scalar(0.5), express: tf.scalar(0) };
    const output = generate({ ...parameters, ...p }, a, h, x, x, scalars);
    return relativeReconstructionError(x, output.reconstruction, mask);
  };
  const { gradients } = valueAndGradients(trained, (p) => ({ loss: compute(p), auxiliary: {} }));
  for (const [name, value] of Object.entries(trained)) {
    // Along the gradient itself the difference is largest, so rounding matters least.
    const norm = tf.norm(gradients[name]).dataSync()[0];
    expect(norm, name).toBeGreaterThan(0);
    const direction = tf.div(gradients[name], norm);
    const at = (distance: number): number =>
      compute({ ...trained, [name]: tf.add(value, tf.mul(direction, distance)) }).dataSync()[0];
    // Max pooling bends the loss at every near tie, and layer normalisation over few channels makes many: this
    // finds wrong wiring; the layers' own tests compare their gradients to 1e-5.
    const agrees = (step: number): boolean =>
      Math.abs((at(step) - at(-step)) / (2 * step) - norm) < 0.06 * norm + 2e-7 / step;
    expect([1e-3, 3e-3, 1e-4].some(agrees), `${name}: ${norm}`).toBe(true);
  }
}
