import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import { claimedTwice, initialBases } from '../../../src/core/training/initialBases';

const a = { clusters: 3, dimensions: 6, rank: 2 } as Architecture;

/** Bases `[K, D, r]` whose columns are unit vectors along the given axes. */
function alongAxes(axes: number[][]): Float32Array {
  const bases = new Float32Array(a.clusters * a.dimensions * a.rank);
  axes.forEach((pair, k) => pair.forEach((axis, r) => (bases[(k * a.dimensions + axis) * a.rank + r] = 2)));
  return bases;
}

describe('the bases of the discriminator', () => {
  it('start as the subspaces of the clusters', () => {
    // Cluster k lives on the axes 2k and 2k + 1.
    const r = new Random(1);
    const labels = Int32Array.from({ length: 60 }, (_, t) => t % 3);
    const z = new Float32Array(60 * 6);
    labels.forEach((k, t) => [0, 1].forEach((axis) => (z[t * 6 + 2 * k + axis] = r.normal())));
    const bases = initialBases(z, labels, a, r);
    for (let k = 0; k < 3; k++) {
      for (let column = 0; column < 2; column++) {
        const values = Array.from({ length: 6 }, (_, i) => bases[(k * 6 + i) * 2 + column]);
        expect(Math.hypot(...values)).toBeCloseTo(1, 5);
        expect(Math.hypot(values[2 * k], values[2 * k + 1])).toBeCloseTo(1, 5);
      }
    }
  });

  it('are told apart, whatever the order and length of their columns', () => {
    expect(
      claimedTwice(
        alongAxes([
          [0, 1],
          [2, 3],
          [4, 5],
        ]),
        a,
      ),
    ).toEqual([]);
    expect(
      claimedTwice(
        alongAxes([
          [0, 1],
          [1, 2],
          [4, 5],
        ]),
        a,
      ),
    ).toEqual([]);
    expect(
      claimedTwice(
        alongAxes([
          [0, 1],
          [1, 0],
          [4, 5],
        ]),
        a,
      ),
    ).toEqual([1]);
    expect(
      claimedTwice(
        alongAxes([
          [0, 1],
          [1, 0],
          [0, 1],
        ]),
        a,
      ),
    ).toEqual([1, 2]);
  });
});
