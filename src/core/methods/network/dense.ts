import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../engine/engine';
import { linear } from '../../model/layers';
import type { ParameterBuilder } from '../../model/parameters';
import { addBatchNorm, batchNorm, type BatchNormUse } from './batchNorm';

export type Activation = 'linear' | 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid';

/** Slope of the leaky rectifier below 0. */
const LEAK = 0.2;

export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  switch (activation) {
    case 'relu':
      return tf.relu(x);
    case 'leakyRelu':
      return tf.leakyRelu(x, LEAK);
    case 'tanh':
      return tf.tanh(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'linear':
      return x;
  }
}

/** Dense layers one after the other: `[n, sizes[0]] -> [n, sizes.at(-1)]`. */
export interface DenseStack {
  /** Of its parameters: `<name>.<layer>.weight`, `.bias`, and those of the batch normalisation. */
  readonly name: string;
  /** Columns of the input, of each hidden layer, of the output. */
  readonly sizes: readonly number[];
  readonly hidden: Activation;
  readonly output: Activation;
  /** Whether each hidden layer is normalised over the batch, before its activation. Default false. */
  readonly batchNorm?: boolean;
}

/** How initial weights are drawn; biases are 0. */
export type DenseInitial =
  /** Uniform within ±sqrt(1 / inputs): what DEC's reference code in Keras draws. */
  | 'fanIn'
  /** Uniform within ±sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010). */
  | 'glorot'
  /** Normal with standard deviation sqrt(2 / inputs) (He et al., 2015). */
  | 'he'
  /** Normal with standard deviation 0.02 (Radford et al., 2016). */
  | 'normal';

/** Adds the initial parameters of a stack. */
export function addDenseStack(
  builder: ParameterBuilder,
  stack: DenseStack,
  initial: DenseInitial = 'glorot',
): void {
  const { name, sizes } = stack;
  for (let i = 0; i + 1 < sizes.length; i++) {
    addDense(builder, `${name}.${i}`, sizes[i], sizes[i + 1], initial);
    if (stack.batchNorm && i + 2 < sizes.length) addBatchNorm(builder, `${name}.${i}`, sizes[i + 1]);
  }
}

/** Adds the initial weight `[inputs, outputs]` and bias `[outputs]` of one layer, to be used by `linear()`. */
export function addDense(
  builder: ParameterBuilder,
  name: string,
  inputs: number,
  outputs: number,
  initial: DenseInitial = 'glorot',
): void {
  const { random } = builder;
  const uniform = (limit: number) => () => limit * (2 * random.uniform() - 1);
  const normal = (deviation: number) => () => deviation * random.normal();
  const draw = {
    fanIn: uniform(Math.sqrt(1 / inputs)),
    glorot: uniform(Math.sqrt(6 / (inputs + outputs))),
    he: normal(Math.sqrt(2 / inputs)),
    normal: normal(0.02),
  }[initial];
  builder.add(`${name}.weight`, [inputs, outputs], Float32Array.from({ length: inputs * outputs }, draw));
  builder.constant(`${name}.bias`, [outputs], 0);
}

/** The output of a stack. `use` says how batches are normalised, and is needed only where they are. */
export function denseStack(
  parameters: Tensors,
  stack: DenseStack,
  x: tf.Tensor2D,
  use?: BatchNormUse,
): tf.Tensor2D {
  const last = stack.sizes.length - 2;
  let y: tf.Tensor = x;
  for (let i = 0; i <= last; i++) {
    const layer = `${stack.name}.${i}`;
    y = linear(parameters, layer, y);
    if (stack.batchNorm && i < last) {
      if (!use) throw new Error(`How ${layer} is normalised was not said.`);
      y = batchNorm(parameters, layer, y as tf.Tensor2D, use);
    }
    y = activate(y, i < last ? stack.hidden : stack.output);
  }
  return y as tf.Tensor2D;
}
