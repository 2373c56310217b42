import { expect } from 'vitest';
import type { Engine, StepDefinition, TensorValues } from '../../../src/core/engine/engine';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { plainProducts } from '../../../src/core/evaluation/products';
import type { MethodContext } from '../../../src/core/methods/method';
import { Random } from '../../../src/core/random';

let engine: Promise<Engine> | undefined;

export function testEngine(): Promise<Engine> {
  return (engine ??= createOnnxEngine({ threads: 1 }));
}

export function deepContext(clusters: number, options: Partial<MethodContext> = {}): MethodContext {
  return { clusters, seed: 1, engine: testEngine, products: plainProducts, ...options };
}

/**
 * Checks the gradient that a training step hands its optimiser against central differences of its loss, along random
 * directions of each parameter by itself. The gradient is read from the optimiser's state after one step from zero
 * moments with a learning rate of 0: `factor` times the entry `moment`, parameters in the order of their names.
 *
 * @param bound on the difference relative to the sum of the gradient's terms
 */
export async function checkStepGradients(
  step: StepDefinition,
  initial: TensorValues,
  inputs: Record<string, Float32Array>,
  { trained, moment, factor, h = 5e-3, bound = 5e-3 }: GradientCheck,
): Promise<void> {
  const random = new Random(77);
  const names = Object.keys(initial).filter(trained).sort();
  const backend = await testEngine();
  const lossAt = async (values: TensorValues): Promise<{ loss: number; moments: Float32Array }> => {
    const state = await backend.createState(values);
    const compiled = await backend.compile(step, state);
    const { loss } = await compiled.run({ ...inputs, learningRate: Float32Array.of(0) });
    const moments = (await state.read([moment]))[moment].data as Float32Array;
    compiled.dispose();
    state.dispose();
    return { loss: loss.data[0], moments };
  };
  const { moments, loss } = await lossAt(initial);
  // Two float32 losses of this size, each rounded a few times, over 2 h.
  const rounding = (4 * 2 ** -24 * Math.max(1, Math.abs(loss))) / h;
  let at = 0;
  let largest = 0;
  for (const name of names) {
    const { data } = initial[name];
    const gradient = moments.slice(at, at + data.length).map((m) => m * factor);
    at += data.length;
    const direction = Float32Array.from(data, () => random.normal());
    const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0) / Math.min(direction.length, 16));
    const moved = (s: number): TensorValues => ({
      ...initial,
      [name]: { ...initial[name], data: Float32Array.from(data, (x, i) => x + (s * direction[i]) / length) },
    });
    const numeric = ((await lossAt(moved(h))).loss - (await lossAt(moved(-h))).loss) / (2 * h);
    let analytic = 0;
    let magnitude = 0;
    gradient.forEach((g, i) => {
      analytic += (g * direction[i]) / length;
      magnitude += Math.abs((g * direction[i]) / length);
    });
    largest = Math.max(largest, magnitude);
    expect(Math.abs(analytic - numeric), name).toBeLessThan(bound * magnitude + rounding);
  }
  expect(at).toBe(moments.length);
  expect(largest, 'a gradient that is not zero').toBeGreaterThan(1e-2);
}

interface GradientCheck {
  trained(name: string): boolean;
  readonly moment: string;
  readonly factor: number;
  readonly h?: number;
  readonly bound?: number;
}

/** Standard normal numbers. */
export function normals(size: number, random: Random, deviation = 1): Float32Array {
  return Float32Array.from({ length: size }, () => deviation * random.normal());
}
