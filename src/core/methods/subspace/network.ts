import type { CompiledStep, Engine, State, StepDefinition, TensorValues } from '../../engine/engine';
import { blocksOf } from '../../data/rows';
import { UserError } from '../../errors';
import { breathe } from '../../evaluation/scan';
import type { SubspacePostprocessing } from '../../evaluation/subspaceClustering';
import { ParameterBuilder } from '../../model/parameters';
import type { Random } from '../../random';
import type { MethodContext } from '../method';
import { requireAtMost, requireEnoughRows } from '../requirements';
import type { Samples } from '../samples';
import {
  addAutoencoder,
  type AutoencoderShape,
  type ImageShape,
  isAutoencoderParameter,
  layerShapes,
} from './autoencoder';
import { coarsen } from './coarsen';
import {
  COEFFICIENTS,
  entriesOf,
  IMAGES,
  isSubspaceParameter,
  jointOptimizer,
  pretrainingOptimizer,
  pretrainingStep,
  type SubspaceWeights,
} from './steps';

/**
 * How the autoencoder is trained before self-expression begins. The authors stop early, when copies look "reasonably
 * good"; an autoencoder that is trained to the end has codes that express each other worse.
 */
export interface Pretraining {
  readonly learningRate: number;
  /** Images a step. */
  readonly batch: number;
  /** Where it stops: the mean over an epoch of the squared error, as a share of the variance about the columns' means. */
  readonly error: number;
  /** Where it stops before that: steps in which the error falls by less than {@link LEAST_PROGRESS}. */
  readonly patience: number;
  /** Steps after which it stops in any case. */
  readonly mostSteps: number;
}

const LEAST_PROGRESS = 0.01;

/** What the networks of self-expression share. */
export interface SubspaceNetworkOptions {
  /** Channels after each layer of the encoder. */
  readonly channels: readonly number[];
  readonly kernels: readonly number[];
  readonly output: AutoencoderShape['output'];
  /** What the values are multiplied with, which are in [0, 1]; `unit`: so that rows have squared length 1000 on average. */
  readonly scale: number | 'unit';
  /** Whether each column's mean is subtracted first. */
  readonly centre: boolean;
  readonly weights: SubspaceWeights;
  /** What all coefficients start from. */
  readonly initialCoefficient: number;
  readonly learningRate: number;
  /** Joint steps on all samples. */
  readonly iterations: number;
  readonly pretraining: Pretraining;
  readonly postprocessing: SubspacePostprocessing;
}

/** Samples up to which C [n, n], its gradient and its moments are held. */
export const MOST_SAMPLES = 4000;
/** Values of all images in all layers of the encoder, which a step takes about 50 bytes for each: 1.7 GB. */
const MOST_VALUES = 2 ** 25;
const UNIT_SQUARE = 1000;

/** A network of self-expression in training: the state, what it was made for, and what to give back. */
export interface SubspaceNetwork {
  readonly engine: Engine;
  readonly state: State;
  readonly shape: AutoencoderShape;
  readonly n: number;
  /** As the joint steps see them. [n, C, H, W] */
  readonly images: Float32Array;
  /** What the values were multiplied with. */
  readonly scale: number;
  /** Compiles a step; it is given back with the network, if not before. */
  compile(step: StepDefinition): Promise<CompiledStep>;
  dispose(): void;
}

/**
 * The network before any training. `extra` are further entries of the state, given its
 * parameters.
 * @throws UserError when there are too many samples, or too few
 */
export async function createNetwork(
  samples: Samples,
  context: MethodContext,
  options: SubspaceNetworkOptions,
  random: Random,
  extra: (shape: AutoencoderShape, parameters: TensorValues) => TensorValues = () => ({}),
): Promise<SubspaceNetwork> {
  const { n } = samples.table;
  requireEnoughRows(n, context.clusters);
  requireAtMost(MOST_SAMPLES, n, 'Deep subspace clustering');
  const factor = blockSize(samples, options);
  if (factor > 1) {
    context.warn?.(
      `Deep subspace clustering holds all ${n} fields at once: it saw them averaged over ${factor} x ${factor} cells.`,
    );
  }
  const { images, scale, size } = await readImages(samples, factor, options, context);
  const shape = shapeOf(size, options);
  const builder = new ParameterBuilder(random);
  addAutoencoder(builder, shape);
  builder.constant(COEFFICIENTS, [n, n], options.initialCoefficient);
  const engine = await context.engine();
  const parameters = builder.values;
  const state = await engine.createState({
    ...parameters,
    [IMAGES]: { shape: [n, shape.variables, shape.height, shape.width], dtype: 'float32', data: images },
    ...pretrainingOptimizer.init(entriesOf(parameters, isAutoencoderParameter)),
    ...jointOptimizer.init(entriesOf(parameters, isSubspaceParameter)),
    ...extra(shape, parameters),
  });
  const steps = new Set<CompiledStep>();
  return {
    engine,
    state,
    shape,
    n,
    images,
    scale,
    async compile(step) {
      const compiled = await engine.compile(step, state);
      const own: CompiledStep = {
        run: (inputs, wanted) => compiled.run(inputs, wanted),
        dispose: () => {
          if (steps.delete(own)) compiled.dispose();
        },
      };
      steps.add(own);
      return own;
    },
    dispose() {
      for (const step of [...steps]) step.dispose();
      state.dispose();
    },
  };
}

function shapeOf(
  [variables, height, width]: ImageShape,
  { channels, kernels, output }: SubspaceNetworkOptions,
): AutoencoderShape {
  return { variables, height, width, channels, kernels, output };
}

/** Sides of the blocks of cells that have to be averaged for all images to fit. Throws a UserError when nothing helps. */
function blockSize({ table, variables, height, width }: Samples, options: SubspaceNetworkOptions): number {
  for (let factor = 1; ; factor++) {
    const size: ImageShape = [variables, Math.ceil(height / factor), Math.ceil(width / factor)];
    const values = layerShapes(shapeOf(size, options)).reduce((sum, [c, h, w]) => sum + c * h * w, 0);
    if (table.n * values <= MOST_VALUES) return factor;
    if (size[1] === 1 && size[2] === 1) {
      throw new UserError(
        `Deep subspace clustering trains on all samples at once: ${table.n} of ${variables} variables are too many. Choose fewer variables or a shorter period, or leave this method out.`,
      );
    }
  }
}

/** All images, averaged over blocks, centred and multiplied as the options say. */
async function readImages(
  { table, variables, height, width, valid }: Samples,
  factor: number,
  { scale, centre }: SubspaceNetworkOptions,
  { signal }: MethodContext,
): Promise<{ images: Float32Array; scale: number; size: ImageShape }> {
  const { n } = table;
  const fine: ImageShape = [variables, height, width];
  const size: ImageShape = [variables, Math.ceil(height / factor), Math.ceil(width / factor)];
  const d = size[0] * size[1] * size[2];
  const images = new Float32Array(n * d);
  let present = valid;
  for await (const { first, block } of blocksOf(table)) {
    await breathe(signal);
    const coarse = factor > 1 ? coarsen(block, fine, valid, factor) : { images: block, valid };
    images.set(coarse.images, first * d);
    present = coarse.valid;
  }
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] += images[i * d + j] / n;
  let square = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      const value = present[j] ? images[i * d + j] - (centre ? mean[j] : 0) : 0;
      images[i * d + j] = value;
      square += value * value;
    }
  }
  const times = scale === 'unit' ? Math.sqrt((UNIT_SQUARE * n) / Math.max(square, Number.MIN_VALUE)) : scale;
  for (let i = 0; i < images.length; i++) images[i] *= times;
  return { images, scale: times, size };
}

/** What was reached when pretraining stopped. */
export interface Pretrained {
  readonly steps: number;
  /** As {@link Pretraining.error}. */
  readonly error: number;
}

/**
 * Trains the autoencoder alone, on batches in random order, until its copies are good enough. It sees the values before
 * they are multiplied: Adam moves all parameters at one pace, which biases of hundreds of units would take forever at.
 * Rectified layers carry a factor through, so that multiplying the biases afterwards makes it the same network for
 * multiplied values.
 */
export async function pretrain(
  network: SubspaceNetwork,
  options: Pretraining,
  random: Random,
  signal?: AbortSignal,
  progress?: (share: number) => void,
): Promise<Pretrained> {
  const { n, images, shape, scale } = network;
  const d = images.length / n;
  const size = Math.min(n, options.batch);
  const step = await network.compile(pretrainingStep(shape, size));
  const variance = totalVariance(images, n, d) / n / scale ** 2;
  const batch = new Float32Array(size * d);
  const learningRate = Float32Array.of(options.learningRate);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const perEpoch = Math.floor(n / size);
  let steps = 0;
  let lowest = Infinity;
  let before = { steps: 0, lowest: Infinity };
  for (;;) {
    random.shuffle(order);
    let sum = 0;
    for (let b = 0; b < perEpoch; b++) {
      await breathe(signal);
      for (let i = 0; i < size; i++) {
        const row = order[b * size + i];
        for (let j = 0; j < d; j++) batch[i * d + j] = images[row * d + j] / scale;
      }
      const { error } = await step.run({ batch, learningRate });
      sum += error.data[0];
      steps++;
    }
    const error = variance > 0 ? sum / (perEpoch * size) / variance : 0;
    lowest = Math.min(lowest, error);
    let stuck = false;
    if (steps - before.steps >= options.patience) {
      stuck = lowest > (1 - LEAST_PROGRESS) * before.lowest;
      before = { steps, lowest };
    }
    if (error <= options.error || stuck || steps >= options.mostSteps || !Number.isFinite(error)) {
      step.dispose();
      await multiplyBiases(network);
      return { steps, error };
    }
    progress?.(steps / options.mostSteps);
  }
}

async function multiplyBiases({ state, scale }: SubspaceNetwork): Promise<void> {
  const biases = await state.read(
    Object.keys(state.specs).filter((name) => isAutoencoderParameter(name) && name.endsWith('.bias')),
  );
  for (const { data } of Object.values(biases)) for (let i = 0; i < data.length; i++) data[i] *= scale;
  await state.write(biases);
}

/** Sum of squared differences from the columns' means. */
function totalVariance(x: Float32Array, n: number, d: number): number {
  let total = 0;
  for (let j = 0; j < d; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[i * d + j];
    const mean = sum / n;
    for (let i = 0; i < n; i++) total += (x[i * d + j] - mean) ** 2;
  }
  return total;
}
