/**
 * Speed of the compiled engine against PyTorch on the CPU: `npm run bench`. Both run in turns, round by round, so that
 * other load on the machine hits both; the table shows medians over the rounds.
 */
import * as tf from '@tensorflow/tfjs-core';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledStep, StepDefinition, TensorValues } from '../src/core/engine/engine';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { convLstm, initConvLstm } from '../src/core/model/convLstm';
import { Random } from '../src/core/random';
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

async function seconds(step: CompiledStep): Promise<number> {
  const start = now();
  await step.run({});
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
  const ratio = (form: Form) =>
    `${median(ratios[form]).toFixed(2)} (${quantile(ratios[form], 0.25).toFixed(2)} to ${quantile(ratios[form], 0.75).toFixed(2)})`;
  console.log(
    `| [${c.batch},${c.steps},${c.height},${c.width}] ${c.inputs}->${c.filters} | ${inMilliseconds(times.ours)} | ` +
      `${inMilliseconds(times.usual)} | ${inMilliseconds(times.batched)} | ${ratio('usual')} | ${ratio('batched')} | ${Math.max(...agreement).toExponential(1)} |`,
  );
  return ratios;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
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
      '| Layer [B,T,H,W] C->F | ours | PyTorch usual | PyTorch batched | usual / ours | batched / ours | largest difference |',
    );
    console.log('|---|---|---|---|---|---|---|');
    const means: Record<Form, number[]> = { usual: [], batched: [] };
    for (const c of cases.filter((_, i) => only < 0 || i === only)) {
      const ratios = await benchLayer(c, peer, folder);
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
