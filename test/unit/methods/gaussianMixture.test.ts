import { describe, expect, it } from 'vitest';
import { rowsInMemory } from '../../../src/core/data/rows';
import { eofCoefficients } from '../../../src/core/evaluation/eofCoefficients';
import { gaussianMixture as fitMixture } from '../../../src/core/evaluation/gaussianMixture';
import { kmeans } from '../../../src/core/evaluation/kmeans';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import { gaussianMixture } from '../../../src/core/methods/gaussianMixture';
import { Random } from '../../../src/core/random';
import { missingPython, python } from '../evaluation/python';
import { accuracyOn, syntheticSamples } from './classicalSamples';

/** Coefficients on ten EOFs of the fields of G1, of variance 1 on average, and a partition to start from. */
async function problem(seed: number) {
  const { fields } = syntheticSamples('G1', seed);
  const n = fields.length;
  const rows = rowsInMemory(fields.frames, n, fields.frames.length / n);
  const { values, dimensions: d } = await eofCoefficients(rows, 10, new Random(1), { products });
  const scale = Math.sqrt(values.length / values.reduce((sum, value) => sum + value * value, 0));
  const x = values.map((value) => value * scale);
  return { x, n, d, labels: kmeans(x, n, d, 5, new Random(seed), { restarts: 1 }).labels };
}

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(
  `Gaussian mixture against scikit-learn${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it.each([1, 2])('the same likelihood from the same start, at each stage (seed %i)', async (seed) => {
      const { x, n, d, labels } = await problem(seed);
      const stages = [2, 5, 20, 200];
      const theirs = python<number[]>(
        `from sklearn.mixture import GaussianMixture
x = x.reshape(n, d).astype('f8')
groups = [x[labels == c] for c in range(5)]
covariances = [np.cov(g.T, bias=True) + 1e-6 * np.eye(d) for g in groups]
result = []
for stage in stages:
    # One of our iterations finds the parameters, then the likelihood; theirs finds them the other way round.
    fit = GaussianMixture(5, tol=0, max_iter=stage - 1, reg_covar=1e-6, weights_init=[len(g) / n for g in groups],
        means_init=[g.mean(0) for g in groups], precisions_init=np.linalg.inv(covariances)).fit(x)
    result.append(fit.score(x))`,
        { x, labels },
        { n, d, stages },
      );
      for (const [i, maxIterations] of stages.entries()) {
        const ours = await fitMixture(x, n, d, 5, labels, {
          regularisation: 1e-6,
          tolerance: 0,
          maxIterations,
        });
        expect(Math.abs(ours.logLikelihood / theirs[i] - 1)).toBeLessThan(1e-6);
      }
    });
  },
);

describe('Gaussian mixture', () => {
  it('gains likelihood in each iteration, and its numbers are those of distributions', async () => {
    const { x, n, d, labels } = await problem(3);
    const likelihoods: number[] = [];
    for (const maxIterations of [1, 2, 4, 8, 16]) {
      const fit = await fitMixture(x, n, d, 5, labels, { regularisation: 1e-9, tolerance: 0, maxIterations });
      likelihoods.push(fit.logLikelihood);
      expect(fit.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
      for (let i = 0; i < n; i++) {
        const row = fit.responsibilities.subarray(5 * i, 5 * i + 5);
        expect(row.reduce((sum, r) => sum + r, 0)).toBeCloseTo(1, 12);
      }
    }
    for (let i = 1; i < 5; i++) expect(likelihoods[i]).toBeGreaterThan(likelihoods[i - 1] - 1e-12);
    expect(likelihoods[2]).toBeGreaterThan(likelihoods[0] + 1e-3);
  });

  it('tells subspaces apart that share their centre (seeds 1 to 3)', async () => {
    const scores = [];
    for (const seed of [1, 2, 3]) scores.push(await accuracyOn(gaussianMixture, 'G1', seed));
    expect(Math.min(...scores)).toBeGreaterThan(0.97);
  });
});
