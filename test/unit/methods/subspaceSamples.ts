import { type Samples, samplesInMemory } from '../../../src/core/methods/samples';
import { Random } from '../../../src/core/random';

/**
 * A union of random subspaces through the origin, points on the unit sphere (You et al., 2016), as images of `side` x
 * `side`, scaled to [0, 1] all together.
 */
export function unionOfSubspaces(
  seed: number,
  { subspaces = 5, dimension = 4, points = 24, side = 8 } = {},
): { samples: Samples; truth: Int32Array } {
  const random = new Random(seed);
  const d = side * side;
  const n = subspaces * points;
  const values = new Float64Array(n * d);
  const truth = Int32Array.from({ length: n }, (_, i) => i % subspaces);
  const bases = Array.from({ length: subspaces }, () =>
    Float64Array.from({ length: d * dimension }, () => random.normal()),
  );
  for (let i = 0; i < n; i++) {
    const coordinates = Array.from({ length: dimension }, () => random.normal());
    const row = values.subarray(i * d, (i + 1) * d);
    for (let j = 0; j < d; j++) {
      coordinates.forEach((a, p) => (row[j] += a * bases[truth[i]][j * dimension + p]));
    }
    const length = Math.hypot(...row);
    for (let j = 0; j < d; j++) row[j] /= length;
  }
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scaled = Float32Array.from(values, (value) => 0.5 + (0.5 * value) / size);
  return { samples: samplesInMemory(scaled, [n, 1, side, side]), truth };
}

/** Images [n, C, H, W] of noise. */
export function noiseSamples(
  seed: number,
  shape: readonly [n: number, variables: number, height: number, width: number],
): Samples {
  const random = new Random(seed);
  return samplesInMemory(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()),
    shape,
  );
}
