import { describe, expect, it } from 'vitest';
import { rowsInMemory, type Rows } from '../../../src/core/data/rows';
import { CancelledError } from '../../../src/core/errors';
import { eof } from '../../../src/core/evaluation/eof';
import { leadingEofs } from '../../../src/core/evaluation/leadingEofs';
import { Random } from '../../../src/core/random';

/** A wave of four patterns of falling strength, with a period of 365 rows and one of 4, and noise. */
function waves(n: number, d: number): Rows {
  const row = new Float32Array(d);
  return {
    n,
    d,
    read: (first, count) => {
      const block = count === 1 ? row : new Float32Array(count * d);
      for (let i = 0; i < count; i++) {
        const t = first + i;
        const random = new Random(t);
        const strengths = [
          8 * Math.cos((2 * Math.PI * t) / 365),
          5 * Math.sin((2 * Math.PI * t) / 365),
          3 * Math.cos((2 * Math.PI * t) / 4),
          2 * Math.sin((2 * Math.PI * t) / 29),
        ];
        const shared = random.normal();
        for (let j = 0; j < d; j++) {
          let value = 0.1 * shared;
          strengths.forEach((s, k) => (value += s * Math.sin((2 * Math.PI * (k + 1) * j) / d)));
          block[i * d + j] = value;
        }
      }
      return Promise.resolve(block);
    },
  };
}

describe('the leading EOFs', () => {
  it('of a table that fits are those of all rows, to the bit', async () => {
    const [n, d] = [60, 35];
    const random = new Random(1);
    const x = Float32Array.from({ length: n * d }, () => random.normal());
    const ours = await leadingEofs(rowsInMemory(x, n, d), 5, new Random(2));
    const { components, singularValues } = eof(x, n, d, 5, new Random(2));
    expect(ours).toEqual({ components, singularValues, rows: n });
  });

  it('of a larger one are those of a sample, and close to the patterns that are in it', async () => {
    const [n, d] = [40000, 2000];
    const table = waves(n, d);
    const { components, singularValues, rows } = await leadingEofs(table, 4, new Random(3));
    expect(rows).toBe(1000);
    const strengths = [8, 5, 3, 2].map((s) => (s * s) / 2);
    for (let k = 0; k < 4; k++) {
      let along = 0;
      for (let j = 0; j < d; j++) {
        along += components[k * d + j] * Math.sin((2 * Math.PI * (k + 1) * j) / d) * Math.sqrt(2 / d);
      }
      expect(Math.abs(along), `pattern ${k}`).toBeGreaterThan(0.98);
      // The variance is that of all rows: neither the year nor the day is caught at one phase only.
      const variance = singularValues[k] ** 2 / rows / (strengths[k] * (d / 2));
      expect(variance, `variance ${k}`).toBeGreaterThan(0.85);
      expect(variance, `variance ${k}`).toBeLessThan(1.15);
    }
  }, 60_000);

  it('can be stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(leadingEofs(waves(40000, 2000), 4, new Random(3), stop.signal)).rejects.toThrow(
      CancelledError,
    );
  });
});
