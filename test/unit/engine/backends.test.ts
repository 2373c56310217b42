import * as tf from '@tensorflow/tfjs-core';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import util from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEagerEngine, createReferenceEngine } from '../../../src/core/engine/eagerEngine';
import type { Engine, TensorValues } from '../../../src/core/engine/engine';
import { convolveChannelsLast } from '../../../src/core/engine/channelsLast';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { createTensorflowEngine, restoreUtilities } from '../../../src/core/engine/tensorflow';
import { inputsOf, modelState, modelSteps } from './modelProblem';
import { installStandIn } from './standIn';
import { difference } from './support';

type StepName = keyof typeof modelSteps;
const stepNames = Object.keys(modelSteps) as StepName[];

/** Outputs of two runs of a step, and the state that they leave. */
interface Outcome {
  readonly first: TensorValues;
  readonly second: TensorValues;
  readonly state: TensorValues;
}

async function run(engine: Engine, name: StepName, initial: TensorValues): Promise<Outcome> {
  const definition = modelSteps[name]();
  const state = await engine.createState(initial);
  const step = await engine.compile(definition, state);
  const inputs = inputsOf(definition);
  const outcome = {
    first: await step.run(inputs),
    second: await step.run(inputs),
    state: await state.read(),
  };
  step.dispose();
  state.dispose();
  return outcome;
}

let initial: TensorValues;
const expected = new Map<StepName, Outcome>();
beforeAll(async () => {
  initial = await modelState();
  const reference = await createReferenceEngine();
  for (const name of stepNames) expected.set(name, await run(reference, name, initial));
}, 60_000);

/**
 * The contract of every engine: the same outputs as the reference, and the same state after them. Adam divides by the size
 * of the gradient, so that the smallest gradients move a parameter by the learning rate (0.001) either way.
 */
function expectSame(outcome: Outcome, name: StepName): void {
  const { first, second, state } = expected.get(name)!;
  const compare = (ours: TensorValues, theirs: TensorValues, bound: number): void => {
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    for (const [key, value] of Object.entries(theirs))
      expect(difference(ours[key], value), key).toBeLessThan(bound);
  };
  compare(outcome.first, first, 1e-4);
  compare(outcome.second, second, 1e-3);
  compare(outcome.state, state, 4e-3);
}

describe('the compiled engine', () => {
  it.each(stepNames)('runs the %s step as the reference does', async (name) => {
    expectSame(await run(await createOnnxEngine({ threads: 1 }), name, initial), name);
  });
});

describe('tfjs on WebAssembly', () => {
  let engine: Engine;
  beforeAll(async () => {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(`${path.dirname(entry)}/`);
    convolveChannelsLast('wasm');
    engine = await createEagerEngine('wasm', 'WebAssembly');
  });

  it.each(['embedding', 'assignment', 'discriminator'] as const)(
    'runs the %s step as the reference does',
    async (name) => {
      expectSame(await run(engine, name, initial), name);
    },
  );

  it('names all the kernels that it lacks for training', async () => {
    await expect(run(engine, 'generator', initial)).rejects.toThrow(
      'Cannot run step "generator step" on the tfjs backend "wasm": it has no Conv2DBackpropFilter.',
    );
  });
});

describe('a second copy of tfjs, as tfjs-node has one', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-standin-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let engine: Engine;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    engine = await createTensorflowEngine(installStandIn(path.join(folder, 'project')));
  });

  it('says which package computes', () => {
    expect(engine.name).toBe('tensorflow');
    expect(engine.description).toBe('TensorFlow on the CPU (@tensorflow/tfjs-node 4.22.0)');
  });

  it('leaves the active backend and our gradients as they were', () => {
    expect(tf.getBackend()).toBe('cpu');
    const slope = tf.tidy(() => [
      ...tf
        .grad((x: tf.Tensor) => tf.sum(tf.squaredDifference(x, tf.ones([3, 2]))))(tf.zeros([2]))
        .dataSync(),
    ]);
    expect(slope).toEqual([-6, -6]);
  });

  it.each(stepNames)('runs the %s step as the reference does', async (name) => {
    expectSame(await run(engine, name, initial), name);
  });

  it('must be of the major version of ours', async () => {
    const old = installStandIn(path.join(folder, 'old'), '3.21.1');
    await expect(createTensorflowEngine(old)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/is version 3\.21\.1; .* works with versions 4\.x/) as string,
    });
  });

  it('is asked for where there is none', async () => {
    await expect(createTensorflowEngine(undefined)).rejects.toThrow(/npm install @tensorflow\/tfjs-node/);
    await expect(createTensorflowEngine(path.join(folder, 'nowhere'))).rejects.toThrow('There is no folder');
    await expect(createTensorflowEngine(tmpdir())).rejects.toThrow('has no @tensorflow/tfjs-node-gpu or');
  });

  it('gets back what Node 23 has removed', () => {
    const bare: Record<string, unknown> = {};
    restoreUtilities(bare);
    expect((bare.isNullOrUndefined as (value: unknown) => boolean)(undefined)).toBe(true);
    expect((bare.isArray as (value: unknown) => boolean)([])).toBe(true);
    restoreUtilities(util as unknown as Record<string, unknown>);
    expect(typeof (util as unknown as Record<string, unknown>).isNullOrUndefined).toBe('function');
  });
});

const installed = process.env.CLIMATE_CLUSTERING_TENSORFLOW;
const absent =
  installed && existsSync(installed)
    ? ''
    : ' (skipped: CLIMATE_CLUSTERING_TENSORFLOW names no installation of tfjs-node)';
describe.skipIf(absent)(`TensorFlow itself${absent}`, () => {
  it.each(stepNames)(
    'runs the %s step as the reference does',
    async (name) => {
      expectSame(await run(await createTensorflowEngine(installed), name, initial), name);
    },
    60_000,
  );
});
