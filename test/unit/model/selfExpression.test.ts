import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createProducts, plainProducts as products } from '../../../src/core/evaluation/products';
import { unitRows } from '../../../src/core/model/layers';
import {
  affinityWeights,
  guidanceWeights,
  selfExpressionCoefficients,
  selfExpressionLoss,
  shrink,
} from '../../../src/core/model/selfExpression';
import { seriesSelfExpression, weighCoefficients } from '../../../src/core/model/seriesSelfExpression';
import { denseOf, sparseOf } from '../evaluation/sparseTables';
import { normal, random, rows } from './helpers';

/** Points on `subspaces` random planes of dimension 3 in R^12, `each` on every one. */
function unionOfSubspaces(seed: number, subspaces: number, each: number): tf.Tensor2D {
  const r = random(seed);
  return tf.concat(
    Array.from({ length: subspaces }, () =>
      tf.matMul(normal<tf.Tensor2D>(r, [each, 3]), normal<tf.Tensor2D>(r, [3, 12])),
    ),
  ) as tf.Tensor2D;
}

/** Value of the lasso of row t at c, and by how much the optimality conditions are violated. */
function violation(
  z: number[][],
  c: number[][],
  sparsity: number,
  weight: (t: number, s: number) => number = () => 1,
): number {
  let worst = 0;
  z.forEach((row, t) => {
    const residual = row.map((value, j) => value - z.reduce((sum, other, s) => sum + c[t][s] * other[j], 0));
    const inner = (a: number[], b: number[]): number => a.reduce((sum, value, j) => sum + value * b[j], 0);
    const mu = Math.max(...z.map((other, s) => (s === t ? 0 : Math.abs(inner(row, other)))));
    z.forEach((other, s) => {
      if (s === t) return;
      const lambda = (mu / sparsity) * weight(t, s);
      const slope = inner(residual, other);
      worst = Math.max(
        worst,
        c[t][s] === 0 ? Math.abs(slope) - lambda : Math.abs(slope - Math.sign(c[t][s]) * lambda),
      );
    });
  });
  return worst;
}

describe('self-expression', () => {
  const z = unitRows(unionOfSubspaces(1, 3, 12));
  const n = z.shape[0];

  it('shrinks', () => {
    expect([...shrink(tf.tensor1d([-2, -0.5, 0, 0.5, 2]), tf.scalar(1)).dataSync()]).toEqual([
      -1, 0, 0, 0, 1,
    ]);
  });

  it('solves the lasso of every row of a series (optimality conditions)', async () => {
    const c = denseOf(await seriesSelfExpression(z.dataSync() as Float32Array, n, 12, 20, { products }), n);
    const table = Array.from({ length: n }, (_, t) => [...c.subarray(t * n, (t + 1) * n)]);
    expect(violation(rows(z), table, 20)).toBeLessThan(1e-4);
    table.forEach((row, t) => expect(row[t]).toBe(0));
  });

  it('is the same in blocks of rows by ONNX Runtime, in row-major order', async () => {
    const [m, dimensions] = [600, 8];
    const points = tf.tidy(() => normal<tf.Tensor2D>(random(9), [m, dimensions]));
    const values = points.dataSync() as Float32Array;
    const plain = await seriesSelfExpression(values, m, dimensions, 20, { products });
    const fast = await createProducts();
    const blocks = await seriesSelfExpression(values, m, dimensions, 20, { products: fast });
    await fast.dispose();
    expect(blocks.row).toEqual(plain.row);
    expect(blocks.column).toEqual(plain.column);
    blocks.value.forEach((value, e) => expect(value).toBeCloseTo(plain.value[e], 5));
    const places = Array.from(blocks.row, (row, e) => row * m + blocks.column[e]);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(blocks.value.every((value) => value !== 0)).toBe(true);
    expect(new Set(blocks.row).size).toBe(m);
  });

  it('approaches the same optimum by unrolled iterations', async () => {
    const exact = denseOf(
      await seriesSelfExpression(z.dataSync() as Float32Array, n, 12, 20, { products }),
      n,
    );
    const unrolled = selfExpressionCoefficients(z, 20, 3000).dataSync();
    const error = Math.max(...exact.map((value, i) => Math.abs(value - unrolled[i])));
    expect(error).toBeLessThan(0.01);
  });

  it('guided by another embedding solves the weighted lasso, in a batch and over a series', async () => {
    const deep = normal<tf.Tensor2D>(random(3), [n, 4]);
    const cosines = rows(tf.matMul(unitRows(deep), unitRows(deep), false, true) as tf.Tensor2D);
    const guidance = { embedding: deep.dataSync() as Float32Array, dimensions: 4, strength: 1.5 };
    const values = z.dataSync() as Float32Array;
    const exact = denseOf(await seriesSelfExpression(values, n, 12, 20, { products, guidance }), n);
    const table = Array.from({ length: n }, (_, t) => [...exact.subarray(t * n, (t + 1) * n)]);
    const weight = (t: number, s: number): number => Math.exp(1.5 * (1 - cosines[t][s]));
    expect(violation(rows(z), table, 20, weight)).toBeLessThan(1e-4);
    expect(violation(rows(z), table, 20)).toBeGreaterThan(0.01);
    const weights = guidanceWeights(unitRows(deep), 1.5);
    const unrolled = selfExpressionCoefficients(z, 20, 3000, weights).dataSync();
    expect(Math.max(...exact.map((value, i) => Math.abs(value - unrolled[i])))).toBeLessThan(0.01);
  });

  it('expresses points by others of their own subspace', async () => {
    const c = denseOf(await seriesSelfExpression(z.dataSync() as Float32Array, n, 12, 20, { products }), n);
    let own = 0;
    let all = 0;
    for (let t = 0; t < n; t++) {
      for (let s = 0; s < n; s++) {
        const size = Math.abs(c[t * n + s]);
        all += size;
        if (Math.floor(t / 12) === Math.floor(s / 12)) own += size;
      }
    }
    expect(own / all).toBeGreaterThan(0.95);
  });

  it('is neither zero nor dense after the few iterations of a training step', () => {
    const c = selfExpressionCoefficients(z, 20, 12).dataSync();
    const share = c.filter((value) => value !== 0).length / (n * (n - 1));
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.8);
  });

  it('has the loss of eq. 5', () => {
    const c = selfExpressionCoefficients(z, 20, 12);
    const { loss } = selfExpressionLoss(z, c, 0.01);
    const [points, table] = [rows(z), rows(c)];
    let expected = 0;
    points.forEach((row, t) => {
      row.forEach((value, j) => {
        expected += (value - points.reduce((sum, other, s) => sum + table[t][s] * other[j], 0)) ** 2 / n;
      });
      expected += (0.01 * table[t].reduce((sum, value) => sum + Math.abs(value), 0)) / n;
    });
    expect(loss.dataSync()[0]).toBeCloseTo(expected, 4);
  });

  it('is weighted by assignments and proximity in time alike in a batch and over a series', () => {
    const r = random(5);
    const q = tf.softmax(normal<tf.Tensor2D>(r, [5, 3])) as tf.Tensor2D;
    const weights = affinityWeights(q, tf.range(0, 5), 2).arraySync();
    const table = rows(q);
    const c = new Float32Array(25).fill(1);
    const weighted = denseOf(weighCoefficients(sparseOf(c), q.dataSync() as Float32Array, 5, 2), 5);
    for (let t = 0; t < 5; t++) {
      for (let s = 0; s < 5; s++) {
        const similarity = table[t].reduce((sum, value, k) => sum + value * table[s][k], 0);
        const expected = similarity * Math.exp(-Math.abs(t - s) / 2);
        expect(weights[t][s]).toBeCloseTo(expected, 5);
        expect(weighted[t * 5 + s]).toBeCloseTo(expected, 5);
      }
    }
  });

  it('of zeros is zero, not NaN', async () => {
    const none = await seriesSelfExpression(new Float32Array(12), 4, 3, 20, { products });
    expect(none.value.length).toBe(0);
    const c = selfExpressionCoefficients(tf.zeros([4, 3]), 20, 3).dataSync();
    expect([...c].every((value) => Math.abs(value) === 0)).toBe(true);
  });
});
