import type * as tf from '@tensorflow/tfjs-core';
import type {
  ElementType,
  Engine,
  StepDefinition,
  TensorData,
  TensorSpec,
  TensorValue,
  TensorValues,
} from '../../../src/core/engine/engine';
import { createReferenceEngine } from '../../../src/core/engine/eagerEngine';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import type { Random } from '../../../src/core/random';

let engines: Promise<[Engine, Engine]> | undefined;

/** The compiled engine and the reference, made once. */
export function bothEngines(): Promise<[Engine, Engine]> {
  return (engines ??= Promise.all([createOnnxEngine({ threads: 1 }), createReferenceEngine()]));
}

/** How the numbers of a random tensor are drawn. */
export type Draw = (random: Random) => number;
export const normal: Draw = (random) => random.normal();
export const positive: Draw = (random) => 0.2 + 2 * random.uniform();
/** Away from 0 and from each other's kinks: multiples of 0.25 plus 0.125. */
export const stepped: Draw = (random) => (random.integer(24) - 12) / 4 + 0.125;
export const integers =
  (n: number): Draw =>
  (random) =>
    random.integer(n);

export function randomValue(
  random: Random,
  shape: readonly number[],
  dtype: ElementType = 'float32',
  draw: Draw = normal,
): TensorValue {
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Array.from({ length: size }, () => draw(random));
  const data: TensorData =
    dtype === 'float32'
      ? Float32Array.from(numbers)
      : dtype === 'int32'
        ? Int32Array.from(numbers, Math.round)
        : Uint8Array.from(numbers, (n) => (n > 0 ? 1 : 0));
  return { shape, dtype, data };
}

export type Compute = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** `compute` as a step without state. */
export function stepOf(name: string, inputs: TensorValues, compute: Compute): StepDefinition {
  const specs: Record<string, TensorSpec> = {};
  for (const [key, { shape, dtype }] of Object.entries(inputs)) specs[key] = { shape, dtype };
  return { name, inputs: specs, compute: (_state, tensors) => ({ outputs: compute(tensors) }) };
}

/** The outputs of `compute` in one engine. */
export async function runIn(
  engine: Engine,
  name: string,
  inputs: TensorValues,
  compute: Compute,
): Promise<TensorValues> {
  const state = await engine.createState({});
  const compiled = await engine.compile(stepOf(name, inputs, compute), state);
  const data = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, value.data]));
  const outputs = await compiled.run(data);
  compiled.dispose();
  state.dispose();
  return outputs;
}

/** The largest difference of two tensors relative to the larger of 1 and the largest magnitude; NaN equals NaN. */
export function difference(a: TensorValue, b: TensorValue): number {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || a.data.length !== b.data.length) {
    throw new Error(`${a.dtype}[${a.shape.join()}] against ${b.dtype}[${b.shape.join()}]`);
  }
  let largest = 0;
  let scale = 1;
  for (let i = 0; i < a.data.length; i++) {
    const [p, q] = [a.data[i], b.data[i]];
    if (Object.is(p, q) || p === q) continue;
    if (!Number.isFinite(p) || !Number.isFinite(q)) return Infinity;
    largest = Math.max(largest, Math.abs(p - q));
    scale = Math.max(scale, Math.abs(q));
  }
  return largest / scale;
}

/** The largest {@link difference} between both engines over all outputs. */
export async function disagreement(name: string, inputs: TensorValues, compute: Compute): Promise<number> {
  const [compiled, reference] = await bothEngines();
  const [a, b] = [
    await runIn(compiled, name, inputs, compute),
    await runIn(reference, name, inputs, compute),
  ];
  if (Object.keys(a).join() !== Object.keys(b).join()) throw new Error('Different outputs.');
  return Math.max(...Object.keys(a).map((key) => difference(a[key], b[key])));
}
