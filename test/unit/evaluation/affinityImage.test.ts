import { describe, expect, it } from 'vitest';
import { blockMeans, clusterOrder } from '../../../src/core/evaluation/affinityImage';
import { Random } from '../../../src/core/random';
import { sparseOf } from './sparseTables';

describe('the order of an affinity', () => {
  it('is by cluster, then by time', () => {
    expect([...clusterOrder([2, 0, 2, 1, 0, 3, 0], 5)]).toEqual([1, 4, 6, 3, 0, 2, 5]);
    expect(clusterOrder([], 3).length).toBe(0);
  });
});

describe('the picture of an affinity', () => {
  const n = 11;
  const random = new Random(3);
  const c = Float32Array.from({ length: n * n }, () => (random.uniform() < 0.3 ? random.normal() : 0));
  const { row, column, value } = sparseOf(c);
  const labels = Int32Array.from({ length: n }, (_, t) => (t * 7) % 3);
  const order = clusterOrder(labels, 3);
  const affinity = (p: number, q: number) =>
    Math.abs(c[order[p] * n + order[q]]) + Math.abs(c[order[q] * n + order[p]]);

  it('shows a small matrix entry by entry', () => {
    const picture = blockMeans(row, column, value, n, order, 64);
    expect(picture.length).toBe(n * n);
    picture.forEach((mean, at) => expect(mean).toBeCloseTo(affinity(Math.floor(at / n), at % n), 5));
  });

  it('shows a large one by means over blocks of unequal sizes', () => {
    const m = 4;
    const picture = blockMeans(row, column, value, n, order, m);
    expect(picture.length).toBe(m * m);
    const members = (b: number) => [...Array(n).keys()].filter((p) => Math.floor((p * m) / n) === b);
    for (let a = 0; a < m; a++) {
      for (let b = 0; b < m; b++) {
        const values = members(a).flatMap((p) => members(b).map((q) => affinity(p, q)));
        const mean = values.reduce((x, y) => x + y) / values.length;
        expect(picture[a * m + b]).toBeCloseTo(mean, 5);
      }
    }
  });

  it('refuses an order of another length', () => {
    expect(() => blockMeans(row, column, value, n, order.slice(1), 4)).toThrow('does not fit');
  });
});
