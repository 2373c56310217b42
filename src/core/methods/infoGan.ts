import * as tf from '@tensorflow/tfjs-core';
import type { StepDefinition, Tensors } from '../engine/engine';
import { adam } from '../engine/optimizer';
import { breathe } from '../evaluation/scan';
import { ParameterBuilder } from '../model/parameters';
import { Random } from '../random';
import type { Fit, Method, MethodContext } from './method';
import { Batches } from './network/batches';
import { isRunningMoment } from './network/batchNorm';
import { addDenseStack, type DenseStack, denseStack } from './network/dense';
import { networkInputs } from './network/inputs';
import { float, Network, pick, trainingStep } from './network/network';
import { categoryNoise, uniformNoise } from './network/noise';
import { argmaxRows } from './network/refinement';
import { requireEnoughRows } from './requirements';
import type { Samples } from './samples';

export interface InfoGanOptions {
  /** Units of the two hidden layers of generator and trunk. */
  readonly hidden: number;
  /** Units of the hidden layer of the head that tells the codes (Q). */
  readonly head: number;
  /** Uniform noise that nothing recovers. */
  readonly noise: number;
  /** Continuous codes, uniform in [-1, 1]. */
  readonly codes: number;
  readonly batch: number;
  /** Updates of discriminator and generator each. */
  readonly steps: number;
  readonly discriminatorRate: number;
  readonly generatorRate: number;
  /** Weight λ of the mutual information between codes and images. */
  readonly information: number;
  /**
   * Whose hidden layers are normalised over the batch, always by its own moments: the generator's, or those of all networks.
   */
  readonly batchNorm: 'none' | 'generator' | 'all';
  /** Columns up to which the network sees the rows as they are, see networkInputs(). */
  readonly maxColumns: number;
}

const defaults: InfoGanOptions = {
  hidden: 256,
  head: 128,
  noise: 62,
  codes: 2,
  batch: 128,
  steps: 5000,
  discriminatorRate: 2e-4,
  generatorRate: 1e-3,
  information: 1,
  batchNorm: 'all',
  maxColumns: 1024,
};

/** Rows that are labelled at once. */
const BLOCK = 256;
/** Steps between two reports. */
const REPORT = 50;

/** InfoGAN (Chen et al., 2016) of dense layers, with these options instead of the defaults for fields. */
export function infoGan(options: Partial<InfoGanOptions> = {}): Method {
  const o = { ...defaults, ...options };
  return {
    id: 'infogan',
    title: 'InfoGAN',
    kind: 'deep',
    reference: 'Chen, Duan, Houthooft, Schulman, Sutskever and Abbeel (2016), arXiv:1606.03657',
    description:
      'A generative adversarial network whose generator is told a category; the label is the category that the discriminator recovers.',
    fit: (samples, context) => fitInfoGan(samples, context, o),
  };
}

/** Generator, the trunk that discriminator and Q share, and their heads. */
export interface InfoGanNetworks {
  readonly columns: number;
  readonly clusters: number;
  readonly options: InfoGanOptions;
  readonly generator: DenseStack;
  readonly trunk: DenseStack;
  readonly real: DenseStack;
  readonly recognition: DenseStack;
}

/** @param linear whether columns may have any value, instead of those between 0 and 1 */
export function infoGanNetworks(
  columns: number,
  clusters: number,
  linear: boolean,
  options: InfoGanOptions,
): InfoGanNetworks {
  const { hidden, head, noise, codes, batchNorm } = options;
  const all = batchNorm === 'all';
  return {
    columns,
    clusters,
    options,
    generator: {
      name: 'generator',
      sizes: [noise + clusters + codes, hidden, hidden, columns],
      hidden: 'relu',
      output: linear ? 'linear' : 'sigmoid',
      batchNorm: all || batchNorm === 'generator',
    },
    trunk: {
      name: 'trunk',
      sizes: [columns, hidden, hidden],
      hidden: 'leakyRelu',
      output: 'leakyRelu',
      batchNorm: all,
    },
    real: { name: 'real', sizes: [hidden, 1], hidden: 'linear', output: 'linear' },
    recognition: {
      name: 'recognition',
      sizes: [hidden, head, clusters + codes],
      hidden: 'leakyRelu',
      output: 'linear',
      batchNorm: all,
    },
  };
}

/** All normalisation is by the moments of the batch at hand. */
const ownMoments = { training: true } as const;

const isGenerator = (name: string): boolean => name.startsWith('generator.') && !isRunningMoment(name);
const isDiscriminator = (name: string): boolean =>
  /^(trunk|real|recognition)\./.test(name) && !isRunningMoment(name);
/** Initial values of all parameters. */
export function initialInfoGan(networks: InfoGanNetworks, random: Random): ParameterBuilder['values'] {
  const builder = new ParameterBuilder(random);
  for (const stack of [networks.generator, networks.trunk, networks.real, networks.recognition]) {
    addDenseStack(builder, stack, 'glorot');
  }
  return builder.values;
}

export function infoGanOptimizers() {
  return {
    discriminator: adam({ name: 'discriminator', beta1: 0.5 }),
    generator: adam({ name: 'generator', beta1: 0.5 }),
  };
}

interface Judged {
  readonly logit: tf.Tensor;
  readonly categories: tf.Tensor2D;
  readonly codes: tf.Tensor2D;
}

function judge(
  { trunk, real, recognition, clusters, options }: InfoGanNetworks,
  state: Tensors,
  x: tf.Tensor2D,
): Judged {
  const features = denseStack(state, trunk, x, ownMoments);
  const [categories, codes] = tf.split(
    denseStack(state, recognition, features, ownMoments),
    [clusters, options.codes],
    1,
  );
  return {
    logit: denseStack(state, real, features),
    categories: categories as tf.Tensor2D,
    codes: codes as tf.Tensor2D,
  };
}

function generated({ generator }: InfoGanNetworks, state: Tensors, x: Tensors): tf.Tensor2D {
  const code = tf.concat([x['noise'], x['category'], x['codes']], 1) as tf.Tensor2D;
  return denseStack(state, generator, code, ownMoments);
}

/**
 * The variational bound on the information, without its constants: E log Q(c | x), the category by its probability, the
 * continuous codes by a normal of standard deviation 1 around Q's estimate (as the authors' code fixes it).
 */
function information({ categories, codes }: Judged, x: Tensors): tf.Tensor {
  const category = tf.sum(tf.mul(x['category'], tf.logSoftmax(categories)), 1);
  const squares = tf.sum(tf.square(tf.sub(codes, x['codes'])), 1);
  return tf.mean(tf.sub(category, tf.mul(squares, 0.5)));
}

function codeInputs({ clusters, options: { noise, codes } }: InfoGanNetworks, batch: number) {
  return { noise: float(batch, noise), category: float(batch, clusters), codes: float(batch, codes) };
}

/**
 * One step of discriminator and Q. Inputs: `x` `[batch, columns]`, `noise` `[batch, noise]`, `category` `[batch, K]`,
 * `codes` `[batch, codes]`, `learningRate`.
 */
export function infoGanDiscriminatorStep(networks: InfoGanNetworks, batch: number): StepDefinition {
  return trainingStep({
    name: 'InfoGAN discriminator',
    inputs: { x: float(batch, networks.columns), ...codeInputs(networks, batch) },
    optimizer: infoGanOptimizers().discriminator,
    trained: isDiscriminator,
    loss(state, inputs) {
      const data = judge(networks, state, inputs['x'] as tf.Tensor2D);
      const made = judge(networks, state, generated(networks, state, inputs));
      // -log σ(l) = softplus(-l), -log(1 - σ(l)) = softplus(l)
      const adversarial = tf.add(tf.mean(tf.softplus(tf.neg(data.logit))), tf.mean(tf.softplus(made.logit)));
      const bound = tf.mul(information(made, inputs), networks.options.information);
      return { loss: tf.sub(adversarial, bound) };
    },
  });
}

/** One step of the generator. Inputs: `noise`, `category`, `codes`, `learningRate`. */
export function infoGanGeneratorStep(networks: InfoGanNetworks, batch: number): StepDefinition {
  return trainingStep({
    name: 'InfoGAN generator',
    inputs: codeInputs(networks, batch),
    optimizer: infoGanOptimizers().generator,
    trained: isGenerator,
    loss(state, inputs) {
      const made = judge(networks, state, generated(networks, state, inputs));
      const bound = tf.mul(information(made, inputs), networks.options.information);
      return { loss: tf.sub(tf.mean(tf.softplus(tf.neg(made.logit))), bound) };
    },
  });
}

/** `x` `[count, columns]` to the logits of its category `[count, K]`. */
function recognitionStep(networks: InfoGanNetworks, count: number): StepDefinition {
  return {
    name: 'InfoGAN recognition',
    inputs: { x: float(count, networks.columns) },
    compute: (state, { x }) => ({
      outputs: { categories: judge(networks, state, x as tf.Tensor2D).categories },
    }),
  };
}

async function fitInfoGan({ table }: Samples, context: MethodContext, o: InfoGanOptions): Promise<Fit> {
  const { clusters, signal, products } = context;
  const { n } = table;
  requireEnoughRows(n, clusters);
  const random = new Random(context.seed);
  const source = await networkInputs(table, { ...o, random: random.fork(), products, signal });
  const networks = infoGanNetworks(source.d, clusters, source.compressed, o);
  const parameters = initialInfoGan(networks, random.fork());
  const optimizers = infoGanOptimizers();
  const initial = {
    ...parameters,
    ...optimizers.discriminator.init(pick(parameters, isDiscriminator)),
    ...optimizers.generator.init(pick(parameters, isGenerator)),
  };
  const batches = new Batches(n, o.batch, random.fork());
  const draws = random.fork();
  const x = new Float32Array(batches.size * source.d);
  const noise = new Float32Array(batches.size * o.noise);
  const category = new Float32Array(batches.size * clusters);
  const codes = new Float32Array(batches.size * o.codes);
  const discriminatorRate = Float32Array.of(o.discriminatorRate);
  const generatorRate = Float32Array.of(o.generatorRate);
  const losses: number[] = [];

  return Network.use(await context.engine(), initial, async (network) => {
    const discriminatorStep = await network.compile(infoGanDiscriminatorStep(networks, batches.size));
    const generatorStep = await network.compile(infoGanGeneratorStep(networks, batches.size));
    const drawCode = (): void => {
      uniformNoise(noise, -1, 1, draws);
      categoryNoise(category, clusters, draws);
      uniformNoise(codes, -1, 1, draws);
    };
    let sum = 0;
    for (let i = 0; i < o.steps; i++) {
      await breathe(signal);
      await source.gather(batches.draw(), x);
      drawCode();
      await discriminatorStep.run({ x, noise, category, codes, learningRate: discriminatorRate }, []);
      drawCode();
      const { loss } = await generatorStep.run({ noise, category, codes, learningRate: generatorRate });
      sum += loss.data[0];
      if ((i + 1) % REPORT === 0) {
        losses.push(sum / REPORT);
        sum = 0;
        context.progress?.((i + 1) / o.steps);
      }
    }
    const count = Math.min(n, BLOCK);
    const recognition = await network.compile(recognitionStep(networks, count));
    const map = { rows: 'x', output: 'categories', count, outputs: clusters };
    const logits = await network.mapShuffled(recognition, source, map, draws, signal);
    return { labels: argmaxRows(logits, n, clusters), losses };
  });
}
