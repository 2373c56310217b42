/** Tail probabilities of Student's t and of F, tests of means, and field significance. */

/**
 * False discovery rate of a map. Over spatially correlated fields the rate achieved is about half of what is asked for, so
 * that 0.10 corresponds to a global level of 0.05 (Wilks 2016, "The stippling shows statistically significant grid points").
 */
export const FALSE_DISCOVERY_RATE = 0.1;

/** Keeps the effective sample size of a field that hardly changes from step to step above zero. */
const HIGHEST_AUTOCORRELATION = 0.99;

/**
 * Independent steps per step of a series with lag-1 autocorrelation r, (1 - r) / (1 + r) (first-order autoregression;
 * Wilks, Statistical Methods in the Atmospheric Sciences, 5.2.4). Negative r counts as 0: no more independent steps than
 * there are steps. NaN stays NaN.
 */
export function independentShare(autocorrelation: number): number {
  const r = Math.min(HIGHEST_AUTOCORRELATION, Math.max(0, autocorrelation));
  return (1 - r) / (1 + r);
}

/** Mean, variance (unbiased) and number of independent values of a sample. */
export interface SampleMoments {
  readonly mean: number;
  readonly variance: number;
  readonly size: number;
}

/**
 * P value of the two-sided t-test of equal means, with unequal variances (Welch) and Satterthwaite's degrees of freedom.
 * NaN where it is not defined: fewer than two independent values in a sample, or no variance in either.
 */
export function welchTest(a: SampleMoments, b: SampleMoments): number {
  if (!(a.size >= 2 && b.size >= 2)) return NaN;
  const [u, v] = [a.variance / a.size, b.variance / b.size];
  if (!(u + v > 0)) return NaN;
  const degrees = (u + v) ** 2 / (u ** 2 / (a.size - 1) + v ** 2 / (b.size - 1));
  return studentTail((a.mean - b.mean) / Math.sqrt(u + v), degrees);
}

/** P(|T| >= |t|) of Student's t with any positive degrees of freedom. */
export function studentTail(t: number, degrees: number): number {
  const sum = degrees + t * t;
  return incompleteBeta(degrees / sum, (t * t) / sum, degrees / 2, 0.5);
}

/** P(F >= f) of the F distribution with any positive degrees of freedom. */
export function fTail(f: number, numerator: number, denominator: number): number {
  const sum = denominator + numerator * f;
  return incompleteBeta(denominator / sum, (numerator * f) / sum, denominator / 2, numerator / 2);
}

/**
 * Which of the tests of a map are significant at a false discovery rate: all p up to the largest with
 * p_(i) <= rate i / m, m the tests that are defined (Benjamini and Hochberg 1995). NaN is no test, and 0 in the result.
 */
export function falseDiscoveries(p: Float64Array, rate: number): Uint8Array {
  const tests = p.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  // Those above the rate cannot pass, whatever their rank.
  const candidates = p.filter((value) => value <= rate).sort();
  let passed = candidates.length;
  while (passed > 0 && candidates[passed - 1] > (rate * passed) / tests) passed--;
  const threshold = passed > 0 ? candidates[passed - 1] : NaN;
  return Uint8Array.from(p, (value) => (value <= threshold ? 1 : 0));
}

/**
 * The regularised incomplete beta function I_x(a, b), relative error below 1e-10. `y` is 1 - x, given apart so that
 * nothing is lost where x is close to 1. (DLMF 8.17)
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (!(x >= 0 && y >= 0 && a > 0 && b > 0)) return NaN;
  if (x === 0 || y === 0) return x === 0 ? 0 : 1;
  // The continued fraction converges fast on this side of the mean; the other side is the complement.
  if (x * (a + b + 2) < a + 1) return lowerTail(x, y, a, b);
  return 1 - lowerTail(y, x, b, a);
}

function lowerTail(x: number, y: number, a: number, b: number): number {
  const logX = x > 0.5 ? Math.log1p(-y) : Math.log(x);
  const logY = y > 0.5 ? Math.log1p(-x) : Math.log(y);
  return (Math.exp(a * logX + b * logY - logBeta(a, b)) / a) * betaFraction(x, a, b);
}

/** 1 / (1 + d1 / (1 + d2 / (1 + ...))) of DLMF 8.17.22, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let fraction = 1;
  let c = 1;
  let d = 0;
  // It takes about the square root of the larger parameter.
  const limit = 200 + 10 * Math.sqrt(Math.max(a, b));
  for (let m = 0; m < limit; m++) {
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= c * d;
    const even = ((m + 1) * (b - m - 1) * x) / ((a + 2 * m + 1) * (a + 2 * m + 2));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return 1 / fraction;
}

/** ln B(a, b). Large parameters go through Stirling's series term by term: differences of ln Gamma would lose digits. */
function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < 10) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const share = small / (small + large);
  const correction = stirlingCorrection(large) - stirlingCorrection(small + large);
  if (small < 10) {
    const rest = small - small * Math.log(small + large) + (large - 0.5) * Math.log1p(-share);
    return logGamma(small) + correction + rest;
  }
  return (
    (Math.log(2 * Math.PI) - Math.log(large)) / 2 +
    (small - 0.5) * Math.log(share) +
    large * Math.log1p(-share) +
    stirlingCorrection(small) +
    correction
  );
}

function logGamma(z: number): number {
  let shifted = z;
  let product = 1;
  for (; shifted < 10; shifted++) product *= shifted;
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2;
  return stirling + stirlingCorrection(shifted) - Math.log(product);
}

/** What Stirling's formula lacks to ln Gamma(z), z >= 10. (DLMF 5.11.1) */
function stirlingCorrection(z: number): number {
  const w = 1 / (z * z);
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - (w * 691) / 360360))))) / z;
}
