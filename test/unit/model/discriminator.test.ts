import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  adversarialLoss,
  basisPenalties,
  discriminatorLoss,
  energy,
  unitColumns,
} from '../../../src/core/model/discriminator';
import { sampleClusters } from '../../../src/core/model/sampling';
import { gradientError, normal, random, rows } from './helpers';

const [n, d, k, rank] = [14, 6, 3, 2];

describe('the sampling layer and the discriminator', () => {
  const r = random(5);
  const z = normal<tf.Tensor2D>(r, [n, d]);
  const q = tf.softmax(tf.mul(normal<tf.Tensor2D>(r, [n, k]), 2)) as tf.Tensor2D;
  const weights = tf.tensor3d(
    Float32Array.from({ length: k * n * n }, () => r.uniform()),
    [k, n, n],
  );
  const bases = normal<tf.Tensor3D>(r, [k, d, rank]);
  const samples = sampleClusters(z, q, weights, 0.8);
  const table = rows(q);
  const label = table.map((row) => row.indexOf(Math.max(...row)));

  it('takes ceil(0.8 N) frames of each cluster with the highest responsibility', () => {
    rows(samples.members).forEach((members, cluster) => {
      const own = label.flatMap((l, t) => (l === cluster ? [t] : []));
      const best = own
        .sort((a, b) => table[b][cluster] - table[a][cluster])
        .slice(0, Math.ceil(0.8 * own.length));
      expect(members.flatMap((value, t) => (value ? [t] : []))).toEqual(best.sort((a, b) => a - b));
    });
  });

  it('makes fakes as convex combinations of real members, of unit length', () => {
    const unit = rows(samples.real);
    const fake = samples.fake.arraySync();
    const w = weights.arraySync();
    const members = rows(samples.members);
    for (let cluster = 0; cluster < k; cluster++) {
      if (!members[cluster].includes(1)) continue;
      const sum = new Array(d).fill(0);
      members[cluster].forEach((isMember, i) => {
        if (isMember) unit[i].forEach((value, j) => (sum[j] += w[cluster][0][i] * value));
      });
      const length = Math.hypot(...sum);
      sum.forEach((value, j) => expect(fake[cluster][0][j]).toBeCloseTo(value / length, 4));
    }
  });

  it('has zero energy within an orthonormal basis, and full energy outside', () => {
    const basis = tf.tensor3d([
      [
        [1, 0],
        [0, 1],
        [0, 0],
      ],
    ]);
    const points = tf.tensor3d([
      [
        [0.6, 0.8, 0],
        [0, 0, 1],
      ],
    ]);
    expect(rows(energy(points, basis))[0]).toEqual([0, 1].map((value) => expect.closeTo(value, 6)));
  });

  it('penalises bases that are not orthonormal or overlap', () => {
    const orthonormal = tf.tensor3d([
      [[1], [0], [0]],
      [[0], [1], [0]],
    ]);
    const { orthogonality, separation } = basisPenalties(orthonormal);
    expect(orthogonality.dataSync()[0]).toBeCloseTo(0, 6);
    expect(separation.dataSync()[0]).toBeCloseTo(0, 6);
    const same = basisPenalties(
      tf.tensor3d([
        [[1], [0], [0]],
        [[1], [0], [0]],
      ]),
    );
    expect(same.separation.dataSync()[0]).toBeCloseTo(2, 6);
  });

  it('has the losses of section 5.2 in plain loops', () => {
    const unit = unitColumns(bases).arraySync();
    const energyOf = (point: number[], cluster: number): number => {
      const coefficients = Array.from({ length: rank }, (_, c) =>
        point.reduce((sum, value, j) => sum + value * unit[cluster][j][c], 0),
      );
      return point.reduce(
        (sum, value, j) =>
          sum + (value - coefficients.reduce((a, c, i) => a + c * unit[cluster][j][i], 0)) ** 2,
        0,
      );
    };
    const members = rows(samples.members);
    const [real, fake] = [rows(samples.real), samples.fake.arraySync()];
    let hinge = 0;
    let adversarial = 0;
    let count = 0;
    members.forEach((row, cluster) => {
      const own = row.flatMap((value, t) => (value ? [t] : []));
      const meanFake =
        own.reduce((sum, t) => sum + energyOf(fake[cluster][t], cluster), 0) / Math.max(own.length, 1);
      own.forEach((t) => {
        hinge += Math.max(0, energyOf(real[t], cluster) - meanFake + 0.1);
        adversarial += energyOf(fake[cluster][t], cluster);
        count++;
      });
    });
    const { orthogonality, separation } = basisPenalties(unitColumns(bases));
    const expected = hinge / count + 0.01 * orthogonality.dataSync()[0] + 0.02 * separation.dataSync()[0];
    const loss = discriminatorLoss(samples, bases, {
      margin: 0.1,
      hinge: 'relative',
      orthogonality: 0.01,
      separation: 0.02,
    });
    expect(loss.dataSync()[0]).toBeCloseTo(expected, 4);
    const absolute = discriminatorLoss(samples, bases, {
      margin: 0.7,
      hinge: 'absolute',
      orthogonality: 0,
      separation: 0,
    });
    let sum = 0;
    members.forEach((row, cluster) =>
      row.forEach((isMember, t) => {
        if (!isMember) return;
        sum += energyOf(real[t], cluster) + Math.max(0, 0.7 - energyOf(fake[cluster][t], cluster));
      }),
    );
    expect(absolute.dataSync()[0]).toBeCloseTo(sum / count, 4);
    expect(adversarialLoss(samples, bases).dataSync()[0]).toBeCloseTo(adversarial / count, 4);
  });

  it('has the gradients of its definition', () => {
    const loss = (x: tf.Tensor): tf.Scalar =>
      discriminatorLoss(samples, x as tf.Tensor3D, {
        margin: 0.5,
        hinge: 'relative',
        orthogonality: 0.01,
        separation: 0.01,
      });
    expect(gradientError(loss, bases, r, 1e-3)).toBeLessThan(0.02);
    const generator = (x: tf.Tensor): tf.Scalar =>
      adversarialLoss(sampleClusters(x as tf.Tensor2D, q, weights, 0.8), bases);
    expect(gradientError(generator, z, r, 1e-3)).toBeLessThan(0.02);
  });
});
