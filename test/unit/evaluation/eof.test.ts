import { describe, expect, it } from 'vitest';
import { largestEigenpairs } from '../../../src/core/evaluation/eigen';
import { eof, project } from '../../../src/core/evaluation/eof';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';

/** Low rank plus noise, with well separated leading singular values. */
function table(n: number, d: number, rank: number, noise: number, seed: number): Float32Array {
  const random = new Random(seed);
  const x = Float32Array.from({ length: n * d }, () => 0.5 + noise * random.normal());
  for (let p = 0; p < rank; p++) {
    const u = Float64Array.from({ length: n }, () => random.normal());
    const v = Float64Array.from({ length: d }, () => random.normal());
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) x[i * d + j] += (u[i] * v[j]) / (p + 1) ** 1.5;
  }
  return x;
}

const noNumpy = missingPython('numpy');
describe.skipIf(noNumpy)(`EOFs against numpy.linalg.svd${noNumpy ? ` (skipped: ${noNumpy})` : ''}`, () => {
  it.each([
    ['more columns than rows', 60, 200, 6],
    ['more rows than columns', 211, 47, 6],
    ['iteration on the Gram matrix', 560, 700, 8],
    ['iteration on the table', 1501, 1502, 5],
  ])(
    '%s',
    (_, n, d, r) => {
      const x = table(n, d, r + 2, 0.05, n);
      const ours = eof(x, n, d, r, new Random(1));
      const theirs = python<{ s: number[]; explained: number[]; v: number[][]; u: number[][] }>(
        `X = x.reshape(n, d).astype('f8'); X = X - X.mean(0)
u, s, v = np.linalg.svd(X, full_matrices=False)
sign = np.sign(v[np.arange(r), np.abs(v[:r]).argmax(1)])
result = dict(s=s[:r].tolist(), explained=(s ** 2 / (s ** 2).sum())[:r].tolist(), v=(v[:r] * sign[:, None]).tolist(), u=((u * s)[:, :r] * sign).tolist())`,
        { x },
        { n, d, r },
      );
      for (let p = 0; p < r; p++) {
        expect(ours.singularValues[p] / theirs.s[p]).toBeCloseTo(1, 6);
        expect(ours.explained[p]).toBeCloseTo(theirs.explained[p], 6);
        for (let j = 0; j < d; j++)
          expect(Math.abs(ours.components[p * d + j] - theirs.v[p][j])).toBeLessThan(1e-4);
        for (let i = 0; i < n; i++) {
          expect(Math.abs(ours.scores[i * r + p] - theirs.u[i][p])).toBeLessThan(1e-4 * theirs.s[0]);
        }
      }
    },
    60_000,
  );
});

describe('EOFs', () => {
  it('reproduce a table of exact rank, and mark what is beyond the rank with zeros', () => {
    const [n, d, r] = [40, 30, 5];
    const x = table(n, d, 3, 0, 3);
    const { mean, components, singularValues, scores } = eof(x, n, d, r, new Random(1));
    expect(Array.from(singularValues.subarray(3))).toEqual([0, 0]);
    expect(components.subarray(3 * d).every((v) => v === 0)).toBe(true);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) {
        let value = mean[j];
        for (let p = 0; p < r; p++) value += scores[i * r + p] * components[p * d + j];
        expect(Math.abs(value - x[i * d + j])).toBeLessThan(1e-5);
      }
    }
  });

  it('project the rows they were computed from onto their scores', () => {
    const x = table(50, 20, 6, 0.1, 4);
    const e = eof(x, 50, 20, 4, new Random(1));
    project(x, 50, 20, e).forEach((value, i) => expect(Math.abs(value - e.scores[i])).toBeLessThan(1e-4));
  });

  it('refuse more components than the table has', () => {
    expect(() => eof(new Float32Array(12), 4, 3, 4, new Random(1))).toThrow('no 4 EOFs');
  });
});

describe('largest eigenpairs', () => {
  it('find repeated eigenvalues and leave orthonormal vectors', () => {
    const n = 120;
    const diagonal = Float64Array.from({ length: n }, (_, i) => (i < 4 ? 1 : 0.9 - i / n));
    const { values, vectors } = largestEigenpairs(
      (x, b, y) => {
        for (let p = 0; p < b; p++) for (let i = 0; i < n; i++) y[p * n + i] = diagonal[i] * x[p * n + i];
      },
      n,
      5,
      new Random(2),
    );
    [1, 1, 1, 1, 0.9 - 4 / n].forEach((expected, p) => expect(values[p]).toBeCloseTo(expected, 9));
    for (let p = 0; p < 5; p++) {
      for (let q = 0; q < 5; q++) {
        let product = 0;
        for (let i = 0; i < n; i++) product += vectors[p * n + i] * vectors[q * n + i];
        expect(product).toBeCloseTo(p === q ? 1 : 0, 9);
      }
    }
  });

  it('say so when they do not converge', () => {
    const n = 300;
    expect(() =>
      largestEigenpairs(
        (x, b, y) => {
          for (let p = 0; p < b; p++)
            for (let i = 0; i < n; i++) y[p * n + i] = x[p * n + i] * (1 - i * 1e-6);
        },
        n,
        3,
        new Random(3),
        { maxIterations: 3, tolerance: 1e-12 },
      ),
    ).toThrow('not converged');
  });
});
