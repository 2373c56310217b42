import { describe, expect, it } from 'vitest';
import { rowsInMemory } from '../../../src/core/data/rows';
import { eofCoefficients } from '../../../src/core/evaluation/eofCoefficients';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import { eofKMeans } from '../../../src/core/methods/eofKMeans';
import { Random } from '../../../src/core/random';
import { missingPython, python } from '../evaluation/python';
import { accuracyOn, clouds } from './classicalSamples';

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(
  `EOF coefficients against scikit-learn's PCA${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it.each([
      ['fewer rows than columns', 60, 90],
      ['more rows than columns', 90, 20],
      ['more rows than are solved at once', 620, 640],
    ])('%s', async (_, n, d) => {
      const { values: x } = clouds(n, d, 6, 6, 1);
      const { values, dimensions } = await eofCoefficients(rowsInMemory(x, n, d), 5, new Random(1), {
        products,
      });
      expect(dimensions).toBe(5);
      const theirs = python<number[]>(
        `from sklearn.decomposition import PCA
result = PCA(5, svd_solver='full').fit_transform(x.reshape(n, d).astype('f8')).ravel().tolist()`,
        { x },
        { n, d },
      );
      for (let p = 0; p < 5; p++) {
        const column = (a: ArrayLike<number>) => Array.from({ length: n }, (_, i) => a[5 * i + p]);
        const [ours, reference] = [column(values), column(theirs)];
        const sign = Math.sign(ours.reduce((sum, value, i) => sum + value * reference[i], 0));
        const scale = Math.max(...reference.map(Math.abs));
        const error = Math.max(...ours.map((value, i) => Math.abs(sign * value - reference[i])));
        expect(error / scale).toBeLessThan(2e-4);
      }
    });
  },
);

describe('EOF coefficients', () => {
  it('are as many as the table has', async () => {
    // Rows on a line, as float32 has them: one direction, and rounding.
    const direction = Float64Array.from({ length: 30 }, (_, j) => Math.sin(j) + 2);
    const x = Float32Array.from({ length: 20 * 30 }, (_, at) => Math.floor(at / 30) * direction[at % 30]);
    const line = await eofCoefficients(rowsInMemory(x, 20, 30), 8, new Random(1), { products });
    expect(line.dimensions).toBe(1);
    for (const [n, d] of [
      [20, 30],
      [30, 20],
    ]) {
      const flat = rowsInMemory(new Float32Array(600).fill(0.3), n, d);
      expect((await eofCoefficients(flat, 8, new Random(1), { products })).dimensions).toBe(0);
    }
  });
});

describe('EOF + k-means', () => {
  it.each([1, 2, 3])('cannot tell subspaces apart that share their centre (seed %i)', async (seed) => {
    expect(await accuracyOn(eofKMeans, 'G1', seed)).toBeLessThan(0.6);
  });
});
