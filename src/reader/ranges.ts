import type { AnswerOf } from '../protocol/panel';
import type { RunNumbers } from './numbers';

export type Range = AnswerOf<'map'>['range'];

/** Few extreme cells must not take the colours from all others: this share lies beyond either end of a scale. */
const BEYOND = 0.002;
/** Values that are looked at for a scale; of larger sets every so many. */
const SAMPLE = 200_000;

/** The scales that the maps of one field share: over the means of all clusters, their anomalies, and F. */
export async function rangeOf(numbers: RunNumbers, field: number): Promise<Range> {
  const overall = await numbers.overall(field);
  const means: Float32Array[] = [];
  for (let k = 0; k < numbers.clusters; k++) means.push(await numbers.mean(field, k));
  const stride = Math.max(1, Math.ceil((overall.length * (means.length + 1)) / SAMPLE));
  const levels: number[] = [];
  const anomalies: number[] = [];
  for (const map of [overall, ...means]) {
    for (let cell = 0; cell < map.length; cell += stride) {
      if (!Number.isFinite(map[cell])) continue;
      levels.push(map[cell]);
      if (map !== overall) anomalies.push(Math.abs(map[cell] - overall[cell]));
    }
  }
  const f = await numbers.fStatistic(field).then(
    (map) => Array.from(map).filter(Number.isFinite),
    () => [],
  );
  return {
    mean: [quantile(levels, BEYOND), quantile(levels, 1 - BEYOND)],
    anomaly: quantile(anomalies, 1 - BEYOND),
    f: quantile(f, 1 - BEYOND),
  };
}

/** The value below which the share `p` lies, to the nearest; 0 of none. */
function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(p * (sorted.length - 1))];
}
