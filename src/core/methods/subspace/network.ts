import type { CompiledStep, Engine, State, StepDefinition, TensorValues } from '../../engine/engine';
import { UserError } from '../../errors';
import { breathe } from '../../evaluation/scan';
import type { SubspacePostprocessing } from '../../evaluation/subspaceClustering';
import { ParameterBuilder } from '../../model/parameters';
import type { Random } from '../../random';
import type { MethodContext } from '../method';
import { requireAtMost, requireEnoughRows } from '../requirements';
import type { Samples } from '../samples';
import { addAutoencoder, type AutoencoderShape, isAutoencoderParameter, layerShapes } from './autoencoder';
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
/** Bytes that a joint step may take. */
const MOST_BYTES = 12 * 2 ** 30;
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
  /** Compiles a step; it is given back with the network. */
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
  const shape: AutoencoderShape = { ...pickShape(samples), ...pickLayers(options) };
  checkSize(n, context.clusters, shape);
  const { images, scale } = await readImages(samples, options, context);
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
  const steps: CompiledStep[] = [];
  return {
    engine,
    state,
    shape,
    n,
    images,
    scale,
    async compile(step) {
      const compiled = await engine.compile(step, state);
      steps.push(compiled);
      return compiled;
    },
    dispose() {
      for (const step of steps) step.dispose();
      state.dispose();
    },
  };
}

const pickShape = ({ variables, height, width }: Samples) => ({ variables, height, width });
const pickLayers = ({ channels, kernels, output }: SubspaceNetworkOptions) => ({ channels, kernels, output });

function checkSize(n: number, clusters: number, shape: AutoencoderShape): void {
  requireEnoughRows(n, clusters);
  requireAtMost(MOST_SAMPLES, n, 'Deep subspace clustering');
  // Each image of a layer is held about four times (before and after its activation, in both directions), C six times.
  const values = layerShapes(shape).reduce((sum, [c, h, w]) => sum + c * h * w, 0);
  const bytes = 4 * (8 * n * values + 6 * n * n);
  if (bytes > MOST_BYTES) {
    throw new UserError(
      `Deep subspace clustering trains on all samples at once: ${n} of ${shape.variables} x ${shape.height} x ${shape.width} values take about ${Math.round(bytes / 2 ** 30)} GiB, more than the ${MOST_BYTES / 2 ** 30} GiB it may. Choose a smaller region, fewer variables or a shorter period, or leave this method out.`,
    );
  }
}

async function readImages(
  { table, valid }: Samples,
  { scale, centre }: SubspaceNetworkOptions,
  { signal }: MethodContext,
): Promise<{ images: Float32Array; scale: number }> {
  const { n, d } = table;
  await breathe(signal);
  const images = new Float32Array(n * d);
  await table.readInto(images, 0);
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] += images[i * d + j] / n;
  let square = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      const value = valid[j] ? images[i * d + j] - (centre ? mean[j] : 0) : 0;
      images[i * d + j] = value;
      square += value * value;
    }
  }
  const factor = scale === 'unit' ? Math.sqrt((UNIT_SQUARE * n) / Math.max(square, Number.MIN_VALUE)) : scale;
  for (let i = 0; i < images.length; i++) images[i] *= factor;
  return { images, scale: factor };
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
