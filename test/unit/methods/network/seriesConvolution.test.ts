import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  convolveAndPool,
  transposedConvolution,
} from '../../../../src/core/methods/network/seriesConvolution';
import { Random } from '../../../../src/core/random';
import { bothEngines, difference, randomValue, runIn } from '../../engine/support';
import { expectGradients, expectValues, withGradients } from './layers';
import { inTorch, torch, unlessTorch } from './torch';

type Tensors = Record<string, tf.Tensor>;

function poolProblem(batch: number, length: number, filters: number, kernel: number, pool: number) {
  const random = new Random(length);
  return {
    series: randomValue(random, [batch, length]),
    filters: randomValue(random, [filters, kernel]),
    weights: randomValue(random, [batch, filters, length / pool]),
  };
}

const pooled =
  (pool: number, segment?: number) =>
  ({ series, filters }: Tensors) =>
    convolveAndPool(series as tf.Tensor2D, filters as tf.Tensor2D, pool, segment);

const back = ({ features, filters }: Tensors) =>
  transposedConvolution(features as tf.Tensor3D, filters as tf.Tensor2D);

describe.skipIf(!torch)(`convolutions of series against PyTorch${unlessTorch}`, () => {
  for (const [batch, length, filters, kernel, pool] of [
    [3, 24, 4, 10, 4],
    [2, 15, 3, 5, 3],
    [1, 6, 2, 10, 6],
  ]) {
    it(`convolves and pools ${batch} x ${length} by ${filters} filters of ${kernel}, ${pool} at a time`, async () => {
      const values = poolProblem(batch, length, filters, kernel, pool);
      // TensorFlow pads an even kernel by one more behind than before.
      const expected = inTorch(
        `
width = x['filters'].shape[1]
padded = F.pad(x['series'][:, None], ((width - 1) // 2, width - 1 - (width - 1) // 2))
out = F.max_pool1d(F.conv1d(padded, x['filters'][:, None]), ${pool})
(out * x['weights'].detach()).sum().backward()
y['y'] = out
y['d filters'] = x['filters'].grad
`,
        values,
      );
      for (const segment of [undefined, 1]) {
        await expectValues(values, withGradients(pooled(pool, segment), ['filters']), expected);
      }
    });
  }

  it('spreads features over the places that they come from', async () => {
    const random = new Random(4);
    const values = {
      features: randomValue(random, [2, 13, 3]),
      filters: randomValue(random, [3, 10]),
      weights: randomValue(random, [2, 13]),
    };
    // The transposed 'same' convolution of TensorFlow leaves out what lies beyond its padding.
    const expected = inTorch(
      `
width = x['filters'].shape[1]
full = F.conv_transpose1d(x['features'].transpose(1, 2), x['filters'][:, None])
out = full[:, 0, (width - 1) // 2:][:, :x['features'].shape[1]]
(out * x['weights'].detach()).sum().backward()
y['y'] = out
y['d features'] = x['features'].grad
y['d filters'] = x['filters'].grad
`,
      values,
    );
    await expectValues(values, withGradients(back, ['features', 'filters']), expected);
  });
});

describe('convolveAndPool', () => {
  it('has gradients that agree with finite differences', () =>
    expectGradients(poolProblem(2, 12, 3, 4, 3), pooled(3), ['filters'], 1e-3));

  it('computes the same in segments as at once', async () => {
    const values = poolProblem(2, 40, 3, 10, 4);
    const [compiled] = await bothEngines();
    const whole = await runIn(compiled, 'whole', values, withGradients(pooled(4), ['filters']));
    const parts = await runIn(compiled, 'parts', values, withGradients(pooled(4, 60), ['filters']));
    expect(difference(parts.y, whole.y)).toBe(0);
    expect(difference(parts['d filters'], whole['d filters'])).toBeLessThan(1e-5);
  });

  it('refuses a length that is no multiple of the windows', () => {
    const [series, filters] = [{ shape: [1, 10] }, { shape: [2, 3] }];
    expect(() => convolveAndPool(series as tf.Tensor2D, filters as tf.Tensor2D, 4)).toThrow(
      '10 values are not windows of 4',
    );
  });
});

describe('transposedConvolution', () => {
  it('is the transpose of the convolution', async () => {
    const random = new Random(8);
    const values = {
      series: randomValue(random, [1, 11]),
      features: randomValue(random, [1, 11, 2]),
      filters: randomValue(random, [2, 4]),
    };
    const [compiled] = await bothEngines();
    const { forth, again } = await runIn(compiled, 'products', values, (t) => ({
      // <convolution of s, f> = <s, transposed convolution of f>
      forth: tf.sum(tf.mul(tf.transpose(pooled(1)(t), [0, 2, 1]), t.features)),
      again: tf.sum(tf.mul(t.series, back(t))),
    }));
    expect(forth.data[0]).toBeCloseTo(again.data[0], 4);
    expect(Math.abs(forth.data[0])).toBeGreaterThan(0.1);
  });
});
