/** Run by webgpu.test.ts in a process of its own: one step of the model, on the CPU and on the GPU. */
import { resolveHyperParameters } from '../../../src/core/config';
import { createEngine } from '../../../src/core/engine/engines';
import type { StepDefinition, TensorData, TensorValues } from '../../../src/core/engine/engine';
import { messageOf } from '../../../src/core/errors';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { architectureFor } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import { initialState } from '../../../src/core/training/initialState';
import {
  assignmentStep,
  discriminatorStep,
  embeddingStep,
  generatorStep,
} from '../../../src/core/training/steps';
import { Windows } from '../../../src/core/training/windows';
import { framesOf } from '../training/helpers';

const h = resolveHyperParameters({
  clusters: 3,
  'window.length': 4,
  'window.batch': 2,
  'model.widthFactor': 0.0625,
  'model.embeddingDimensions': 16,
  'model.eofs': 6,
  'model.heads': 2,
  'discriminator.rank': 2,
});
const MEMORY = 32;
const shape = { length: 40, height: 8, width: 8, clusters: 3, rank: 2 };
const { frames: values } = synthesize('G2', new Random(3), { ...shape, channels: 2 });
const frames = framesOf({ values, variables: 2, height: 8, width: 8 });
const a = architectureFor({ n: 40, variables: 2, height: 8, width: 8 }, h);

const definitions: Record<string, () => StepDefinition> = {
  embedding: () => embeddingStep(a, h),
  assignment: () => assignmentStep(a, h, 40),
  discriminator: () => discriminatorStep(a, h),
  generator: () => generatorStep(a, h, MEMORY),
};

function inputsOf(step: StepDefinition): Record<string, TensorData> {
  const random = new Random(7);
  return Object.fromEntries(
    Object.entries(step.inputs).map(([name, { shape: dimensions, dtype }]) => {
      const size = dimensions.reduce((product, n) => product * n, 1);
      const numbers = Array.from({ length: size }, () => (name === 'learningRate' ? 1e-3 : random.uniform()));
      if (dtype === 'float32') return [name, Float32Array.from(numbers)];
      return [
        name,
        dtype === 'int32' ? Int32Array.from(numbers, () => random.integer(4)) : new Uint8Array(size).fill(1),
      ];
    }),
  );
}

/** Two runs of a step, what they returned and left in the state; and whether a written entry arrives. */
async function runOn(device: 'cpu' | 'webgpu', name: string) {
  const engine = await createEngine(device);
  const {
    ['trainer.memory']: _memory,
    ['trainer.q']: _q,
    ['trainer.z']: _z,
    ...tensors
  } = await initialState(await Windows.create(frames, a), a, h, new Random(1));
  const state = await engine.createState(tensors);
  const definition = definitions[name]();
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

async function main(name: string): Promise<void> {
  if (name === 'none') {
    await createEngine('webgpu').then(
      () => console.log('found'),
      (error: unknown) => console.log(messageOf(error)),
    );
    return;
  }
  const [cpu, gpu] = [await runOn('cpu', name), await runOn('webgpu', name)];
  console.log(
    JSON.stringify({
      outputs: differences(cpu.outputs, gpu.outputs),
      again: differences(cpu.again, gpu.again),
      state: differences(cpu.state, gpu.state),
      written: gpu.written,
    }),
  );
}

void main(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
