import { describe, expect, it } from 'vitest';
import type { TensorValues } from '../../../src/core/engine/engine';
import { adam, type AdamOptions, sgd } from '../../../src/core/engine/optimizer';
import { Random } from '../../../src/core/random';
import { bothEngines, randomValue } from './support';

const shapes: Record<string, number[]> = { weight: [3, 4], bias: [4], scale: [] };
const names = Object.keys(shapes);

/** Adam in double precision, one number at a time (Kingma and Ba, 2015, algorithm 1). */
class PlainAdam {
  private step = 0;
  private readonly m = new Map<string, Float64Array>();
  private readonly v = new Map<string, Float64Array>();
  constructor(private readonly options: AdamOptions) {}

  update(parameters: Map<string, Float64Array>, gradients: TensorValues, rate: number): void {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, clipNorm = Infinity, weightDecay = 0 } = this.options;
    this.step++;
    let norm = 0;
    for (const name of names) for (const g of gradients[name].data) norm += g * g;
    const scale = Math.min(1, clipNorm / Math.sqrt(norm));
    for (const [name, theta] of parameters) {
      const m = this.m.get(name) ?? new Float64Array(theta.length);
      const v = this.v.get(name) ?? new Float64Array(theta.length);
      this.m.set(name, m);
      this.v.set(name, v);
      theta.forEach((value, i) => {
        const g = scale * gradients[name].data[i];
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        const mHat = m[i] / (1 - beta1 ** this.step);
        const vHat = v[i] / (1 - beta2 ** this.step);
        theta[i] = value - rate * weightDecay * value - (rate * mHat) / (Math.sqrt(vHat) + epsilon);
      });
    }
  }
}

describe('Adam', () => {
  const variants: [string, AdamOptions][] = [
    ['as published', { name: 'a' }],
    ['without momentum', { name: 'a', beta1: 0 }],
    ['clipped to a global norm', { name: 'a', clipNorm: 1 }],
    ['with a bound that is never reached', { name: 'a', clipNorm: 1e6 }],
    [
      'with weight decay and other constants',
      { name: 'a', beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 },
    ],
  ];
  for (const [title, options] of variants) {
    it(`${title} follows a double-precision one`, async () => {
      for (const engine of await bothEngines()) {
        const random = new Random(4);
        const initial = Object.fromEntries(names.map((name) => [name, randomValue(random, shapes[name])]));
        const optimizer = adam(options);
        const state = await engine.createState({ ...initial, ...optimizer.init(initial) });
        const float = (shape: number[]) => ({ shape, dtype: 'float32' as const });
        const step = await engine.compile(
          {
            name: 'update',
            inputs: { ...Object.fromEntries(names.map((n) => [n, float(shapes[n])])), rate: float([]) },
            compute: (current, { rate, ...gradients }) => {
              const parameters = Object.fromEntries(names.map((name) => [name, current[name]]));
              return { state: optimizer.update(parameters, gradients, current, rate), outputs: {} };
            },
          },
          state,
        );
        const plain = new PlainAdam(options);
        const expected = new Map(names.map((name) => [name, Float64Array.from(initial[name].data)]));
        for (let i = 0; i < 30; i++) {
          const rate = 0.1 / (1 + i);
          const gradients = Object.fromEntries(
            names.map((name) => [name, randomValue(random, shapes[name])]),
          );
          await step.run({
            ...Object.fromEntries(names.map((name) => [name, gradients[name].data])),
            rate: Float32Array.of(rate),
          });
          plain.update(expected, gradients, rate);
        }
        const result = await state.read();
        for (const name of names) {
          result[name].data.forEach((value, i) => expect(value).toBeCloseTo(expected.get(name)![i], 5));
        }
        expect(result['adam.a.step'].data[0]).toBe(30);
      }
    });
  }

  it('survives a zero gradient under clipping', async () => {
    const [engine] = await bothEngines();
    const initial = { w: randomValue(new Random(1), [3]) };
    const optimizer = adam({ name: 'a', clipNorm: 1 });
    const state = await engine.createState({ ...initial, ...optimizer.init(initial) });
    const step = await engine.compile(
      {
        name: 'update',
        inputs: { g: { shape: [3], dtype: 'float32' }, rate: { shape: [], dtype: 'float32' } },
        compute: (s, { g, rate }) => ({
          state: optimizer.update({ w: s.w }, { w: g }, s, rate),
          outputs: {},
        }),
      },
      state,
    );
    await step.run({ g: new Float32Array(3), rate: Float32Array.of(0.1) });
    expect((await state.read(['w'])).w.data).toEqual(initial.w.data);
  });
});

describe('gradient descent', () => {
  it.each([0, 0.9])('with momentum %s follows its recursion', async (momentum) => {
    for (const engine of await bothEngines()) {
      const random = new Random(9);
      const initial = Object.fromEntries(names.map((name) => [name, randomValue(random, shapes[name])]));
      const optimizer = sgd({ name: 's', momentum });
      const state = await engine.createState({ ...initial, ...optimizer.init(initial) });
      const float = (shape: number[]) => ({ shape, dtype: 'float32' as const });
      const step = await engine.compile(
        {
          name: 'update',
          inputs: { ...Object.fromEntries(names.map((n) => [n, float(shapes[n])])), rate: float([]) },
          compute: (current, { rate, ...gradients }) => {
            const parameters = Object.fromEntries(names.map((name) => [name, current[name]]));
            return { state: optimizer.update(parameters, gradients, current, rate), outputs: {} };
          },
        },
        state,
      );
      const expected = new Map(names.map((name) => [name, Float64Array.from(initial[name].data)]));
      const velocity = new Map(names.map((name) => [name, new Float64Array(initial[name].data.length)]));
      for (let i = 0; i < 20; i++) {
        // The rate changes: it scales the step, and never the velocity that is kept.
        const rate = i % 2 === 0 ? 0.1 : 0.02;
        const gradients = Object.fromEntries(names.map((name) => [name, randomValue(random, shapes[name])]));
        await step.run({
          ...Object.fromEntries(names.map((name) => [name, gradients[name].data])),
          rate: Float32Array.of(rate),
        });
        for (const name of names) {
          const [theta, v] = [expected.get(name)!, velocity.get(name)!];
          theta.forEach((_, at) => {
            v[at] = momentum * v[at] + gradients[name].data[at];
            theta[at] -= rate * v[at];
          });
        }
      }
      const result = await state.read();
      for (const name of names) {
        result[name].data.forEach((value, i) => expect(value).toBeCloseTo(expected.get(name)![i], 4));
      }
    }
  });
});
