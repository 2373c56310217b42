/** One ConvLSTM layer, forward and backward, against PyTorch. */
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepDefinition, TensorValues } from '../src/core/engine/engine';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { convLstm, initConvLstm } from '../src/core/model/convLstm';
import { Random } from '../src/core/random';
import { forms, type Measured, printRow, profile, seconds, takeTurns, threads } from './measure';
import type { Form, Peer } from './peer';

export interface Case {
  readonly batch: number;
  readonly steps: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly filters: number;
}

const parameterNames = ['inputKernel', 'recurrentKernel', 'bias'] as const;
const outputNames = ['hidden', 'x', ...parameterNames] as const;

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

/** Forward and backward of one layer, once the results of both sides agree. */
export async function benchLayer(c: Case, peer: Peer, folder: string): Promise<Measured> {
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
  const measured = await takeTurns(() => seconds(step), { usual: peer, batched: peer }, repeats);
  step.dispose();
  printRow(`[${c.batch},${c.steps},${c.height},${c.width}] ${c.inputs}->${c.filters}`, measured, [
    Math.max(...agreement).toExponential(1),
    '',
  ]);
  return measured;
}
