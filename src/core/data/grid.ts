import { UserError } from '../errors';
import {
  axisOf,
  baseName,
  isLatitude,
  isLongitude,
  textOf,
  unwrapLongitudeGrid,
  unwrapLongitudes,
  type Axis,
} from './axes';
import type { Dataset, Variable } from './dataset';
import { decodeDoubles, decoderOf } from './decode';
import { resolve } from './fields';
import type { Grid } from './frames';
import { rotatedPoleGrid } from './rotatedPole';

/** A variable and its horizontal dimensions. */
interface Gridded {
  readonly name: string;
  readonly axes?: { readonly y: string; readonly x: string };
}

/** The horizontal grid of a field: of its 1-D or 2-D latitudes and longitudes, of its rotated pole, or plain indices. */
export async function readGrid(dataset: Dataset, field: Gridded): Promise<Grid> {
  if (!field.axes) throw new Error(`${field.name} is not a field.`);
  const y = axisOf(dataset, field.axes.y);
  const x = axisOf(dataset, field.axes.x);
  return (await rectilinear(dataset, y, x)) ?? (await curvilinear(dataset, field, y, x)) ?? indexGrid(y, x);
}

const namesOf = (y: Axis, x: Axis) => [baseName(y.dimension), baseName(x.dimension)] as const;

async function rectilinear(dataset: Dataset, y: Axis, x: Axis): Promise<Grid | undefined> {
  if (y.kind !== 'latitude' || x.kind !== 'longitude' || !y.coordinate || !x.coordinate) return undefined;
  const latitude = await readCoordinate(dataset, y.coordinate);
  const longitude = await readCoordinate(dataset, x.coordinate);
  if (!latitude || !longitude) return undefined;
  return {
    kind: 'rectilinear',
    height: y.size,
    width: x.size,
    latitude,
    longitude: unwrapLongitudes(longitude),
    geographic: true,
    dimensionNames: namesOf(y, x),
  };
}

async function curvilinear(dataset: Dataset, field: Gridded, y: Axis, x: Axis): Promise<Grid | undefined> {
  const variable = dataset.variable(field.name);
  const latitude = horizontalCoordinate(
    dataset,
    variable,
    y,
    x,
    isLatitude,
    /^(lat|latitude|nav_lat|xlat)$/i,
  );
  const longitude = horizontalCoordinate(
    dataset,
    variable,
    y,
    x,
    isLongitude,
    /^(lon|longitude|nav_lon|xlong)$/i,
  );
  let values: { latitude: Float64Array; longitude: Float64Array } | undefined;
  if (latitude && longitude) {
    values = {
      latitude: await readPlane(dataset, latitude, y, x),
      longitude: await readPlane(dataset, longitude, y, x),
    };
  } else if (y.coordinate && x.coordinate) {
    const mapping = resolve(dataset, variable, textOf(variable, 'grid_mapping'));
    const rows = await readCoordinate(dataset, y.coordinate);
    const columns = await readCoordinate(dataset, x.coordinate);
    if (mapping && rows && columns) values = rotatedPoleGrid(mapping, rows, columns);
  }
  if (!values) return undefined;
  return {
    kind: 'curvilinear',
    height: y.size,
    width: x.size,
    latitude: values.latitude,
    longitude: unwrapLongitudeGrid(values.longitude, x.size),
    geographic: true,
    dimensionNames: namesOf(y, x),
  };
}

function indexGrid(y: Axis, x: Axis): Grid {
  return {
    kind: 'rectilinear',
    height: y.size,
    width: x.size,
    latitude: Float64Array.from({ length: y.size }, (_, i) => i),
    longitude: Float64Array.from({ length: x.size }, (_, i) => i),
    geographic: false,
    dimensionNames: namesOf(y, x),
  };
}

/** A one-dimensional coordinate; undefined when it is not numbers or some are missing. */
async function readCoordinate(dataset: Dataset, coordinate: Variable): Promise<Float64Array | undefined> {
  if (coordinate.type === 'string' || coordinate.type === 'char' || coordinate.type === 'other')
    return undefined;
  const values = decodeDoubles(await dataset.read(coordinate.name), decoderOf(coordinate));
  return values.every(Number.isFinite) ? values : undefined;
}

/** The 2-D coordinate over y and x (possibly repeated for each time step) that the field names, else the only one there is. */
function horizontalCoordinate(
  dataset: Dataset,
  field: Variable,
  y: Axis,
  x: Axis,
  says: (variable: Variable) => boolean,
  name: RegExp,
): Variable | undefined {
  const fits = (variable: Variable | undefined): variable is Variable =>
    variable !== undefined &&
    variable.dimensions.includes(y.dimension) &&
    variable.dimensions.includes(x.dimension) &&
    variable.dimensions.every(
      (d) => d === y.dimension || d === x.dimension || axisOf(dataset, d).kind === 'time',
    ) &&
    variable.type !== 'string' &&
    variable.type !== 'char' &&
    variable.type !== 'other' &&
    (says(variable) || name.test(baseName(variable.name)));
  const named = textOf(field, 'coordinates')
    .split(/\s+/)
    .map((word) => resolve(dataset, field, word))
    .find(fits);
  return named ?? dataset.variables.find(fits);
}

/** [H * W] values of a coordinate over y and x in either order, at its first time step if it has any. */
async function readPlane(dataset: Dataset, coordinate: Variable, y: Axis, x: Axis): Promise<Float64Array> {
  const horizontal = (d: string) => d === y.dimension || d === x.dimension;
  const slab = {
    start: coordinate.shape.map(() => 0),
    count: coordinate.shape.map((length, i) => (horizontal(coordinate.dimensions[i]) ? length : 1)),
  };
  const values = decodeDoubles(await dataset.read(coordinate.name, slab), decoderOf(coordinate));
  const order = coordinate.dimensions.filter(horizontal);
  if (order[0] === y.dimension) return values;
  const transposed = new Float64Array(values.length);
  for (let i = 0; i < y.size; i++) {
    for (let j = 0; j < x.size; j++) transposed[i * x.size + j] = values[j * y.size + i];
  }
  return transposed;
}

/** A run of neighbouring columns. */
export interface Segment {
  readonly start: number;
  readonly count: number;
}

/** The part of a grid that is read: rows in one run, columns in one or (across the seam of a global grid) two. */
export interface GridCut {
  readonly rows: Segment;
  readonly columns: readonly Segment[];
}

export function wholeGrid(grid: Pick<Grid, 'height' | 'width'>): GridCut {
  return { rows: { start: 0, count: grid.height }, columns: [{ start: 0, count: grid.width }] };
}

/**
 * The part of a grid within west, south, east, north (degrees, inclusive; west > east crosses the date line). Of a
 * curvilinear grid it is the smallest block of rows and columns that holds every cell inside. Throws a UserError when
 * there is none, or the grid has no latitudes and longitudes.
 */
export function cutGrid(grid: Grid, bbox: readonly [number, number, number, number] | undefined): GridCut {
  if (!bbox) return wholeGrid(grid);
  const [west, south, givenEast, north] = bbox;
  if (![west, south, givenEast, north].every(Number.isFinite) || south > north) {
    throw new UserError(
      `The box ${bbox.join(',')} is not one. Give west,south,east,north in degrees, south not above north.`,
    );
  }
  if (!grid.geographic) {
    throw new UserError(
      'The grid has no latitudes and longitudes, so no box can be cut from it. Leave out --bbox.',
    );
  }
  const east = givenEast < west ? givenEast + 360 : givenEast;
  const tolerance = 1e-6;
  const inLongitude = (value: number) => {
    if (east - west >= 360) return true;
    const beyondWest = (((value - west + tolerance) % 360) + 360) % 360;
    return beyondWest <= east - west + 2 * tolerance;
  };
  const inLatitude = (value: number) => value >= south - tolerance && value <= north + tolerance;

  const rows: boolean[] = new Array<boolean>(grid.height).fill(false);
  const columns: boolean[] = new Array<boolean>(grid.width).fill(false);
  for (let i = 0; i < grid.height; i++) {
    for (let j = 0; j < grid.width; j++) {
      const cell = grid.kind === 'curvilinear' ? i * grid.width + j : undefined;
      if (inLatitude(grid.latitude[cell ?? i]) && inLongitude(grid.longitude[cell ?? j])) {
        rows[i] = true;
        columns[j] = true;
      }
    }
  }
  if (!rows.includes(true)) {
    throw new UserError(
      `No grid cell lies within ${bbox.join(',')}. The grid covers ${describeExtent(grid)}.`,
    );
  }
  const hull = (flags: boolean[]): Segment => {
    const start = flags.indexOf(true);
    return { start, count: flags.lastIndexOf(true) - start + 1 };
  };
  return {
    rows: hull(rows),
    columns: grid.kind === 'curvilinear' ? [hull(columns)] : columnSegments(columns, hull(columns)),
  };
}

/** One run of columns; or, when both ends of the axis are in and something between is not, the two runs in their order around the globe. */
function columnSegments(columns: readonly boolean[], hull: Segment): Segment[] {
  const gap = columns.indexOf(false, hull.start);
  if (gap < 0 || gap >= hull.start + hull.count) return [hull];
  const resumed = columns.indexOf(true, gap);
  return [
    { start: resumed, count: hull.start + hull.count - resumed },
    { start: hull.start, count: gap - hull.start },
  ];
}

/** The grid of a cut. */
export function applyCut(grid: Grid, cut: GridCut): Grid {
  const rows = indicesOf([cut.rows]);
  const columns = indicesOf(cut.columns);
  const size = { height: rows.length, width: columns.length };
  if (grid.kind === 'rectilinear') {
    return {
      ...grid,
      ...size,
      latitude: Float64Array.from(rows, (i) => grid.latitude[i]),
      longitude: unwrap(
        grid,
        Float64Array.from(columns, (j) => grid.longitude[j]),
      ),
    };
  }
  const cells = rows.flatMap((i) => columns.map((j) => i * grid.width + j));
  return {
    ...grid,
    ...size,
    latitude: Float64Array.from(cells, (cell) => grid.latitude[cell]),
    longitude: Float64Array.from(cells, (cell) => grid.longitude[cell]),
  };
}

function unwrap(grid: Grid, longitude: Float64Array): Float64Array {
  return grid.geographic ? unwrapLongitudes(longitude) : longitude;
}

function indicesOf(segments: readonly Segment[]): number[] {
  return segments.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
}

/** South to north and west to east, for messages. */
export function describeExtent(grid: Grid): string {
  if (!grid.geographic) return `${grid.height} x ${grid.width} cells without latitudes and longitudes`;
  const range = (values: Float64Array) => {
    const finite = values.filter(Number.isFinite);
    const [low, high] = finite.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    return `${format(low)} to ${format(high)}`;
  };
  return `latitudes ${range(grid.latitude)}, longitudes ${range(grid.longitude)}`;
}

function format(degrees: number): string {
  return String(Math.round(degrees * 1000) / 1000);
}

/** How two grids differ, or undefined when they are the same to a thousandth of a degree. */
export function gridDifference(a: Grid, b: Grid): string | undefined {
  if (a.height !== b.height || a.width !== b.width) {
    return `${a.height} x ${a.width} cells against ${b.height} x ${b.width}`;
  }
  if (a.geographic !== b.geographic) return 'only one of them has latitudes and longitudes';
  if (a.kind !== b.kind) return `one is ${a.kind}, the other ${b.kind}`;
  const differ = (u: Float64Array, v: Float64Array, modulo: number) => {
    const i = u.findIndex((value, k) => {
      const d = Math.abs(value - v[k]);
      return Math.min(d, Math.abs(d - modulo)) > 1e-3;
    });
    return i < 0 ? undefined : `${format(u[i])} against ${format(v[i])} at index ${i}`;
  };
  const latitude = differ(a.latitude, b.latitude, Infinity);
  if (latitude) return `latitudes differ: ${latitude}`;
  const longitude = differ(a.longitude, b.longitude, 360);
  return longitude && `longitudes differ: ${longitude}`;
}
