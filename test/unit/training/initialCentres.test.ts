import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/core/errors';
import { kmeans } from '../../../src/core/evaluation/kmeans';
import { Random } from '../../../src/core/random';
import { initialCentres } from '../../../src/core/training/initialCentres';

/** Rows scattered about the given centres of the plane. */
function scattered(centres: readonly (readonly [number, number])[], sizes: readonly number[], seed: number) {
  const random = new Random(seed);
  const rows = centres.flatMap(([x, y], c) =>
    Array.from({ length: sizes[c] }, () => [x + 0.1 * random.normal(), y + 0.1 * random.normal()]),
  );
  return { z: Float32Array.from(rows.flat()), n: rows.length };
}

describe('initial centres', () => {
  it('are the groups that there are, from the largest to the smallest', async () => {
    const { z, n } = scattered(
      [
        [0, 0],
        [5, 0],
        [0, 5],
      ],
      [20, 60, 40],
      1,
    );
    const { centres, inertia } = await initialCentres(z, n, 2, 3, new Random(1));
    [5, 0, 0, 5, 0, 0].forEach((value, e) => expect(Math.abs(centres[e] - value)).toBeLessThan(0.1));
    expect(inertia).toBeCloseTo(kmeans(z, n, 2, 3, new Random(2)).inertia, 3);
  });

  it('hardly depend on the seed where partitions are equally good to k-means', async () => {
    // A ring of 11 groups has as many partitions into 5 arcs that hardly differ in inertia; one group lies a little apart.
    const angles = Array.from({ length: 11 }, (_, g) => (2 * Math.PI * g) / 11);
    const ring = angles.map((angle, g) => {
      const radius = g === 3 ? 1.08 : 1;
      return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
    });
    const { z, n } = scattered(ring, Array<number>(11).fill(12), 2);
    const of = async (seed: number): Promise<string> => {
      const { centres } = await initialCentres(z, n, 2, 5, new Random(seed));
      return [...centres].map((value) => value.toFixed(2)).join(' ');
    };
    const least = (seed: number): string =>
      [...kmeans(z, n, 2, 5, new Random(seed), { restarts: 1 }).centroids].map((v) => v.toFixed(2)).join(' ');
    const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
    expect(new Set(seeds.map(least)).size).toBeGreaterThan(5);
    expect(new Set(await Promise.all(seeds.map(of))).size).toBeLessThanOrEqual(2);
  });

  it('are the mean for a single cluster', async () => {
    const z = Float32Array.of(0, 0, 2, 4);
    expect([...(await initialCentres(z, 2, 2, 1, new Random(1))).centres]).toEqual([1, 2]);
  });

  it('can be given up', async () => {
    const z = Float32Array.from({ length: 400 }, (_, i) => i % 7);
    const given = initialCentres(z, 200, 2, 3, new Random(1), AbortSignal.abort());
    await expect(given).rejects.toThrow(CancelledError);
  });
});
