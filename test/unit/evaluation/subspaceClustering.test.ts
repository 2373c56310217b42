import { describe, expect, it } from 'vitest';
import { leadingPairs } from '../../../src/core/evaluation/denseEigen';
import { symmetricEigen } from '../../../src/core/evaluation/eigen';
import { accuracy } from '../../../src/core/evaluation/matching';
import { plainProducts } from '../../../src/core/evaluation/products';
import {
  affinityLabels,
  subspaceAffinity,
  subspaceClusters,
  thresholdColumns,
} from '../../../src/core/evaluation/subspaceClustering';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';

const missing = missingPython('numpy', 'scipy', 'sklearn');

/** Coefficients of 4 groups of 15: small ones between all, larger ones within a group. */
function grouped(seed: number, within = 1, noise = 0.25): { c: Float64Array; n: number; truth: Int32Array } {
  const random = new Random(seed);
  const n = 60;
  const truth = Int32Array.from({ length: n }, (_, i) => i % 4);
  const c = Float64Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    return noise * random.normal() + (truth[i] === truth[j] ? within * random.uniform() : 0);
  });
  return { c, n, truth };
}

const context = (seed = 3) => ({ products: plainProducts, random: new Random(seed) });

describe('columns reduced to their largest entries', () => {
  it('keeps as few as exceed the share, in their places', () => {
    // Columns (5, 3, -2, 0) and so on: 40 % of 10 is exceeded by the 5 alone, 50 % needs the 3 as well.
    const c = Float64Array.of(5, 0, 1, -1, 3, 0, 1, 0, -2, 0, 1, 0, 0, 0, 1, 0);
    expect([...thresholdColumns(c, 4, 0.4)].filter((_, e) => e % 4 === 0)).toEqual([5, 0, 0, 0]);
    expect([...thresholdColumns(c, 4, 0.5)].filter((_, e) => e % 4 === 0)).toEqual([5, 3, 0, 0]);
  });

  it('leaves a column of zeros, takes the upper ones of equal entries, and everything at a share of 1', () => {
    const c = Float64Array.of(0, 1, 0, -1);
    expect([...thresholdColumns(c, 2, 0.2)]).toEqual([0, 1, 0, 0]);
    expect([...thresholdColumns(c, 2, 1)]).toEqual([...c]);
  });
});

describe('leading eigenpairs of a dense matrix', () => {
  it.each(['magnitude', 'value'] as const)('by %s agree with the whole spectrum', async (by) => {
    const random = new Random(5);
    const n = 520;
    const basis = Float64Array.from({ length: 30 * n }, () => random.normal() / Math.sqrt(n));
    const a = new Float64Array(n * n);
    // Thirty terms of both signs and falling size, and noise.
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0.002 * random.normal();
        for (let p = 0; p < 30; p++) sum += (p % 3 ? 1 : -1) * 0.9 ** p * basis[p * n + i] * basis[p * n + j];
        a[i * n + j] = a[j * n + i] = sum;
      }
    }
    const whole = symmetricEigen(a, n).values;
    const expected = (by === 'value' ? [...whole] : [...whole].map(Math.abs))
      .sort((p, q) => q - p)
      .slice(0, 12);
    const found = await leadingPairs(a, n, 12, { by, low: -2, ...context() });
    found.values.forEach((value, p) => expect(value).toBeCloseTo(expected[p], 6));
    for (let p = 0; p < 12; p++) {
      const image = new Float64Array(n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) image[i] += a[i * n + j] * found.vectors[p * n + j];
      const length = Math.hypot(...image);
      expect(length).toBeCloseTo(Math.abs(expected[p]), 5);
    }
    const again = await leadingPairs(a, n, 12, { by, low: -2, ...context(9), start: found.vectors });
    again.values.forEach((value, p) => expect(value).toBeCloseTo(found.values[p], 6));
  });
});

describe.skipIf(missing)(
  `post-processing agrees with numpy and scikit-learn${missing ? ` (${missing})` : ''}`,
  () => {
    it.each([
      [0.2, 3, 1],
      [0.6, 2, 3.5],
      [1, 5, 2],
    ])('threshold %d, dimension %d, power %d', async (threshold, dimension, power) => {
      const { c, n } = grouped(1);
      const affinity = await subspaceAffinity(
        thresholdColumns(c, n, threshold),
        n,
        4,
        { dimension, power },
        context(),
      );
      const expected = python<number[]>(
        `
from scipy.linalg import svd
from sklearn.preprocessing import normalize
c = c.reshape(n, n)
kept = np.zeros_like(c)
for j in range(n):
    order = np.argsort(-np.abs(c[:, j]), kind='stable')
    sums = np.cumsum(np.abs(c[order, j]))
    last = np.searchsorted(sums, threshold * sums[-1], side='right')
    kept[order[:last + 1], j] = c[order[:last + 1], j]
kept = (kept + kept.T) / 2
u, s, _ = svd(kept)
r = dimension * 4 + 1
rows = normalize(u[:, :r] * np.sqrt(s[:r]))
affinity = np.maximum(rows @ rows.T, 0) ** power
result = affinity.ravel().tolist()
`,
        { c },
        { n, threshold, dimension, power },
      );
      affinity.forEach((value, e) => expect(Math.abs(value - expected[e])).toBeLessThan(1e-8));
    });

    it.each([
      ['clear groups', 1, 0.25],
      ['groups that are hard to tell apart', 0.7, 0.45],
    ])('labels of %s', async (_, within, noise) => {
      const { c, n, truth } = grouped(2, within, noise);
      const affinity = await subspaceAffinity(
        thresholdColumns(c, n, 0.7),
        n,
        4,
        { dimension: 2, power: 2 },
        context(),
      );
      const labels = await affinityLabels(affinity, n, 4, 'discretize', context());
      const expected = python<number[]>(
        `
from sklearn.cluster import SpectralClustering
model = SpectralClustering(4, affinity='precomputed', eigen_solver='arpack', assign_labels='discretize', random_state=0)
result = model.fit_predict(affinity.reshape(n, n)).tolist()
`,
        { affinity },
        { n },
      );
      expect(accuracy(labels, expected)).toBeGreaterThanOrEqual(0.95);
      expect(accuracy(labels, truth)).toBeGreaterThan(0.6);
    });
  },
);

describe('clusters of coefficients', () => {
  const options = { threshold: 0.7, dimension: 1, power: 2, assignment: 'discretize' } as const;

  it('finds groups, with either assignment, and the same ones again', async () => {
    const { c, n, truth } = grouped(4);
    for (const assignment of ['discretize', 'kmeans'] as const) {
      const labels = await subspaceClusters(c, n, 4, { ...options, assignment }, context());
      expect(accuracy(labels, truth)).toBe(1);
      expect(await subspaceClusters(c, n, 4, { ...options, assignment }, context())).toEqual(labels);
    }
  });

  it('leaves clusters empty rather than make some up: nothing is alike where all coefficients are zero', async () => {
    const labels = await subspaceClusters(new Float64Array(30 * 30), 30, 3, options, context());
    expect([...labels]).toEqual(new Array(30).fill(0));
  });

  it('stops when it is told to', async () => {
    const { c, n } = grouped(4);
    const big = new Float64Array(600 * 600);
    for (let e = 0; e < big.length; e++) big[e] = c[e % (n * n)];
    const signal = AbortSignal.abort();
    await expect(subspaceClusters(big, 600, 4, options, { ...context(), signal })).rejects.toThrow('stopped');
  });
});
