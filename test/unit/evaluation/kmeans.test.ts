import { describe, expect, it } from 'vitest';
import { isometricCoordinates } from '../../../src/core/evaluation/isometry';
import { kmeans } from '../../../src/core/evaluation/kmeans';
import { accuracy } from '../../../src/core/evaluation/matching';
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
  it('reaches the inertia of scikit-learn on canesm2_365day within 0.5%, n_init 20', () => {
    const { x, n, d } = canesm2Table();
    for (const k of [4, 7]) {
      const theirs = python<number>(
        `from sklearn.cluster import KMeans
result = KMeans(k, n_init=20, random_state=0).fit(x.reshape(n, -1)).inertia_`,
        { x },
        { n, k },
      );
      expect(kmeans(x, n, d, k, new Random(1)).inertia / theirs).toBeLessThan(1.005);
    }
  }, 120_000);

  it('reaches it on overlapping clouds with more rows than columns', () => {
    const [n, d, k] = [3000, 12, 9];
    const { x } = blobs(n, d, k, 1.2, 5);
    const theirs = python<number>(
      `from sklearn.cluster import KMeans
result = KMeans(k, n_init=20, random_state=0).fit(x.reshape(n, -1)).inertia_`,
      { x },
      { n, k },
    );
    expect(kmeans(x, n, d, k, new Random(1)).inertia / theirs).toBeLessThan(1.005);
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

describe('isometric coordinates', () => {
  it('keep all distances', () => {
    const [n, d] = [30, 100];
    const { x } = blobs(n, d, 3, 0.3, 8);
    x.copyWithin(0, d, 2 * d);
    const { coordinates, dimensions } = isometricCoordinates(x, n, d);
    expect(dimensions).toBe(28);
    const distance = (a: Float32Array, w: number, i: number, j: number) => {
      let squared = 0;
      for (let c = 0; c < w; c++) squared += (a[i * w + c] - a[j * w + c]) ** 2;
      return Math.sqrt(squared);
    };
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        expect(Math.abs(distance(coordinates, dimensions, i, j) - distance(x, d, i, j))).toBeLessThan(1e-4);
      }
    }
  });
});
