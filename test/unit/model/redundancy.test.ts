import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { unitRows } from '../../../src/core/model/layers';
import { covarianceRedundancy, temporalContrast } from '../../../src/core/model/redundancy';
import { gradientError, normal, random, rows } from './helpers';

describe('the mutual-information term', () => {
  const r = random(9);

  it('as temporal contrast is InfoNCE over the memory, in plain loops', () => {
    const [n, m, d] = [5, 11, 4];
    const deep = normal<tf.Tensor2D>(r, [n, d]);
    const memory = unitRows(normal<tf.Tensor2D>(r, [m, d]));
    const kind = Array.from({ length: n }, () => Array.from({ length: m }, () => r.integer(3)));
    const positive = tf.tensor2d(kind.map((row) => row.map((value) => (value === 0 ? 1 : 0))));
    const negative = tf.tensor2d(kind.map((row) => row.map((value) => (value === 1 ? 1 : 0))));
    const [a, b] = [rows(unitRows(deep)), rows(memory)];
    let expected = 0;
    let pairs = 0;
    kind.forEach((row, i) => {
      const similarity = b.map((other) => Math.exp(other.reduce((sum, v, j) => sum + v * a[i][j], 0) / 0.2));
      const noise = similarity.reduce((sum, value, j) => sum + (row[j] === 1 ? value : 0), 0);
      row.forEach((value, j) => {
        if (value !== 0) return;
        expected -= Math.log(similarity[j] / (similarity[j] + noise));
        pairs++;
      });
    });
    const loss = temporalContrast(deep, memory, positive, negative, 0.2);
    expect(loss.dataSync()[0]).toBeCloseTo(expected / pairs, 4);
    const f = (x: tf.Tensor): tf.Scalar =>
      temporalContrast(x as tf.Tensor2D, memory, positive, negative, 0.2);
    expect(gradientError(f, deep, r)).toBeLessThan(0.02);
  });

  it('as covariance is the mean squared correlation of different clusters', () => {
    const q = tf.softmax(normal<tf.Tensor2D>(r, [20, 3])) as tf.Tensor2D;
    const table = rows(q);
    const column = (k: number): number[] => {
      const values = table.map((row) => row[k]);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return values.map((value) => value - mean);
    };
    let expected = 0;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        if (i === j) continue;
        const [x, y] = [column(i), column(j)];
        const inner = x.reduce((sum, value, t) => sum + value * y[t], 0);
        expected += (inner / (Math.hypot(...x) * Math.hypot(...y))) ** 2 / 6;
      }
    }
    expect(covarianceRedundancy(q).dataSync()[0]).toBeCloseTo(expected, 4);
  });
});
