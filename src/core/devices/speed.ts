import * as tf from '@tensorflow/tfjs-core';
import type { CompiledStep, Engine, StepDefinition, TensorValues } from '../engine/engine';
import { type ConvLstmParameters, convLstm, initConvLstm } from '../model/convLstm';
import { Random } from '../random';
import { type Problem, problems } from './problems';

const frames = { steps: 12, batch: 4 };
const names = ['inputKernel', 'recurrentKernel', 'bias'] as const;

/** One step of `problem`, and the state and input that it runs on. */
export function trialStep(problem: Problem): {
  step: StepDefinition;
  state: TensorValues;
  inputs: { x: Float32Array };
} {
  const { channels, cells } = problems[problem];
  const random = new Random(1);
  const shape = [frames.steps * frames.batch, channels, cells, cells];
  const x = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
  const step: StepDefinition = {
    name: `trial-${problem}`,
    inputs: { x: { shape, dtype: 'float32' } },
    compute: (state, inputs) => {
      const { value, grads } = tf.valueAndGrads((...kernels: tf.Tensor[]) => {
        const parameters = Object.fromEntries(names.map((name, i) => [name, kernels[i]]));
        const hidden = convLstm(
          inputs.x as tf.Tensor4D,
          frames.steps,
          parameters as unknown as ConvLstmParameters,
        );
        return tf.mean(tf.square(hidden));
      })(names.map((name) => state[name]));
      const moved = names.map((name, i) => [name, tf.sub(state[name], tf.mul(grads[i], 0.01))]);
      return { state: Object.fromEntries(moved) as Record<string, tf.Tensor>, outputs: { loss: value } };
    },
  };
  return { step, state: { ...initConvLstm(random, channels, channels) }, inputs: { x } };
}

/** How fast an engine is, and whether it computes what others do. */
export interface Speed {
  readonly stepsPerSecond: number;
  /** The loss of the first step. */
  readonly loss: number;
}

/**
 * The loss of the first step, and the steps a second of `problem`: the median of three rounds of about `seconds` / 4 each, after a first step that compiles.
 * A slow engine is given one step more, a very slow one none.
 */
export async function measureSpeed(engine: Engine, problem: Problem, seconds = 0.8): Promise<Speed> {
  const { step, state: initial, inputs } = trialStep(problem);
  const state = await engine.createState(initial);
  const compiled = await engine.compile(step, state);
  try {
    const { seconds: first, loss } = await timed(compiled, inputs, 1);
    if (first > 4 * seconds) return { stepsPerSecond: 1 / first, loss };
    const { seconds: once } = await timed(compiled, inputs, 1);
    if (once > seconds) return { stepsPerSecond: 1 / once, loss };
    const count = Math.max(1, Math.round(seconds / 4 / once));
    const rounds = [];
    for (let i = 0; i < 3; i++) rounds.push((await timed(compiled, inputs, count)).seconds / count);
    return { stepsPerSecond: 1 / rounds.sort((a, b) => a - b)[1], loss };
  } finally {
    compiled.dispose();
    state.dispose();
  }
}

/** Seconds for `count` steps. Only the last one's loss is read: until then a GPU need not be waited for. */
async function timed(
  compiled: CompiledStep,
  inputs: { x: Float32Array },
  count: number,
): Promise<{ seconds: number; loss: number }> {
  const start = performance.now();
  for (let i = 1; i < count; i++) await compiled.run(inputs, []);
  const { loss } = await compiled.run(inputs);
  return { seconds: (performance.now() - start) / 1000, loss: loss.data[0] };
}
