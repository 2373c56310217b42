/** Run by webgpu.test.ts in a process of its own: what the model computes, on the CPU and on the GPU. Prints JSON lines. */
import * as tf from '@tensorflow/tfjs-core';
import { type HyperParameters, resolveHyperParameters } from '../../../src/core/config';
import type {
  Engine,
  StepDefinition,
  TensorData,
  TensorValue,
  TensorValues,
} from '../../../src/core/engine/engine';
import { createEngine } from '../../../src/core/engine/engines';
import { profiled } from '../../../src/core/engine/placement';
import { messageOf } from '../../../src/core/errors';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { architectureFor } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import { emptyResidents } from '../../../src/core/training/residentBatch';
import { type Snapshot, withoutTrainer } from '../../../src/core/training/snapshot';
import {
  assignmentStep,
  bottleneckProbe,
  discriminatorStep,
  embeddingStep,
  generatorStep,
} from '../../../src/core/training/steps';
import { Trainer } from '../../../src/core/training/trainer';
import { framesOf } from '../training/helpers';

const settings = {
  clusters: 3,
  'window.length': 4,
  'window.batch': 2,
  'model.widthFactor': 0.0625,
  'model.embeddingDimensions': 16,
  'model.eofs': 6,
  'model.heads': 2,
  'training.warmupEpochs': 1,
  'training.jointEpochs': 1,
  'training.adversarialEpochs': 1,
  'discriminator.rank': 2,
  'discriminator.warmupSteps': 5,
  'contrast.memory': 32,
} as const;
const h = resolveHyperParameters(settings);
/** Fewer steps of time, which are what takes long on a software adapter. */
const short = { ...settings, 'window.length': 2 } as const;
/** The choices that lead to other operators. */
const others = resolveHyperParameters({
  ...short,
  'model.attentionScore': 'additive',
  'loss.redundancyForm': 'covariance',
  'selfExpression.timeScale': 5,
});
const frameByFrame = resolveHyperParameters({ ...settings, 'model.encoder': 'cnn-lstm' });
const bare = resolveHyperParameters({
  ...short,
  'model.temporalAttention': false,
  'model.selfExpression': false,
});
const MEMORY = 12;
const n = 12;
const shape = { length: n, height: 8, width: 8, clusters: 3, rank: 2 };
const { frames: values } = synthesize('G2', new Random(3), { ...shape, channels: 2 });
const frames = framesOf({ values, variables: 2, height: 8, width: 8 });
const architecture = (settings: HyperParameters) =>
  architectureFor({ n, variables: 2, height: 8, width: 8 }, settings);
const a = architecture(h);

interface Case {
  readonly settings: HyperParameters;
  readonly step: StepDefinition;
}
const kept = { resident: n };
const cases: Record<string, Case> = {
  embedding: { settings: h, step: embeddingStep(a, h) },
  assignment: { settings: h, step: assignmentStep(a, h, n) },
  'bottleneck probe': { settings: h, step: bottleneckProbe(a, h) },
  discriminator: { settings: h, step: discriminatorStep(a, h, kept) },
  generator: { settings: h, step: generatorStep(a, h, MEMORY, kept) },
  'generator with other choices': {
    settings: others,
    step: generatorStep(architecture(others), others, MEMORY, kept),
  },
  'generator with CNN and LSTM': {
    settings: frameByFrame,
    step: generatorStep(architecture(frameByFrame), frameByFrame, MEMORY, kept),
  },
  'generator without attention and self-expression': {
    settings: bare,
    step: generatorStep(architecture(bare), bare, MEMORY, kept),
  },
};

/** The state of a trainer before its first step. */
async function initialTensors(settings: HyperParameters): Promise<TensorValues> {
  let first: Snapshot | undefined;
  const checkpoint = (taken: Snapshot): Promise<void> => {
    first = taken;
    return Promise.reject(new Error('Enough.'));
  };
  const sizes = architecture(settings);
  const trainer = await Trainer.create(frames, sizes, settings, await createEngine('cpu'), {
    seed: 1,
    hooks: { checkpoint },
  });
  await trainer.train().catch(() => undefined);
  trainer.dispose();
  const random = new Random(5);
  const drawn = ({ data, ...spec }: TensorValue): TensorValue => ({
    ...spec,
    data: Float32Array.from(data, () => random.uniform()),
  });
  // Centres of their own, among the embeddings: where all clusters are alike or far, rounding decides which frames are whose.
  const centres = drawn(first!.tensors['head.centres']);
  centres.data.forEach((value, i, all) => (all[i] = value - 0.5));
  const residents = Object.entries(emptyResidents(n, sizes)).map(([name, value]) => [name, drawn(value)]);
  return {
    ...withoutTrainer(first!.tensors),
    'head.centres': centres,
    ...(Object.fromEntries(residents) as TensorValues),
  };
}

function inputsOf(step: StepDefinition): Record<string, TensorData> {
  const random = new Random(7);
  return Object.fromEntries(
    Object.entries(step.inputs).map(([name, { shape: dimensions, dtype }]) => {
      const size = dimensions.reduce((product, n) => product * n, 1);
      const numbers = Array.from({ length: size }, () => (name === 'learningRate' ? 1e-3 : random.uniform()));
      if (dtype === 'float32') return [name, Float32Array.from(numbers)];
      return [name, Int32Array.from(numbers, () => random.integer(8))];
    }),
  );
}

/** Two runs of a step, what they returned and left in the state; and whether a written entry arrives. */
async function runOn(engine: Engine, definition: StepDefinition, tensors: TensorValues) {
  const state = await engine.createState(tensors);
  const step = await engine.compile(definition, state);
  const inputs = inputsOf(definition);
  const outputs = await step.run(inputs);
  // Fed with the state that the first run has left on the device.
  const again = await step.run(inputs);
  const left = await state.read();
  const [entry] = Object.keys(left);
  const changed = { ...left[entry], data: left[entry].data.map((value) => value + 1) as TensorData };
  await state.write({ [entry]: changed });
  const written = (await state.read([entry]))[entry].data.every((value, i) => value === changed.data[i]);
  step.dispose();
  await state.read([]);
  state.dispose();
  return { outputs, again, state: left, written };
}

function differences(one: TensorValues, other: TensorValues): Record<string, number> {
  return Object.fromEntries(
    Object.entries(one).map(([name, { data }]) => {
      let [largest, difference] = [name.startsWith('adam.') ? 1e-6 : 1, 0];
      data.forEach((value, i) => {
        largest = Math.max(largest, Math.abs(value));
        difference = Math.max(difference, Math.abs(value - other[name].data[i]));
      });
      return [name, difference / largest];
    }),
  );
}

async function compareStep({ settings, step }: Case) {
  const tensors = await initialTensors(settings);
  const cpu = await runOn(await createEngine('cpu'), step, tensors);
  const { result: gpu, placement } = await profiled({ device: 'webgpu' }, (engine) =>
    runOn(engine, step, tensors),
  );
  return {
    outputs: differences(cpu.outputs, gpu.outputs),
    again: differences(cpu.again, gpu.again),
    state: differences(cpu.state, gpu.state),
    written: gpu.written,
    placement,
  };
}

/** All phases of a short training, with what a remote engine keeps on its device; the losses of each second step are not read. */
async function train(engine: Engine) {
  const settings = resolveHyperParameters({ ...short, 'training.maxStepsPerEpoch': 3 });
  const snapshots: Snapshot[] = [];
  const checkpoint = (taken: Snapshot): Promise<void> => Promise.resolve(void snapshots.push(taken));
  const options = { seed: 2, hooks: { checkpoint } };
  const trainer = await Trainer.create(frames, architecture(settings), settings, engine, options);
  await trainer.train();
  trainer.dispose();
  const { tensors, history } = snapshots.at(-1)!;
  return { tensors, losses: history.map(({ losses }) => losses), epochs: snapshots.length - 1 };
}

async function compareTrainings() {
  const cpu = await train({ ...(await createEngine('cpu')), remote: true });
  const gpu = await train(await createEngine('webgpu'));
  const losses = cpu.losses.map((epoch, i) =>
    Object.fromEntries(
      Object.entries(epoch).map(([name, value]) => [
        name,
        Math.abs(value - gpu.losses[i][name]) / Math.max(1, Math.abs(value)),
      ]),
    ),
  );
  const names = ['trainer.memory', 'trainer.q'];
  const pick = ({ tensors }: typeof cpu) => Object.fromEntries(names.map((name) => [name, tensors[name]]));
  return { losses, tensors: differences(pick(cpu), pick(gpu)), entries: Object.keys(gpu.tensors) };
}

/** A step on a megabyte-sized state that leaves all results where they are. */
async function lifetimes() {
  const engine = await createEngine('webgpu');
  const side = 1024;
  const state = await engine.createState({
    x: { shape: [side, side], dtype: 'float32', data: new Float32Array(side * side).fill(1) },
  });
  const step = await engine.compile(
    {
      name: 'halve',
      inputs: {},
      compute: ({ x }) => ({
        state: { x: tf.add(tf.mul(x, 0.5), 1) },
        outputs: { mean: tf.mean(x), doubled: tf.mul(x, 2) },
      }),
    },
    state,
  );
  const memory = () => process.memoryUsage().rss / 2 ** 20;
  const runs = async (count: number) => {
    for (let i = 0; i < count; i++) await step.run({}, i % 8 === 0 ? undefined : []);
  };
  const chosen = await step.run({}, ['mean']);
  await runs(40);
  const before = memory();
  await runs(400);
  for (let i = 0; i < 10; i++) await state.write(await state.read());
  const growth = memory() - before;
  const { x } = await state.read();
  step.dispose();
  // The state outlives the step that made it.
  const last = (await state.read()).x.data[0];
  state.dispose();
  const megabytes = (side * side * 4) / 2 ** 20;
  return { megabytes, growth, chosen: Object.keys(chosen), first: x.data[0], last };
}

/** A step with a tensor of more than a gibibyte, which the software adapter does not allocate. */
async function noRoom() {
  const engine = await createEngine('webgpu');
  const state = await engine.createState({ one: { shape: [], dtype: 'float32', data: Float32Array.of(1) } });
  const [rows, columns] = [300_000, 1024];
  const sum = (size: number): StepDefinition => ({
    name: 'sum of products',
    inputs: { x: { shape: [size, 1], dtype: 'float32' } },
    compute: ({ one }, { x }) => {
      const row = tf.add(tf.reshape(tf.range(0, columns), [1, columns]), one);
      const product = tf.mul(x, row);
      return { state: { one: tf.max(tf.cos(product)) }, outputs: { largest: tf.max(product) } };
    },
  });
  const large = await engine.compile(sum(rows), state);
  const error = await large.run({ x: new Float32Array(rows).fill(1) }).then(() => 'none', messageOf);
  large.dispose();
  const small = await engine.compile(sum(3), state);
  const { largest } = await small.run({ x: Float32Array.of(1, 2, 3) });
  small.dispose();
  state.dispose();
  return { error, largest: largest.data[0] };
}

async function main(argument: string): Promise<void> {
  if (argument === 'none') {
    await createEngine('webgpu').then(
      () => console.log('found'),
      (error: unknown) => console.log(messageOf(error)),
    );
    return;
  }
  const report = (part: string, result: object): void => console.log(JSON.stringify({ part, ...result }));
  // The device stays, with the programs that were compiled for it.
  const keeper = await createEngine('webgpu');
  for (const [name, one] of Object.entries(cases)) report(name, await compareStep(one));
  report('training', await compareTrainings());
  report('lifetimes', await lifetimes());
  report('no room', await noRoom());
  report('engine', { description: keeper.description });
}

void main(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
