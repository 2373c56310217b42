import type { AnswerOf } from '../protocol/panel';
import type { RunNumbers } from './numbers';

export type Range = AnswerOf<'map'>['range'];

/** Few extreme cells must not take the colours from all others: this share lies beyond either end of a scale. */
const BEYOND = 0.002;
/** Values that are looked at for a scale; of larger sets every so many. */
const SAMPLE = 200_000;

/**
 * The scales that the maps of one field share: over the means of all clusters, their anomalies, and F. One map is held at
 * a time beside the overall mean.
 */
export async function rangeOf(numbers: RunNumbers, field: number): Promise<Range> {
  const overall = await numbers.overall(field);
  const maps = numbers.clusters + 1;
  const levels = sample(overall, maps, (cell) => overall[cell]);
  const anomalies: number[] = [];
  for (let k = 0; k < numbers.clusters; k++) {
    const mean = await numbers.mean(field, k);
    for (const level of sample(mean, maps, (cell) => mean[cell])) levels.push(level);
    for (const anomaly of sample(mean, maps, (cell) => Math.abs(mean[cell] - overall[cell])))
      anomalies.push(anomaly);
  }
  const f = await numbers.fStatistic(field).then(
    (map) => sample(map, 1, (cell) => map[cell]),
    () => [],
  );
  return {
    mean: [quantile(levels, BEYOND), quantile(levels, 1 - BEYOND)],
    anomaly: quantile(anomalies, 1 - BEYOND),
    f: quantile(f, 1 - BEYOND),
  };
}

/** Finite values of a map that is one of `maps`, evenly spaced. */
function sample(map: Float32Array, maps: number, valueAt: (cell: number) => number): number[] {
  const stride = Math.max(1, Math.ceil((map.length * maps) / SAMPLE));
  const values: number[] = [];
  for (let cell = 0; cell < map.length; cell += stride) {
    const value = valueAt(cell);
    if (Number.isFinite(value)) values.push(value);
  }
  return values;
}

/** The value below which the share `p` lies, to the nearest; 0 of none. */
function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(p * (sorted.length - 1))];
}
