import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors, TensorValues } from '../engine/engine';
import type { Random } from '../random';

/** Draws the initial values of named parameters; names are dotted paths, `encoder.stem.bias`. */
export class ParameterBuilder {
  readonly values: TensorValues = {};
  constructor(readonly random: Random) {}

  /** A parameter with given values. */
  add(name: string, shape: readonly number[], data: Float32Array): void {
    if (this.values[name]) throw new Error(`Parameter ${name} was added twice.`);
    this.values[name] = { shape, dtype: 'float32', data };
  }

  constant(name: string, shape: readonly number[], value: number): void {
    this.add(name, shape, new Float32Array(sizeOf(shape)).fill(value));
  }

  normal(name: string, shape: readonly number[], deviation: number): void {
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = deviation * this.random.normal();
    this.add(name, shape, data);
  }

  /** A dense layer `[inputs, outputs]` with bias: Glorot uniform (Glorot and Bengio, 2010). */
  linear(name: string, inputs: number, outputs: number, bias = true): void {
    const limit = Math.sqrt(6 / (inputs + outputs));
    const data = new Float32Array(inputs * outputs);
    for (let i = 0; i < data.length; i++) data[i] = limit * (2 * this.random.uniform() - 1);
    this.add(`${name}.weight`, [inputs, outputs], data);
    if (bias) this.constant(`${name}.bias`, [outputs], 0);
  }

  /** The parameters of a component, its own names prefixed with `name.`. */
  component(name: string, values: TensorValues): void {
    for (const [key, value] of Object.entries(values)) {
      this.add(`${name}.${key}`, value.shape, value.data as Float32Array);
    }
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The parameter of that name; a missing one is a mistake in the model and named. */
export function parameter<T extends Tensor = Tensor>(parameters: Tensors, name: string): T {
  const value = parameters[name];
  if (!value) throw new Error(`The model has no parameter ${name}.`);
  return value as T;
}
