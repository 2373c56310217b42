import { type Samples, samplesInMemory } from '../../../src/core/methods/samples';
import { Random } from '../../../src/core/random';

/** Normal clouds of one width about k random centres in the unit cube, cut off at its faces; classes in turns. */
export function blobs(
  n: number,
  d: number,
  k: number,
  deviation: number,
  seed: number,
): { samples: Samples; values: Float32Array; truth: Int32Array } {
  const random = new Random(seed);
  const centres = Array.from({ length: k * d }, () => 0.2 + 0.6 * random.uniform());
  const truth = Int32Array.from({ length: n }, (_, i) => i % k);
  const values = Float32Array.from({ length: n * d }, (_, at) => {
    const centre = centres[truth[Math.floor(at / d)] * d + (at % d)];
    return Math.min(1, Math.max(0, centre + deviation * random.normal()));
  });
  return { samples: samplesInMemory(values, [n, 1, 1, d]), values, truth };
}
