import * as tf from '@tensorflow/tfjs-core';
import { rowsInMemory } from '../data/rows';
import type { StepDefinition, Tensors } from '../engine/engine';
import { adam } from '../engine/optimizer';
import { kmeansOfRows } from '../evaluation/kmeansOfRows';
import { breathe } from '../evaluation/scan';
import { ParameterBuilder } from '../model/parameters';
import { Random } from '../random';
import type { Fit, Method, MethodContext } from './method';
import { Batches } from './network/batches';
import { isRunningMoment } from './network/batchNorm';
import { addDenseStack, type DenseStack, denseStack } from './network/dense';
import { gradientPenalty } from './network/gradientPenalty';
import { networkInputs } from './network/inputs';
import { float, Network, pick, trainingStep } from './network/network';
import { categoryNoise, normalNoise, uniformNoise } from './network/noise';
import { argmaxRows } from './network/refinement';
import { requireEnoughRows } from './requirements';
import type { Samples } from './samples';

export interface ClusterGanOptions {
  /** Units of the two hidden layers of generator, critic and encoder. */
  readonly hidden: number;
  /** Dimensions of the normal part of the code. */
  readonly noise: number;
  /** Its standard deviation. */
  readonly deviation: number;
  readonly batch: number;
  /** Steps of generator and encoder. */
  readonly steps: number;
  /** Steps of the critic for each of them. */
  readonly criticSteps: number;
  readonly learningRate: number;
  /** Weight of the gradient penalty. */
  readonly penalty: number;
  /** Weights β_n, β_c of the code's recovery: its normal part (mean squared error) and its category (cross entropy). */
  readonly noiseWeight: number;
  readonly categoryWeight: number;
  /** Half the sum of squared weights is added to the losses, times this. */
  readonly weightDecay: number;
  /**
   * Whose hidden layers are normalised over the batch, always by its own moments: the generator's, or those of all three
   * networks as in the authors' code. An encoder that has only seen made rows then meets the data in the same range.
   */
  readonly batchNorm: 'none' | 'generator' | 'all';
  /** Columns up to which the network sees the rows as they are, see networkInputs(). */
  readonly maxColumns: number;
}

const defaults: ClusterGanOptions = {
  hidden: 256,
  noise: 30,
  deviation: 0.1,
  batch: 64,
  steps: 5000,
  criticSteps: 5,
  learningRate: 3e-4,
  penalty: 10,
  noiseWeight: 10,
  categoryWeight: 10,
  weightDecay: 2.5e-5,
  batchNorm: 'all',
  maxColumns: 1024,
};

const RESTARTS = 20;
/** Rows that are encoded at once. */
const BLOCK = 256;
/** Steps between two reports. */
const REPORT = 50;

/** ClusterGAN (Mukherjee et al., 2019) with these options instead of the defaults for fields. */
export function clusterGan(options: Partial<ClusterGanOptions> = {}): Method {
  const o = { ...defaults, ...options };
  return {
    id: 'clustergan',
    title: 'ClusterGAN',
    kind: 'deep',
    reference: 'Mukherjee, Asnani, Lin and Kannan (2019), arXiv:1809.03627',
    description:
      'A generator of fields from a category and noise, with an encoder that recovers both; the codes of the data are clustered by k-means.',
    fit: (samples, context) => fitClusterGan(samples, context, o),
  };
}

/** The three networks. */
export interface ClusterGanNetworks {
  readonly columns: number;
  readonly clusters: number;
  readonly options: ClusterGanOptions;
  readonly generator: DenseStack;
  readonly critic: DenseStack;
  readonly encoder: DenseStack;
}

/** @param linear whether columns may have any value, instead of those between 0 and 1 */
export function clusterGanNetworks(
  columns: number,
  clusters: number,
  linear: boolean,
  options: ClusterGanOptions,
): ClusterGanNetworks {
  const { hidden, noise, batchNorm } = options;
  const code = noise + clusters;
  const stack = (name: string, from: number, to: number): DenseStack => ({
    name,
    sizes: [from, hidden, hidden, to],
    hidden: 'leakyRelu',
    output: 'linear',
    batchNorm: batchNorm === 'all' || (batchNorm === 'generator' && name === 'generator'),
  });
  return {
    columns,
    clusters,
    options,
    generator: { ...stack('generator', code, columns), output: linear ? 'linear' : 'sigmoid' },
    critic: stack('critic', columns, 1),
    encoder: stack('encoder', columns, code),
  };
}

/** All normalisation is by the moments of the batch at hand. */
const ownMoments = { training: true } as const;

const isCritic = (name: string): boolean => name.startsWith('critic.') && !isRunningMoment(name);

const isGenerator = (name: string): boolean => /^(generator|encoder)\./.test(name) && !isRunningMoment(name);

/** Initial values of all parameters. */
export function initialClusterGan(networks: ClusterGanNetworks, random: Random): ParameterBuilder['values'] {
  const builder = new ParameterBuilder(random);
  for (const stack of [networks.generator, networks.critic, networks.encoder])
    addDenseStack(builder, stack, 'normal');
  return builder.values;
}

function generated({ generator }: ClusterGanNetworks, state: Tensors, x: Tensors): tf.Tensor2D {
  const code = tf.concat([x['noise'], x['category']], 1) as tf.Tensor2D;
  return denseStack(state, generator, code, ownMoments);
}

/** Half the sum of squares of the weights, without biases. */
function squaredWeights(state: Tensors, trained: (name: string) => boolean): tf.Tensor {
  const weights = Object.keys(state).filter((name) => trained(name) && name.endsWith('.weight'));
  return tf.mul(tf.addN(weights.map((name) => tf.sum(tf.square(state[name])))), 0.5);
}

export function clusterGanOptimizers() {
  return {
    critic: adam({ name: 'critic', beta1: 0.5, beta2: 0.9 }),
    generator: adam({ name: 'generator', beta1: 0.5, beta2: 0.9 }),
  };
}

/**
 * One step of the critic: D(made) - D(real) plus the gradient penalty. Inputs: `real` `[batch, columns]`, `noise`
 * `[batch, noise]`, `category` `[batch, K]`, `mix` `[batch, 1]`, `learningRate`.
 */
export function clusterGanCriticStep(networks: ClusterGanNetworks, batch: number): StepDefinition {
  const { columns, clusters, critic, options: o } = networks;
  return trainingStep({
    name: 'ClusterGAN critic',
    inputs: {
      real: float(batch, columns),
      noise: float(batch, o.noise),
      category: float(batch, clusters),
      mix: float(batch, 1),
    },
    optimizer: clusterGanOptimizers().critic,
    trained: isCritic,
    loss(state, x) {
      const real = x['real'] as tf.Tensor2D;
      const made = generated(networks, state, x);
      const score = (rows: tf.Tensor2D): tf.Tensor => denseStack(state, critic, rows, ownMoments);
      const distance = tf.sub(tf.mean(score(made)), tf.mean(score(real)));
      const penalty = tf.mul(gradientPenalty(score, real, made, x['mix']), o.penalty);
      const decay = tf.mul(squaredWeights(state, isCritic), o.weightDecay);
      return { loss: tf.add(tf.add(distance, penalty), decay), outputs: { distance: tf.neg(distance) } };
    },
  });
}

/**
 * One step of generator and encoder: what the critic says of made rows, and how well the encoder tells their code.
 * Inputs: `noise`, `category`, `learningRate`.
 */
export function clusterGanGeneratorStep(networks: ClusterGanNetworks, batch: number): StepDefinition {
  const { clusters, critic, encoder, options: o } = networks;
  return trainingStep({
    name: 'ClusterGAN generator',
    inputs: { noise: float(batch, o.noise), category: float(batch, clusters) },
    optimizer: clusterGanOptimizers().generator,
    trained: isGenerator,
    loss(state, x) {
      const made = generated(networks, state, x);
      const code = denseStack(state, encoder, made, ownMoments);
      const [noise, logits] = tf.split(code, [o.noise, clusters], 1);
      const noiseError = tf.mean(tf.square(tf.sub(noise, x['noise'])));
      const categoryError = tf.neg(tf.mean(tf.sum(tf.mul(x['category'], tf.logSoftmax(logits)), 1)));
      const loss = tf.addN([
        tf.neg(tf.mean(denseStack(state, critic, made, ownMoments))),
        tf.mul(noiseError, o.noiseWeight),
        tf.mul(categoryError, o.categoryWeight),
        tf.mul(squaredWeights(state, isGenerator), o.weightDecay),
      ]);
      return { loss, outputs: { noiseError, categoryError } };
    },
  });
}

/** `x` `[count, columns]` to its code: the noise, and the probabilities of the categories. `[count, noise + K]` */
function encoderStep(
  { columns, clusters, encoder, options: o }: ClusterGanNetworks,
  count: number,
): StepDefinition {
  return {
    name: 'ClusterGAN encoder',
    inputs: { x: float(count, columns) },
    compute(state, { x }) {
      const [noise, logits] = tf.split(
        denseStack(state, encoder, x as tf.Tensor2D, ownMoments),
        [o.noise, clusters],
        1,
      );
      return { outputs: { code: tf.concat([noise, tf.softmax(logits)], 1) } };
    },
  };
}

async function fitClusterGan({ table }: Samples, context: MethodContext, o: ClusterGanOptions): Promise<Fit> {
  const { clusters, signal, products } = context;
  const { n } = table;
  requireEnoughRows(n, clusters);
  const random = new Random(context.seed);
  const source = await networkInputs(table, { ...o, random: random.fork(), products, signal });
  const networks = clusterGanNetworks(source.d, clusters, source.compressed, o);
  const parameters = initialClusterGan(networks, random.fork());
  const optimizers = clusterGanOptimizers();
  const initial = {
    ...parameters,
    ...optimizers.critic.init(pick(parameters, isCritic)),
    ...optimizers.generator.init(pick(parameters, isGenerator)),
  };
  const batches = new Batches(n, o.batch, random.fork());
  const draws = random.fork();
  const real = new Float32Array(batches.size * source.d);
  const noise = new Float32Array(batches.size * o.noise);
  const category = new Float32Array(batches.size * clusters);
  const mix = new Float32Array(batches.size);
  const learningRate = Float32Array.of(o.learningRate);
  const losses: number[] = [];

  const code = await Network.use(await context.engine(), initial, async (network) => {
    const criticStep = await network.compile(clusterGanCriticStep(networks, batches.size));
    const generatorStep = await network.compile(clusterGanGeneratorStep(networks, batches.size));
    const drawCode = (): void => {
      normalNoise(noise, o.deviation, draws);
      categoryNoise(category, clusters, draws);
    };
    let sum = 0;
    for (let i = 0; i < o.steps; i++) {
      await breathe(signal);
      for (let k = 0; k < o.criticSteps; k++) {
        await source.gather(batches.draw(), real);
        drawCode();
        uniformNoise(mix, 0, 1, draws);
        await criticStep.run({ real, noise, category, mix, learningRate }, []);
      }
      drawCode();
      sum += (await generatorStep.run({ noise, category, learningRate }))['loss'].data[0];
      if ((i + 1) % REPORT === 0) {
        losses.push(sum / REPORT);
        sum = 0;
        context.progress?.((i + 1) / o.steps);
      }
    }
    const count = Math.min(n, BLOCK);
    const outputs = o.noise + clusters;
    const encode = await network.compile(encoderStep(networks, count));
    return network.mapShuffled(encode, source, { rows: 'x', output: 'code', count, outputs }, draws, signal);
  });

  const dimensions = o.noise + clusters;
  const options = { restarts: RESTARTS, products, signal };
  const { labels } = await kmeansOfRows(rowsInMemory(code, n, dimensions), clusters, random.fork(), options);
  const probabilities = Float32Array.from({ length: n * clusters }, (_, at) => {
    const [row, k] = [Math.floor(at / clusters), at % clusters];
    return code[row * dimensions + o.noise + k];
  });
  return {
    labels,
    embedding: { values: code, dimensions },
    alternatives: { 'encoder argmax': argmaxRows(probabilities, n, clusters) },
    losses,
  };
}
