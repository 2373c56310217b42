import { describe, expect, it } from 'vitest';
import { rowsInMemory } from '../../../src/core/data/rows';
import { kmeans } from '../../../src/core/evaluation/kmeans';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import { selfOrganisingMap as train, squarestLattice } from '../../../src/core/evaluation/selfOrganisingMap';
import { selfOrganisingMap } from '../../../src/core/methods/selfOrganisingMap';
import { Random } from '../../../src/core/random';
import { classicalContext, clouds, rowSamples, syntheticSamples } from './classicalSamples';

/** Sum of squared distances of the rows to their units, or to the nearest of some units. */
function quantisationError(x: Float32Array, units: Float32Array, d: number, labels?: Int32Array): number {
  let error = 0;
  for (let i = 0; i * d < x.length; i++) {
    const distances = Array.from({ length: units.length / d }, (_, u) => {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (x[i * d + j] - units[u * d + j]) ** 2;
      return sum;
    });
    error += labels ? distances[labels[i]] : Math.min(...distances);
  }
  return error;
}

/** Means of the rows of each cluster. */
function means(x: Float32Array, d: number, labels: Int32Array, k: number): Float32Array {
  const sizes = new Float64Array(k);
  const sums = new Float64Array(k * d);
  labels.forEach((label, i) => {
    sizes[label]++;
    for (let j = 0; j < d; j++) sums[label * d + j] += x[i * d + j];
  });
  return Float32Array.from(sums, (sum, at) => sum / Math.max(1, sizes[Math.floor(at / d)]));
}

describe('Self-organising map', () => {
  it('has the most square lattice', () => {
    const sides = [1, 2, 4, 5, 6, 7, 9, 12].map((k) => squarestLattice(k));
    expect(sides.map(({ rows, columns }) => `${rows} x ${columns}`)).toEqual(
      '1 x 1,1 x 2,2 x 2,1 x 5,2 x 3,1 x 7,3 x 3,3 x 4'.split(','),
    );
  });

  it('stands for the rows far better than rows drawn at random, and nearly as well as k-means', async () => {
    const { samples, fields } = syntheticSamples('G2', 1, { delta: 1 });
    const x = fields.frames;
    const [n, d] = [fields.length, x.length / fields.length];
    const { labels } = await selfOrganisingMap.fit(samples, classicalContext(6));
    const ours = quantisationError(x, means(x, d, labels, 6), d, labels);
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const units = new Float32Array(6 * d);
      for (let u = 0; u < 6; u++) {
        const row = random.integer(n);
        units.set(x.subarray(row * d, (row + 1) * d), u * d);
      }
      expect(ours).toBeLessThan(quantisationError(x, units, d));
    }
    const best = kmeans(x, n, d, 6, new Random(1), { restarts: 20 }).inertia;
    expect(ours).toBeGreaterThan(0.999 * best);
    expect(ours).toBeLessThan(1.2 * best);
  });

  it('keeps the order of the lattice: along a curve, and on a plane', async () => {
    const n = 300;
    const curve = new Float32Array(3 * n);
    for (let i = 0; i < n; i++) {
      const s = i / (n - 1);
      curve.set([s, 0.3 * Math.sin(3 * s), 0.2 * s * s], 3 * i);
    }
    const line = (await selfOrganisingMap.fit(rowSamples(curve, n), classicalContext(7))).labels;
    const order = [...line].filter((label, i) => i === 0 || label !== line[i - 1]);
    expect([order, [...order].reverse()]).toContainEqual([0, 1, 2, 3, 4, 5, 6]);

    const random = new Random(1);
    const plane = Float32Array.from({ length: 2 * 900 }, (_, at) => random.uniform() * (at % 2 ? 1 : 1.5));
    const labels = (await selfOrganisingMap.fit(rowSamples(plane, 900), classicalContext(6))).labels;
    const centres = means(plane, 2, labels, 6);
    const distance = (a: number, b: number) =>
      Math.hypot(centres[2 * a] - centres[2 * b], centres[2 * a + 1] - centres[2 * b + 1]);
    // 2 x 3 units: neighbours on the lattice are nearer than those a knight's move or more apart.
    const neighbours = [distance(0, 1), distance(1, 2), distance(3, 4), distance(0, 3), distance(2, 5)];
    const apart = [distance(0, 2), distance(3, 5), distance(0, 5), distance(2, 3)];
    expect(Math.max(...neighbours)).toBeLessThan(Math.min(...apart));
  });

  it('leaves each unit at the mean of its rows, and does not depend on a seed', async () => {
    const { samples, values } = clouds(200, 6, 4, 8, 2, 'line');
    const start = values.slice(0, 4 * 6);
    const table = rowsInMemory(values, 200, 6);
    const map = await train(table, squarestLattice(4), start, { products });
    const expected = means(values, 6, map.labels, 4);
    for (let at = 0; at < expected.length; at++) expect(map.units[at]).toBeCloseTo(expected[at], 5);

    const first = await selfOrganisingMap.fit(samples, classicalContext(4, { seed: 1 }));
    const second = await selfOrganisingMap.fit(samples, classicalContext(4, { seed: 2 }));
    expect(second.labels).toEqual(first.labels);
  });
});
