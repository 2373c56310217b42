import { describe, expect, it } from 'vitest';
import { blockLength, halves } from '../../../src/core/choose/blocks';
import { curvesOf, curvesOfHalves } from '../../../src/core/choose/curves';
import { elbow, kneeDistances } from '../../../src/core/choose/elbow';
import { inverse, transform } from '../../../src/core/choose/fourier';
import { gapChoice, gapStatistic } from '../../../src/core/choose/gap';
import { assignTo, partitionsOf } from '../../../src/core/choose/partitions';
import { FEWEST_STEPS, MOST_STEPS, pointsOf } from '../../../src/core/choose/points';
import { persistentNoise, uniformBox } from '../../../src/core/choose/references';
import { distancesOf, silhouetteOf } from '../../../src/core/choose/silhouettes';
import { exceedance, highest, quantiles } from '../../../src/core/choose/statistics';
import { rowsInMemory } from '../../../src/core/data/rows';
import { plainProducts } from '../../../src/core/evaluation/products';
import { Random } from '../../../src/core/random';
import { missingPython, python } from '../evaluation/python';
import { blobs, redNoise } from './fixtures';

const missing = missingPython('numpy', 'sklearn.metrics');
const all = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe('Fourier transforms', () => {
  it.each([1, 2, 8, 12, 97, 365, 366])('agree with their definition and go back, n = %i', (n) => {
    const random = new Random(n);
    const x = Float64Array.from({ length: n }, () => random.normal());
    const y = Float64Array.from({ length: n }, () => random.normal());
    const [re, im] = [x.slice(), y.slice()];
    transform(re, im);
    for (let f = 0; f < n; f++) {
      let [a, b] = [0, 0];
      for (let t = 0; t < n; t++) {
        const [c, s] = [Math.cos((2 * Math.PI * f * t) / n), Math.sin((2 * Math.PI * f * t) / n)];
        a += x[t] * c + y[t] * s;
        b += y[t] * c - x[t] * s;
      }
      expect(re[f]).toBeCloseTo(a, 8);
      expect(im[f]).toBeCloseTo(b, 8);
    }
    inverse(re, im);
    for (let t = 0; t < n; t++) {
      expect(re[t]).toBeCloseTo(x[t], 10);
      expect(im[t]).toBeCloseTo(y[t], 10);
    }
  });
});

describe('persistent noise', () => {
  const covariance = (
    values: Float32Array,
    n: number,
    d: number,
    p: number,
    q: number,
    lag: number,
  ): number => {
    let sum = 0;
    for (let t = 0; t < n; t++) sum += values[t * d + p] * values[((t + lag) % n) * d + q];
    return sum / n;
  };

  it.each([364, 365])('keeps every circular covariance between coefficients, n = %i', (n) => {
    const points = redNoise(n, 3, 0.9, 1);
    const noise = persistentNoise(points)(new Random(2)).values;
    expect(noise).not.toEqual(points.values);
    for (const lag of [0, 1, 7, 100]) {
      for (const [p, q] of [
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 1],
        [2, 0],
      ]) {
        expect(covariance(noise, n, 3, p, q, lag)).toBeCloseTo(covariance(points.values, n, 3, p, q, lag), 4);
      }
    }
  });

  it('has no regimes left', async () => {
    const points = blobs(300, 4, 3, 1);
    const [own, other] = [points, persistentNoise(points)(new Random(1))].map((one) =>
      partitionsOf(one, [1, 3], new Random(1)),
    );
    const [data, noise] = [await own, await other];
    expect(noise[0].within / data[0].within).toBeCloseTo(1, 4);
    expect(noise[1].within).toBeGreaterThan(1.5 * data[1].within);
  });
});

describe('the uniform reference', () => {
  it('fills the box along the principal axes, and nothing else', () => {
    // A thin line across the plane: its box is thin, too, although the box along the columns is a square.
    const random = new Random(1);
    const values = new Float32Array(400);
    for (let i = 0; i < 200; i++) {
      const along = 10 * random.uniform();
      values[2 * i] = along + 0.01 * random.normal();
      values[2 * i + 1] = along + 0.01 * random.normal();
    }
    const draws = uniformBox({ values, n: 200, d: 2 })(new Random(2)).values;
    let longest = 0;
    for (let i = 0; i < 200; i++) {
      expect(Math.abs(draws[2 * i] - draws[2 * i + 1])).toBeLessThan(0.1);
      longest = Math.max(longest, draws[2 * i]);
    }
    expect(longest).toBeGreaterThan(9);
    expect(longest).toBeLessThan(10.1);
  });
});

describe.skipIf(missing)(`beside Python${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const points = blobs(200, 5, 4, 3);

  it('silhouettes are those of scikit-learn, of all points and of some', async () => {
    const [{ labels }] = await partitionsOf(points, [4], new Random(1));
    const some = Int32Array.from({ length: 90 }, (_, i) => 2 * i + 3);
    const distances = distancesOf(points);
    const [whole, part] = python<number[]>(
      'from sklearn.metrics import silhouette_score as s\nx = x.reshape(200, 5)\nresult = [float(s(x, labels)), float(s(x[some], labels[some]))]',
      { x: points.values, labels, some },
    );
    expect(silhouetteOf(distances, 200, labels, all(200))).toBeCloseTo(whole, 6);
    expect(
      silhouetteOf(
        distances,
        200,
        some.map((i) => labels[i]),
        some,
      ),
    ).toBeCloseTo(part, 6);
  });

  it('the gap statistic is that of its authors, on the same references and labels', async () => {
    const draw = uniformBox(points);
    const random = new Random(5);
    const sets = [points, ...Array.from({ length: 8 }, () => draw(random))];
    const logs: number[][] = [];
    const labels: number[][][] = [];
    for (const set of sets) {
      const partitions = await partitionsOf(set, [1, 2, 3, 4, 5, 6], new Random(7));
      logs.push(partitions.map(({ within }) => Math.log(within)));
      labels.push(partitions.map((partition) => [...partition.labels]));
    }
    const gap = gapStatistic(logs[0], logs.slice(1));
    // Equations 2, 3 and section 3 of the paper: W from all pairwise squared distances, D_r / (2 n_r).
    const expected = python<{ gap: number[]; s: number[]; k: number }>(
      `
sets = x.reshape(9, 200, 5).astype(float)
def log_w(points, labels):
    w = 0
    for r in np.unique(labels):
        own = points[labels == r]
        w += ((own[:, None] - own[None]) ** 2).sum() / (2 * len(own))
    return np.log(w)
logs = np.array([[log_w(points, np.array(l)) for l in ls] for points, ls in zip(sets, labels)])
gap = logs[1:].mean(0) - logs[0]
s = logs[1:].std(0) * np.sqrt(1 + 1 / 8)
k = next(i + 1 for i in range(5) if gap[i] >= gap[i + 1] - s[i + 1])
result = {'gap': gap.tolist(), 's': s.tolist(), 'k': k}`,
      { x: Float32Array.from(sets.flatMap(({ values }) => [...values])) },
      { labels },
    );
    expected.gap.forEach((value, i) => expect(gap.values[i]).toBeCloseTo(value, 4));
    expected.s.forEach((value, i) => expect(gap.errors[i]).toBeCloseTo(value, 4));
    expect(gapChoice(gap)).toBe(expected.k);
    expect(expected.k).toBe(4);
  });
});

describe('the rules of the criteria', () => {
  it('the gap: the first K from which it rises no more than the error; none where it always does', () => {
    expect(gapChoice({ values: [0, 0.1, 0.5, 0.5], errors: [0, 0.02, 0.02, 0.02] })).toBe(3);
    expect(gapChoice({ values: [0, 0.01, 0.5, 0.6], errors: [0, 0.02, 0.02, 0.02] })).toBe(1);
    expect(gapChoice({ values: [0, 0.1, 0.2, 0.3], errors: [0, 0.02, 0.02, 0.02] })).toBeNull();
  });

  it('the elbow: where the curve bends most; none of a line or a curve that does not fall', () => {
    expect(elbow(kneeDistances([100, 40, 10, 8, 6, 5]))).toBe(3);
    expect(kneeDistances([100, 40, 10, 8, 6, 5])[0]).toBe(0);
    expect(elbow(kneeDistances([5, 4, 3, 2, 1]))).toBeNull();
    expect(elbow(kneeDistances([5, 5, 5, 5]))).toBeNull();
    expect(highest([NaN, 1, 3, 3])).toBe(2);
    expect(highest([NaN])).toBeNull();
  });

  it('noise: how many of the references rise as high, over all K at once', () => {
    const random = new Random(1);
    const references = Array.from({ length: 99 }, () => Array.from({ length: 8 }, () => random.normal()));
    expect(exceedance(Array(8).fill(0), references)).toBeGreaterThan(0.5);
    expect(exceedance([0, 0, 0, 9, 0, 0, 0, 0], references)).toBe(0.01);
    // As high as 5% of the values of one K: with eight of them no rare thing.
    expect(exceedance([0, 0, 0, 1.7, 0, 0, 0, 0], references)).toBeGreaterThan(0.15);
    expect(quantiles([[1], [2], [3], [4]], 0.5)).toEqual([2.5]);
  });
});

describe('blocks of time', () => {
  it('are as long as the series remembers, and at least sixteen', () => {
    expect(blockLength(redNoise(4000, 4, 0, 1)).length).toBe(16);
    const red = blockLength(redNoise(4000, 4, 0.95, 1));
    expect(red.memory).toBeGreaterThan(25);
    expect(red.memory).toBeLessThan(60);
    expect(red).toMatchObject({ length: Math.ceil(red.memory), cut: false });
    expect(blockLength(redNoise(160, 4, 0.95, 1))).toMatchObject({ length: 10, cut: true });
    expect(blockLength({ values: new Float32Array(40), n: 20, d: 2 }).length).toBe(1);
  });

  it.each([
    [12, 1],
    [365, 9],
    [366, 22],
    [1000, 7],
  ])('halve %i steps in blocks of %i: every step once, in whole blocks but at the seams', (n, length) => {
    const random = new Random(1);
    for (let i = 0; i < 20; i++) {
      const [first, second] = halves(n, length, random);
      expect([...first, ...second].sort((a, b) => a - b)).toEqual([...all(n)]);
      expect(Math.abs(first.length - second.length)).toBeLessThanOrEqual(3 * length);
      for (const half of [first, second]) {
        expect([...half]).toEqual([...half].sort((a, b) => a - b));
        const starts = half.filter((row, at) => row > 0 && half[at - 1] !== row - 1);
        const phases = new Set(starts.map((row) => row % length));
        expect(phases.size).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('curves', () => {
  it('of halves: clusters that are there are found in both, more than there are are not', async () => {
    const points = blobs(320, 6, 4, 1);
    const { curves, distances } = await curvesOf(points, 7, new Random(1));
    const options = { splits: 6, block: 10, distances };
    const { halves: own, agreement } = await curvesOfHalves(points, 7, options, new Random(2));
    expect(own).toHaveLength(12);
    expect(agreement).toHaveLength(6);
    for (const split of agreement) {
      expect(split[0]).toBeNaN();
      expect(split[3]).toBeCloseTo(1, 6);
      expect(split[6]).toBeLessThan(0.95);
    }
    expect(highest(curves.silhouette)).toBe(3);
    expect(curves.share[0]).toBe(1);
    for (let k = 1; k < 7; k++) expect(curves.logWithin[k]).toBeLessThan(curves.logWithin[k - 1] + 1e-9);
  });

  it('a cluster without members draws no points to it', async () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => (i < 20 ? -1 : 1));
    const [{ centroids, labels }] = await partitionsOf({ values, n: 40, d: 1 }, [3], new Random(1));
    expect(new Set(labels).size).toBe(2);
    expect(new Set(assignTo({ values, n: 40, d: 1 }, centroids)).size).toBe(2);
    expect([...centroids].filter(Number.isNaN)).toHaveLength(1);
  });
});

describe('the points', () => {
  it('are coefficients that keep distances as far as they keep variance', async () => {
    const { values, n, d } = redNoise(200, 6, 0.5, 1);
    const points = await pointsOf(rowsInMemory(values, n, d), new Random(1), plainProducts);
    expect(points.explained).toBeGreaterThanOrEqual(0.9);
    expect(points.d).toBeLessThan(6);
    expect(points.of).toBe(200);
    const spread = (x: Float32Array, width: number): number => {
      let sum = 0;
      for (let j = 0; j < width; j++) {
        let [mean, square] = [0, 0];
        for (let i = 0; i < 200; i++) mean += x[i * width + j] / 200;
        for (let i = 0; i < 200; i++) square += (x[i * width + j] - mean) ** 2;
        sum += square;
      }
      return sum;
    };
    expect(spread(points.values, points.d) / spread(values, d)).toBeCloseTo(points.explained, 4);
  });

  it('of a long series are one from each span of time', async () => {
    const n = 3 * MOST_STEPS;
    const values = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? i / (2 * n) : Math.sin(i)));
    const points = await pointsOf(rowsInMemory(values, n, 2), new Random(1), plainProducts);
    expect([points.n, points.of]).toEqual([MOST_STEPS, n]);
  });

  it('refuses what cannot be clustered', async () => {
    const table = (n: number) => rowsInMemory(new Float32Array(4 * n).fill(0.5), n, 4);
    await expect(pointsOf(table(FEWEST_STEPS - 1), new Random(1), plainProducts)).rejects.toThrow(
      /11 time steps.*from 12 on/,
    );
    await expect(pointsOf(table(50), new Random(1), plainProducts)).rejects.toThrow('equal');
  });
});
