import { describe, expect, it } from 'vitest';
import {
  affinityShares,
  settledLabels,
  smoothedInTime,
} from '../../../src/core/evaluation/temporalProximity';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';
import { affinityOf, denseAffinity } from './sparseTables';

/** Spells of `length` steps, one cluster after the other; sparse affinities, of which some lead elsewhere by chance. */
function spells(n: number, k: number, length: number, astray: number, seed: number) {
  const random = new Random(seed);
  const truth = Int32Array.from({ length: n }, (_, t) => Math.floor(t / length) % k);
  const affinity = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let e = 0; e < 4; e++) {
      const lost = random.uniform() < astray;
      const others = [...truth.keys()].filter((j) => j !== i && (lost || truth[j] === truth[i]));
      const j = others[random.integer(others.length)];
      const value = 0.2 + random.uniform();
      affinity[i * n + j] += value;
      affinity[j * n + i] += value;
    }
  }
  return { n, k, affinity, truth, random };
}

const NUMPY = `
A = affinity.reshape(n, n).astype('f8')
def kernel(width):
    d = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    W = np.maximum(0, 1 - d / (width + 1))
    return W / W.sum(1, keepdims=True)
def shares(l, width):
    P = A / A.sum(1, keepdims=True)
    return kernel(width) @ (P @ np.eye(k)[l])`;

const noNumpy = missingPython('numpy');
describe.skipIf(noNumpy)(
  `affinities of neighbouring steps against numpy${noNumpy ? ` (skipped: ${noNumpy})` : ''}`,
  () => {
    const { n, k, affinity, truth } = spells(90, 3, 11, 0.3, 1);

    it.each([0, 1, 3])('smoothed over %i steps on either side', (width) => {
      const expected = python<number[]>(
        `${NUMPY}
s = 1 / np.sqrt(A.sum(1)); W = kernel(width)
result = (A if width == 0 else W @ (A * s * s[:, None]) @ W.T).ravel().tolist()`,
        { affinity },
        { n, k, width },
      );
      const ours = denseAffinity(smoothedInTime(affinityOf(affinity), width));
      for (let e = 0; e < n * n; e++) expect(ours[e]).toBeCloseTo(expected[e], 6);
    });

    it.each([0, 1, 2])('shares and settled labels over %i steps', (width) => {
      const start = truth.map((label, t) => (t % 4 === 0 ? (label + 1) % k : label));
      const theirs = python<{ shares: number[]; labels: number[] }>(
        `${NUMPY}
l = start
for _ in range(20):
    new = shares(l, width).argmax(1)
    if (new == l).all(): break
    l = new
result = dict(shares=shares(start, width).ravel().tolist(), labels=l.tolist())`,
        { affinity, start },
        { n, k, width },
      );
      const ours = affinityShares(affinityOf(affinity), start, k, width);
      theirs.shares.forEach((share, e) => expect(ours[e]).toBeCloseTo(share, 6));
      expect([...settledLabels(affinityOf(affinity), start, k, width)]).toEqual(theirs.labels);
    });
  },
);

describe('settling', () => {
  it('brings single steps back that a cut has taken from their cluster', () => {
    const { n, k, affinity, truth, random } = spells(120, 3, 15, 0.2, 2);
    const start = truth.map((label) => (random.uniform() < 0.25 ? random.integer(k) : label));
    const wrong = (labels: Int32Array): number => labels.filter((label, t) => label !== truth[t]).length;
    expect(wrong(start)).toBeGreaterThan(n / 10);
    expect(wrong(settledLabels(affinityOf(affinity), start, k, 1))).toBeLessThan(n / 40);
  });

  it('leaves no cluster without a step', () => {
    // Two groups, one of which was cut in three: the single steps would go back where they came from.
    const n = 12;
    const affinity = new Float32Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) if (i !== j && i < 6 === j < 6) affinity[i * n + j] = 1;
    const start = Int32Array.from({ length: n }, (_, i) => (i === 0 ? 2 : i === 3 ? 3 : i < 6 ? 0 : 1));
    expect(settledLabels(affinityOf(affinity), start, 4, 0)).toEqual(start);
  });

  it('leaves a step without affinity in its cluster', () => {
    const affinity = new Float32Array(16);
    for (const [i, j] of [
      [0, 1],
      [2, 3],
    ])
      affinity[i * 4 + j] = affinity[j * 4 + i] = 1;
    const alone = affinityOf(affinity.map((value, at) => (at === 11 || at === 14 ? 0 : value)));
    expect([...affinityShares(alone, Int32Array.of(0, 0, 1, 0), 2, 0)]).toEqual([1, 0, 1, 0, 0, 1, 1, 0]);
  });
});
