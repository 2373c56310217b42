import * as tf from '@tensorflow/tfjs-core';
import { adam } from '../engine/optimizer';
import { ParameterBuilder } from '../model/parameters';
import { Random } from '../random';
import type { Method, MethodContext } from './method';
import { type AnomalyScale, anomalyScale } from './network/anomalies';
import { rowSource } from './network/batches';
import { clusterJointly, type JointModel } from './network/jointClustering';
import {
  addTemporalAutoencoder,
  decodeSeries,
  encodeSeries,
  seriesDistances,
  type TemporalAutoencoder,
} from './network/temporalAutoencoder';
import { requireEnoughRows } from './requirements';
import type { Samples } from './samples';

/** Deep Temporal Clustering, with the names of the published code's settings in brackets. */
export interface DtcOptions {
  /** Filters of the convolution (n_filters). */
  readonly filters: number;
  /** Values that a filter covers (kernel_size). */
  readonly kernel: number;
  /** P, values that are pooled into one step (pool_size); more where the series would have more than `mostSteps`. */
  readonly pool: number;
  /** Steps of the recurrent layers at most: they are unrolled in the compiled graph. */
  readonly mostSteps: number;
  /** Features of the two bidirectional LSTMs (n_units). */
  readonly units: readonly [number, number];
  /**
   * What the network sees: the values as they are; anomalies of each column from its mean, of unit variance over the
   * table; or every row with mean 0 and variance 1, as the archive of time series has them.
   */
  readonly input: 'values' | 'anomalies' | 'standardisedRows';
  /** Of Adam. */
  readonly learningRate: number;
  /** Adam's gradients are scaled down to this norm; none by default, as published. */
  readonly clipNorm?: number;
  readonly batch: number;
  /** Passes over the rows for the autoencoder alone (pretrain_epochs), and for both losses at most (epochs). */
  readonly warmUpEpochs: number;
  readonly epochs: number;
  /** Updates that the passes may take: long series end each phase earlier. */
  readonly mostUpdates: number;
  /** Weight of KL(p ‖ q) (gamma). */
  readonly gamma: number;
  /** Ends when fewer labels changed for as many epochs in a row. */
  readonly tolerance: number;
  readonly patience: number;
  /** Only so many rows, the first, are trained on; the others are only labelled. All by default. */
  readonly trainedRows?: number;
}

/** What the public code of the published comparison runs. */
export const dtcPublished: DtcOptions = {
  filters: 50,
  kernel: 10,
  pool: 8,
  mostSteps: 100,
  units: [50, 1],
  input: 'values',
  learningRate: 1e-3,
  batch: 366,
  warmUpEpochs: 10,
  epochs: 100,
  mostUpdates: Infinity,
  gamma: 1,
  tolerance: 1e-5,
  patience: 10,
};

/** Enough training for the autoencoder to reconstruct anomalies before anything is clustered. */
export const dtcTrained: DtcOptions = {
  ...dtcPublished,
  input: 'anomalies',
  batch: 32,
  warmUpEpochs: 50,
  epochs: 50,
  mostUpdates: 1500,
  tolerance: 1e-3,
  patience: 5,
};

/** A model of rows of d columns. */
function jointModel(
  d: number,
  options: DtcOptions,
  scale: AnomalyScale | undefined,
  random: Random,
): JointModel {
  const pool = Math.max(options.pool, Math.ceil(d / options.mostSteps));
  const steps = Math.ceil(d / pool);
  const { filters, kernel, units } = options;
  const network: TemporalAutoencoder = { length: steps * pool, filters, kernel, pool, units };
  const builder = new ParameterBuilder(random);
  addTemporalAutoencoder(builder, network);
  const dimensions = steps * units[1];

  const seriesOf = (state: Record<string, tf.Tensor>, rows: tf.Tensor2D): tf.Tensor2D => {
    const values = inputOf(options.input, state, rows);
    return tf.pad(values, [
      [0, 0],
      [0, network.length - d],
    ]) as tf.Tensor2D;
  };
  const asSeries = (x: tf.Tensor) => tf.reshape(x, [-1, steps, units[1]]) as tf.Tensor3D;
  return {
    name: 'DTC',
    parameters: builder.values,
    constants: scale
      ? {
          'data.mean': { shape: [1, d], dtype: 'float32', data: scale.mean },
          'data.deviation': { shape: [], dtype: 'float32', data: Float32Array.of(scale.deviation) },
        }
      : {},
    dimensions,
    encode: (state, rows) =>
      tf.reshape(encodeSeries(state, network, seriesOf(state, rows)), [-1, dimensions]) as tf.Tensor2D,
    reconstructionError: (state, rows, latent) =>
      tf.mean(tf.squaredDifference(decodeSeries(state, network, asSeries(latent)), seriesOf(state, rows))),
    logAssignment: (latent, centres) =>
      tf.logSoftmax(
        tf.neg(tf.log1p(tf.square(seriesDistances(asSeries(latent), asSeries(centres))))),
      ) as tf.Tensor2D,
  };
}

function inputOf(
  input: DtcOptions['input'],
  state: Record<string, tf.Tensor>,
  rows: tf.Tensor2D,
): tf.Tensor2D {
  switch (input) {
    case 'values':
      return rows;
    case 'anomalies':
      return tf.div(tf.sub(rows, state['data.mean']), state['data.deviation']);
    case 'standardisedRows': {
      const { mean, variance } = tf.moments(rows, 1, true);
      return tf.div(tf.sub(rows, mean), tf.sqrt(tf.add(variance, 1e-8)));
    }
  }
}

async function fit(samples: Samples, options: DtcOptions, context: MethodContext) {
  const { table, valid } = samples;
  requireEnoughRows(Math.min(table.n, options.trainedRows ?? table.n), context.clusters);
  const random = new Random(context.seed);
  const scale = options.input === 'anomalies' ? await anomalyScale(table, valid, context.signal) : undefined;
  const model = jointModel(table.d, options, scale, random);
  const rows = Math.min(table.n, options.trainedRows ?? table.n);
  const batch = Math.min(options.batch, rows);
  const perEpoch = Math.ceil(rows / batch);
  return clusterJointly(
    model,
    await rowSource(table),
    {
      optimizer: (name) => adam({ name, clipNorm: options.clipNorm }),
      learningRate: options.learningRate,
      batch,
      warmUpSteps: Math.min(options.mostUpdates, options.warmUpEpochs * perEpoch),
      maxSteps: Math.min(options.mostUpdates, options.epochs * perEpoch),
      interval: perEpoch,
      restarts: 20,
      gamma: options.gamma,
      tolerance: options.tolerance,
      patience: options.patience,
      trainedRows: options.trainedRows,
    },
    context,
    random,
  );
}

/** Deep Temporal Clustering, trained; with other settings where they are given. */
export function dtc(options: Partial<DtcOptions> = {}): Method {
  return {
    id: 'dtc',
    title: 'DTC',
    kind: 'deep',
    reference: 'Madiraju, Sadat, Fisher and Karimabadi (2018), arXiv:1802.01059',
    description:
      'Each time step becomes one series, its anomalies cell after cell, for a temporal autoencoder (convolution, pooling, two bidirectional LSTMs), warmed up by Adam, then refined together with a Student-t target. Series are pooled to at most 100 steps, long ones more than in the publication.',
    fit: (samples, context) => fit(samples, { ...dtcTrained, ...options }, context),
  };
}

/** Deep Temporal Clustering as the public code of the published comparison runs it. */
export function dtcLab(options: Partial<DtcOptions> = {}): Method {
  return {
    ...dtc({ ...dtcPublished, ...options }),
    id: 'dtc-lab',
    title: 'DTC (LAB)',
    description:
      "As LAB's public code: each time step is one series of its values, cell after cell, and up to 366 of them are one batch, so that the autoencoder is updated only ten times for a year of days before the centres are found. Often too little for the clusters to come apart. Series are pooled to at most 100 steps (there: by 8).",
  };
}
