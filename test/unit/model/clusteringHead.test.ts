import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  logSoftAssignment,
  marginalBalance,
  squaredDistances,
  targetDistribution,
  targetDivergence,
  temper,
} from '../../../src/core/model/clusteringHead';
import { gradientError, normal, random, rows } from './helpers';

const n = 9;
const d = 5;
const k = 4;

/** Eq. 4 in plain loops. */
function naive(z: number[][], centres: number[][], scale: number, alpha: number): number[][] {
  return z.map((row) => {
    const weights = centres.map((c) => {
      const squared = c.reduce((sum, value, j) => sum + (value - row[j]) ** 2, 0);
      return (1 + squared / (alpha * scale)) ** (-(alpha + 1) / 2);
    });
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / total);
  });
}

describe('the clustering head', () => {
  const r = random(3);
  const z = normal<tf.Tensor2D>(r, [n, d]);
  const centres = normal<tf.Tensor2D>(r, [k, d]);

  it.each([1, 2.5])('assigns as eq. 4 says, alpha %s', (alpha) => {
    const q = rows(tf.exp(logSoftAssignment(z, centres, tf.scalar(0.7), alpha)));
    const expected = naive(rows(z), rows(centres), 0.7, alpha);
    q.forEach((row, t) => row.forEach((value, i) => expect(value).toBeCloseTo(expected[t][i], 5)));
  });

  it('keeps the argmax and sharpens it when the temperature falls', () => {
    const logQ = logSoftAssignment(z, centres, tf.scalar(1), 1);
    const q = rows(tf.exp(logQ));
    const cold = rows(temper(logQ, tf.scalar(0.5)));
    cold.forEach((row, t) => {
      const total = q[t].reduce((sum, value) => sum + value ** 2, 0);
      row.forEach((value, i) => expect(value).toBeCloseTo(q[t][i] ** 2 / total, 5));
    });
  });

  it('measures squared distances without cancellation below zero', () => {
    const same = rows(squaredDistances(z, z));
    same.forEach((row, t) => {
      expect(row[t]).toBeGreaterThanOrEqual(0);
      expect(row[t]).toBeLessThan(1e-5);
    });
  });

  it('has the KL divergence and the gradients of its definition', () => {
    const p = tf.softmax(normal<tf.Tensor2D>(r, [n, k])) as tf.Tensor2D;
    const logQ = logSoftAssignment(z, centres, tf.scalar(1), 1);
    const [ps, qs] = [rows(p), rows(tf.exp(logQ))];
    let expected = 0;
    ps.forEach((row, t) => row.forEach((value, i) => (expected += (value * Math.log(value / qs[t][i])) / n)));
    expect(targetDivergence(p, logQ).dataSync()[0]).toBeCloseTo(expected, 5);
    const loss = (x: tf.Tensor): tf.Scalar =>
      targetDivergence(p, logSoftAssignment(z, x as tf.Tensor2D, tf.scalar(1), 1));
    expect(gradientError(loss, centres, r)).toBeLessThan(0.01);
  });

  it('builds the target distribution of DEC', () => {
    const q = naive(rows(z), rows(centres), 1, 1);
    const frequency = q[0].map((_, i) => q.reduce((sum, row) => sum + row[i], 0));
    const p = targetDistribution(Float32Array.from(q.flat()), n, k);
    q.forEach((row, t) => {
      const total = row.reduce((sum, value, i) => sum + value ** 2 / frequency[i], 0);
      row.forEach((value, i) => expect(p[t * k + i]).toBeCloseTo(value ** 2 / frequency[i] / total, 5));
    });
  });

  it('balances with the gradient of KL(marginal || uniform) at the marginal of the series', () => {
    const q = tf.softmax(normal<tf.Tensor2D>(r, [n, k])) as tf.Tensor2D;
    const marginal = rows(tf.mean(q, 0, true))[0];
    // With the batch as the whole series the value is the divergence itself.
    const expected = marginal.reduce((sum, m) => sum + m * Math.log(m * k), 0);
    expect(marginalBalance(q, tf.tensor1d(marginal)).dataSync()[0]).toBeCloseTo(expected, 4);
    const gradient = rows(tf.grad((x) => marginalBalance(x as tf.Tensor2D, tf.tensor1d(marginal)))(q));
    gradient.forEach((row) =>
      row.forEach((value, i) => expect(value).toBeCloseTo(Math.log(marginal[i] * k) / n, 4)),
    );
  });
});
