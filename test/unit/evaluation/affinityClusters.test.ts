import { describe, expect, it } from 'vitest';
import { affinityBetween, shiftedShare } from '../../../src/core/evaluation/affinityClusters';
import { affinityFromCoefficients } from '../../../src/core/evaluation/sparse';
import { Random } from '../../../src/core/random';
import { denseAffinity, sparseOf } from './sparseTables';

/** C in which each step uses its `reach` neighbours on both sides. */
function neighbours(n: number, reach: number): Float32Array {
  return Float32Array.from({ length: n * n }, (_, at) => {
    const distance = Math.abs(Math.floor(at / n) - (at % n));
    return distance > 0 && distance <= reach ? 1 : 0;
  });
}

describe('the affinity between clusters', () => {
  it('is the sum of the affinity of their steps', () => {
    const n = 12;
    const random = new Random(3);
    const c = Float32Array.from({ length: n * n }, (_, at) =>
      Math.floor(at / n) === at % n || random.uniform() < 0.5 ? 0 : random.uniform() - 0.5,
    );
    const labels = [0, 0, 1, 2, 2, 2, 1, 0, 0, 2, 1, 1];
    const affinity = denseAffinity(affinityFromCoefficients(sparseOf(c), n));
    const expected = new Float64Array(9);
    affinity.forEach((a, at) => (expected[labels[Math.floor(at / n)] * 3 + labels[at % n]] += a));
    affinityBetween(sparseOf(c), labels, 3).forEach((sum, at) => expect(sum).toBeCloseTo(expected[at], 4));
  });
});

describe('labels that are moved along time', () => {
  const n = 240;
  const spells = Array.from({ length: n }, (_, t) => Math.floor(t / 20) % 3);
  const inside = (c: Float32Array, labels: readonly number[]): number => {
    const sums = affinityBetween(sparseOf(c), labels, 3);
    return (sums[0] + sums[4] + sums[8]) / sums.reduce((a, b) => a + b);
  };

  it('hold as much of mere persistence as the real ones', () => {
    const c = neighbours(n, 2);
    expect(inside(c, spells)).toBeGreaterThan(0.9);
    // The seam where the end meets the beginning is one more change of cluster.
    expect(Math.abs(shiftedShare(sparseOf(c), spells) - inside(c, spells))).toBeLessThan(0.01);
  });

  it('hold less where steps of a cluster find each other over time', () => {
    const c = Float32Array.from({ length: n * n }, (_, at) =>
      spells[Math.floor(at / n)] === spells[at % n] && Math.floor(at / n) !== at % n ? 1 : 0,
    );
    expect(inside(c, spells)).toBe(1);
    expect(shiftedShare(sparseOf(c), spells)).toBeLessThan(0.75);
  });

  it('say nothing without coefficients', () => {
    expect(shiftedShare({ row: [], column: [], value: [] }, spells)).toBeNaN();
  });
});
