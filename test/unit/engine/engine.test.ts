import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Engine, StepDefinition, TensorValue } from '../../../src/core/engine/engine';
import { createEngine } from '../../../src/core/engine/engines';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { trace } from '../../../src/core/engine/symbolic';
import { reachable } from '../../../src/core/engine/graph';
import { bothEngines } from './support';

const floats = (...numbers: number[]): TensorValue => ({
  shape: [numbers.length],
  dtype: 'float32',
  data: Float32Array.from(numbers),
});
const vector = (n: number) => ({ shape: [n], dtype: 'float32' as const });

/** a += x; b is left alone; returns the old a and b. */
const accumulate: StepDefinition = {
  name: 'accumulate',
  inputs: { x: vector(2) },
  compute: ({ a, b }, { x }) => ({
    state: { a: tf.add(a, x) },
    outputs: { before: a, other: b, twice: tf.mul(x, 2) },
  }),
};

/** Exchanges two entries without computing anything. */
const exchange: StepDefinition = {
  name: 'exchange',
  inputs: {},
  compute: ({ a, b }) => ({ state: { a: b, b: a }, outputs: {} }),
};

describe.each([0, 1])('engine %i', (which) => {
  const engine = async (): Promise<Engine> => (await bothEngines())[which];

  it('keeps state from step to step, also between steps of different kinds', async () => {
    const e = await engine();
    const initial = { a: floats(1, 2), b: floats(10, 20) };
    const state = await e.createState(initial);
    const [add, swap] = [await e.compile(accumulate, state), await e.compile(exchange, state)];
    const first = await add.run({ x: Float32Array.of(1, 1) });
    expect([...first.before.data, ...first.other.data, ...first.twice.data]).toEqual([1, 2, 10, 20, 2, 2]);
    await add.run({ x: Float32Array.of(1, 0) });
    await swap.run({});
    const last = await add.run({ x: Float32Array.of(5, 5) });
    expect([...last.before.data, ...last.other.data]).toEqual([10, 20, 3, 3]);
    const { a, b } = await state.read();
    expect([...a.data, ...b.data]).toEqual([15, 25, 3, 3]);
    // What was handed out or in is the caller's own.
    expect([...first.before.data]).toEqual([1, 2]);
    expect([...initial.a.data]).toEqual([1, 2]);
  });

  it('writes entries, and hands out copies', async () => {
    const e = await engine();
    const state = await e.createState({ a: floats(1, 2), b: floats(3, 4) });
    const copy = (await state.read(['a'])).a.data;
    copy[0] = 99;
    await state.write({ b: floats(7, 8) });
    const values = await state.read();
    expect([...values.a.data, ...values.b.data]).toEqual([1, 2, 7, 8]);
    await expect(state.write({ c: floats(1) })).rejects.toThrow('no entry "c"');
    await expect(state.write({ a: floats(1) })).rejects.toThrow('"a"');
  });

  it('runs steps that are asked for at once one after another', async () => {
    const e = await engine();
    const state = await e.createState({ a: floats(0, 0), b: floats(0, 0) });
    const add = await e.compile(accumulate, state);
    const runs = await Promise.all(
      Array.from({ length: 10 }, (_, i) => add.run({ x: Float32Array.of(1, i) })),
    );
    expect(runs.map((r) => r.before.data[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...(await state.read(['a'])).a.data]).toEqual([10, 45]);
  });

  it('handles integers and truth values as inputs, state and outputs', async () => {
    const e = await engine();
    const state = await e.createState({ n: { shape: [2], dtype: 'int32', data: Int32Array.of(3, 4) } });
    const step = await e.compile(
      {
        name: 'mixed',
        inputs: { mask: { shape: [2], dtype: 'bool' } },
        compute: ({ n }, { mask }) => ({
          state: { n: tf.add(n, tf.cast(mask, 'int32')) },
          outputs: { large: tf.greater(n, 3), mask, n },
        }),
      },
      state,
    );
    const { large, mask, n } = await step.run({ mask: Uint8Array.of(1, 0) });
    expect([...large.data, ...mask.data, ...n.data]).toEqual([0, 1, 1, 0, 3, 4]);
    expect([...(await state.read()).n.data]).toEqual([4, 4]);
  });

  it('names what is wrong with inputs and returned state', async () => {
    const e = await engine();
    const state = await e.createState({ a: floats(1, 2), b: floats(3, 4) });
    const add = await e.compile(accumulate, state);
    await expect(add.run({})).rejects.toThrow('lacks its input "x"');
    await expect(add.run({ x: Float32Array.of(1) })).rejects.toThrow('The input "x" of step "accumulate"');
    const bad = (entry: string, f: (a: tf.Tensor) => tf.Tensor): StepDefinition => ({
      name: 'bad',
      inputs: {},
      compute: ({ a }) => ({ state: { [entry]: f(a) }, outputs: {} }),
    });
    const attempt = async (step: StepDefinition) => (await e.compile(step, state)).run({});
    await expect(attempt(bad('c', (a) => a))).rejects.toThrow('"c"');
    await expect(attempt(bad('a', (a) => tf.concat([a, a])))).rejects.toThrow('float32[4]');
    await expect(attempt(bad('a', (a) => tf.cast(a, 'int32')))).rejects.toThrow('int32[2]');
  });

  it('leaves no tensors and the active tfjs backend as it was', async () => {
    const e = await engine();
    await tf.ready();
    const before = { count: tf.memory().numTensors, backend: tf.getBackend() };
    const state = await e.createState({ a: floats(1, 2), b: floats(3, 4) });
    const step = await e.compile(
      {
        name: 'gradient',
        inputs: { x: vector(2) },
        compute: ({ a, b }, { x }) => {
          const { value, grads } = tf.valueAndGrads((p) => tf.sum(tf.square(tf.sub(tf.mul(p, x), b))))([a]);
          return { state: { a: tf.sub(a, tf.mul(grads[0], 0.1)) }, outputs: { value } };
        },
      },
      state,
    );
    const held = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await step.run({ x: Float32Array.of(1, 2) });
    expect(tf.memory().numTensors).toBe(held);
    step.dispose();
    state.dispose();
    expect({ count: tf.memory().numTensors, backend: tf.getBackend() }).toEqual(before);
  });
});

describe('tracing', () => {
  const specs = { a: vector(2), b: vector(2) };

  it('names a kernel that is not supported, and the step', () => {
    const step: StepDefinition = {
      name: 'sorting',
      inputs: {},
      compute: ({ a }) => ({ outputs: { y: tf.acosh(a) } }),
    };
    expect(() => trace(step, specs)).toThrow('Cannot compile step "sorting": It uses the kernel "Acosh"');
  });

  it('refuses a look at values, and names the step', () => {
    const step: StepDefinition = {
      name: 'peeking',
      inputs: {},
      compute: ({ a }) => ({ outputs: { y: tf.scalar(a.dataSync()[0]) } }),
    };
    expect(() => trace(step, specs)).toThrow('Step "peeking" looks at the values');
  });

  it('restores the backend and the tensors also after an error', async () => {
    await bothEngines();
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    const fails: StepDefinition = {
      name: 'fails',
      inputs: {},
      compute: ({ a, b }) => {
        tf.add(a, b);
        throw new Error('on purpose');
      },
    };
    expect(() => trace(fails, specs)).toThrow('on purpose');
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
    expect([...tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 1)).dataSync()]).toEqual([2, 3]);
  });

  it('takes tensors of other backends as constants and leaves them alone', async () => {
    await bothEngines();
    await tf.setBackend('cpu');
    const outside = tf.tensor1d([5, 6]);
    const traced = trace(
      { name: 's', inputs: {}, compute: ({ a }) => ({ outputs: { y: tf.mul(a, outside) } }) },
      specs,
    );
    expect(traced.outputs.get('y')!.node!.inputs.some((v) => v?.constant)).toBe(true);
    expect([...outside.dataSync()]).toEqual([5, 6]);
    outside.dispose();
  });

  it('computes once what is asked for twice, and nothing that is not needed', () => {
    const traced = trace(
      {
        name: 's',
        inputs: {},
        compute: ({ a, b }) => {
          tf.exp(b);
          const sums = [1, 2, 3].map(() => tf.add(tf.sin(a), tf.reverse(tf.reverse(b))));
          return { outputs: { y: tf.addN(sums) } };
        },
      },
      specs,
    );
    const operators = reachable([traced.outputs.get('y')!]).flatMap((v) => (v.node ? [v.node.op] : []));
    expect(operators.sort()).toEqual(['Add', 'Add', 'Add', 'Sin']);
  });

  it('writes the gradient of slicing a sequence as one concatenation', () => {
    const traced = trace(
      {
        name: 's',
        inputs: { x: { shape: [6, 2], dtype: 'float32' } },
        compute: (_, { x }) => {
          const rows = (y: tf.Tensor) => [0, 2, 4].map((i) => tf.exp(tf.slice(y, [i, 0], [2, 2])));
          return { outputs: { dx: tf.grad((y: tf.Tensor) => tf.sum(tf.addN(rows(y))))(x) } };
        },
      },
      {},
    );
    const operators = reachable([traced.outputs.get('dx')!]).flatMap((v) => (v.node ? [v.node.op] : []));
    expect(operators).not.toContain('Pad');
    expect(operators.filter((op) => op === 'Concat')).toHaveLength(1);
    expect(operators.filter((op) => op === 'Add')).toHaveLength(0);
  });
});

describe('createEngine', () => {
  const broken = () => Promise.reject(new Error('no such library'));
  const choosing = (engine: 'cpu' | 'webgpu', forget = () => Promise.resolve()) => ({
    choose: () =>
      Promise.resolve({
        engine,
        threads: 1,
        reason: 'It was the fastest.',
        warnings: ['Look at this.'],
        forget,
      }),
  });

  it('gives what was asked for', async () => {
    expect((await createEngine('cpu')).description).toMatch(
      /^ONNX Runtime \d+\.\d+\.\d+ on the CPU, \d+ threads?$/,
    );
    expect((await createEngine('reference')).name).toBe('reference');
  });

  it('takes what is fastest, and says why', async () => {
    const [warnings, log]: [string[], string[]] = [[], []];
    const hooks = { warn: (m: string) => warnings.push(m), log: (m: string) => log.push(m) };
    const engine = await createEngine('auto', hooks, choosing('cpu'));
    expect(engine).toMatchObject({ name: 'cpu', choice: 'It was the fastest.' });
    expect(engine.description).toMatch(/on the CPU, 1 thread$/);
    expect(log).toEqual([`Engine: ${engine.description}. It was the fastest.`]);
    expect(warnings).toEqual(['Look at this.']);
  });

  it('falls back to the CPU with a warning when the fastest one no longer works, and forgets it', async () => {
    const warnings: string[] = [];
    let forgotten = 0;
    const engine = await createEngine(
      'auto',
      { warn: (message) => warnings.push(message) },
      {
        ...choosing('webgpu', () => Promise.resolve(void forgotten++)),
        create: (options) => (options.device === 'webgpu' ? broken() : createOnnxEngine(options)),
      },
    );
    expect(engine.name).toBe('cpu');
    expect(engine.choice).toContain('no such library');
    expect(warnings[1]).toMatch(/"webgpu" was the fastest.*no such library.*The CPU is used instead/);
    expect(forgotten).toBe(1);
  });

  it('falls back to the reference with a warning when it may choose, and says what to do when it may not', async () => {
    const warnings: string[] = [];
    const hooks = { warn: (message: string) => warnings.push(message) };
    const engine = await createEngine('auto', hooks, { ...choosing('cpu'), create: broken });
    expect(engine.name).toBe('reference');
    expect(warnings.at(-1)).toContain('no such library');
    await expect(createEngine('cpu', {}, { create: broken })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('no such library') as string,
    });
  });
});
