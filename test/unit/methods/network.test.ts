import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { rowsInMemory, type SharedRows } from '../../../src/core/data/rows';
import { sgd } from '../../../src/core/engine/optimizer';
import { plainProducts } from '../../../src/core/evaluation/products';
import { addBatchNorm, batchNorm, isRunningMoment } from '../../../src/core/methods/network/batchNorm';
import { Batches, rowSource } from '../../../src/core/methods/network/batches';
import { addDenseStack, denseStack, type DenseStack } from '../../../src/core/methods/network/dense';
import { networkInputs } from '../../../src/core/methods/network/inputs';
import { float, Network, pick, trainingStep } from '../../../src/core/methods/network/network';
import { argmaxRows, refine } from '../../../src/core/methods/network/refinement';
import { ParameterBuilder } from '../../../src/core/model/parameters';
import { Random } from '../../../src/core/random';
import { normals, testEngine } from './deepSupport';

describe('mini-batches', () => {
  it('draw each row once before any is drawn again, in another order for another seed', () => {
    const batches = new Batches(10, 4, new Random(3));
    expect([batches.size, batches.perEpoch]).toEqual([4, 3]);
    const drawn = Array.from({ length: 5 }, () => [...batches.draw()]).flat();
    for (const order of [drawn.slice(0, 10), drawn.slice(10)]) {
      expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    const again = new Batches(10, 4, new Random(3));
    expect([...again.draw()]).toEqual(drawn.slice(0, 4));
    const other = new Batches(10, 10, new Random(4));
    expect([...other.draw()]).not.toEqual(drawn.slice(0, 10));
  });

  it('are as large as a small table', () => {
    const batches = new Batches(3, 256, new Random(1));
    expect([batches.size, batches.perEpoch, [...batches.draw()].toSorted()]).toEqual([3, 1, [0, 1, 2]]);
  });

  it('are gathered alike from memory, from a copy, and row by row', async () => {
    const values = normals(7 * 3, new Random(1));
    const inMemory = rowsInMemory(values, 7, 3);
    const { n, d, read, readInto, close } = inMemory;
    const onDisk: SharedRows = { n, d, read, readInto, close };
    for (const source of [await rowSource(inMemory), await rowSource(onDisk), await rowSource(onDisk, 0)]) {
      const target = new Float32Array(9);
      await source.gather([6, 0, 6], target);
      expect(Array.from(target)).toEqual([...values.slice(18), ...values.slice(0, 3), ...values.slice(18)]);
    }
  });
});

describe('inputs of dense networks', () => {
  it('are the rows themselves up to so many columns', async () => {
    const table = rowsInMemory(normals(40, new Random(1)), 5, 8);
    const options = { maxColumns: 8, random: new Random(1), products: plainProducts };
    const inputs = await networkInputs(table, options);
    const row = new Float32Array(8);
    await inputs.gather([2], row);
    expect([inputs.d, inputs.compressed, row]).toEqual([8, false, table.values.slice(16, 24)]);
  });

  it('of more columns than rows keep all distances, but for one factor', async () => {
    const [n, d] = [12, 100];
    const table = rowsInMemory(normals(n * d, new Random(2), 3), n, d);
    const options = { maxColumns: 50, random: new Random(1), products: plainProducts };
    const inputs = await networkInputs(table, options);
    expect([inputs.compressed, inputs.d]).toEqual([true, n - 1]);
    const rows = new Float32Array(n * inputs.d);
    await inputs.gather(
      Array.from({ length: n }, (_, i) => i),
      rows,
    );
    const distance = (x: Float32Array, width: number, i: number, j: number) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += (x[i * width + c] - x[j * width + c]) ** 2;
      return Math.sqrt(sum);
    };
    const ratios: number[] = [];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        ratios.push(distance(rows, inputs.d, i, j) / distance(table.values, d, i, j));
      }
    }
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(1 + 1e-4);
    expect(rows.reduce((sum, x) => sum + x * x, 0) / rows.length).toBeCloseTo(1, 4);
  });

  it('of equal rows are zeros', async () => {
    const table = rowsInMemory(new Float32Array(60).fill(0.5), 4, 15);
    const options = { maxColumns: 10, random: new Random(1), products: plainProducts };
    const inputs = await networkInputs(table, options);
    const row = new Float32Array(inputs.d).fill(9);
    await inputs.gather([3], row);
    expect([...row].every((x) => x === 0)).toBe(true);
  });
});

describe('batch normalisation', () => {
  it('uses the moments of the batch in training and moves the running ones; uses those afterwards', async () => {
    const random = new Random(5);
    const builder = new ParameterBuilder(random);
    addBatchNorm(builder, 'b', 3);
    builder.values['b.gain'] = { shape: [3], dtype: 'float32', data: Float32Array.of(2, 1, -1) };
    builder.values['b.shift'] = { shape: [3], dtype: 'float32', data: Float32Array.of(0, 1, 2) };
    const x = normals(24, random, 4);
    const before = Float32Array.of(1, 0, 0);
    builder.values['b.mean'] = { shape: [3], dtype: 'float32', data: before };
    const result = await Network.use(await testEngine(), builder.values, async (network) => {
      const train = await network.compile({
        name: 'train',
        inputs: { x: float(8, 3) },
        compute(state, inputs) {
          const updates = {};
          const y = batchNorm(state, 'b', inputs['x'] as tf.Tensor2D, {
            training: true,
            updates,
            momentum: 0.75,
          });
          return { state: updates, outputs: { y } };
        },
      });
      const use = await network.compile({
        name: 'use',
        inputs: { x: float(8, 3) },
        compute: (state, inputs) => ({
          outputs: { y: batchNorm(state, 'b', inputs['x'] as tf.Tensor2D, { training: false }) },
        }),
      });
      const trained = (await train.run({ x }))['y'].data;
      return { trained, used: (await use.run({ x }))['y'].data, state: await network.state.read() };
    });
    const { gain, shift } = { gain: [2, 1, -1], shift: [0, 1, 2] };
    for (let c = 0; c < 3; c++) {
      const column = Array.from({ length: 8 }, (_, i) => x[3 * i + c]);
      const mean = column.reduce((a, b) => a + b, 0) / 8;
      const squares = column.reduce((a, b) => a + (b - mean) ** 2, 0);
      const running = before[c] + 0.25 * (mean - before[c]);
      const spread = 1 + 0.25 * (squares / 7 - 1);
      expect(result.state['b.mean'].data[c]).toBeCloseTo(running, 4);
      expect(result.state['b.variance'].data[c]).toBeCloseTo(spread, 4);
      column.forEach((value, i) => {
        const at = 3 * i + c;
        const normal = (value - mean) / Math.sqrt(squares / 8 + 1e-5);
        expect(result.trained[at]).toBeCloseTo(gain[c] * normal + shift[c], 4);
        expect(result.used[at]).toBeCloseTo(gain[c] * ((value - running) / Math.sqrt(spread)) + shift[c], 3);
      });
    }
  });

  it('of a stack: running moments are part of the state, and none of the parameters', () => {
    const stack: DenseStack = {
      name: 's',
      sizes: [2, 5, 4, 3],
      hidden: 'relu',
      output: 'linear',
      batchNorm: true,
    };
    const builder = new ParameterBuilder(new Random(1));
    addDenseStack(builder, stack);
    expect(Object.keys(builder.values).filter(isRunningMoment)).toEqual([
      's.0.mean',
      's.0.variance',
      's.1.mean',
      's.1.variance',
    ]);
    expect(builder.values['s.2.weight'].shape).toEqual([4, 3]);
  });
});

describe('a training step', () => {
  it('descends, returns outputs, and updates entries that are not trained', async () => {
    const optimizer = sgd({ name: 'w' });
    const parameters = { w: { shape: [1], dtype: 'float32' as const, data: Float32Array.of(3) } };
    const initial = {
      ...parameters,
      count: { shape: [], dtype: 'float32' as const, data: Float32Array.of(0) },
      ...optimizer.init(parameters),
    };
    const step = trainingStep({
      name: 'square',
      inputs: { target: float() },
      optimizer,
      trained: (name) => name === 'w',
      loss: (state, { target }) => ({
        loss: tf.sum(tf.square(tf.sub(state['w'], target))),
        outputs: { twice: tf.mul(state['w'], 2) },
        state: { count: tf.add(state['count'], 1) },
      }),
    });
    await Network.use(await testEngine(), initial, async (network) => {
      const compiled = await network.compile(step);
      const inputs = { target: Float32Array.of(1), learningRate: Float32Array.of(0.25) };
      const { loss, twice } = await compiled.run(inputs);
      expect([loss.data[0], twice.data[0]]).toEqual([4, 6]);
      await compiled.run(inputs);
      const state = await network.state.read();
      // The distance to 1 halves with each step.
      expect([state['w'].data[0], state['count'].data[0]]).toEqual([1.5, 2]);
    });
  });

  it('and a map over all rows: the last block is filled up, rows keep their places', async () => {
    const stack: DenseStack = { name: 's', sizes: [2, 3], hidden: 'relu', output: 'tanh' };
    const builder = new ParameterBuilder(new Random(2));
    addDenseStack(builder, stack, 'fanIn');
    const values = normals(14, new Random(3));
    const [weight, bias] = ['weight', 'bias'].map((part) => builder.values[`s.0.${part}`].data);
    await Network.use(await testEngine(), builder.values, async (network) => {
      for (const count of [3, 7]) {
        const step = await network.compile({
          name: 'map',
          inputs: { x: float(count, 2) },
          compute: (state, { x }) => ({ outputs: { y: denseStack(state, stack, x as tf.Tensor2D) } }),
        });
        const source = await rowSource(rowsInMemory(values, 7, 2));
        const y = await network.map(step, source, { rows: 'x', output: 'y', count, outputs: 3 });
        for (let i = 0; i < 7; i++) {
          for (let c = 0; c < 3; c++) {
            const sum = values[2 * i] * weight[c] + values[2 * i + 1] * weight[3 + c] + bias[c];
            expect(y[3 * i + c]).toBeCloseTo(Math.tanh(sum), 5);
          }
        }
      }
    });
  });

  it('picks entries by name', () => {
    expect(pick({ 'a.x': 1, 'b.x': 2 }, (name) => name.startsWith('a.'))).toEqual({ 'a.x': 1 });
  });
});

describe('the refinement loop', () => {
  /** Two rows; the label of the second changes at the first two updates of the target, then rests. */
  function fake() {
    let updates = 0;
    const targets: Float32Array[] = [];
    return {
      targets,
      updates: () => updates,
      model: {
        assign: () => {
          const second = updates++ < 2 && updates % 2 === 0 ? [0.9, 0.1] : [0.2, 0.8];
          return Promise.resolve(Float32Array.from([0.75, 0.25, ...second]));
        },
        step: (_rows: Int32Array, target: Float32Array) => {
          targets.push(target);
          return Promise.resolve(targets.length);
        },
      },
    };
  }
  const options = { n: 2, clusters: 2, interval: 5, maxSteps: 1000, tolerance: 0.01 };

  it('makes targets every interval and ends when the labels rest', async () => {
    const { model, targets, updates } = fake();
    const shares: number[] = [];
    const batches = new Batches(2, 2, new Random(1));
    const refined = await refine(model, { ...options, batches, progress: (share) => shares.push(share) });
    expect([refined.steps, refined.converged, updates(), targets.length]).toEqual([15, true, 4, 15]);
    expect([...refined.labels]).toEqual([0, 1]);
    expect(refined.losses).toEqual([3, 8, 13]);
    expect(shares).toEqual([0.005, 0.01, 0.015]);
    // p of the first update by hand: q²/f, f = (0.95, 1.05), of the row 0.75, 0.25.
    const [a, b] = [0.75 ** 2 / 0.95, 0.25 ** 2 / 1.05];
    expect([...targets[0]].some((value) => Math.abs(value - a / (a + b)) < 1e-6)).toBe(true);
  });

  it('ends when the steps run out, and asks for rest more than once if told to', async () => {
    const first = fake();
    const batches = new Batches(2, 1, new Random(1));
    const short = await refine(first.model, { ...options, batches, maxSteps: 7 });
    expect([short.steps, short.converged]).toEqual([7, false]);
    const second = fake();
    expect((await refine(second.model, { ...options, batches, patience: 3 })).steps).toBe(25);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const { model } = fake();
    const step = () => {
      controller.abort();
      return Promise.resolve(0);
    };
    const batches = new Batches(2, 1, new Random(1));
    const run = refine({ ...model, step }, { ...options, batches, signal: controller.signal });
    await expect(run).rejects.toThrow('stopped');
  });

  it('takes the first of equal values as the largest', () => {
    expect([...argmaxRows(Float32Array.of(1, 1, 0, 0, 2, 2), 2, 3)]).toEqual([0, 1]);
  });
});
