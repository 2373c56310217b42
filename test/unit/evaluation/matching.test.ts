import { describe, expect, it } from 'vitest';
import { accuracy, adjustedRandIndex, assign, matchLabels } from '../../../src/core/evaluation/matching';
import {
  adjustedMutualInformation,
  mutualInformation,
  normalizedMutualInformation,
} from '../../../src/core/evaluation/mutualInformation';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';

const noSklearn = missingPython('sklearn', 'scipy');
describe.skipIf(noSklearn)(
  `agreement of labellings against scikit-learn and scipy${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it.each([
      [200, 5, 5, 0.7],
      [150, 7, 4, 0.3],
      [60, 3, 8, 0],
      [12, 12, 2, 0.5],
    ])('n=%i, %i and %i labels, %f in common', (n, ka, kb, share) => {
      const random = new Random(n);
      const a = Int32Array.from({ length: n }, () => random.integer(ka));
      const b = a.map((label) => (random.uniform() < share ? (label + 1) % kb : random.integer(kb)));
      const theirs = python<Record<string, number>>(
        `from sklearn import metrics as m
from scipy.optimize import linear_sum_assignment
table = m.cluster.contingency_matrix(a, b)
i, j = linear_sum_assignment(-table)
result = dict(acc=table[i, j].sum() / len(a), ari=m.adjusted_rand_score(a, b), mi=m.mutual_info_score(a, b), nmi=m.normalized_mutual_info_score(a, b), ami=m.adjusted_mutual_info_score(a, b))`,
        { a, b },
      );
      expect(accuracy(a, b)).toBeCloseTo(theirs.acc, 12);
      expect(adjustedRandIndex(a, b)).toBeCloseTo(theirs.ari, 10);
      expect(mutualInformation(a, b)).toBeCloseTo(theirs.mi, 10);
      expect(normalizedMutualInformation(a, b)).toBeCloseTo(theirs.nmi, 10);
      expect(adjustedMutualInformation(a, b)).toBeCloseTo(theirs.ami, 8);
    });

    it('assignments of random cost matrices are optimal', () => {
      const random = new Random(9);
      for (const [n, m] of [
        [6, 6],
        [17, 17],
        [5, 11],
      ]) {
        const cost = Float64Array.from({ length: n * m }, () => random.normal());
        const best = python<number>(
          `from scipy.optimize import linear_sum_assignment
c = cost.reshape(n, m); i, j = linear_sum_assignment(c); result = c[i, j].sum()`,
          { cost },
          { n, m },
        );
        const columns = assign(cost, n, m);
        expect(new Set(columns).size).toBe(n);
        expect(columns.reduce((sum, j, i) => sum + cost[i * m + j], 0)).toBeCloseTo(best, 10);
      }
    });
  },
);

describe('agreement of labellings', () => {
  it('is 1 for the same partition under other names', () => {
    const a = [3, 3, 1, 1, 7, 7, 7];
    const b = [0, 0, 5, 5, 2, 2, 2];
    expect(accuracy(a, b)).toBe(1);
    expect(adjustedRandIndex(a, b)).toBeCloseTo(1, 12);
    expect(normalizedMutualInformation(a, b)).toBeCloseTo(1, 12);
    expect(adjustedMutualInformation(a, b)).toBeCloseTo(1, 12);
    expect([...matchLabels(a, b)]).toEqual([
      [1, 5],
      [3, 0],
      [7, 2],
    ]);
  });

  it('leaves labels beyond the number of partners unmatched', () => {
    expect(matchLabels([0, 0, 0, 1, 2, 2], [4, 4, 4, 4, 5, 5])).toEqual(
      new Map([
        [0, 4],
        [2, 5],
      ]),
    );
    expect(accuracy([0, 0, 0, 1, 2, 2], [4, 4, 4, 4, 5, 5])).toBeCloseTo(5 / 6, 12);
  });

  it('sees labels that follow the position in the window, and only those', () => {
    const random = new Random(4);
    const position = Int32Array.from({ length: 366 }, (_, i) => i % 12);
    const following = position.map((p) => Math.floor(p / 2));
    const seasonal = position.map((_, i) => Math.floor(i / 61));
    expect(adjustedMutualInformation(following, position)).toBeGreaterThan(0.7);
    expect(adjustedMutualInformation(seasonal, position)).toBeLessThan(0.03);
    const draws = Array.from({ length: 40 }, () => position.map(() => random.integer(7)));
    const mean = (measure: typeof adjustedMutualInformation) =>
      draws.reduce((sum, labels) => sum + measure(labels, position), 0) / draws.length;
    expect(Math.abs(mean(adjustedMutualInformation))).toBeLessThan(0.01);
    // The bias that the adjustment removes.
    expect(mean(normalizedMutualInformation)).toBeGreaterThan(0.03);
  });

  it('refuses labellings of different length', () => {
    expect(() => accuracy([0, 1], [0])).toThrow('cannot be compared');
  });
});
