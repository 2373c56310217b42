import * as tf from '@tensorflow/tfjs-core';
import type { Tensors, TensorValue } from '../engine/engine';
import { adam, sgd } from '../engine/optimizer';
import { ParameterBuilder } from '../model/parameters';
import { Random } from '../random';
import type { Fit, Method, MethodContext } from './method';
import { type AnomalyScale, anomalyScale } from './network/anomalies';
import { rowSource } from './network/batches';
import { type CoarseImages, coarsen } from './network/coarsening';
import { clusterJointly, type JointModel } from './network/jointClustering';
import { float } from './network/network';
import {
  addSpatialAutoencoder,
  decodeImages,
  type Dropout,
  encodeImages,
  flatSize,
  type SpatialAutoencoder,
} from './network/spatialAutoencoder';
import { requireEnoughRows } from './requirements';
import type { Samples } from './samples';

/** Deep Spatiotemporal Clustering. */
export interface DscOptions {
  /** Factor on all of the published widths (convolutions of 64, 64, 128, 256, 512; LSTMs of 512; latent rows of 256). */
  readonly widthFactor: number;
  /** Rows or columns of a grid at most; the means of blocks of cells stand for those of larger ones. */
  readonly longestSide: number;
  /**
   * What the network sees and reconstructs: the values as they are, with the cells by which the grid is padded; or
   * anomalies of each column from its mean, in cells that have data.
   */
  readonly input: 'values' | 'anomalies';
  /** Share of the inputs of each LSTM that is left out in a training step. */
  readonly dropout: number;
  readonly optimizer: 'adam' | 'sgd';
  readonly learningRate: number;
  readonly batch: number;
  /** Passes over the rows for the autoencoder alone, and for both losses at most. */
  readonly warmUpEpochs: number;
  readonly epochs: number;
  /** Updates that each of both may take: long series end them earlier. */
  readonly mostUpdates: number;
  /** Updates between two targets; by default those of one epoch. */
  readonly interval?: number;
  /** Starts of the k-means that finds the first centres. */
  readonly restarts: number;
  /** Ends when a smaller share of the labels changed between two targets. */
  readonly tolerance: number;
}

/** What the public code of the published comparison runs. */
export const dscPublished: DscOptions = {
  widthFactor: 1,
  longestSide: 48,
  input: 'values',
  dropout: 0.1,
  optimizer: 'sgd',
  learningRate: 1e-7,
  batch: 8,
  warmUpEpochs: 0,
  epochs: Infinity,
  mostUpdates: 20_000,
  interval: 50,
  restarts: 30,
  tolerance: 1e-7,
};

/** The same network, narrower, with training that changes it. */
export const dscTrained: DscOptions = {
  ...dscPublished,
  widthFactor: 1 / 4,
  input: 'anomalies',
  optimizer: 'adam',
  learningRate: 1e-3,
  batch: 16,
  warmUpEpochs: 50,
  epochs: 50,
  mostUpdates: 2500,
  interval: undefined,
  tolerance: 1e-3,
};

const PUBLISHED_CHANNELS = [64, 64, 128, 256, 512] as const;

function architecture(
  variables: number,
  { height, width }: CoarseImages,
  factor: number,
): SpatialAutoencoder {
  const narrowed = (width: number) => Math.max(1, Math.round(width * factor));
  const padded = (side: number) => 16 * Math.ceil(side / 16);
  const [c1, c2, c3, c4, c5] = PUBLISHED_CHANNELS.map(narrowed);
  return {
    variables,
    height: padded(height),
    width: padded(width),
    channels: [c1, c2, c3, c4, c5],
    units: narrowed(512),
    dimensions: narrowed(256),
  };
}

function constants(
  { table, valid }: CoarseImages,
  scale: AnomalyScale | undefined,
): Record<string, TensorValue> {
  if (!scale) return {};
  const columns = valid.reduce((count, v) => count + v, 0);
  const scalar = (value: number): TensorValue => ({
    shape: [],
    dtype: 'float32',
    data: Float32Array.of(value),
  });
  return {
    'data.mean': { shape: [1, table.d], dtype: 'float32', data: scale.mean },
    'data.deviation': scalar(scale.deviation),
    'data.valid': { shape: [1, table.d], dtype: 'float32', data: Float32Array.from(valid) },
    'data.columns': scalar(Math.max(1, columns)),
  };
}

function jointModel(
  variables: number,
  images: CoarseImages,
  options: DscOptions,
  scale: AnomalyScale | undefined,
  random: Random,
): JointModel {
  const a = architecture(variables, images, options.widthFactor);
  const { height, width } = images;
  const builder = new ParameterBuilder(random);
  addSpatialAutoencoder(builder, a);
  const toGrid = (rows: tf.Tensor): tf.Tensor4D =>
    tf.pad(tf.reshape(rows, [-1, variables, height, width]), [
      [0, 0],
      [0, 0],
      [0, a.height - height],
      [0, a.width - width],
    ]);
  const anomalies = (state: Tensors, rows: tf.Tensor) => tf.sub(rows, state['data.mean']);
  const kept = 1 - options.dropout;
  const mask = {
    dtype: 'float32' as const,
    draw: (r: Random) => (r.uniform() < kept ? 1 / kept : 0),
  };
  return {
    name: 'DSC',
    parameters: builder.values,
    constants: constants(images, scale),
    dimensions: a.dimensions,
    noise:
      options.dropout > 0
        ? (size) => ({
            first: { ...mask, shape: float(size, flatSize(a)).shape },
            second: { ...mask, shape: [size, a.units] },
          })
        : undefined,
    encode(state, rows, noise) {
      const dropout = noise && 'first' in noise ? (noise as unknown as Dropout) : undefined;
      const input = scale ? tf.div(anomalies(state, rows), state['data.deviation']) : rows;
      return encodeImages(state, a, toGrid(input), dropout);
    },
    reconstructionError(state, rows, latent) {
      const output = decodeImages(state, a, latent);
      if (!scale) return tf.mean(tf.squaredDifference(output, toGrid(rows)));
      // Anomalies of values in [0, 1] lie in [-1, 1], which tanh reaches. The error is relative to their variance.
      const cells = tf.slice(output, [0, 0, 0, 0], [-1, variables, height, width]);
      const error = tf.sub(tf.reshape(cells, rows.shape), anomalies(state, rows));
      const relative = tf.mul(tf.square(tf.div(error, state['data.deviation'])), state['data.valid']);
      return tf.div(tf.sum(relative), tf.mul(state['data.columns'], rows.shape[0]));
    },
    logAssignment(latent, centres) {
      // Latent rows of a hardly trained network differ by little: distances by way of products would be rounding errors.
      const differences = tf.sub(tf.expandDims(latent, 1), tf.expandDims(centres, 0));
      return tf.logSoftmax(tf.neg(tf.log1p(tf.sum(tf.square(differences), 2)))) as tf.Tensor2D;
    },
  };
}

async function fit(samples: Samples, options: DscOptions, context: MethodContext): Promise<Fit> {
  const { n } = samples.table;
  requireEnoughRows(n, context.clusters);
  const images = await coarsen(samples, options.longestSide, context.signal);
  const [down, across] = images.factors;
  if (down > 1 || across > 1) {
    context.warn?.(
      `DSC sees grids of at most ${options.longestSide} x ${options.longestSide}: means over blocks of ${down} x ${across} cells, ${images.height} x ${images.width} in all.`,
    );
  }
  const random = new Random(context.seed);
  const scale =
    options.input === 'anomalies'
      ? await anomalyScale(images.table, images.valid, context.signal)
      : undefined;
  const batch = Math.min(options.batch, n);
  const perEpoch = Math.ceil(n / batch);
  const { optimizer, learningRate, mostUpdates } = options;
  return clusterJointly(
    jointModel(samples.variables, images, options, scale, random),
    await rowSource(images.table),
    {
      optimizer: (name) => (optimizer === 'adam' ? adam({ name }) : sgd({ name, momentum: 0.9 })),
      learningRate,
      batch,
      warmUpSteps: Math.min(mostUpdates, options.warmUpEpochs * perEpoch),
      maxSteps: Math.min(mostUpdates, options.epochs * perEpoch),
      interval: options.interval ?? perEpoch,
      restarts: options.restarts,
      gamma: 1,
      tolerance: options.tolerance,
      patience: 1,
    },
    context,
    random,
  );
}

/** Deep Spatiotemporal Clustering, trained; with other settings where they are given. */
export function dsc(options: Partial<DscOptions> = {}): Method {
  return {
    id: 'dsc',
    title: 'DSC',
    kind: 'deep',
    reference: 'Faruque, Nji, Cham, Salvi, Zheng and Wang (2023), arXiv:2304.14541',
    description:
      'A convolutional autoencoder of single time steps with two LSTM layers (over one step each, so nothing is remembered from one time step to the next), warmed up by Adam, then refined together with a Student-t target. A quarter of the published widths; grids of more than 48 x 48 are averaged in blocks.',
    fit: (samples, context) => fit(samples, { ...dscTrained, ...options }, context),
  };
}

/** Deep Spatiotemporal Clustering as its public code trains it. */
export function dscLab(options: Partial<DscOptions> = {}): Method {
  return {
    ...dsc({ ...dscPublished, ...options }),
    id: 'dsc-lab',
    title: 'DSC (LAB)',
    description:
      "As the authors' public code: the published widths, no warm-up, and gradient descent at a rate of 1e-7, which changes next to nothing. The clusters are those of k-means on the output of a network with random weights.",
  };
}
