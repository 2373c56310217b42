import { describe, expect, it } from 'vitest';
import {
  falseDiscoveries,
  fTail,
  incompleteBeta,
  independentShare,
  studentTail,
  welchTest,
} from '../../../src/core/evaluation/significance';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';

/** Against 40 digits of mpmath ours err by less than 1e-12 here, those of older SciPy by up to 1.2e-10. */
const SCIPY_ERROR = 3e-10;

const random = new Random(5);
/** Between 10^low and 10^high, evenly in the logarithm. */
const decades = (low: number, high: number) => 10 ** (low + (high - low) * random.uniform());

function expectClose(ours: Float64Array, theirs: number[], relative: number): void {
  expect(theirs).toHaveLength(ours.length);
  const worst = theirs.reduce(
    (most, value, i) => Math.max(most, Math.abs(ours[i] - value) / Math.max(value, 1e-290)),
    0,
  );
  expect(worst).toBeLessThan(relative);
}

const noScipy = missingPython('scipy');
describe.skipIf(noScipy)(`tails against SciPy${noScipy ? ` (skipped: ${noScipy})` : ''}`, () => {
  it('of Student, from 0.1 to 100,000 degrees of freedom', () => {
    const t = Float64Array.from({ length: 3000 }, () => decades(-3, 2.3) * (random.uniform() < 0.5 ? -1 : 1));
    const df = Float64Array.from(t, () => decades(-1, 5));
    const ours = t.map((value, i) => studentTail(value, df[i]));
    const code = 'from scipy import special\nresult = (2 * special.stdtr(df, -np.abs(t))).tolist()';
    // Below 1e-100 it is only asked whether it is tiny: SciPy's own digits run out.
    const theirs = python<number[]>(code, { t, df });
    const kept = theirs.flatMap((p, i) => (p > 1e-100 ? [i] : []));
    expect(kept.length).toBeGreaterThan(2000);
    expectClose(
      Float64Array.from(kept, (i) => ours[i]),
      kept.map((i) => theirs[i]),
      SCIPY_ERROR,
    );
    ours.forEach((p, i) => expect(p > 1e-99 && theirs[i] <= 1e-100).toBe(false));
  });

  it('of F', () => {
    const f = Float64Array.from({ length: 3000 }, () => decades(-2, 2));
    const d1 = Float64Array.from(f, () => Math.ceil(decades(-0.5, 1.3)));
    const d2 = Float64Array.from(f, () => decades(0, 4.6));
    const ours = f.map((value, i) => fTail(value, d1[i], d2[i]));
    const code = 'from scipy import special\nresult = special.fdtrc(d1, d2, f).tolist()';
    const theirs = python<number[]>(code, { f, d1, d2 });
    const kept = theirs.flatMap((p, i) => (p > 1e-100 ? [i] : []));
    expect(kept.length).toBeGreaterThan(2000);
    expectClose(
      Float64Array.from(kept, (i) => ours[i]),
      kept.map((i) => theirs[i]),
      SCIPY_ERROR,
    );
  });

  it('of beta with any parameters', () => {
    const x = Float64Array.from({ length: 3000 }, () => random.uniform());
    const a = Float64Array.from(x, () => decades(-1, 3));
    const b = Float64Array.from(x, () => decades(-1, 3));
    const ours = x.map((value, i) => incompleteBeta(value, 1 - value, a[i], b[i]));
    const theirs = python<number[]>('from scipy import special\nresult = special.betainc(a, b, x).tolist()', {
      x,
      a,
      b,
    });
    const kept = theirs.flatMap((p, i) => (p > 1e-100 ? [i] : []));
    expectClose(
      Float64Array.from(kept, (i) => ours[i]),
      kept.map((i) => theirs[i]),
      SCIPY_ERROR,
    );
  });

  it("Welch's test is that of SciPy", () => {
    const a = Float64Array.from({ length: 9 }, () => random.normal());
    const b = Float64Array.from({ length: 30 }, () => 0.7 + 2 * random.normal());
    const moments = (values: Float64Array) => {
      const mean = values.reduce((sum, value) => sum + value) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { mean, variance: squares / (values.length - 1), size: values.length };
    };
    const theirs = python<number>(
      'from scipy import stats\nresult = stats.ttest_ind(a, b, equal_var=False).pvalue',
      { a, b },
    );
    expect(welchTest(moments(a), moments(b))).toBeCloseTo(theirs, 12);
  });
});

describe('tails', () => {
  it('have known values', () => {
    // Cauchy: P(|T| >= 1) = 1/2; two degrees of freedom: 1 - t / sqrt(2 + t^2).
    expect(studentTail(1, 1)).toBeCloseTo(0.5, 14);
    expect(studentTail(-3, 2)).toBeCloseTo(1 - 3 / Math.sqrt(11), 14);
    expect(studentTail(0, 5)).toBe(1);
    expect(fTail(0, 3, 10)).toBe(1);
    expect(fTail(4, 1, 7)).toBeCloseTo(studentTail(2, 7), 14);
    expect(studentTail(NaN, 5)).toBeNaN();
  });
});

describe('tests that are not defined', () => {
  it('give NaN', () => {
    const sample = { mean: 1, variance: 2, size: 10 };
    expect(welchTest(sample, { mean: 0, variance: 2, size: 1.9 })).toBeNaN();
    expect(welchTest({ ...sample, variance: 0 }, { mean: 0, variance: 0, size: 5 })).toBeNaN();
    expect(welchTest({ ...sample, variance: 0 }, { mean: 0, variance: 1, size: 5 })).toBeLessThan(1);
  });
});

describe('independent steps', () => {
  it('are fewer with autocorrelation, and never more than there are', () => {
    expect(independentShare(0.5)).toBeCloseTo(1 / 3, 14);
    expect(independentShare(-0.3)).toBe(1);
    expect(independentShare(1.2)).toBeCloseTo(0.01 / 1.99, 14);
    expect(independentShare(NaN)).toBeNaN();
  });
});

describe('field significance', () => {
  it("follows Benjamini and Hochberg's own example", () => {
    // Table of their paper, section 3.2: four of fifteen hypotheses at q = 0.05.
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    const shuffled = Float64Array.from([...p.slice(7), NaN, ...p.slice(0, 7)]);
    const flags = falseDiscoveries(shuffled, 0.05);
    expect([...shuffled].filter((_, i) => flags[i])).toEqual(p.slice(0, 4));
  });

  it('takes p values that only pass together with a later one', () => {
    expect([...falseDiscoveries(Float64Array.of(0.06, 0.08, 0.09), 0.1)]).toEqual([1, 1, 1]);
    expect([...falseDiscoveries(Float64Array.of(0.06, 0.5, 0.9), 0.1)]).toEqual([0, 0, 0]);
    expect([...falseDiscoveries(Float64Array.of(NaN, NaN), 0.1)]).toEqual([0, 0]);
  });
});
