import type { Points } from '../../../src/core/choose/points';
import { Random } from '../../../src/core/random';

/** `k` clusters of unit width about random centres: five steps in one, then in any of them. */
export function blobs(
  n: number,
  d: number,
  k: number,
  seed: number,
  apart = 4,
): Points & { readonly labels: Int32Array } {
  const random = new Random(seed);
  const centres = Float64Array.from({ length: k * d }, () => apart * random.normal());
  const values = new Float32Array(n * d);
  const labels = new Int32Array(n);
  for (let t = 0; t < n; t++) {
    labels[t] = t % 5 > 0 ? labels[t - 1] : random.integer(k);
    for (let j = 0; j < d; j++) values[t * d + j] = centres[labels[t] * d + j] + random.normal();
  }
  return { values, n, d, labels };
}

/** First-order autoregressive noise. */
export function redNoise(n: number, d: number, memory: number, seed: number): Points {
  const random = new Random(seed);
  const values = new Float32Array(n * d);
  for (let j = 0; j < d; j++) {
    let state = random.normal();
    for (let t = 0; t < n; t++) {
      state = memory * state + Math.sqrt(1 - memory * memory) * random.normal();
      values[t * d + j] = state / (1 + j);
    }
  }
  return { values, n, d };
}
