import * as tf from '@tensorflow/tfjs-core';
import type { StepDefinition, TensorValue, TensorValues } from '../engine/engine';
import { adam, type Optimizer, sgd } from '../engine/optimizer';
import { rowsInMemory } from '../data/rows';
import { kmeansOfRows } from '../evaluation/kmeansOfRows';
import { breathe } from '../evaluation/scan';
import { logSoftAssignment, targetDivergence } from '../model/clusteringHead';
import { ParameterBuilder } from '../model/parameters';
import { Random } from '../random';
import type { Fit, Method, MethodContext } from './method';
import { Batches } from './network/batches';
import { addDenseStack, type DenseStack, denseStack } from './network/dense';
import { networkInputs } from './network/inputs';
import { float, Network, trainingStep } from './network/network';
import { refine } from './network/refinement';
import { requireEnoughRows } from './requirements';
import type { Samples } from './samples';

export interface DecOptions {
  /** Units of the encoder's hidden layers (ReLU); the decoder mirrors them. */
  readonly hidden: readonly number[];
  /** Dimensions of the code. */
  readonly code: number;
  /** How weights are drawn. `fanIn` is what the reference code draws; it shrinks what goes through eight layers. */
  readonly initial: 'fanIn' | 'he';
  readonly batch: number;
  /** Of the autoencoder, by its mean squared error. Adam's rate falls to 0 along a half cosine, SGD's stays. */
  readonly pretraining: {
    /** Whichever takes more steps. */
    readonly epochs: number;
    readonly steps: number;
    readonly optimizer: 'adam' | 'sgd';
    readonly learningRate: number;
  };
  readonly refinement: {
    /** SGD has a momentum of 0.9. */
    readonly optimizer: 'adam' | 'sgd';
    readonly learningRate: number;
    /** Steps between two target distributions. */
    readonly interval: number;
    readonly maxSteps: number;
    /** Share of the labels that may still change. */
    readonly tolerance: number;
  };
  /**
   * Length of the codes that enter the Student-t kernel 1 / (1 + d²). `unit`: as pretraining leaves it (as published),
   * which digits happen to suit; `data`: scaled so that the root mean squared distance from the k-means centres is 1.
   */
  readonly scale: 'unit' | 'data';
  /** Columns up to which the network sees the rows as they are, see networkInputs(). */
  readonly maxColumns: number;
}

/** Properly trained, for fields. */
const defaults: DecOptions = {
  hidden: [500, 500, 2000],
  code: 10,
  initial: 'he',
  batch: 256,
  pretraining: { epochs: 50, steps: 2000, optimizer: 'adam', learningRate: 1e-3 },
  refinement: { optimizer: 'adam', learningRate: 1e-4, interval: 140, maxSteps: 4000, tolerance: 1e-3 },
  scale: 'data',
  maxColumns: 1024,
};

/** As the authors of A-DATSC trained it on ERA5 in their public notebooks. */
const lab: DecOptions = {
  hidden: [500, 500, 2000],
  code: 150,
  initial: 'fanIn',
  batch: 128,
  pretraining: { epochs: 3, steps: 0, optimizer: 'sgd', learningRate: 0.1 },
  refinement: { optimizer: 'sgd', learningRate: 1e-6, interval: 30, maxSteps: 20_000, tolerance: 1e-3 },
  scale: 'unit',
  maxColumns: 16_384,
};

const RESTARTS = 20;
const MOMENTUM = 0.9;
/** Share of the progress that is the pretraining's. */
const PRETRAINING = 0.5;

/** Deep embedded clustering (Xie et al., 2016) with these options instead of the defaults for fields. */
export function dec(options: Partial<DecOptions> = {}): Method {
  const o = { ...defaults, ...options };
  return {
    id: 'dec',
    title: 'DEC',
    kind: 'deep',
    reference: 'Xie, Girshick and Farhadi (2016), arXiv:1511.06335',
    description:
      'An autoencoder of dense layers; then its codes are drawn together around centres by a Student-t self-training target.',
    fit: (samples, context) => fitDec(samples, context, o),
  };
}

/** DEC with the learning rates of the A-DATSC authors' notebooks, with which it barely trains. */
export function decLab(): Method {
  return {
    ...dec(lab),
    id: 'dec-lab',
    title: 'DEC (LAB)',
    description:
      "DEC with the A-DATSC authors' published settings (3 epochs of pretraining, then a learning rate of 1e-6): close to k-means on random features.",
  };
}

function stacks(columns: number, { hidden, code }: DecOptions): { encoder: DenseStack; decoder: DenseStack } {
  const sizes = [columns, ...hidden, code];
  return {
    encoder: { name: 'encoder', sizes, hidden: 'relu', output: 'linear' },
    decoder: { name: 'decoder', sizes: sizes.toReversed(), hidden: 'relu', output: 'linear' },
  };
}

const isEncoder = (name: string): boolean => name.startsWith('encoder.');
const isAutoencoder = (name: string): boolean => isEncoder(name) || name.startsWith('decoder.');
const isRefined = (name: string): boolean => isEncoder(name) || name === 'head.centres';

/** One pretraining step: `x` `[batch, columns]` to its mean squared reconstruction error. */
export function decPretrainingStep(
  columns: number,
  batch: number,
  o: DecOptions,
  optimizer: Optimizer,
): StepDefinition {
  const { encoder, decoder } = stacks(columns, o);
  return trainingStep({
    name: 'DEC pretraining',
    inputs: { x: float(batch, columns) },
    optimizer,
    trained: isAutoencoder,
    loss(state, inputs) {
      const x = inputs['x'] as tf.Tensor2D;
      const reconstruction = denseStack(state, decoder, denseStack(state, encoder, x));
      return { loss: tf.mean(tf.square(tf.sub(reconstruction, x))) };
    },
  });
}

/** One refinement step: `x` `[batch, columns]` and its `target` `[batch, K]` to KL(p ‖ q). */
export function decRefinementStep(
  columns: number,
  batch: number,
  clusters: number,
  o: DecOptions,
  optimizer: Optimizer,
): StepDefinition {
  const { encoder } = stacks(columns, o);
  return trainingStep({
    name: 'DEC refinement',
    inputs: { x: float(batch, columns), target: float(batch, clusters) },
    optimizer,
    trained: isRefined,
    loss(state, inputs) {
      const z = denseStack(state, encoder, inputs['x'] as tf.Tensor2D);
      const logQ = logSoftAssignment(z, state['head.centres'] as tf.Tensor2D, tf.scalar(1), 1);
      return { loss: targetDivergence(inputs['target'] as tf.Tensor2D, logQ) };
    },
  });
}

/** `x` `[batch, columns]` to its code `z` `[batch, code]`. */
function codeStep(columns: number, batch: number, o: DecOptions): StepDefinition {
  const { encoder } = stacks(columns, o);
  return {
    name: 'DEC code',
    inputs: { x: float(batch, columns) },
    compute: (state, { x }) => ({ outputs: { z: denseStack(state, encoder, x as tf.Tensor2D) } }),
  };
}

/** `x` `[batch, columns]` to its soft assignment `q` `[batch, K]`. */
function assignmentStep(columns: number, batch: number, o: DecOptions): StepDefinition {
  const code = codeStep(columns, batch, o);
  return {
    ...code,
    name: 'DEC assignment',
    compute(state, inputs) {
      const z = code.compute(state, inputs).outputs['z'] as tf.Tensor2D;
      const logQ = logSoftAssignment(z, state['head.centres'] as tf.Tensor2D, tf.scalar(1), 1);
      return { outputs: { q: tf.exp(logQ) } };
    },
  };
}

function optimizerOf(kind: 'adam' | 'sgd', name: string): Optimizer {
  return kind === 'adam' ? adam({ name }) : sgd({ name, momentum: MOMENTUM });
}

async function fitDec({ table }: Samples, context: MethodContext, o: DecOptions): Promise<Fit> {
  const { clusters, signal } = context;
  const { n } = table;
  requireEnoughRows(n, clusters);
  const random = new Random(context.seed);
  const source = await networkInputs(table, {
    ...o,
    random: random.fork(),
    products: context.products,
    signal,
  });
  const columns = source.d;
  const { encoder, decoder } = stacks(columns, o);
  const builder = new ParameterBuilder(random.fork());
  addDenseStack(builder, encoder, o.initial);
  addDenseStack(builder, decoder, o.initial);
  const batches = new Batches(n, o.batch, random.fork());
  const { size } = batches;
  const losses: number[] = [];
  const x = new Float32Array(size * columns);
  const engine = await context.engine();

  const { pretraining } = o;
  const optimizer = optimizerOf(pretraining.optimizer, 'pretraining');
  const autoencoder = { ...builder.values, ...optimizer.init(builder.values) };
  const pretrained = await Network.use(engine, autoencoder, async (network) => {
    const step = await network.compile(decPretrainingStep(columns, size, o, optimizer));
    const steps = Math.max(pretraining.steps, pretraining.epochs * batches.perEpoch);
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      await breathe(signal);
      await source.gather(batches.draw(), x);
      const decay = pretraining.optimizer === 'adam' ? (1 + Math.cos((Math.PI * i) / steps)) / 2 : 1;
      const learningRate = Float32Array.of(pretraining.learningRate * decay);
      sum += (await step.run({ x, learningRate }))['loss'].data[0];
      if ((i + 1) % batches.perEpoch === 0) {
        losses.push(sum / batches.perEpoch);
        sum = 0;
        context.progress?.((PRETRAINING * (i + 1)) / steps);
      }
    }
    const code = await network.compile(codeStep(columns, size, o));
    const z = await network.map(
      code,
      source,
      { rows: 'x', output: 'z', count: size, outputs: o.code },
      signal,
    );
    const encoderNames = Object.keys(builder.values).filter(isEncoder);
    return { z, encoder: await network.state.read(encoderNames) };
  });

  const codes = rowsInMemory(pretrained.z, n, o.code);
  const { products } = context;
  const start = await kmeansOfRows(codes, clusters, random.fork(), { restarts: RESTARTS, products, signal });
  const length = o.scale === 'data' ? Math.sqrt(start.inertia / n) : 1;
  const shrink = length > 0 ? 1 / length : 1;
  const lastLayer = `encoder.${encoder.sizes.length - 2}.`;
  const head: TensorValue = {
    shape: [clusters, o.code],
    dtype: 'float32',
    data: start.centroids.map((c) => c * shrink),
  };
  const initial: TensorValues = { 'head.centres': head };
  for (const [name, value] of Object.entries(pretrained.encoder)) {
    const data = (value.data as Float32Array).map((w) => (name.startsWith(lastLayer) ? w * shrink : w));
    initial[name] = { ...value, data };
  }
  const descent = optimizerOf(o.refinement.optimizer, 'refinement');
  const refinable = { ...initial, ...descent.init(initial) };
  return Network.use(engine, refinable, async (network) => {
    const { learningRate, interval, maxSteps, tolerance } = o.refinement;
    const step = await network.compile(decRefinementStep(columns, size, clusters, o, descent));
    const assignment = await network.compile(assignmentStep(columns, size, o));
    const code = await network.compile(codeStep(columns, size, o));
    const rate = Float32Array.of(learningRate);
    const refined = await refine(
      {
        assign: () =>
          network.map(assignment, source, { rows: 'x', output: 'q', count: size, outputs: clusters }, signal),
        async step(rows, target) {
          await source.gather(rows, x);
          return (await step.run({ x, target, learningRate: rate }))['loss'].data[0];
        },
      },
      {
        n,
        clusters,
        batches,
        interval,
        maxSteps,
        tolerance,
        signal,
        progress: (share) => context.progress?.(PRETRAINING + (1 - PRETRAINING) * share),
      },
    );
    const z = await network.map(
      code,
      source,
      { rows: 'x', output: 'z', count: size, outputs: o.code },
      signal,
    );
    return {
      labels: refined.labels,
      embedding: { values: z, dimensions: o.code },
      alternatives: { 'autoencoder + k-means': start.labels },
      losses: [...losses, ...refined.losses],
    };
  });
}
