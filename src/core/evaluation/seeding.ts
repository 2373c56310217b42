import type { Random } from '../random';

/** Candidates for each next centre of greedy k-means++ (Arthur and Vassilvitskii, 2007). */
export function seedingTrials(k: number): number {
  return 2 + Math.floor(Math.log(k));
}

/** An index drawn with probability proportional to its weight; any index when all weights are 0. */
export function draw(weights: Float64Array, total: number, random: Random): number {
  if (!(total > 0)) return random.integer(weights.length);
  let remaining = random.uniform() * total;
  for (let i = 0; i < weights.length; i++) {
    remaining -= weights[i];
    if (remaining < 0) return i;
  }
  return weights.length - 1;
}
