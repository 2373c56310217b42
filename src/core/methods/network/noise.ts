import type { Random } from '../../random';

/** Draws of generators' inputs; each fills and returns `target`. */

export function normalNoise(target: Float32Array, deviation: number, random: Random): Float32Array {
  for (let i = 0; i < target.length; i++) target[i] = deviation * random.normal();
  return target;
}

/** Uniform in [low, high). */
export function uniformNoise(target: Float32Array, low: number, high: number, random: Random): Float32Array {
  for (let i = 0; i < target.length; i++) target[i] = low + (high - low) * random.uniform();
  return target;
}

/** Rows of one 1 each, at a random place. `[n, categories]` */
export function categoryNoise(target: Float32Array, categories: number, random: Random): Float32Array {
  target.fill(0);
  for (let i = 0; i < target.length; i += categories) target[i + random.integer(categories)] = 1;
  return target;
}
