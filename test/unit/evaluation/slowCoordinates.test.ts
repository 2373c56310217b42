import { describe, expect, it } from 'vitest';
import { slowCoordinates } from '../../../src/core/evaluation/slowCoordinates';
import { Random } from '../../../src/core/random';

/** Autoregressive series of given persistence and size, mixed by a fixed matrix: `[n, d]`. */
function mixture(n: number, persistence: readonly number[], size: readonly number[], seed: number) {
  const random = new Random(seed);
  const d = persistence.length;
  const mixing = Float64Array.from({ length: d * d }, () => random.normal());
  const sources = new Float64Array(n * d);
  for (let t = 0; t < n; t++) {
    for (let i = 0; i < d; i++) {
      const [a, before] = [persistence[i], t > 0 ? sources[(t - 1) * d + i] : 0];
      sources[t * d + i] = a * before + Math.sqrt(1 - a * a) * random.normal();
    }
  }
  const x = new Float32Array(n * d);
  for (let t = 0; t < n; t++)
    for (let j = 0; j < d; j++)
      for (let i = 0; i < d; i++) x[t * d + j] += sources[t * d + i] * size[i] * mixing[i * d + j];
  return { x, source: (i: number) => Float64Array.from({ length: n }, (_, t) => sources[t * d + i]) };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (v: ArrayLike<number>): number => Array.from(v).reduce((s, w) => s + w, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    ab += (a[t] - ma) * (b[t] - mb);
    aa += (a[t] - ma) ** 2;
    bb += (b[t] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe('slow coordinates', () => {
  const n = 4000;
  const column = (x: Float32Array, count: number, r: number) =>
    Float64Array.from({ length: x.length / count }, (_, t) => x[t * count + r]);

  it('are the sources that persist longest, however small, in this order', () => {
    const { x, source } = mixture(n, [0.2, 0.95, 0.8, 0.1], [5, 0.2, 0.5, 3], 1);
    const slow = slowCoordinates(x, n, 4, { lags: [1], count: 2, ridge: 0 });
    expect(Math.abs(correlation(column(slow, 2, 0), source(1)))).toBeGreaterThan(0.98);
    expect(Math.abs(correlation(column(slow, 2, 1), source(2)))).toBeGreaterThan(0.98);
  });

  it('have the length of their autocorrelation, the mean over the lags', () => {
    const { x, source } = mixture(n, [0.9, 0.6, 0.3], [1, 1, 1], 2);
    const slow = slowCoordinates(x, n, 3, { lags: [1, 2], count: 2, ridge: 0 });
    [0, 1].forEach((i) => {
      const values = column(slow, 2, i);
      const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / n);
      const own = source(i);
      const lagged = (lag: number): number => correlation(own.slice(0, n - lag), own.slice(lag));
      expect(deviation).toBeCloseTo((lagged(1) + lagged(2)) / 2, 1);
    });
  });

  it('leave out what does not persist, and columns without variance', () => {
    const random = new Random(3);
    const x = new Float32Array(n * 3);
    for (let t = 0; t < n; t++) x[t * 3] = (t % 2) + 0.1 * random.normal();
    const slow = slowCoordinates(x, n, 3, { lags: [1], count: 2, ridge: 0.1 });
    expect(slow.every((value) => value === 0)).toBe(true);
    expect(slowCoordinates(new Float32Array(n * 3), n, 3, { lags: [1], count: 2, ridge: 0.1 })).toEqual(
      new Float32Array(n * 2),
    );
  });
});
