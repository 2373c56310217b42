/**
 * Speed of the compiled engine against PyTorch on the CPU: `npm run bench`. Both run in turns, round by round, so that
 * other load on the machine hits both; the table shows medians over the rounds.
 */
import * as tf from '@tensorflow/tfjs-core';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledStep, StepDefinition, TensorData, TensorValues } from '../src/core/engine/engine';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { convLstm, initConvLstm } from '../src/core/model/convLstm';
import { isGeneratorParameter } from '../src/core/model/generator';
import { Random } from '../src/core/random';
import { generatorLosses } from '../src/core/training/steps';
import { generatorProblem } from './generatorProblem';
import { type Form, Peer } from './peer';

interface Case {
  readonly batch: number;
  readonly steps: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly filters: number;
}

const layer = (
  batch: number,
  steps: number,
  height: number,
  width: number,
  inputs: number,
  filters: number,
): Case => ({
  batch,
  steps,
  height,
  width,
  inputs,
  filters,
});

const cases = [layer(4, 12, 40, 40, 7, 16), layer(4, 12, 20, 20, 64, 64), layer(2, 12, 10, 10, 256, 256)];
const forms: readonly Form[] = ['usual', 'batched'];
const parameterNames = ['inputKernel', 'recurrentKernel', 'bias'] as const;
const outputNames = ['hidden', 'x', ...parameterNames] as const;

const option = (name: string, fallback: number) => {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given ? Number(given.split('=')[1]) : fallback;
};
const threads = option('threads', availableParallelism());
const rounds = option('rounds', 9);
const only = option('case', -1);
const clock = process.argv.includes('--clock=cpu') ? 'cpu' : 'wall';
const profile = process.argv.find((argument) => argument.startsWith('--profile='))?.split('=')[1];

/** Input, parameters and the gradient of the output, as the peer reads them. */
function randomProblem(c: Case): TensorValues {
  const random = new Random(1);
  const normal = (shape: number[]) => ({
    shape,
    dtype: 'float32' as const,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  });
  return {
    x: normal([c.steps * c.batch, c.inputs, c.height, c.width]),
    ...initConvLstm(random, c.inputs, c.filters),
    dy: normal([c.steps * c.batch, c.filters, c.height, c.width]),
  };
}

/** Forward and backward; the results stay in the state, as they would in training. */
function layerStep(c: Case): StepDefinition {
  return {
    name: 'convLstm',
    inputs: {},
    compute: (state) => {
      let hidden: tf.Tensor | undefined;
      const { grads } = tf.valueAndGrads((...args: tf.Tensor[]) => {
        const [x, inputKernel, recurrentKernel, bias] = args as [
          tf.Tensor4D,
          tf.Tensor4D,
          tf.Tensor4D,
          tf.Tensor1D,
        ];
        hidden = tf.keep(convLstm(x, c.steps, { inputKernel, recurrentKernel, bias }));
        return tf.sum(tf.mul(hidden, state.dy));
      })([state.x, ...parameterNames.map((name) => state[name])]);
      const results = [hidden!, ...grads];
      return {
        state: Object.fromEntries(outputNames.map((name, i) => [`out.${name}`, results[i]])),
        outputs: {},
      };
    },
  };
}

/**
 * Seconds by the wall clock, or (`--clock=cpu`, for one thread) of processor time, which other load on the machine
 * disturbs less.
 */
function now(): number {
  if (clock === 'wall') return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function seconds(step: CompiledStep, inputs: Record<string, TensorData> = {}): Promise<number> {
  const start = now();
  await step.run(inputs);
  return now() - start;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

const median = (values: readonly number[]) => quantile(values, 0.5);
const inMilliseconds = (values: readonly number[]) =>
  `${(1000 * median(values)).toFixed(1)} (${(1000 * quantile(values, 0.25)).toFixed(1)} to ${(1000 * quantile(values, 0.75)).toFixed(1)})`;

/** Fails when any of our results is off by more than 1e-5 of the largest of its kind. */
function assertAgreement(ours: TensorValues, theirs: Float32Array, form: Form): number {
  let offset = 0;
  let worst = 0;
  for (const name of outputNames) {
    const { data } = ours[`out.${name}`];
    let error = 0;
    let scale = 0;
    data.forEach((value, i) => {
      error = Math.max(error, Math.abs(value - theirs[offset + i]));
      scale = Math.max(scale, Math.abs(theirs[offset + i]));
    });
    offset += data.length;
    worst = Math.max(worst, error / scale);
    if (!(error / scale < 1e-5))
      throw new Error(`${name} differs from PyTorch (${form}) by ${error / scale}.`);
  }
  return worst;
}

function printRow(
  title: string,
  times: Record<'ours' | Form, number[]>,
  ratios: Record<Form, number[]>,
  difference: number,
): void {
  const ratio = (form: Form) =>
    `${median(ratios[form]).toFixed(2)} (${quantile(ratios[form], 0.25).toFixed(2)} to ${quantile(ratios[form], 0.75).toFixed(2)})`;
  const cells = [
    inMilliseconds(times.ours),
    ...forms.map((form) => inMilliseconds(times[form])),
    ...forms.map(ratio),
  ];
  console.log(`| ${[title, ...cells, difference.toExponential(1)].join(' | ')} |`);
}

async function benchLayer(c: Case, peer: Peer, folder: string): Promise<Record<Form, number[]>> {
  const problem = randomProblem(c);
  const file = join(folder, 'problem.bin');
  writeFileSync(file, Buffer.concat(Object.values(problem).map(({ data }) => Buffer.from(data.buffer))));
  await peer.ask({ load: { ...c, file, threads } });

  const engine = await createOnnxEngine({ threads, profileFilePrefix: profile });
  const outputs = Object.fromEntries(
    outputNames.map((name) => {
      const { shape } = problem[name === 'hidden' ? 'dy' : name];
      return [`out.${name}`, { ...problem[name === 'hidden' ? 'dy' : name], shape }];
    }),
  );
  const state = await engine.createState({ ...problem, ...outputs });
  const step = await engine.compile(layerStep(c), state);
  await step.run({});
  const ours = await state.read(Object.keys(outputs));
  const agreement: number[] = [];
  for (const form of forms) {
    const results = join(folder, 'results.bin');
    await peer.ask({ verify: form, file: results });
    const bytes = readFileSync(results);
    agreement.push(
      assertAgreement(ours, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), form),
    );
  }

  const repeats = Math.max(2, Math.ceil(0.4 / (await seconds(step))));
  const times = { ours: [] as number[], usual: [] as number[], batched: [] as number[] };
  const ratios: Record<Form, number[]> = { usual: [], batched: [] };
  for (let round = 0; round <= rounds; round++) {
    const mine: number[] = [];
    for (let i = 0; i < repeats; i++) mine.push(await seconds(step));
    const theirs = {
      usual: await peer.time('usual', repeats, clock),
      batched: await peer.time('batched', repeats, clock),
    };
    if (round === 0) continue; // warms up
    times.ours.push(median(mine));
    for (const form of forms) {
      times[form].push(median(theirs[form]));
      ratios[form].push(median(theirs[form]) / median(mine));
    }
  }
  step.dispose();
  printRow(
    `[${c.batch},${c.steps},${c.height},${c.width}] ${c.inputs}->${c.filters}`,
    times,
    ratios,
    Math.max(...agreement),
  );
  return ratios;
}

/** Fails when a loss is off by more than 1e-4 (of itself or of 1) at the first or at the third step. */
function assertLosses(ours: Record<string, number>[], theirs: Record<string, number>[], form: Form): number {
  let worst = 0;
  theirs.forEach((losses, i) => {
    for (const [name, value] of Object.entries(losses)) {
      const error = Math.abs(ours[i][name] - value) / Math.max(1, Math.abs(value));
      worst = Math.max(worst, error);
      if (!(error < 1e-4)) {
        throw new Error(`Step ${i}: ${name} is ${ours[i][name]}, but ${value} in PyTorch (${form}).`);
      }
    }
  });
  return worst;
}

/** The generator step with widths times `widthFactor`: forward, backward, clipping and Adam. */
async function benchGenerator(widthFactor: number, folder: string): Promise<Record<Form, number[]>> {
  const { architecture, hyperParameters, step, state: initial, inputs } = generatorProblem(widthFactor);
  const engine = await createOnnxEngine({ threads });
  const state = await engine.createState(initial);
  const compiled = await engine.compile(step, state);
  const ours: Record<string, number>[] = [];
  for (let i = 0; i < 3; i++) {
    const outputs = await compiled.run(inputs);
    ours.push(Object.fromEntries(generatorLosses.map((name) => [name, outputs[name].data[0]])));
  }

  const kept = Object.entries(initial).filter(([name]) => !name.startsWith('adam.'));
  const given = Object.entries(step.inputs).map(([name, { shape }]) => ['input', name, shape]);
  const manifest = [...kept.map(([name, { shape }]) => ['state', name, shape]), ...given];
  const file = join(folder, 'generator.bin');
  const arrays = [
    ...kept.map(([, { data }]) => data),
    ...Object.keys(step.inputs).map((name) => inputs[name]),
  ];
  writeFileSync(file, Buffer.concat(arrays.map((x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength))));
  const trained = kept.map(([name]) => name).filter(isGeneratorParameter);
  const options = { manifest, file, architecture, settings: hyperParameters, trained, threads };
  const peers = {} as Record<Form, Peer>;
  const agreement: number[] = [];
  try {
    for (const form of forms) {
      peers[form] = new Peer(process.cwd());
      await peers[form].ask({ loadGenerator: { ...options, conv_lstm: form } });
      const { losses } = await peers[form].ask<{ losses: Record<string, number>[] }>({ steps: 3 });
      agreement.push(assertLosses(ours, losses, form));
    }
    const times = { ours: [] as number[], usual: [] as number[], batched: [] as number[] };
    const ratios: Record<Form, number[]> = { usual: [], batched: [] };
    for (let round = 0; round <= rounds; round++) {
      const mine: number[] = [];
      for (let i = 0; i < 2; i++) mine.push(await seconds(compiled, inputs));
      const theirs = {} as Record<Form, number[]>;
      for (const form of forms) theirs[form] = await peers[form].time(form, 2, clock);
      if (round === 0) continue; // warms up
      times.ours.push(median(mine));
      for (const form of forms) {
        times[form].push(median(theirs[form]));
        ratios[form].push(median(theirs[form]) / median(mine));
      }
    }
    printRow(
      `generator step, 48x48x7, T=12, B=4, widths /${1 / widthFactor}`,
      times,
      ratios,
      Math.max(...agreement),
    );
    return ratios;
  } finally {
    for (const peer of Object.values(peers)) peer.close();
    compiled.dispose();
  }
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
}

/** The rows of the table, in order (`--case=N` picks one). */
function benches(peer: Peer, folder: string): (() => Promise<Record<Form, number[]>>)[] {
  return [
    ...cases.map((c) => () => benchLayer(c, peer, folder)),
    ...[1 / 8, 1 / 4].map((factor) => () => benchGenerator(factor, folder)),
  ];
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const peer = new Peer(process.cwd());
  try {
    const engine = await createOnnxEngine({ threads });
    console.log(
      `${engine.description}; ${cpus()[0].model.trim()}, ${cpus().length} processors; Node ${process.version}`,
    );
    console.log(
      `Milliseconds of ${clock === 'wall' ? 'wall-clock' : 'processor'} time: median over ${rounds} interleaved rounds (quartiles). Ratios: PyTorch / ours.\n`,
    );
    console.log(
      '| Forward and backward: layer [B,T,H,W] C->F | ours | PyTorch usual | PyTorch batched | usual / ours | batched / ours | largest difference |',
    );
    console.log('|---|---|---|---|---|---|---|');
    const means: Record<Form, number[]> = { usual: [], batched: [] };
    for (const [i, bench] of benches(peer, folder).entries()) {
      if (only >= 0 && only !== i) continue;
      const ratios = await bench();
      for (const form of forms) means[form].push(median(ratios[form]));
    }
    console.log(
      `\nGeometric means: usual / ours ${geometricMean(means.usual).toFixed(2)}, batched / ours ${geometricMean(means.batched).toFixed(2)}`,
    );
  } finally {
    peer.close();
    rmSync(folder, { recursive: true });
  }
}

void main();
