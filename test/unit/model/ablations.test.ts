import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { HyperParameters } from '../../../src/core/config';
import { createReferenceEngine } from '../../../src/core/engine/eagerEngine';
import type { Engine, StepDefinition, Tensors, TensorValues } from '../../../src/core/engine/engine';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { isGeneratorParameter } from '../../../src/core/model/generator';
import { Random } from '../../../src/core/random';
import { bottleneckProbe } from '../../../src/core/training/steps';
import { inputsOf, modelProblem } from '../engine/modelProblem';
import { difference } from '../engine/support';
import { expectGeneratorGradients, normal } from './helpers';

/** What the parameters of each ablation must have, and must not. */
const ablations: Record<string, { settings: Partial<HyperParameters>; with: RegExp; without: RegExp }> = {
  'no attention': {
    settings: { 'model.temporalAttention': false },
    with: /^(patches|encoder\.stem)\./,
    without: /^attention\./,
  },
  'CNN and LSTM': {
    settings: { 'model.encoder': 'cnn-lstm' },
    with: /^(encoder\.lstm|decoder\.stage1\.convolution|attention)\./,
    without: /recurrentKernel|^patches\./,
  },
  'no self-expression': {
    settings: { 'model.selfExpression': false },
    with: /^(attention|encoder\.stem)\./,
    without: /^encoder\.stage1\.convolution/,
  },
  'CNN and LSTM alone': {
    settings: {
      'model.encoder': 'cnn-lstm',
      'model.temporalAttention': false,
      'model.selfExpression': false,
    },
    with: /^encoder\.lstm\./,
    without: /recurrentKernel|^(patches|attention)\./,
  },
};

/** The state of a run that begins, with noise where parameters start at zero, which would hide the gradients behind them. */
async function stateOf(settings: Partial<HyperParameters>): Promise<TensorValues> {
  const random = new Random(9);
  const state = await modelProblem(settings).state();
  for (const [name, value] of Object.entries(state)) {
    if (!isGeneratorParameter(name) || value.data.some((x) => x !== 0)) continue;
    value.data.forEach((_, i) => (value.data[i] = 0.3 * random.normal()));
  }
  return state;
}

async function run(engine: Engine, definition: StepDefinition, initial: TensorValues) {
  const state = await engine.createState(initial);
  const step = await engine.compile(definition, state);
  const outputs = await step.run(inputsOf(definition));
  const after = await state.read();
  step.dispose();
  state.dispose();
  return { outputs, after };
}

describe.each(Object.entries(ablations))('the model with %s', (_name, ablation) => {
  const { a, h, steps } = modelProblem(ablation.settings);

  it('has the parameters that it needs, and no others', async () => {
    const names = Object.keys(await stateOf(ablation.settings)).filter(isGeneratorParameter);
    expect(names.some((name) => ablation.with.test(name))).toBe(true);
    expect(names.filter((name) => ablation.without.test(name))).toEqual([]);
  });

  it('computes the same compiled as eagerly, gradients and optimiser included', async () => {
    const initial = await stateOf(ablation.settings);
    const [ours, theirs] = [await createOnnxEngine({ threads: 1 }), await createReferenceEngine()];
    const all = { generator: steps.generator(), embedding: steps.embedding(), probe: bottleneckProbe(a, h) };
    for (const [name, definition] of Object.entries(all)) {
      const [compiled, eager] = [
        await run(ours, definition, initial),
        await run(theirs, definition, initial),
      ];
      expect(Object.keys(compiled.outputs)).toEqual(Object.keys(eager.outputs));
      for (const [key, value] of Object.entries(eager.outputs)) {
        expect(difference(compiled.outputs[key], value), `${name}: ${key}`).toBeLessThan(1e-4);
      }
      for (const [key, value] of Object.entries(eager.after)) {
        // Adam's first moment is the gradient; a parameter may move by the learning rate (0.001) either way.
        const bound = key.startsWith('adam.') ? 1e-4 : 4e-3;
        expect(difference(compiled.after[key], value), `${name}: ${key}`).toBeLessThan(bound);
      }
      if (name !== 'generator') continue;
      expect('selfExpression' in compiled.outputs).toBe(h['model.selfExpression']);
    }
  });

  it('has the gradients of finite differences in every parameter', async () => {
    const initial = await stateOf(ablation.settings);
    const parameters: Tensors = Object.fromEntries(
      Object.entries(initial)
        .filter(([name]) => isGeneratorParameter(name) || name.startsWith('eof.'))
        .map(([name, v]) => [name, tf.tensor(v.data, [...v.shape])]),
    );
    const trained = Object.fromEntries(
      Object.entries(parameters).filter(
        ([name]) => isGeneratorParameter(name) && name !== 'head.centres' && !isIdle(name, a.nodes),
      ),
    );
    const two = { ...a, steps: 2, batch: 1 };
    const x = normal<tf.Tensor4D>(new Random(12), [2, a.variables, a.paddedHeight, a.paddedWidth]);
    const mask = tf.ones([1, a.variables, a.paddedHeight, a.paddedWidth]);
    expectGeneratorGradients(parameters, trained, two, h, x, mask);
  });
});

/** With a single node there is nothing to choose from, so that queries and keys change nothing. */
function isIdle(name: string, nodes: number): boolean {
  return nodes === 1 && /^attention\..*\.(query|key)\./.test(name);
}
