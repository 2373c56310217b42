/** Numbers about a map. */
import type { GridSnapshot } from '../../../src/protocol/panel';
import { cellAreas } from './cellAreas';

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

const known = new WeakMap<GridSnapshot, Float64Array>();

function areasOf(grid: GridSnapshot): Float64Array {
  const areas = known.get(grid) ?? cellAreas(grid);
  known.set(grid, areas);
  return areas;
}

/** The mean weighs cells by their area; plain without geography. */
export function areaStatistics(values: ArrayLike<number>, grid: GridSnapshot): AreaStatistics {
  const areas = areasOf(grid);
  let [sum, weights, missing] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      missing++;
      continue;
    }
    sum += areas[i] * values[i];
    weights += areas[i];
  }
  const [low, high] = rangeOf(values);
  return { mean: weights > 0 ? sum / weights : NaN, low, high, missing: missing / values.length };
}
