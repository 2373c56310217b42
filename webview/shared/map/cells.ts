/** The cells of a grid: where their corners are, and which one a point lies in. */
import type { GridSnapshot } from '../../../src/protocol/panel';
import { type Pair, wrap } from './planes';
import { IntervalIndex, edgesOf } from './edges';
import { quadCorners } from './quads';

/** What encloses the cells, in degrees (or indices). `east` - `west` is 360 where the grid closes around the globe. */
export interface Domain {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
  readonly geographic: boolean;
}

interface CellsBase {
  readonly height: number;
  readonly width: number;
  readonly geographic: boolean;
  readonly domain: Domain;
  /** Degrees of a cell's centre. */
  centre(cell: number, out: Pair): void;
  /** Corners of a cell, around it; long sides along parallels have points in between. Empty where coordinates are missing. */
  outline(cell: number): Pair[];
}

/** Rows and columns: a point's cell follows from its latitude and its longitude alone. */
export interface RectilinearCells extends CellsBase {
  readonly kind: 'rectilinear';
  /** -1 outside. */
  row(latitude: number): number;
  column(longitude: number): number;
}

/** Quadrilaterals: a lookup draws them. */
export interface CurvilinearCells extends CellsBase {
  readonly kind: 'curvilinear';
  /** Corners in degrees, [(H + 1) * (W + 1)]; NaN where they cannot be known. */
  readonly cornerLongitude: Float64Array;
  readonly cornerLatitude: Float64Array;
}

export type Cells = RectilinearCells | CurvilinearCells;

export function cellsOf(grid: GridSnapshot): Cells {
  return grid.kind === 'rectilinear' ? rectilinear(grid) : curvilinear(grid);
}

function rectilinear({ height, width, latitude, longitude, geographic }: GridSnapshot): RectilinearCells {
  const stepOf = (values: Float64Array) =>
    values.length > 1 ? Math.abs(values[values.length - 1] - values[0]) / (values.length - 1) : undefined;
  const rowEdges = edgesOf(latitude, stepOf(longitude) ?? 1);
  const columnEdges = edgesOf(longitude, stepOf(latitude) ?? 1);
  if (geographic) closeAtPoles(rowEdges);
  const rows = new IntervalIndex(rowEdges);
  const columns = new IntervalIndex(columnEdges);
  const span = columns.high - columns.low;
  // A grid that lacks less than a hundredth of a column closes around the globe: stored steps are rounded.
  const closes = geographic && span >= 360 - span / width / 100;
  const west = columns.low;
  const column = !geographic
    ? (longitude: number) => columns.find(longitude)
    : (longitude: number) => {
        let turned = (longitude - west) % 360;
        if (turned < 0) turned += 360;
        return columns.find(west + (closes && turned > span ? span : turned));
      };
  return {
    kind: 'rectilinear',
    height,
    width,
    geographic,
    domain: { west, east: closes ? west + 360 : columns.high, south: rows.low, north: rows.high, geographic },
    row: (value) => rows.find(value),
    column,
    centre: (cell, out) => {
      out[0] = longitude[cell % width];
      out[1] = latitude[Math.floor(cell / width)];
    },
    outline: (cell) => {
      const [i, j] = [Math.floor(cell / width), cell % width];
      const [south, north] = [rowEdges[i], rowEdges[i + 1]];
      const [left, right] = [columnEdges[j], columnEdges[j + 1]];
      const pieces = geographic ? Math.max(1, Math.ceil(Math.abs(right - left) / 2)) : 1;
      const along = (latitude: number, from: number, to: number) =>
        Array.from({ length: pieces + 1 }, (_, p): Pair => [from + ((to - from) * p) / pieces, latitude]);
      return [...along(south, left, right), ...along(north, right, left)];
    },
  };
}

/** The outermost rows reach to the poles when they come near: Gaussian grids leave less than a row there. */
function closeAtPoles(edges: Float64Array): void {
  const n = edges.length - 1;
  for (const [end, next] of [
    [0, 1],
    [n, n - 1],
  ]) {
    const size = Math.abs(edges[end] - edges[next]);
    if (90 - Math.abs(edges[end]) < size / 2) edges[end] = 90 * Math.sign(edges[end]);
  }
}

function curvilinear(grid: GridSnapshot): CurvilinearCells {
  const { height, width, latitude, longitude, geographic } = grid;
  const { cornerLongitude, cornerLatitude } = quadCorners(grid);
  const cornersOf = (cell: number) => {
    const at = Math.floor(cell / width) * (width + 1) + (cell % width);
    return [at, at + 1, at + width + 2, at + width + 1];
  };
  return {
    kind: 'curvilinear',
    height,
    width,
    geographic,
    cornerLongitude,
    cornerLatitude,
    domain: domainOfPoints(cornerLongitude, cornerLatitude, geographic),
    centre: (cell, out) => {
      out[0] = longitude[cell];
      out[1] = latitude[cell];
    },
    outline: (cell) => {
      const points = cornersOf(cell).map((at): Pair => [cornerLongitude[at], cornerLatitude[at]]);
      return points.every(([lon, lat]) => Number.isFinite(lon + lat)) ? points : [];
    },
  };
}

/**
 * The smallest range of longitudes that holds all points, and their latitudes. A range may cross the date line. Points that
 * leave no gap of 20 degrees go around the globe; then a cap without its pole's neighbours is taken to hold the pole.
 */
export function domainOfPoints(
  longitudes: Float64Array,
  latitudes: Float64Array,
  geographic: boolean,
): Domain {
  let [south, north] = [Infinity, -Infinity];
  const taken = new Uint8Array(720);
  for (let i = 0; i < longitudes.length; i++) {
    if (!Number.isFinite(longitudes[i] + latitudes[i])) continue;
    if (latitudes[i] < south) south = latitudes[i];
    if (latitudes[i] > north) north = latitudes[i];
    taken[Math.min(719, Math.floor((wrap(longitudes[i]) + 180) * 2))] = 1;
  }
  if (south > north) return { west: -180, east: 180, south: -90, north: 90, geographic };
  let [gap, end] = [0, 0];
  for (let i = 0, run = 0; i < 1440; i++) {
    run = taken[i % 720] ? 0 : run + 1;
    if (run > gap && run <= 720) [gap, end] = [run, i];
  }
  if (gap < 40) {
    const around = { west: -180, east: 180, geographic };
    if (south > 30) return { ...around, south, north: 90 };
    if (north < -30) return { ...around, south: -90, north };
    return { ...around, south, north };
  }
  const west = wrap(((end + 1) % 720) / 2 - 180);
  return { west, east: west + 360 - gap / 2, south, north, geographic };
}
