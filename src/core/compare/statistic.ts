/** Mean and spread of one quantity over some repetitions. */
export interface Statistic {
  /** NaN where there is no value, or where one of them is undefined: what is left would flatter the method. */
  readonly mean: number;
  /** Standard deviation of the sample (n - 1); NaN for less than two values. */
  readonly sd: number;
  /** How many values. */
  readonly n: number;
}

export function statistic(values: readonly number[]): Statistic {
  const n = values.length;
  const mean = n === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: n < 2 ? NaN : Math.sqrt(squares / (n - 1)), n };
}

/**
 * Place of each value, 1 for the best; equal ones (but for rounding) share the mean of their places, and undefined ones
 * share the last.
 */
export function ranks(values: readonly number[], better: 'higher' | 'lower'): number[] {
  const key = values.map((value) => (Number.isNaN(value) ? Infinity : better === 'higher' ? -value : value));
  const equal = (a: number, b: number): boolean =>
    a === b ||
    (Number.isFinite(a) &&
      Number.isFinite(b) &&
      Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));
  return key.map((own) => {
    const ties = key.filter((other) => equal(own, other)).length;
    const before = key.filter((other) => other < own && !equal(own, other)).length;
    return before + (ties + 1) / 2;
  });
}
