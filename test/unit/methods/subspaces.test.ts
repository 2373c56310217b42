import { describe, expect, it } from 'vitest';
import { accuracy } from '../../../src/core/evaluation/matching';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import { affinityFromCoefficients } from '../../../src/core/evaluation/sparse';
import { denseSpectralClustering } from '../../../src/core/evaluation/denseSpectral';
import { leastSquaresSelfExpression } from '../../../src/core/evaluation/leastSquaresSelfExpression';
import { spectralClustering } from '../../../src/core/evaluation/spectral';
import { kMeans } from '../../../src/core/methods/kmeans';
import { leastSquaresRegression } from '../../../src/core/methods/leastSquaresRegression';
import { sparseSubspace } from '../../../src/core/methods/sparseSubspace';
import { seriesSelfExpression } from '../../../src/core/model/seriesSelfExpression';
import { Random } from '../../../src/core/random';
import { missingPython, python } from '../evaluation/python';
import { denseOf, sparseOf } from '../evaluation/sparseTables';
import { accuracyOn } from './classicalSamples';

/** Rows of unit length near three planes of dimension 3 in a space of 12. */
function planes(n: number, seed: number): { z: Float32Array; truth: Int32Array } {
  const random = new Random(seed);
  const bases = Float64Array.from({ length: 3 * 3 * 12 }, () => random.normal());
  const truth = Int32Array.from({ length: n }, (_, i) => i % 3);
  const z = new Float32Array(n * 12);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < 3; p++) {
      const weight = random.normal();
      for (let j = 0; j < 12; j++) z[i * 12 + j] += weight * bases[(truth[i] * 3 + p) * 12 + j];
    }
    let norm = 0;
    for (let j = 0; j < 12; j++) norm += (z[i * 12 + j] += 0.05 * random.normal()) ** 2;
    for (let j = 0; j < 12; j++) z[i * 12 + j] /= Math.sqrt(norm);
  }
  return { z, truth };
}

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(
  `Self-expression against scikit-learn and numpy${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it('sparse: the coefficients of its lasso', async () => {
      const n = 90;
      const { z } = planes(n, 1);
      const ours = denseOf(await seriesSelfExpression(z, n, 12, 20, { products }), n);
      const theirs = python<number[]>(
        `from sklearn.linear_model import Lasso
z = z.reshape(n, 12).astype('f8'); z /= np.linalg.norm(z, axis=1, keepdims=True)
c = np.zeros((n, n))
for i in range(n):
    others = np.arange(n) != i
    largest = abs(z[others] @ z[i]).max()
    # Its objective has the squared error divided by twice the length of a row.
    c[i, others] = Lasso(largest / 20 / 12, fit_intercept=False, tol=1e-10, max_iter=200000).fit(z[others].T, z[i]).coef_
result = c.ravel().tolist()`,
        { z },
        { n },
      );
      const error = Math.max(...ours.map((value, at) => Math.abs(value - theirs[at])));
      expect(error).toBeLessThan(1e-3);
      expect(Math.max(...theirs.map(Math.abs))).toBeGreaterThan(0.3);
    });

    it('least squares: the closed form of order n', async () => {
      const n = 90;
      const { z } = planes(n, 2);
      const ours = await leastSquaresSelfExpression(z, n, 12, 0.1, products);
      const theirs = python<number[]>(
        `z = z.reshape(n, 12).astype('f8'); z /= np.linalg.norm(z, axis=1, keepdims=True)
gram = z @ z.T
result = np.linalg.solve(gram + 0.1 * np.eye(n), gram).ravel().tolist()`,
        { z },
        { n },
      );
      const error = Math.max(...ours.map((value, at) => Math.abs(value - theirs[at])));
      expect(error).toBeLessThan(1e-6);
    });
  },
);

describe('Spectral clustering of a dense affinity', () => {
  it('is that of the sparse one', async () => {
    const n = 540;
    const { z, truth } = planes(n, 3);
    const c = await leastSquaresSelfExpression(z, n, 12, 0.1, products);
    const dense = await denseSpectralClustering(c, n, 3, new Random(1), { products });
    const affinity = affinityFromCoefficients(sparseOf(c), n);
    const sparse = await spectralClustering(affinity, 3, new Random(1));
    for (let p = 0; p < 3; p++) expect(dense.eigenvalues[p]).toBeCloseTo(sparse.eigenvalues[p], 7);
    expect(dense.labels).toHaveLength(n);
    expect(accuracy(dense.labels, sparse.labels)).toBe(1);
    expect(accuracy(dense.labels, truth)).toBeGreaterThan(0.97);
  });

  it('refuses what is no number', async () => {
    const c = Float32Array.of(0, NaN, 1, 0);
    await expect(denseSpectralClustering(c, 2, 1, new Random(1), { products })).rejects.toThrow('is NaN');
  });
});

// What section 5 of the method reference measured: subspaces are what these methods find, and k-means cannot.
describe.each([1, 2, 3])('Fields of subspaces that share their centre, seed %i', (seed) => {
  it('sparse and least-squares self-expression find them', async () => {
    expect(await accuracyOn(sparseSubspace, 'G1', seed)).toBeGreaterThanOrEqual(0.97);
    expect(await accuracyOn(leastSquaresRegression, 'G1', seed)).toBeGreaterThanOrEqual(0.97);
  });

  it('k-means does not, nor does self-expression where regimes share one subspace', async () => {
    expect(await accuracyOn(kMeans, 'G1', seed)).toBeLessThan(0.6);
    expect(await accuracyOn(sparseSubspace, 'G6', seed)).toBeLessThan(0.5);
    expect(await accuracyOn(leastSquaresRegression, 'G6', seed)).toBeLessThan(0.5);
  });
});
