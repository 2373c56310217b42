/** Numbers about a map. */
import type { GridSnapshot } from '../../../src/protocol/panel';

/** Lowest and highest value; [NaN, NaN] where there is none. */
export function rangeOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [NaN, NaN];
}

export interface AreaStatistics {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Share of cells without a value. */
  readonly missing: number;
}

/**
 * The mean weighs cells by the cosine of their latitude, as their areas on a regular grid; plain without geography. Cells
 * whose place is not known have no weight.
 */
export function areaStatistics(values: ArrayLike<number>, grid: GridSnapshot): AreaStatistics {
  const { kind, geographic, latitude, width } = grid;
  const weightAt = (at: number) => (geographic ? Math.max(0, Math.cos((latitude[at] * Math.PI) / 180)) : 1);
  const rows = kind === 'rectilinear' ? Float64Array.from(latitude, (_, row) => weightAt(row)) : undefined;
  let [sum, weights, missing] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      missing++;
      continue;
    }
    const weight = rows ? rows[Math.floor(i / width)] : weightAt(i);
    if (Number.isNaN(weight)) continue;
    sum += weight * values[i];
    weights += weight;
  }
  const [low, high] = rangeOf(values);
  return { mean: weights > 0 ? sum / weights : NaN, low, high, missing: missing / values.length };
}
