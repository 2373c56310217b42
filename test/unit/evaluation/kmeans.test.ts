import { describe, expect, it } from 'vitest';
import { type Rows, rowsInMemory } from '../../../src/core/data/rows';
import { CancelledError } from '../../../src/core/errors';
import { gramKMeans } from '../../../src/core/evaluation/gramKMeans';
import { kmeans } from '../../../src/core/evaluation/kmeans';
import { kmeansOfRows } from '../../../src/core/evaluation/kmeansOfRows';
import { accuracy } from '../../../src/core/evaluation/matching';
import { createProducts, plainProducts } from '../../../src/core/evaluation/products';
import { streamKMeans } from '../../../src/core/evaluation/streamKMeans';
import { Random } from '../../../src/core/random';
import { canesm2Table, missingCanesm2 } from './canesm2';
import { missingPython, python } from './python';

function blobs(n: number, d: number, k: number, spread: number, seed: number) {
  const random = new Random(seed);
  const centres = Float64Array.from({ length: k * d }, () => random.normal());
  const labels = Int32Array.from({ length: n }, () => random.integer(k));
  const x = Float32Array.from(
    { length: n * d },
    (_, at) => centres[labels[Math.floor(at / d)] * d + (at % d)] + spread * random.normal(),
  );
  return { x, labels };
}

const skip = missingCanesm2 ?? missingPython('sklearn');
describe.skipIf(skip)(`k-means against scikit-learn${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('reaches the inertia of scikit-learn on canesm2_365day within 0.5%, n_init 20', async () => {
    const { x, n, d } = canesm2Table();
    for (const k of [4, 7]) {
      const theirs = python<number>(
        `from sklearn.cluster import KMeans
result = KMeans(k, n_init=20, random_state=0).fit(x.reshape(n, -1)).inertia_`,
        { x },
        { n, k },
      );
      expect(kmeans(x, n, d, k, new Random(1)).inertia / theirs).toBeLessThan(1.005);
      const products = await createProducts();
      const ours = await kmeansOfRows(rowsInMemory(x, n, d), k, new Random(1), { products });
      expect(ours.inertia / theirs).toBeLessThan(1.005);
    }
  }, 120_000);

  it('reaches it on overlapping clouds with more rows than columns', async () => {
    const [n, d, k] = [3000, 12, 9];
    const { x } = blobs(n, d, k, 1.2, 5);
    const theirs = python<number>(
      `from sklearn.cluster import KMeans
result = KMeans(k, n_init=20, random_state=0).fit(x.reshape(n, -1)).inertia_`,
      { x },
      { n, k },
    );
    expect(kmeans(x, n, d, k, new Random(1)).inertia / theirs).toBeLessThan(1.005);
    const rows = rowsInMemory(x, n, d);
    for (const products of [plainProducts, await createProducts()]) {
      const { inertia } = await kmeansOfRows(rows, k, new Random(1), { products });
      expect(inertia / theirs).toBeLessThan(1.005);
    }
  }, 60_000);
});

describe('k-means', () => {
  it.each([
    [400, 5, 6],
    [90, 300, 4],
  ])('finds separate clouds: n=%i d=%i k=%i', (n, d, k) => {
    const { x, labels } = blobs(n, d, k, 0.05, n);
    const result = kmeans(x, n, d, k, new Random(1));
    expect(accuracy(result.labels, labels)).toBe(1);
  });

  it('returns a fixed point of Lloyd iterations: nearest centroids, centroids that are means, and their inertia', () => {
    const [n, d, k] = [500, 7, 6];
    const { x } = blobs(n, d, k, 1, 2);
    const { labels, centroids, inertia } = kmeans(x, n, d, k, new Random(1), { tolerance: 0 });
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const distances = Array.from({ length: k }, (_, c) => {
        let squared = 0;
        for (let j = 0; j < d; j++) squared += (x[i * d + j] - centroids[c * d + j]) ** 2;
        return squared;
      });
      expect(distances.indexOf(Math.min(...distances))).toBe(labels[i]);
      sum += distances[labels[i]];
    }
    expect(inertia / sum).toBeCloseTo(1, 6);
  });

  it('gives the same labels for the same seed, and improves with restarts', () => {
    const { x } = blobs(300, 4, 12, 0.8, 3);
    const once = kmeans(x, 300, 4, 12, new Random(7), { restarts: 1 });
    expect(kmeans(x, 300, 4, 12, new Random(7), { restarts: 1 }).labels).toEqual(once.labels);
    expect(kmeans(x, 300, 4, 12, new Random(7), { restarts: 30 }).inertia).toBeLessThan(once.inertia);
  });

  it('leaves no cluster empty while there are different rows, and survives when there are not', () => {
    const x = new Float32Array(40);
    x.set([1, 2, 3], 0);
    expect(new Set(kmeans(x, 40, 1, 4, new Random(1)).labels).size).toBe(4);
    const constant = kmeans(new Float32Array(40), 10, 4, 3, new Random(1));
    expect(constant.inertia).toBe(0);
    expect(kmeans(new Float32Array(60), 5, 12, 3, new Random(1)).inertia).toBe(0);
  });

  it('refuses more clusters than rows', () => {
    expect(() => kmeans(new Float32Array(4), 2, 2, 3, new Random(1))).toThrow('3 clusters');
  });
});

describe('k-means of rows', () => {
  const products = plainProducts;

  it.each([
    ['many columns, by the Gram matrix', 90, 300, 4],
    ['many rows, by passes', 400, 5, 6],
  ])('finds separate clouds: %s', async (_, n, d, k) => {
    const { x, labels } = blobs(n, d, k, 0.05, n);
    const found = await kmeansOfRows(rowsInMemory(x, n, d), k, new Random(1), { products });
    expect(accuracy(found.labels, labels)).toBe(1);
    expect(found.inertia).toBeCloseTo(kmeans(x, n, d, k, new Random(1)).inertia, 6);
  });

  it.each([
    ['the Gram matrix', 200, 40, gramKMeans],
    ['passes', 500, 7, streamKMeans],
  ])('ends with %s where no row is nearer to another centroid', async (_, n, d, method) => {
    const k = 6;
    const { x } = blobs(n, d, k, 1, 2);
    const mean = Float64Array.from({ length: d }, (_value, j) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += x[i * d + j];
      return sum / n;
    });
    const options = { restarts: 3, maxIterations: 300, stop: 0, products };
    const labels = await method(rowsInMemory(x, n, d), mean, k, new Random(1), options);
    const { centroids } = await kmeansOfRows(rowsInMemory(x, n, d), k, new Random(1), {
      restarts: 3,
      tolerance: 0,
      products,
    });
    for (let i = 0; i < n; i++) {
      const distances = Array.from({ length: k }, (_value, c) => {
        let squared = 0;
        for (let j = 0; j < d; j++) squared += (x[i * d + j] - centroids[c * d + j]) ** 2;
        return squared;
      });
      expect(distances.indexOf(Math.min(...distances))).toBe(labels[i]);
    }
  });

  it.each([
    ['Gram', 60, 200],
    ['pass', 3000, 4],
  ])('gives the same for the same seed, however the table is cut: %s', async (_, n, d) => {
    const { x } = blobs(n, d, 5, 0.8, 3);
    // A table that overwrites what it gave out before, as those on disk may.
    const buffer = new Float32Array(n * d);
    const rows: Rows = {
      n,
      d,
      read: (first, count) => {
        buffer.fill(NaN);
        buffer.set(x.subarray(first * d, (first + count) * d));
        return Promise.resolve(buffer.subarray(0, count * d));
      },
    };
    const once = await kmeansOfRows(rowsInMemory(x, n, d), 5, new Random(7), { products });
    const again = await kmeansOfRows(rows, 5, new Random(7), { products });
    expect(again.labels).toEqual(once.labels);
    expect(again.inertia).toBe(once.inertia);
  });

  it.each([
    ['Gram', 12, 40],
    ['pass', 400, 1],
  ])('leaves no cluster empty while there are different rows: %s', async (_, n, d) => {
    const x = new Float32Array(n * d);
    for (let row = 0; row < 3; row++) x[row * d] = row + 1;
    const rows = rowsInMemory(x, n, d);
    expect(new Set((await kmeansOfRows(rows, 4, new Random(1), { products })).labels).size).toBe(4);
    const constant = rowsInMemory(new Float32Array(n * d), n, d);
    expect((await kmeansOfRows(constant, 3, new Random(1), { products })).inertia).toBe(0);
  });

  it('stops when it is cancelled, and refuses more clusters than rows', async () => {
    const rows = rowsInMemory(blobs(50, 90, 3, 1, 1).x, 50, 90);
    const options = { products, signal: AbortSignal.abort() };
    await expect(kmeansOfRows(rows, 3, new Random(1), options)).rejects.toThrow(CancelledError);
    await expect(kmeansOfRows(rows, 51, new Random(1), { products })).rejects.toThrow('51 clusters');
  });
});
