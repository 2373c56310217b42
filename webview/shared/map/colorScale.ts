/** From values to colours. */
import { type ColorTableName, type Rgb, COLORS, colorTables, isWater } from './colorTables';
import { niceLimit } from './ticks';

export interface ColorScale {
  /** Values with the first and the last colour. */
  readonly low: number;
  readonly high: number;
  readonly table: readonly Rgb[];
  readonly diverging: boolean;
  /** Some values are below `low` or above `high`: the colour bar gets an arrow there. */
  readonly below: boolean;
  readonly above: boolean;
}

export interface FieldName {
  readonly name: string;
  readonly longName: string;
}

type Values = ArrayLike<number>;

/** For means and single fields: even steps of lightness from the lowest to the highest value. */
export function sequentialScale(
  field: FieldName,
  [low, high]: readonly [number, number],
  values: readonly Values[] = [],
): ColorScale {
  // A constant field is drawn in the middle of its scale.
  const half = low < high ? 0 : Math.max(Math.abs(low) * 1e-6, Number.MIN_VALUE * 1e16) || 1;
  const table = colorTables[isWater(field.name, field.longName) ? 'wet' : 'viridis'];
  return withExtent({ low: low - half, high: high + half, table, diverging: false }, values);
}

/** For anomalies: neutral at zero, the same reach on both sides. */
export function divergingScale(field: FieldName, limit: number, values: readonly Values[] = []): ColorScale {
  const reach = limit > 0 ? limit : 1;
  const table = colorTables[isWater(field.name, field.longName) ? 'moisture' : 'thermal'];
  return withExtent({ low: -reach, high: reach, table, diverging: true }, values);
}

/** For statistics from zero upwards. */
export function strengthScale(
  limit: number,
  values: readonly Values[] = [],
  name: ColorTableName = 'strength',
): ColorScale {
  return withExtent(
    { low: 0, high: limit > 0 ? limit : 1, table: colorTables[name], diverging: false },
    values,
  );
}

/** The same scale for more values: only its arrows change. */
export function withExtent(
  scale: Omit<ColorScale, 'below' | 'above'>,
  values: readonly Values[],
): ColorScale {
  let [below, above] = [false, false];
  // Single precision: the ends of the scale are values themselves, rounded.
  const slack = 1e-6 * Math.max(Math.abs(scale.low), Math.abs(scale.high));
  for (const map of values) {
    for (let i = 0; i < map.length; i++) {
      if (map[i] < scale.low - slack) below = true;
      else if (map[i] > scale.high + slack) above = true;
    }
  }
  return { ...scale, below, above };
}

/** A round number that all but the largest half percent of magnitudes stay below: single cells do not wash out a map. */
export function robustLimit(maps: readonly Values[], share = 0.995): number {
  const all: number[] = [];
  const cells = maps.reduce((sum, map) => sum + map.length, 0);
  // A sample of cells is enough for a quantile, and sorting a million numbers would be felt.
  const stride = Math.max(1, Math.floor(cells / 50_000));
  for (const map of maps) {
    for (let i = 0; i < map.length; i += stride) if (Number.isFinite(map[i])) all.push(Math.abs(map[i]));
  }
  const sorted = Float64Array.from(all).sort();
  const at = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  return niceLimit(at < 0 ? 0 : sorted[at]);
}

/** Which colour of the table a value has, 0 to COLORS - 1; -1 for no value. */
export function colorIndex({ low, high }: Pick<ColorScale, 'low' | 'high'>, value: number): number {
  if (!(value === value)) return -1;
  return Math.max(0, Math.min(COLORS - 1, Math.floor(((value - low) / (high - low)) * COLORS)));
}
