import { describe, expect, it } from 'vitest';
import type { Frames } from '../../../src/core/data/frames';
import { Preprocessing } from '../../../src/core/data/preprocessing';
import { tablesInMemory } from '../../../src/core/data/tables';
import { Random } from '../../../src/core/random';
import { composites } from '../../../src/core/results/composites';
import { missingPython, python } from '../evaluation/python';
import { sampleFrames, sampleResult } from './sampleRun';

interface SeriesOptions {
  readonly steps: number;
  readonly height: number;
  readonly width: number;
  readonly clusters: number;
  /** Lag-1 autocorrelation of the noise. */
  readonly persistence: number;
  /** How far the clusters' means lie apart, in standard deviations of the noise. */
  readonly signal: number;
  /** Share of values missing here and there. */
  readonly missing: number;
  readonly seed: number;
}

/** Two variables of autocorrelated noise about the means of clusters that last some days; raw values are NaN where missing. */
function series(options: SeriesOptions): { frames: Frames; raw: Float32Array; labels: Int32Array } {
  const { steps, height, width, clusters, persistence, signal, missing, seed } = options;
  const random = new Random(seed);
  const cells = height * width;
  const frame = 2 * cells;
  const labels = new Int32Array(steps);
  for (let t = 1; t < steps; t++)
    labels[t] = random.uniform() < 0.7 ? labels[t - 1] : Math.floor(random.uniform() * clusters);
  const centers = Float64Array.from({ length: clusters * frame }, () => signal * random.normal());
  const noise = Float64Array.from({ length: frame }, () => random.normal());
  const raw = new Float32Array(steps * frame);
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < frame; i++) {
      noise[i] = persistence * noise[i] + Math.sqrt(1 - persistence ** 2) * random.normal();
      const value = 280 + 3 * (centers[labels[t] * frame + i] + noise[i]);
      raw[t * frame + i] = random.uniform() < missing ? NaN : value;
    }
  }
  return { frames: framesOf(raw, height, width, Float64Array.from(labels.keys())), raw, labels };
}

/** Frames as the loader makes them of raw values [T, 2, H, W]. */
function framesOf(raw: Float32Array, height: number, width: number, times: Float64Array): Frames {
  const cells = height * width;
  const frame = 2 * cells;
  const minimum = new Float32Array(frame).fill(Infinity);
  const maximum = new Float32Array(frame).fill(-Infinity);
  const present = new Uint32Array(frame);
  const sum = new Float64Array(2);
  raw.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const i = at % frame;
    minimum[i] = Math.min(minimum[i], value);
    maximum[i] = Math.max(maximum[i], value);
    present[i]++;
    sum[Math.floor(i / cells)] += value;
  });
  const statistics = { minimum, maximum, present, sum };
  const steps = times.length;
  const preprocessing = new Preprocessing(statistics, cells, steps, 'variable', 'cell');
  const { frames } = sampleFrames();
  return {
    ...frames,
    time: { values: times, units: 'days since 2001-01-01', calendar: 'standard', iso: [] },
    grid: { ...frames.grid, height, width },
    ...tablesInMemory(raw.slice(), steps, preprocessing),
    valid: preprocessing.valid,
    scaling: preprocessing.scaling,
  };
}

/** Written for clarity: one cell after the other, with SciPy's distributions. */
const reference = `
from scipy import stats
x = raw.reshape(len(labels), -1).astype('f8')
T, cells = x.shape
step = np.diff(times)
joined = step <= 1.5 * np.sort(step)[len(step) // 2]

def bh(p):
    tests = np.sort(p[~np.isnan(p)])
    passing = [v for i, v in enumerate(tests) if v <= 0.1 * (i + 1) / len(tests)]
    return p <= (max(passing) if passing else -1)

t_p = np.full((K, cells), np.nan); f = np.full(cells, np.nan); f_p = np.full(cells, np.nan)
mean = np.full((K, cells), np.nan); r = np.full(cells, np.nan); shares = np.full(cells, np.nan)
for i in range(cells):
    there = ~np.isnan(x[:, i])
    groups = [x[there & (labels == k), i] for k in range(K)]
    for k in range(K):
        if len(groups[k]): mean[k, i] = groups[k].mean()
    residual = x[:, i] - mean[labels, i]
    if not there.any() or np.nanvar(residual) < 1e-12: continue
    both = there[1:] & there[:-1] & joined
    r[i] = np.mean(residual[1:][both] * residual[:-1][both]) / np.mean(residual[there] ** 2)
    rho = min(max(r[i], 0), 0.99)
    share = shares[i] = (1 - rho) / (1 + rho)
    for k in range(K):
        a = groups[k]; b = np.concatenate([g for j, g in enumerate(groups) if j != k])
        if min(len(a), len(b)) * share >= 2:
            t_p[k, i] = stats.ttest_ind_from_stats(a.mean(), a.std(ddof=1), len(a) * share, b.mean(), b.std(ddof=1), len(b) * share, equal_var=False).pvalue
    full = [g for g in groups if len(g)]
    n = there.sum()
    if n * share > len(full) > 1:
        f[i] = stats.f_oneway(*full).statistic * share
        f_p[i] = stats.f.sf(f[i], len(full) - 1, n * share - len(full))
maps = lambda p: np.concatenate([bh(q) for q in np.split(p, 2)]).astype(int).tolist()
clean = lambda a: [None if np.isnan(v) else float(v) for v in np.ravel(a)]
result = dict(mean=clean(mean), overall=clean(np.nanmean(x, 0)), f=clean(f), r=clean(r),
              significant=[maps(q) for q in t_p], f_significant=maps(f_p), undefined=int(np.isnan(t_p).sum()))
`;

interface Reference {
  mean: (number | null)[];
  overall: (number | null)[];
  f: (number | null)[];
  r: (number | null)[];
  significant: number[][];
  f_significant: number[];
  undefined: number;
}

function expectSame(ours: Float32Array, theirs: (number | null)[], relative: number): void {
  expect(theirs).toHaveLength(ours.length);
  theirs.forEach((value, i) => {
    if (value === null) expect(ours[i], `at ${i}`).toBeNaN();
    else expect(Math.abs(ours[i] - value), `at ${i}`).toBeLessThanOrEqual(relative * Math.abs(value));
  });
}

const noScipy = missingPython('scipy');
describe.skipIf(noScipy)(`composites against SciPy${noScipy ? ` (skipped: ${noScipy})` : ''}`, () => {
  const base = { steps: 150, height: 9, width: 11, clusters: 4, persistence: 0.6, signal: 0.5, seed: 1 };
  const compare = async (
    { frames, raw, labels }: ReturnType<typeof series>,
    clusters: number,
  ): Promise<Reference> => {
    const ours = await composites(frames, labels, clusters);
    const times = frames.time.values;
    const theirs = python<Reference>(reference, { raw, labels, times }, { K: clusters });
    expectSame(ours.clusters, theirs.mean, 1e-6);
    expectSame(ours.overall, theirs.overall, 1e-6);
    expectSame(ours.fStatistic, theirs.f, 1e-4);
    expect([...ours.significant]).toEqual(theirs.significant.flat());
    expect([...ours.fSignificant]).toEqual(theirs.f_significant);
    return theirs;
  };
  /** The tests must say yes here and no there, lest the comparison be empty. */
  const expectBoth = (flags: number[]) => {
    const share = flags.reduce((a, b) => a + b) / flags.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.95);
  };

  it('of whole data', async () => {
    const theirs = await compare(series({ ...base, missing: 0 }), 4);
    expectBoth(theirs.significant.flat());
    expectBoth(theirs.f_significant);
    const r = theirs.r as number[];
    expect(r.reduce((a, b) => a + b) / r.length).toBeGreaterThan(0.4);
  });

  it('of data with gaps in time, missing values, constant cells, an empty cluster and one of a single step', async () => {
    const { raw, labels } = series({ ...base, missing: 0.1, signal: 0.8 });
    const frame = raw.length / 150;
    for (let t = 0; t < 150; t++) {
      raw[t * frame + 7] = NaN;
      raw[t * frame + 8] = 271.3;
      raw[t * frame + 9] = t % 2 === 0 ? 271.3 : NaN;
      // Dry in one cluster.
      if (labels[t] === 1) raw[t * frame + 10] = 0;
      // Clusters that do not vary within: no test.
      raw[t * frame + 11] = labels[t];
    }
    labels[70] = 5;
    raw[70 * frame + 11] = 5;
    const times = Float64Array.from(labels.keys(), (t) => t + (t >= 50 ? 200 : 0) + (t >= 101 ? 3 : 0));
    const frames = framesOf(raw, 9, 11, times);
    expect(frames.measured).not.toBe(frames.table);
    const theirs = await compare({ frames, raw, labels }, 6);
    expectBoth(theirs.significant.slice(0, 4).flat());
    expectBoth(theirs.f_significant);
    // Those of the empty cluster and of the single step, at least.
    expect(theirs.undefined).toBeGreaterThan(2 * frame);
    expect(theirs.significant[5]).not.toContain(1);
  });
});

describe('composites', () => {
  it('average to the overall mean, weighted by size', async () => {
    const { frames } = sampleFrames();
    const { labels } = sampleResult(frames);
    const { clusters, overall, sizes } = await composites(frames, labels, 4);
    overall.forEach((mean, i) => {
      if (!frames.valid[i]) return expect(mean).toBeNaN();
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += (clusters[k * overall.length + i] * sizes[k]) / labels.length;
      expect(sum).toBeCloseTo(mean, 3);
    });
    expect(overall[8]).toBe(271.5);
  });

  it('leave out what fills missing values', async () => {
    const { frames, raw, labels } = series({
      steps: 60,
      height: 2,
      width: 3,
      clusters: 2,
      persistence: 0,
      signal: 5,
      missing: 0.4,
      seed: 3,
    });
    const { clusters } = await composites(frames, labels, 2);
    for (let i = 0; i < 12; i++) {
      const own = [...labels.keys()].filter((t) => labels[t] === 0 && !Number.isNaN(raw[t * 12 + i]));
      expect(own.length).toBeLessThan(labels.filter((label) => label === 0).length);
      const mean = own.reduce((sum, t) => sum + raw[t * 12 + i], 0) / own.length;
      expect(clusters[i]).toBeCloseTo(mean, 3);
    }
  });

  it('of noise are hardly ever significant, however much it persists', async () => {
    const wide = { steps: 400, height: 40, width: 50, clusters: 4, signal: 0, missing: 0 };
    const { frames, labels } = series({ ...wide, persistence: 0.8, seed: 4 });
    const { significant, fSignificant } = await composites(frames, labels, 4);
    const share = (flags: Uint8Array) => flags.reduce((a, b) => a + b, 0) / flags.length;
    expect(share(significant)).toBeLessThan(0.01);
    expect(share(fSignificant)).toBeLessThan(0.01);
  });
});
