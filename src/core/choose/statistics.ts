/** Small statistics of several curves: for each K, over the curves. NaN values of a K make that K NaN. */

export type Curve = readonly number[];

const ofEach = (curves: readonly Curve[], statistic: (values: number[]) => number): number[] =>
  curves[0].map((_, k) => statistic(curves.map((curve) => curve[k])));

export function means(curves: readonly Curve[]): number[] {
  return ofEach(curves, mean);
}

/** Standard deviations, with n - 1. */
export function deviations(curves: readonly Curve[]): number[] {
  return ofEach(curves, deviation);
}

/** Quantile q of each K, linear between the values in order. */
export function quantiles(curves: readonly Curve[], q: number): number[] {
  return ofEach(curves, (values) => {
    if (values.some(Number.isNaN)) return NaN;
    const sorted = values.sort((a, b) => a - b);
    const at = q * (sorted.length - 1);
    const below = Math.floor(at);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Index of the largest value, the first of equal ones; null when none is a number. */
export function highest(values: Curve): number | null {
  let best: number | null = null;
  values.forEach((value, i) => {
    if (!Number.isNaN(value) && (best === null || value > values[best])) best = i;
  });
  return best;
}

/**
 * Whether a curve rises higher above the references than they do above each other: each is measured by its largest
 * distance from the mean in standard deviations, over all K at once, so that many K do not make a difference likelier.
 * Returns the share of references, the data among them, that rise at least as high.
 */
export function exceedance(data: Curve, references: readonly Curve[]): number {
  const [centre, spread] = [means(references), deviations(references)];
  const rise = (curve: Curve): number =>
    curve.reduce(
      (most, value, k) => (spread[k] > 0 ? Math.max(most, (value - centre[k]) / spread[k]) : most),
      -Infinity,
    );
  const own = rise(data);
  const higher = references.filter((reference) => rise(reference) >= own).length;
  return (1 + higher) / (1 + references.length);
}
