import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/core/errors';
import { accuracy, adjustedRandIndex } from '../../../src/core/evaluation/matching';
import { affinityFromCoefficients } from '../../../src/core/evaluation/sparse';
import { spectralClustering } from '../../../src/core/evaluation/spectral';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';
import { affinityOf, denseAffinity, sparseOf } from './sparseTables';

/** Denser within blocks than between them, shuffled. */
function blockAffinity(n: number, k: number, within: number, between: number, density: number, seed: number) {
  const random = new Random(seed);
  const labels = Int32Array.from({ length: n }, () => random.integer(k));
  const affinity = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (random.uniform() >= density) continue;
      const value = (labels[i] === labels[j] ? within : between) * random.uniform();
      affinity[i * n + j] = value;
      affinity[j * n + i] = value;
    }
  }
  return { affinity, labels };
}

/** k nearest neighbours by Euclidean distance, symmetric. */
function neighbourAffinity(x: Float32Array, n: number, d: number, neighbours: number): Float32Array {
  const c = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const distances = Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let q = 0; q < d; q++) sum += (x[i * d + q] - x[j * d + q]) ** 2;
      return sum;
    });
    const order = Array.from({ length: n }, (_, j) => j).sort((a, b) => distances[a] - distances[b]);
    for (const j of order.slice(1, neighbours + 1)) c[i * n + j] = 0.5;
  }
  return denseAffinity(affinityFromCoefficients(sparseOf(c), n));
}

const eigenvalues = `
A = affinity.reshape(n, n).astype('f8'); np.fill_diagonal(A, 0)
s = 1 / np.sqrt(A.sum(1)); L = A * s * s[:, None]
w = np.linalg.eigvalsh(L)[::-1][:k].tolist()`;

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(
  `spectral clustering against scikit-learn${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it.each([
      ['a block matrix, solved at once', 200, 5, 1, 0.3, 1],
      ['a dense block matrix, by iteration', 700, 6, 1, 0.5, 1],
      ['a sparse block matrix, by iteration', 900, 4, 1, 0.25, 0.1],
    ])(
      '%s',
      async (_, n, k, within, between, density) => {
        const { affinity, labels } = blockAffinity(n, k, within, between, density, n);
        const ours = await spectralClustering(affinityOf(affinity), k, new Random(1));
        const theirs = python<{ labels: number[]; w: number[] }>(
          `${eigenvalues}
from sklearn.cluster import SpectralClustering
result = dict(labels=SpectralClustering(k, affinity='precomputed', random_state=0).fit(A).labels_.tolist(), w=w)`,
          { affinity },
          { n, k },
        );
        for (let p = 0; p < k; p++) expect(ours.eigenvalues[p]).toBeCloseTo(theirs.w[p], 7);
        expect(adjustedRandIndex(ours.labels, theirs.labels)).toBeGreaterThan(0.97);
        expect(accuracy(ours.labels, labels)).toBeGreaterThan(0.99);
      },
      60_000,
    );

    it('neighbour graphs of the synthetic fields', async () => {
      for (const name of ['G1', 'G2', 'G4'] as const) {
        const { frames, labels } = synthesize(name, new Random(2), name === 'G2' ? { delta: 1 } : {});
        const affinity = neighbourAffinity(frames, 365, 768, 10);
        const ours = accuracy(
          (await spectralClustering(affinityOf(affinity), 5, new Random(1))).labels,
          labels,
        );
        const theirs = python<number[]>(
          `from sklearn.cluster import SpectralClustering
result = SpectralClustering(5, affinity='precomputed', random_state=0).fit(affinity.reshape(365, 365)).labels_.tolist()`,
          { affinity },
        );
        expect(Math.abs(ours - accuracy(theirs, labels))).toBeLessThan(0.1);
      }
    }, 60_000);
  },
);

describe('spectral clustering', () => {
  it('separates what is not connected, isolated nodes included', async () => {
    const { affinity, labels } = blockAffinity(500, 4, 1, 0, 0.2, 3);
    const { labels: found, eigenvalues: w } = await spectralClustering(
      affinityOf(affinity),
      4,
      new Random(1),
    );
    expect(accuracy(found, labels)).toBe(1);
    for (const value of w) expect(value).toBeCloseTo(1, 7);

    for (let j = 0; j < 500; j++) affinity[17 * 500 + j] = affinity[j * 500 + 17] = 0;
    const again = await spectralClustering(affinityOf(affinity), 4, new Random(1));
    expect([...again.embedding.subarray(17 * 4, 18 * 4)]).toEqual([0, 0, 0, 0]);
    expect(accuracy(again.labels, labels)).toBeGreaterThanOrEqual(499 / 500);
  });

  it('cuts a long chain into stretches, where eigenvalues are closest together', async () => {
    const n = 1200;
    const affinity = new Float32Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = Math.max(0, i - 8); j < Math.min(n, i + 9); j++) if (i !== j) affinity[i * n + j] = 1;
    }
    const { labels } = await spectralClustering(affinityOf(affinity), 4, new Random(1));
    let cuts = 0;
    for (let i = 1; i < n; i++) if (labels[i] !== labels[i - 1]) cuts++;
    expect(cuts).toBe(3);
  });

  it.each([0, 5])(
    'finds the leading eigenvalues where they are closest together, %i separate pieces',
    async (pieces) => {
      // A long chain, and cycles of which each adds an eigenvalue of exactly 1 and pairs of equal ones.
      const n = 1000;
      const affinity = new Float32Array(n * n);
      const link = (i: number, j: number) => (affinity[i * n + j] = affinity[j * n + i] = 1);
      const start = 100 * pieces;
      for (let i = start; i + 1 < n; i++) link(i, i + 1);
      for (let p = 0; p < pieces; p++) {
        for (let i = 0; i < 100; i++) link(100 * p + i, 100 * p + ((i + 1) % 100));
      }
      const k = 8;
      const { eigenvalues: found } = await spectralClustering(affinityOf(affinity), k, new Random(1));
      const m = n - start;
      const chain = Array.from({ length: m }, (_, j) => Math.cos((Math.PI * j) / (m - 1)));
      const cycles = Array.from({ length: 100 * pieces }, (_, j) =>
        Math.cos((2 * Math.PI * Math.floor(j / pieces)) / 100),
      );
      const expected = [...chain, ...cycles].sort((a, b) => b - a);
      for (let p = 0; p < k; p++) expect(Math.abs(found[p] - expected[p])).toBeLessThan(1e-8);
    },
  );

  it('does not look at the diagonal and repeats itself for the same seed', async () => {
    const { affinity } = blockAffinity(150, 3, 1, 0.5, 1, 4);
    const first = await spectralClustering(affinityOf(affinity), 3, new Random(1));
    for (let i = 0; i < 150; i++) affinity[i * 150 + i] = 5;
    expect((await spectralClustering(affinityOf(affinity), 3, new Random(1))).labels).toEqual(first.labels);
  });

  it('stops when it is cancelled', async () => {
    const { affinity } = blockAffinity(500, 4, 1, 0.5, 0.2, 3);
    const options = { signal: AbortSignal.abort() };
    await expect(spectralClustering(affinityOf(affinity), 4, new Random(1), options)).rejects.toThrow(
      CancelledError,
    );
  });

  it('refuses what is no affinity', async () => {
    const random = new Random(1);
    await expect(spectralClustering(affinityOf([0, 1, 2, 0]), 1, random)).rejects.toThrow('not symmetric');
    await expect(spectralClustering(affinityOf([0, -1, -1, 0]), 1, random)).rejects.toThrow('is -1');
    await expect(spectralClustering(affinityOf([0, NaN, NaN, 0]), 1, random)).rejects.toThrow('NaN');
  });
});
