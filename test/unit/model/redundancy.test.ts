import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { covarianceRedundancy, temporalContrast } from '../../../src/core/model/redundancy';
import { gradientError, normal, random, rows } from './helpers';

describe('the mutual-information term', () => {
  const r = random(9);

  it('as temporal contrast is the spectral contrastive loss over the memory, in plain loops', () => {
    const [n, m, d] = [5, 11, 4];
    const deep = normal<tf.Tensor2D>(r, [n, d]);
    const memory = normal<tf.Tensor2D>(r, [m, d]);
    const near = Array.from({ length: n }, () => Array.from({ length: m }, () => r.integer(3) === 0));
    const positive = tf.tensor2d(near.map((row) => row.map(Number)));
    const [a, b] = [rows(deep), rows(memory)];
    let attraction = 0;
    let repulsion = 0;
    let pairs = 0;
    near.forEach((row, i) => {
      row.forEach((isNear, j) => {
        const product = b[j].reduce((sum, v, k) => sum + v * a[i][k], 0);
        repulsion += product ** 2 / (n * m);
        if (!isNear) return;
        attraction += product;
        pairs++;
      });
    });
    const loss = temporalContrast(deep, memory, positive);
    expect(loss.dataSync()[0]).toBeCloseTo(repulsion - (2 * attraction) / pairs, 4);
    const f = (x: tf.Tensor): tf.Scalar => temporalContrast(x as tf.Tensor2D, memory, positive);
    expect(gradientError(f, deep, r)).toBeLessThan(0.02);
  });

  it('as temporal contrast is least where every regime, a rare one too, has a direction of its own', () => {
    // 40 frames, of which the last 8 are another regime, and frames of one regime are near each other.
    const regime = Array.from({ length: 40 }, (_, t) => (t < 32 ? 0 : 1));
    const positive = tf.tensor2d(regime.map((own) => regime.map((other) => Number(own === other))));
    const share = [0.8, 0.2];
    const loss = (angle: number): number => {
      const f = tf.tensor2d(
        regime.map((k) => {
          const at = k === 0 ? 0 : angle;
          return [Math.cos(at) / Math.sqrt(share[k]), Math.sin(at) / Math.sqrt(share[k])];
        }),
      );
      return temporalContrast(f, f, positive).dataSync()[0];
    };
    const angles = [0, 0.3, 0.6, 0.9, 1.2, Math.PI / 2];
    const values = angles.map(loss);
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]);
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
