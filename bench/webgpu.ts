/**
 * What a training step costs on WebGPU beside the computing: `npm run bench webgpu`. Where ONNX Runtime places the nodes of
 * every step, what crosses the bus in a step, and the time of a step with its losses read every time or every eighth time.
 */
import { availableParallelism, cpus } from 'node:os';
import type { Engine, StepDefinition, TensorSpec, TensorValues } from '../src/core/engine/engine';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { placementOf } from '../src/core/engine/placement';
import { emptyResidents, residentBatch } from '../src/core/training/residentBatch';
import {
  assignmentStep,
  bottleneckProbe,
  discriminatorOptimizer,
  discriminatorStep,
  embeddingStep,
  generatorStep,
} from '../src/core/training/steps';
import { generatorProblem } from './generatorProblem';
import { median } from './statistics';

const option = (name: string, fallback: number) => {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given ? Number(given.split('=')[1]) : fallback;
};
const rounds = option('rounds', 5);
const block = option('steps', 8);
const widthFactor = 1 / option('widths', 8);
const series = 365;

const problem = generatorProblem(widthFactor, option('size', 48));
const { architecture: a, hyperParameters: h } = problem;
const { 'discriminator.bases': bases } = problem.state;
const state: TensorValues = {
  ...problem.state,
  ...discriminatorOptimizer().init({ 'discriminator.bases': bases }),
  ...emptyResidents(series, a),
};
const memorySize = problem.step.inputs['memory'].shape[0];
const resident = { resident: series };
const generator = generatorStep(a, h, memorySize, resident);

const bytes = (specs: readonly Pick<TensorSpec, 'shape'>[]): number =>
  specs.reduce((sum, { shape }) => sum + 4 * shape.reduce((x, y) => x * y, 1), 0);
const kibibytes = (n: number): string => (n / 1024).toFixed(n < 1024 ? 3 : 0);

async function placements(): Promise<void> {
  const steps: StepDefinition[] = [
    embeddingStep(a, h),
    assignmentStep(a, h, series),
    bottleneckProbe(a, h),
    discriminatorStep(a, h, resident),
    generator,
  ];
  console.log('\n| Step | nodes on the GPU | nodes on the CPU | copies between them |');
  console.log('|---|---|---|---|');
  for (const step of steps) {
    const { nodes, onCpu, copies } = await placementOf(step, state, { device: 'webgpu' });
    const left = Object.entries(onCpu).map(([op, count]) => `${count} ${op}`);
    const cells = [step.name, nodes['WebGpuExecutionProvider'] ?? 0, left.join(', ') || 0, copies];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Bytes that one step sends and reads, with the batch's results kept on the GPU or brought back, as the CPU has them. */
function traffic(): void {
  const frames = a.steps * a.batch;
  const results = (width: number): TensorSpec => ({ shape: [frames, width], dtype: 'float32' });
  const windows = ['clean', 'input'].map((name) => generator.inputs[name]);
  const rest = (step: StepDefinition) => bytes(Object.values(step.inputs)) - bytes(windows);
  const latents = bytes([results(a.dimensions), results(a.clusters)]);
  const losses = 4 * 7;
  console.log('| KiB a step, with the discriminator | windows | other inputs | results read |');
  console.log('|---|---|---|---|');
  const rows: [string, number, number][] = [
    [
      'results brought back',
      rest(problem.step) + latents + 4,
      bytes([results(a.deep)]) + latents + losses + 4,
    ],
    ['results kept, losses at every eighth step', rest(generator) + 4, (losses + 4) / 8],
  ];
  for (const [title, sent, read] of rows)
    console.log(`| ${[title, kibibytes(bytes(windows)), kibibytes(sent), kibibytes(read)].join(' | ')} |`);
}

async function times(engine: Engine): Promise<void> {
  const resident = await engine.createState(state);
  const step = await engine.compile(generator, resident);
  const frames = Int32Array.from({ length: a.steps * a.batch }, (_, i) => i);
  const chosen = Int32Array.from({ length: memorySize }, (_, i) => i);
  const inputs = { ...problem.inputs, ...residentBatch(frames, chosen, series) };
  await step.run(inputs);
  const perStep: Record<'always' | 'eighth', number[]> = { always: [], eighth: [] };
  for (let round = 0; round < rounds; round++) {
    for (const mode of ['always', 'eighth'] as const) {
      const start = performance.now();
      for (let i = 0; i < block; i++)
        await step.run(inputs, mode === 'always' || i === block - 1 ? undefined : []);
      perStep[mode].push((performance.now() - start) / block);
    }
  }
  step.dispose();
  const inMilliseconds = (values: number[]) =>
    `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;
  console.log(
    `\nGenerator step, ${a.paddedHeight} x ${a.paddedWidth} x ${a.variables}, T = ${a.steps}, B = ${a.batch}, widths / ${1 / widthFactor}, ` +
      `median (smallest to largest) of ${rounds} x ${block} steps: losses always read ${inMilliseconds(perStep.always)}, ` +
      `once in ${block} steps ${inMilliseconds(perStep.eighth)}.`,
  );
}

async function main(): Promise<void> {
  // Made once and kept, so that the device stays, with the programs that were compiled for it.
  const engine = await createOnnxEngine({ device: 'webgpu' });
  console.log(
    `${engine.description}; ${cpus()[0].model.trim()}, ${availableParallelism()} processors; Node ${process.version}\n`,
  );
  traffic();
  await placements();
  await times(engine);
}

void main();
