import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { TensorValues } from '../../../../src/core/engine/engine';
import { Random } from '../../../../src/core/random';
import { bothEngines, type Compute, difference, randomValue, runIn } from '../../engine/support';

/**
 * `layer` and the gradients of sum(weights * layer) for the named tensors, as `y` and `d <name>`; `weights` is another
 * of the tensors.
 */
export function withGradients(
  layer: (t: Record<string, tf.Tensor>) => tf.Tensor,
  names: readonly string[],
): Compute {
  return (t) => {
    const of = (values: readonly tf.Tensor[]) =>
      layer({ ...t, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) });
    const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) => tf.sum(tf.mul(of(values), t.weights)))(
      names.map((name) => t[name]),
    );
    const gradients = names.map((name, i) => [`d ${name}`, grads[i]]);
    return { y: of(names.map((name) => t[name])), ...Object.fromEntries(gradients) };
  };
}

/** Expects that both engines compute these values. */
export async function expectValues(
  inputs: TensorValues,
  compute: Compute,
  expected: TensorValues,
  limit = 1e-5,
): Promise<void> {
  for (const engine of await bothEngines()) {
    const result = await runIn(engine, 'layer', inputs, compute);
    for (const name of Object.keys(expected)) {
      expect(difference(result[name], expected[name]), `${engine.name}: ${name}`).toBeLessThan(limit);
    }
  }
}

/**
 * Expects that the compiled gradients of sum(weights * layer) agree with central differences along a random direction of
 * the named tensors together.
 */
export async function expectGradients(
  inputs: TensorValues,
  layer: (t: Record<string, tf.Tensor>) => tf.Tensor,
  names: readonly string[],
  step = 5e-3,
): Promise<void> {
  const random = new Random(17);
  const [engine] = await bothEngines();
  const compute = withGradients(layer, names);
  const direction = names.map((name) => randomValue(random, inputs[name].shape).data);
  const at = (h: number) => {
    const moved = names.map((name, k) => [
      name,
      { ...inputs[name], data: Float32Array.from(inputs[name].data, (v, i) => v + h * direction[k][i]) },
    ]);
    return runIn(engine, 'layer', { ...inputs, ...Object.fromEntries(moved) }, compute);
  };
  const weighted = (y: ArrayLike<number>) =>
    Array.from(inputs.weights.data).reduce((sum, w, i) => sum + w * y[i], 0);
  const [plus, minus, here] = [await at(step), await at(-step), await at(0)];
  const numeric = (weighted(plus.y.data) - weighted(minus.y.data)) / (2 * step);
  let analytic = 0;
  let magnitude = 0;
  names.forEach((name, k) => {
    here[`d ${name}`].data.forEach((g, i) => {
      analytic += g * direction[k][i];
      magnitude += Math.abs(g * direction[k][i]);
    });
  });
  expect(magnitude, 'a gradient that is not zero').toBeGreaterThan(1e-2);
  expect(Math.abs(analytic - numeric) / magnitude).toBeLessThan(5e-3);
}
