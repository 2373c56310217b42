import * as tf from '@tensorflow/tfjs-core';
import { rowsInMemory } from '../../data/rows';
import type { CompiledStep, TensorSpec, TensorValues, Tensors } from '../../engine/engine';
import type { Optimizer } from '../../engine/optimizer';
import { kmeansOfRows } from '../../evaluation/kmeansOfRows';
import { breathe } from '../../evaluation/scan';
import { targetDivergence } from '../../model/clusteringHead';
import type { Random } from '../../random';
import type { Fit, MethodContext } from '../method';
import { Batches, type RowSource } from './batches';
import { float, Network, trainingStep } from './network';
import { argmaxRows, refine } from './refinement';

/** An autoencoder with a Student-t head, whose both losses are lowered together: DSC and DTC. */
export interface JointModel {
  readonly name: string;
  /** What is trained: `encoder.*` and `decoder.*`. */
  readonly parameters: TensorValues;
  /** What the network reads besides, and never changes. */
  readonly constants: TensorValues;
  /** Columns of the latent rows. */
  readonly dimensions: number;
  /** Inputs that each training step draws anew (the masks of dropout), for a batch of this size. */
  noise?(size: number): Readonly<Record<string, TensorSpec & { draw(random: Random): number }>>;
  /** Latent rows `[B, dimensions]` of rows `[B, d]`. */
  encode(state: Tensors, rows: tf.Tensor2D, noise?: Tensors): tf.Tensor2D;
  /** Scalar error of the reconstruction from the latent rows. */
  reconstructionError(state: Tensors, rows: tf.Tensor2D, latent: tf.Tensor2D): tf.Tensor;
  /** log q `[B, K]` of latent rows for centres `[K, dimensions]`. */
  logAssignment(latent: tf.Tensor2D, centres: tf.Tensor2D): tf.Tensor2D;
}

export interface JointTraining {
  /** Each phase has its own, whose state entries are told apart by the name. */
  optimizer(name: string): Optimizer;
  readonly learningRate: number;
  readonly batch: number;
  /** Steps on the reconstruction alone, before the centres are found. */
  readonly warmUpSteps: number;
  /** Weight of KL(p ‖ q) beside the reconstruction. */
  readonly gamma: number;
  /** Starts of the k-means that finds the first centres. */
  readonly restarts: number;
  /** Steps between two targets, of all at most, and when to end: as `RefinementOptions`. */
  readonly interval: number;
  readonly maxSteps: number;
  readonly tolerance: number;
  readonly patience: number;
  /** Only so many rows, the first, are trained on and found centres in; the others are only labelled. All by default. */
  readonly trainedRows?: number;
}

const CENTRES = 'head.centres';
const isAutoencoder = (name: string) => /^(encoder|decoder)\./.test(name);
const isTrained = (name: string) => isAutoencoder(name) || name === CENTRES;
const WARM_UP = 'warmUp';
const JOINT = 'joint';

/**
 * Warm-up of the autoencoder, first centres by k-means of the latent rows, then reconstruction error + gamma KL(p ‖ q)
 * until the labels rest. Labels are argmax q; the alternative `autoencoder + k-means` holds those of the first centres, so
 * that one can see what the joint phase changed. `losses`: mean of each epoch of the warm-up, then between two targets.
 */
export async function clusterJointly(
  model: JointModel,
  source: RowSource,
  training: JointTraining,
  { clusters, engine, products, signal, progress }: MethodContext,
  random: Random,
): Promise<Fit> {
  const { d } = source;
  const n = Math.min(source.n, training.trainedRows ?? source.n);
  const trained: RowSource = { ...source, n };
  const centres: TensorValues = {
    [CENTRES]: {
      shape: [clusters, model.dimensions],
      dtype: 'float32',
      data: new Float32Array(clusters * model.dimensions),
    },
  };
  const initial = {
    ...model.parameters,
    ...model.constants,
    ...centres,
    ...(training.warmUpSteps > 0 && training.optimizer(WARM_UP).init(model.parameters)),
    ...training.optimizer(JOINT).init({ ...model.parameters, ...centres }),
  };
  const total = Math.max(1, training.warmUpSteps + training.maxSteps);
  return Network.use(await engine(), initial, async (network) => {
    const batches = new Batches(n, training.batch, random.fork());
    const steps = await compiledSteps(network, model, training, batches.size, d, clusters);
    const rows = new Float32Array(batches.size * d);
    const noiseRandom = random.fork();
    const learningRate = Float32Array.of(training.learningRate);
    const run = async (step: CompiledStep, indices: Int32Array, more: Record<string, Float32Array>) => {
      await source.gather(indices, rows);
      const noise = drawn(model, batches.size, noiseRandom);
      const { loss } = await step.run({ rows, learningRate, ...noise, ...more });
      return loss.data[0];
    };
    const map = (output: 'latent' | 'q', outputs: number, of = trained) =>
      network.map(steps.assign, of, { rows: 'rows', output, count: batches.size, outputs }, signal);

    const losses: number[] = [];
    let sum = 0;
    for (let i = 0, count = 1; i < training.warmUpSteps; i++, count++) {
      await breathe(signal);
      sum += await run(steps.warmUp!, batches.draw(), {});
      if (count === batches.perEpoch || i + 1 === training.warmUpSteps) {
        losses.push(sum / count);
        progress?.((i + 1) / total);
        sum = count = 0;
      }
    }

    const latent = await map('latent', model.dimensions);
    const first = await kmeansOfRows(rowsInMemory(latent, n, model.dimensions), clusters, random.fork(), {
      restarts: training.restarts,
      products,
      signal,
    });
    await network.state.write({ [CENTRES]: { ...centres[CENTRES], data: first.centroids } });

    const refined = await refine(
      {
        assign: () => map('q', clusters),
        step: (indices, target) => run(steps.joint, indices, { target }),
      },
      {
        ...training,
        n,
        clusters,
        batches,
        signal,
        progress: (share) => progress?.((training.warmUpSteps + share * training.maxSteps) / total),
      },
    );
    const alone = n < source.n;
    return {
      labels: alone ? argmaxRows(await map('q', clusters, source), source.n, clusters) : refined.labels,
      embedding: { values: await map('latent', model.dimensions, source), dimensions: model.dimensions },
      ...(!alone && { alternatives: { 'autoencoder + k-means': first.labels } }),
      losses: [...losses, ...refined.losses],
    };
  });
}

async function compiledSteps(
  network: Network,
  model: JointModel,
  { optimizer, gamma, warmUpSteps }: JointTraining,
  size: number,
  d: number,
  clusters: number,
) {
  const noise = model.noise?.(size) ?? {};
  const inputs = { rows: float(size, d), ...noise };
  const warmUp = trainingStep({
    name: `${model.name} warm-up`,
    inputs,
    optimizer: optimizer(WARM_UP),
    trained: isAutoencoder,
    loss(state, { rows, ...rest }) {
      const latent = model.encode(state, rows as tf.Tensor2D, rest);
      return { loss: model.reconstructionError(state, rows as tf.Tensor2D, latent) };
    },
  });
  const joint = await network.compile(
    trainingStep({
      name: `${model.name} joint step`,
      inputs: { ...inputs, target: float(size, clusters) },
      optimizer: optimizer(JOINT),
      trained: isTrained,
      loss(state, { rows, target, ...rest }) {
        const latent = model.encode(state, rows as tf.Tensor2D, rest);
        const error = model.reconstructionError(state, rows as tf.Tensor2D, latent);
        const logQ = model.logAssignment(latent, state[CENTRES] as tf.Tensor2D);
        return { loss: tf.add(error, tf.mul(targetDivergence(target as tf.Tensor2D, logQ), gamma)) };
      },
    }),
  );
  const assign = await network.compile({
    name: `${model.name} assignment`,
    inputs: { rows: float(size, d) },
    compute(state, { rows }) {
      const latent = model.encode(state, rows as tf.Tensor2D);
      const q = tf.exp(model.logAssignment(latent, state[CENTRES] as tf.Tensor2D));
      return { outputs: { latent, q } };
    },
  });
  return { warmUp: warmUpSteps > 0 ? await network.compile(warmUp) : undefined, joint, assign };
}

function drawn(model: JointModel, size: number, random: Random): Record<string, Float32Array> {
  const entries = Object.entries(model.noise?.(size) ?? {}).map(([name, { shape, draw }]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return [name, Float32Array.from({ length }, () => draw(random))] as const;
  });
  return Object.fromEntries(entries);
}
