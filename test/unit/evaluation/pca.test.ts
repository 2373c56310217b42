import { describe, expect, it } from 'vitest';
import { principalComponents } from '../../../src/core/evaluation/pca';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';

/** Rows with a different spread along each column, mixed by a fixed rotation of neighbouring columns. */
function cloud(n: number, d: number, seed: number): Float32Array {
  const random = new Random(seed);
  const z = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) z[i * d + j] = 3 + random.normal() / (j + 1);
    for (let j = 1; j < d; j++) {
      const [a, b] = [z[i * d + j - 1], z[i * d + j]];
      z[i * d + j - 1] = 0.8 * a - 0.6 * b;
      z[i * d + j] = 0.6 * a + 0.8 * b;
    }
  }
  return z;
}

const noNumpy = missingPython('numpy');
describe.skipIf(noNumpy)(`PCA against NumPy${noNumpy ? ` (skipped: ${noNumpy})` : ''}`, () => {
  it.each([
    [300, 64],
    [20, 64],
    [4000, 8],
  ])('%i rows of %i columns', (n, d) => {
    const z = cloud(n, d, n + d);
    const { points, explained } = principalComponents(z, n, d, 2);
    const theirs = python<{ points: number[]; explained: number[] }>(
      `Z = z.reshape(n, d).astype('f8'); Z = Z - Z.mean(0)
w, v = np.linalg.eigh(Z.T @ Z)
v = v[:, ::-1][:, :2]; w = w[::-1]
v = v * np.sign(v[np.abs(v).argmax(0), [0, 1]])
result = dict(points=(Z @ v).ravel().tolist(), explained=(w / w.sum())[:2].tolist())`,
      { z },
      { n, d },
    );
    theirs.points.forEach((value, at) => expect(Math.abs(points[at] - value)).toBeLessThan(1e-4));
    theirs.explained.forEach((share, p) => expect(explained[p]).toBeCloseTo(share, 6));
  });
});

describe('PCA', () => {
  it('is the same every time, whatever the sign of the table', () => {
    const z = cloud(90, 12, 5);
    const first = principalComponents(z, 90, 12, 2);
    expect(principalComponents(z, 90, 12, 2)).toEqual(first);
    const mirrored = principalComponents(
      z.map((value) => -value),
      90,
      12,
      2,
    );
    mirrored.points.forEach((value, at) => expect(value).toBeCloseTo(-first.points[at], 4));
  });

  it('leaves 0 what a table has not', () => {
    const line = principalComponents(Float32Array.of(0, 1, 2, 6), 4, 1, 2);
    expect([...line.explained]).toEqual([1, 0]);
    [-2.25, 0, -1.25, 0, -0.25, 0, 3.75, 0].forEach((value, at) =>
      expect(line.points[at]).toBeCloseTo(value, 6),
    );
    const constant = principalComponents(new Float32Array(15).fill(2), 5, 3, 2);
    expect([...constant.points, ...constant.explained]).toEqual(new Array<number>(12).fill(0));
    expect(principalComponents(new Float32Array(), 0, 3, 2).points.length).toBe(0);
  });
});
