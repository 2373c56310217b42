import type { Curve } from './statistics';

/** The gap statistic (Tibshirani, Walther and Hastie, 2001, doi:10.1111/1467-9868.00293). */
export interface Gap {
  /** Gap(K) = mean over the references of log W*_K, minus log W_K. */
  readonly values: Curve;
  /** s_K = sd(log W*_K) sqrt(1 + 1/B): of the simulation, not of the data. */
  readonly errors: Curve;
}

/** @param data log W of each K; references log W of each K, of each reference. */
export function gapStatistic(data: Curve, references: readonly Curve[]): Gap {
  const count = references.length;
  const values: number[] = [];
  const errors: number[] = [];
  data.forEach((own, i) => {
    const mean = references.reduce((sum, logs) => sum + logs[i], 0) / count;
    const variance = references.reduce((sum, logs) => sum + (logs[i] - mean) ** 2, 0) / count;
    values.push(mean - own);
    errors.push(Math.sqrt(variance * (1 + 1 / count)));
  });
  return { values, errors };
}

/**
 * The smallest K with Gap(K) >= Gap(K + 1) - s_{K+1}, K counted from 1. Null when the gap grows up to the last K: the range
 * is too short, or the reference does not suit the data.
 */
export function gapChoice({ values, errors }: Gap): number | null {
  for (let i = 0; i + 1 < values.length; i++) if (values[i] >= values[i + 1] - errors[i + 1]) return i + 1;
  return null;
}
