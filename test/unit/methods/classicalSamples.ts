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

/** Normal clouds about k random centres in d dimensions: the larger the distance, the clearer. */
export function clouds(
  n: number,
  d: number,
  k: number,
  distance: number,
  seed: number,
): { samples: Samples; values: Float32Array; truth: Int32Array } {
  const random = new Random(seed);
  const centres = Float64Array.from({ length: k * d }, () => (distance * random.normal()) / Math.sqrt(2 * d));
  const truth = Int32Array.from({ length: n }, (_, i) => i % k);
  const values = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++)
      values[i * d + j] = centres[truth[i] * d + j] + random.normal() / Math.sqrt(d);
  }
  return { samples: rowSamples(values, n), values, truth };
}
