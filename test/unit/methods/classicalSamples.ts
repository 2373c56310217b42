import type { Method, MethodContext } from '../../../src/core/methods/method';
import { type Samples, samplesInMemory } from '../../../src/core/methods/samples';
import { plainProducts } from '../../../src/core/evaluation/products';
import { accuracy } from '../../../src/core/evaluation/matching';
import {
  synthesize,
  type SyntheticCase,
  type SyntheticFields,
  type SyntheticOptions,
} from '../../../src/core/evaluation/synthetic';
import { Random } from '../../../src/core/random';

/** What a classical method needs; the engine is none of it. */
export function classicalContext(clusters: number, options: Partial<MethodContext> = {}): MethodContext {
  return {
    clusters,
    seed: 1,
    engine: () => Promise.reject(new Error('A classical method asked for the engine.')),
    products: plainProducts,
    ...options,
  };
}

/** Synthetic fields as samples. */
export function syntheticSamples(
  name: SyntheticCase,
  seed: number,
  options: SyntheticOptions = {},
): { samples: Samples; fields: SyntheticFields } {
  const fields = synthesize(name, new Random(seed), options);
  const { length, channels, height, width } = fields;
  return { samples: samplesInMemory(fields.frames, [length, channels, height, width]), fields };
}

/** Accuracy of a method on synthetic fields. */
export async function accuracyOn(
  method: Method,
  name: SyntheticCase,
  seed: number,
  options: SyntheticOptions = {},
): Promise<number> {
  const { samples, fields } = syntheticSamples(name, seed, options);
  const { labels } = await method.fit(samples, classicalContext(fields.clusters, { seed }));
  return accuracy(labels, fields.labels);
}

/** Rows without any shape. */
export function rowSamples(values: Float32Array, n: number): Samples {
  return samplesInMemory(values, [n, 1, 1, values.length / n]);
}

/** Samples whose clusters are known. */
export interface ClearSamples {
  readonly samples: Samples;
  readonly values: Float32Array;
  readonly truth: Int32Array;
}

/** Normal clouds about k random centres in d dimensions, or about points along a line: the larger the distance, the clearer. */
export function clouds(
  n: number,
  d: number,
  k: number,
  distance: number,
  seed: number,
  arrangement: 'scattered' | 'line' = 'scattered',
): ClearSamples {
  const random = new Random(seed);
  const centres = Float64Array.from({ length: k * d }, () => (distance * random.normal()) / Math.sqrt(2 * d));
  if (arrangement === 'line') {
    for (let at = d; at < k * d; at++) centres[at] = centres[at % d] * (1 + Math.floor(at / d));
  }
  return around(n, d, k, random, (cluster, out) => {
    for (let j = 0; j < d; j++) out[j] = centres[cluster * d + j] + random.normal() / Math.sqrt(d);
  });
}

/** Rows near k lines through the origin, in both directions and of any length. */
export function lines(n: number, d: number, k: number, seed: number): ClearSamples {
  const random = new Random(seed);
  const directions = Float64Array.from({ length: k * d }, () => random.normal());
  return around(n, d, k, random, (cluster, out) => {
    const place = (random.uniform() < 0.5 ? 1 : -1) * (0.5 + random.uniform());
    for (let j = 0; j < d; j++) out[j] = place * directions[cluster * d + j] + 0.01 * random.normal();
  });
}

function around(
  n: number,
  d: number,
  k: number,
  random: Random,
  fill: (cluster: number, out: Float32Array) => void,
): ClearSamples {
  const truth = random.shuffle(Int32Array.from({ length: n }, (_, i) => i % k));
  const values = new Float32Array(n * d);
  truth.forEach((cluster, i) => fill(cluster, values.subarray(i * d, (i + 1) * d)));
  return { samples: rowSamples(values, n), values, truth };
}
