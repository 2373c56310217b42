import type { Dataset, Variable } from './dataset';
import { isTimeUnits } from './cfTime';

/** What runs along a dimension. `y` and `x` are horizontal without being latitude and longitude (projections, plain indices). */
export type AxisKind =
  | 'time'
  | 'latitude'
  | 'longitude'
  | 'y'
  | 'x'
  | 'vertical'
  | 'member'
  /** ERA5's experiment version: 1 for ERA5, 5 for the preliminary ERA5T; each has values where the other has none. */
  | 'expver'
  | 'other';

export interface Axis {
  readonly dimension: string;
  readonly size: number;
  readonly kind: AxisKind;
  /** The one-dimensional variable that holds its coordinates, if there is one. */
  readonly coordinate?: Variable;
}

/** The last part of a name in groups: "u10" of "wind/u10". */
export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** An attribute as text; '' when absent or not text. */
export function textOf(variable: Variable | undefined, attribute: string): string {
  const value = variable?.attributes[attribute];
  return typeof value === 'string' ? value.trim() : '';
}

/**
 * The axis of a dimension, told by its coordinate variable's `axis`, `standard_name` and `units` (CF-1.8, section 4), in
 * this order, then by names.
 */
export function axisOf(dataset: Dataset, dimension: string): Axis {
  const size = dataset.dimensions.find(({ name }) => name === dimension)?.size ?? 0;
  const coordinate = coordinateOf(dataset, dimension);
  const kind = (coordinate && kindByAttributes(coordinate)) ?? kindByName(dimension, coordinate) ?? 'other';
  return { dimension, size, kind, coordinate };
}

/**
 * The coordinate variable of a dimension: the one of its name; else the only one-dimensional variable along it that
 * says by its attributes what it is (as `ocean_time(record)`, or `XTIME(Time)`).
 */
function coordinateOf(dataset: Dataset, dimension: string): Variable | undefined {
  const along = dataset.variables.filter(
    (variable) =>
      variable.type !== 'other' && variable.dimensions.length === 1 && variable.dimensions[0] === dimension,
  );
  const same = along.find(({ name }) => name === dimension);
  if (same) return same;
  const telling = along.filter((variable) => kindByAttributes(variable) !== undefined);
  return telling.find((variable) => isTimeUnits(variable.attributes['units'])) ?? telling[0];
}

export function isLatitude(variable: Variable): boolean {
  return (
    textOf(variable, 'standard_name') === 'latitude' ||
    /^degrees?_?(north|n)$/i.test(textOf(variable, 'units'))
  );
}

export function isLongitude(variable: Variable): boolean {
  return (
    textOf(variable, 'standard_name') === 'longitude' ||
    /^degrees?_?(east|e)$/i.test(textOf(variable, 'units'))
  );
}

const verticalUnits = /^(hpa|pa|mb|mbar|millibars?|bar|level|layer|sigma_level|model_level)$/i;

function kindByAttributes(coordinate: Variable): AxisKind | undefined {
  const standardName = textOf(coordinate, 'standard_name');
  if (isTimeUnits(coordinate.attributes['units'])) return 'time';
  if (isLatitude(coordinate)) return 'latitude';
  if (isLongitude(coordinate)) return 'longitude';
  switch (standardName) {
    case 'time':
    case 'forecast_reference_time':
      return 'time';
    case 'grid_latitude':
    case 'projection_y_coordinate':
      return 'y';
    case 'grid_longitude':
    case 'projection_x_coordinate':
      return 'x';
    case 'realization':
      return 'member';
    case 'air_pressure':
    case 'altitude':
    case 'height':
    case 'depth':
    case 'model_level_number':
      return 'vertical';
  }
  switch (textOf(coordinate, 'axis').toUpperCase()) {
    case 'T':
      return 'time';
    case 'Y':
      return 'y';
    case 'X':
      return 'x';
    case 'Z':
      return 'vertical';
  }
  if (/^(up|down)$/i.test(textOf(coordinate, 'positive'))) return 'vertical';
  if (verticalUnits.test(textOf(coordinate, 'units'))) return 'vertical';
  return undefined;
}

const names: readonly (readonly [AxisKind, RegExp])[] = [
  [
    'time',
    /^(time|times|valid_?time|time_?step|timesteps?|t|date|datetime|ocean_time|time_counter|xtime)\d*$/,
  ],
  ['latitude', /^(lat|lats|latitude|latitudes|nav_lat|xlat)\d*$/],
  ['longitude', /^(lon|lons|long|longitude|longitudes|nav_lon|xlong)\d*$/],
  ['y', /^(y|yc|j|nj|rlat|ny|nlat|y_?\d|south_north|north_south|northing|row|rows|lines?)$/],
  ['x', /^(x|xc|i|ni|rlon|nx|nlon|x_?\d|west_east|east_west|easting|col|cols|columns?|samples?)$/],
  [
    'vertical',
    /^(z|lev|level|levels|plev|pressure|pressure_level|isobaric\w*|height\w*|depth\w*|altitude|bottom_top)\d*$/,
  ],
  ['member', /^(number|member|members|realization|realisation|ens|ensemble|ensemble_member)$/],
  ['expver', /^expver$/],
];

function kindByName(dimension: string, coordinate: Variable | undefined): AxisKind | undefined {
  const name = baseName(dimension).toLowerCase();
  const kind = names.find(([, pattern]) => pattern.test(name))?.[0];
  // A bare "t" or "i" along which some other quantity is given is no such axis.
  if (kind !== undefined && coordinate && textOf(coordinate, 'standard_name') !== '' && name.length === 1) {
    return undefined;
  }
  return kind;
}

/** Degrees east made continuous: multiples of 360 are added so that neighbours differ by at most 180. */
export function unwrapLongitudes(longitude: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(longitude);
  for (let i = 1; i < result.length; i++) result[i] = nearest(result[i], result[i - 1]);
  return result;
}

/** The same for a grid [height * width]: along each row, and from row to row along the first column. */
export function unwrapLongitudeGrid(longitude: ArrayLike<number>, width: number): Float64Array {
  const result = Float64Array.from(longitude);
  for (let i = 1; i < result.length; i++) {
    result[i] = nearest(result[i], result[i % width === 0 ? i - width : i - 1]);
  }
  return result;
}

function nearest(longitude: number, to: number): number {
  if (!Number.isFinite(longitude) || !Number.isFinite(to)) return longitude;
  return longitude - 360 * Math.round((longitude - to) / 360);
}
