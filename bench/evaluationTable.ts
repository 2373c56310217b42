import type { Random } from '../src/core/random';

/** Regimes that last: each step keeps its cluster with probability 0.85. [n] */
export function persistentLabels(n: number, k: number, random: Random): Int32Array {
  const labels = new Int32Array(n);
  for (let t = 0; t < n; t++) {
    labels[t] = t > 0 && random.uniform() < 0.85 ? labels[t - 1] : random.integer(k);
  }
  return labels;
}

/** Patterns of variability beside the regimes', and how many steps they last. */
const MODES = 12;
const PERSISTENCE = 0.8;

/**
 * A table like a scaled series of fields: a pattern for each label, variability in a few patterns that lasts for days
 * and overlaps with the regimes, and noise. [n, d]
 */
export function structuredTable(n: number, d: number, labels: Int32Array, random: Random): Float32Array {
  const k = Math.max(...labels) + 1;
  const patterns = Float64Array.from({ length: (k + MODES) * d }, () => random.normal());
  // Neighbouring cells resemble each other.
  for (let p = 0; p < k + MODES; p++) {
    for (let j = 1; j < d; j++)
      patterns[p * d + j] = 0.95 * patterns[p * d + j - 1] + 0.31 * patterns[p * d + j];
  }
  const amplitude = new Float64Array(MODES);
  const x = new Float32Array(n * d);
  const line = new Float64Array(d);
  for (let t = 0; t < n; t++) {
    for (let j = 0; j < d; j++) line[j] = 0.5 + 0.05 * patterns[labels[t] * d + j] + 0.05 * random.normal();
    for (let m = 0; m < MODES; m++) {
      amplitude[m] = PERSISTENCE * amplitude[m] + Math.sqrt(1 - PERSISTENCE ** 2) * random.normal();
      const scale = (0.1 * amplitude[m]) / Math.sqrt(m + 1);
      for (let j = 0; j < d; j++) line[j] += scale * patterns[(k + m) * d + j];
    }
    x.set(line, t * d);
  }
  return x;
}
