import { describe, expect, it } from 'vitest';
import { type Rows, rowsInMemory } from '../../../src/core/data/rows';
import { CancelledError } from '../../../src/core/errors';
import type { Metrics } from '../../../src/core/evaluation/metrics';
import { evaluate as evaluateRows, totalVarianceFromMetrics } from '../../../src/core/evaluation/metrics';
import { createProducts, plainProducts, type Products } from '../../../src/core/evaluation/products';
import { Random } from '../../../src/core/random';
import { canesm2Table, missingCanesm2 } from './canesm2';
import { missingPython, python } from './python';

function evaluate(
  x: Float32Array,
  n: number,
  d: number,
  labels: Int32Array,
  products: Products = plainProducts,
): Promise<Metrics> {
  return evaluateRows(rowsInMemory(x, n, d), labels, { products });
}

function randomTable(n: number, d: number, k: number, seed: number) {
  const random = new Random(seed);
  const x = Float32Array.from({ length: n * d }, () => random.uniform());
  const labels = Int32Array.from({ length: n }, () => random.integer(k));
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) x[i * d + j] += 0.2 * ((labels[i] * (j + 1)) % 3);
  return { x, labels };
}

/** The definitions of method.md section 2 on top of scikit-learn. */
const reference = `
from sklearn import metrics as m
from sklearn.metrics import pairwise_distances
X = x.reshape(n, -1).astype('f8')
present = np.unique(labels)
C = [X[labels == c] for c in present]
W = sum(((c - c.mean(0)) ** 2).sum() for c in C)
D = pairwise_distances(X)
M = np.array([[D[labels == a][:, labels == b].max() if a == b else D[labels == a][:, labels == b].min() for b in present] for a in present])
centres = pairwise_distances(np.array([c.mean(0) for c in C]))
np.fill_diagonal(centres, np.inf)
result = dict(
  silhouetteCosine=m.silhouette_score(X, labels, metric='cosine'), silhouetteEuclidean=m.silhouette_score(X, labels),
  daviesBouldin=m.davies_bouldin_score(X, labels), calinskiHarabasz=m.calinski_harabasz_score(X, labels),
  rmse=np.sqrt(W / n), variance=sum(len(c) * np.var(c) for c in C) / n,
  interClusterDistance=M.min(1).mean(), centroidDistance=centres.min(1).mean())
`;

function expectClose(ours: Metrics, theirs: Metrics, tolerance = 1e-6) {
  for (const key of Object.keys(theirs) as (keyof Metrics)[]) {
    expect(Math.abs(ours[key] - theirs[key]), key).toBeLessThan(
      tolerance * Math.max(1, Math.abs(theirs[key])),
    );
  }
}

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(
  `metrics against scikit-learn${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it.each([
      [150, 7, 4, 1],
      [131, 33, 7, 2],
      [64, 5, 2, 3],
      [1300, 40, 5, 8],
    ])('n=%i d=%i k=%i', async (n, d, k, seed) => {
      const { x, labels } = randomTable(n, d, k, seed);
      const theirs = python<Metrics>(reference, { x, labels }, { n });
      expectClose(await evaluate(x, n, d, labels), theirs, 1e-10);
      expectClose(await evaluate(x, n, d, labels, await createProducts()), theirs, 1e-10);
    });

    it('where the spread is a millionth of the values', async () => {
      const [n, d] = [90, 12];
      const { x, labels } = randomTable(n, d, 3, 9);
      const shifted = x.map((value) => 4096 + value / 256);
      // scikit-learn loses digits there, so that its table is moved back; only the cosine depends on that.
      const moved = shifted.map((value) => value - 4096);
      const theirs = python<Metrics>(reference, { x: moved, labels }, { n });
      const { silhouetteCosine: _, ...others } = theirs;
      const { silhouetteCosine, ...ours } = await evaluate(shifted, n, d, labels);
      expect(Math.abs(silhouetteCosine)).toBeLessThan(1);
      expectClose(ours as Metrics, others as Metrics, 1e-8);
    });

    it('with a singleton, an empty cluster, a row of zeros and equal rows', async () => {
      const [n, d] = [70, 9];
      const { x, labels } = randomTable(n, d, 3, 4);
      labels[17] = 6;
      x.fill(0, 5 * d, 6 * d);
      x.copyWithin(20 * d, 30 * d, 31 * d);
      labels[20] = 0;
      labels[30] = 1;
      expectClose(await evaluate(x, n, d, labels), python<Metrics>(reference, { x, labels }, { n }));
    });
  },
);

describe('metrics', () => {
  it('of two pairs of points, by hand', async () => {
    const x = Float32Array.of(0, 1, 0, 3, 4, 1, 4, 3);
    const m = await evaluate(x, 4, 2, Int32Array.of(0, 0, 1, 1));
    expect(m.rmse).toBe(1);
    expect(m.calinskiHarabasz).toBe(16 / 1 / (4 / 2));
    expect(m.daviesBouldin).toBe((1 + 1) / 4);
    expect(m.centroidDistance).toBe(4);
    // Diagonal (largest distance within) 2 against 4 between.
    expect(m.interClusterDistance).toBe(2);
    expect(m.variance).toBeCloseTo((1.5 + 1.5) / 2, 12);
    const b = (4 + Math.sqrt(20)) / 2;
    expect(m.silhouetteEuclidean).toBeCloseTo((b - 2) / b, 12);
  });

  it('are the same whatever the clusters are called', async () => {
    const { x, labels } = randomTable(90, 6, 3, 5);
    const renamed = labels.map((l) => [11, 2, 5][l]);
    expectClose(await evaluate(x, 90, 6, renamed), await evaluate(x, 90, 6, labels), 1e-12);
  });

  it('are the same of a table that overwrites what it gave out, as those on disk may', async () => {
    const [n, d] = [700, 6];
    const { x, labels } = randomTable(n, d, 3, 5);
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
    const products = plainProducts;
    expect(await evaluateRows(rows, labels, { products })).toEqual(await evaluate(x, n, d, labels));
    const signal = AbortSignal.abort();
    await expect(evaluateRows(rows, labels, { products, signal })).rejects.toThrow(CancelledError);
  });

  it('of one cluster are NaN, but for the two that need no second one', async () => {
    const { x } = randomTable(30, 4, 3, 6);
    const { rmse, variance, ...others } = await evaluate(x, 30, 4, new Int32Array(30));
    expect(rmse).toBeGreaterThan(0);
    expect(variance).toBeGreaterThan(0);
    expect(Object.values(others)).toEqual(Array(6).fill(NaN));
  });

  it('count a singleton as silhouette 0 and as 0 in I-CD', async () => {
    const x = Float32Array.of(0, 0, 0, 1, 10, 0);
    const m = await evaluate(x, 3, 2, Int32Array.of(0, 0, 1));
    expect(m.interClusterDistance).toBeCloseTo((1 + 0) / 2, 12);
    const rows = [10, Math.sqrt(101)].map((b) => (b - 1) / b);
    expect(m.silhouetteEuclidean).toBeCloseTo((rows[0] + rows[1]) / 3, 12);
  });

  it('of a constant table are finite or NaN, and do not throw', async () => {
    const m = await evaluate(
      new Float32Array(40).fill(0.1),
      10,
      4,
      Int32Array.from({ length: 10 }, (_, i) => i % 2),
    );
    expect(m.rmse).toBeLessThan(1e-8);
    expect(m.silhouetteEuclidean).toBe(0);
  });

  it('refuse lengths that disagree and negative labels', async () => {
    await expect(evaluate(new Float32Array(6), 3, 2, new Int32Array(2))).rejects.toThrow('labels');
    await expect(evaluate(new Float32Array(6), 3, 2, Int32Array.of(0, -1, 0))).rejects.toThrow('negative');
  });

  it('obey the inertia identity for any labelling', async () => {
    const [n, d] = [120, 8];
    const { x, labels } = randomTable(n, d, 5, 7);
    let total = 0;
    for (let j = 0; j < d; j++) {
      let mean = 0;
      for (let i = 0; i < n; i++) mean += x[i * d + j] / n;
      for (let i = 0; i < n; i++) total += (x[i * d + j] - mean) ** 2;
    }
    const shuffled = new Random(8).shuffle(labels.slice());
    for (const l of [labels, shuffled]) {
      const k = new Set(l).size;
      expect(totalVarianceFromMetrics(await evaluate(x, n, d, l), n, k) / (total / n)).toBeCloseTo(1, 9);
    }
  });
});

describe.skipIf(missingCanesm2 ?? noSklearn)(
  `golden values on canesm2_365day${(missingCanesm2 ?? noSklearn) ? ` (skipped: ${missingCanesm2 ?? noSklearn})` : ''}`,
  () => {
    it('k-means k=7, n_init 100 of scikit-learn', async () => {
      const { x, n, d } = canesm2Table();
      const labels = Int32Array.from(
        python<number[]>(
          `from sklearn.cluster import KMeans
result = KMeans(7, n_init=100, random_state=0).fit(x.reshape(n, -1)).labels_.tolist()`,
          { x },
          { n },
        ),
      );
      const m = await evaluate(x, n, d, labels);
      expect(m.silhouetteCosine).toBeCloseTo(-0.121, 2);
      expect(m.silhouetteEuclidean).toBeCloseTo(0.385, 2);
      expect(m.daviesBouldin).toBeCloseTo(1.028, 2);
      expect(m.calinskiHarabasz / 528.4).toBeCloseTo(1, 2);
      expect(m.rmse).toBeCloseTo(4.666, 2);
      expect(m.variance).toBeCloseTo(0.0662, 4);
      expect(m.interClusterDistance).toBeCloseTo(2.401, 2);
      expect(totalVarianceFromMetrics(m, n, 7)).toBeCloseTo(214.551, 3);
    }, 120_000);
  },
);
