import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../engine/engine';
import { parameter, type ParameterBuilder } from '../../model/parameters';

const EPSILON = 1e-5;

/** How a batch is normalised. */
export type BatchNormUse =
  /**
   * By its own moments. The running moments, moved towards them, are put into `updates` under their names in the state;
   * leave `updates` out where they should stay as they are.
   */
  | { readonly training: true; readonly updates?: Tensors; readonly momentum?: number }
  /** By the running moments. */
  | { readonly training: false };

/** Adds gain and bias (trained) and the running moments `<name>.mean`, `<name>.variance` (not trained), `[width]` each. */
export function addBatchNorm(builder: ParameterBuilder, name: string, width: number): void {
  builder.constant(`${name}.gain`, [width], 1);
  builder.constant(`${name}.shift`, [width], 0);
  builder.constant(`${name}.mean`, [width], 0);
  builder.constant(`${name}.variance`, [width], 1);
}

/** Whether a state entry is a running moment, which no optimiser may touch. */
export function isRunningMoment(name: string): boolean {
  return name.endsWith('.mean') || name.endsWith('.variance');
}

/** Batch normalisation (Ioffe and Szegedy, 2015) of the columns of `[n, width]`. */
export function batchNorm(parameters: Tensors, name: string, x: tf.Tensor2D, use: BatchNormUse): tf.Tensor2D {
  const [mean, variance] = use.training
    ? batchMoments(parameters, name, x, use)
    : [parameter(parameters, `${name}.mean`), parameter(parameters, `${name}.variance`)];
  const gain = parameter(parameters, `${name}.gain`);
  const normal = tf.mul(tf.sub(x, mean), tf.mul(tf.rsqrt(tf.add(variance, EPSILON)), gain));
  return tf.add(normal, parameter(parameters, `${name}.shift`)) as tf.Tensor2D;
}

function batchMoments(
  parameters: Tensors,
  name: string,
  x: tf.Tensor2D,
  { updates, momentum = 0.99 }: { readonly updates?: Tensors; readonly momentum?: number },
): [tf.Tensor, tf.Tensor] {
  const mean = tf.mean(x, 0);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), 0);
  if (updates) {
    const moved = (entry: string, value: tf.Tensor) => {
      const running = parameter(parameters, entry);
      updates[entry] = tf.add(running, tf.mul(tf.sub(value, running), 1 - momentum));
    };
    moved(`${name}.mean`, mean);
    // The running variance is that of the population, estimated without bias.
    const n = x.shape[0];
    moved(`${name}.variance`, n > 1 ? tf.mul(variance, n / (n - 1)) : variance);
  }
  return [mean, variance];
}
