import { describe, expect, it } from 'vitest';
import { examine } from '../../../src/core/evaluation/health';
import { Random } from '../../../src/core/random';
import { sparseOf } from './sparseTables';

const n = 240;
const random = new Random(1);
/** Regimes that last about 20 steps. */
const regimes = Int32Array.from({ length: n }, (_, t) => Math.floor(t / 20) % 3);
/** Five coefficients a row. */
const sparse = sparseOf(Float32Array.from({ length: n * n }, (_, i) => ((i * 7) % 48 === 0 ? 0.2 : 0)));

describe('the examination of a clustering', () => {
  it('finds nothing wrong with a sound one', async () => {
    const health = await examine(regimes, 3, 12, sparse);
    expect(health.warnings).toEqual([]);
    expect(health.coefficientsPerStep).toBeCloseTo(5, 0);
  });

  it('finds collapse into one cluster', async () => {
    const health = await examine(new Int32Array(n), 7, 12);
    expect(health.emptyClusters).toBe(6);
    expect(health.warnings).toEqual([expect.stringMatching(/6 of 7 clusters/)]);
  });

  it('finds labels that follow the place in the window, also when noisy', async () => {
    const labels = Int32Array.from(regimes, (_, t) =>
      random.uniform() < 0.3 ? random.integer(4) : Math.floor((t % 12) / 3),
    );
    const health = await examine(labels, 4, 12);
    expect(health.positionInformation).toBeGreaterThan(0.1);
    expect(health.warnings).toEqual([expect.stringMatching(/position in the model's window/)]);
  });

  it('does not take a period of the data for it: months in windows of twelve', async () => {
    const seasons = Int32Array.from(regimes, (_, t) => Math.floor((t % 12) / 3));
    expect((await examine(seasons, 4, 12, undefined, () => seasons)).warnings).toEqual([]);
    expect((await examine(seasons, 4, 12, undefined, () => regimes)).warnings).toHaveLength(1);
  });

  it('does not take chance for it', async () => {
    for (let i = 0; i < 20; i++) {
      const labels = Int32Array.from(regimes, () => random.integer(7));
      expect(Math.abs((await examine(labels, 7, 12)).positionInformation)).toBeLessThan(0.1);
    }
  });

  it('finds a self-expression that is zero or dense', async () => {
    expect((await examine(regimes, 3, 12, sparseOf(new Float32Array(n * n)))).warnings).toEqual([
      expect.stringMatching(/no self-expression/),
    ]);
    expect((await examine(regimes, 3, 12, sparseOf(new Float32Array(n * n).fill(0.01)))).warnings).toEqual([
      expect.stringMatching(/dense/),
    ]);
  });
});
