import type { Grid } from '../../data/frames';
import { extent } from '../../extent';
import { gridFinder } from './gridFinder';
import type { Earth, Plane } from './plane';
import { MAP_WIDTH, MAX_PIXELS } from './plane';

/** A picture whose pixels are the grid's cells: north is up and east to the right, as far as the grid allows. */
export function cellPlane(grid: Grid): Plane {
  const { height, width } = grid;
  const { flipRows, flipColumns } = orientation(grid);
  const fold = Math.max(1, Math.ceil(Math.max(height, width) / MAX_PIXELS));
  const rows = Math.ceil(height / fold);
  const columns = Math.ceil(width / fold);
  const cell = (i: number, j: number) =>
    (flipRows ? height - 1 - i : i) * width + (flipColumns ? width - 1 - j : j);
  const cells = Int32Array.from({ length: rows * columns }, (_, at) => {
    const i = Math.min(height - 1, Math.floor(at / columns) * fold + (fold >> 1));
    const j = Math.min(width - 1, (at % columns) * fold + (fold >> 1));
    return cell(i, j);
  });
  const pixels = (values: Float32Array): Float32Array => {
    if (fold === 1) return Float32Array.from(cells, (at) => values[at]);
    const sums = new Float64Array(rows * columns);
    const counts = new Int32Array(rows * columns);
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const value = values[cell(i, j)];
        if (Number.isNaN(value)) continue;
        const at = Math.floor(i / fold) * columns + Math.floor(j / fold);
        sums[at] += value;
        counts[at]++;
      }
    }
    return Float32Array.from(sums, (sum, at) => sum / counts[at]);
  };
  const pictureHeight = Math.round(Math.min(260, Math.max(50, MAP_WIDTH * aspect(grid))));
  // Partial blocks at the end are drawn as wide as the others.
  const [x, y] = [MAP_WIDTH / (columns * fold), pictureHeight / (rows * fold)];
  return {
    height: pictureHeight,
    shape: 'rectangle',
    rows,
    columns,
    cells,
    pixels,
    earth: earthOf(grid, (column, row) => [
      x * (flipColumns ? width - column : column),
      y * (flipRows ? height - row : row),
    ]),
  };
}

/** Which of the file's directions are turned round. A curvilinear grid is judged by the mean over all its cells. */
function orientation(grid: Grid): { flipRows: boolean; flipColumns: boolean } {
  const { kind, geographic, height, width, latitude, longitude } = grid;
  if (!geographic || height < 2 || width < 2) return { flipRows: false, flipColumns: false };
  if (kind === 'rectilinear')
    return { flipRows: latitude[0] < latitude[1], flipColumns: longitude[0] > longitude[1] };
  let [northward, eastward] = [0, 0];
  for (let at = 0; at < latitude.length - width; at++) {
    const step = latitude[at + width] - latitude[at];
    if (Number.isFinite(step)) northward += step;
  }
  for (let at = 1; at < longitude.length; at++) {
    const step = longitude[at] - longitude[at - 1];
    if (at % width > 0 && Math.abs(step) < 180) eastward += step;
  }
  return { flipRows: northward > 0, flipColumns: eastward < 0 };
}

/** Height of the picture relative to its width: degrees of longitude shrink with latitude. */
function aspect({ kind, geographic, height, width, latitude, longitude }: Grid): number {
  if (!geographic || height < 2 || width < 2) return height / width;
  if (kind === 'rectilinear') {
    const span = (values: Float64Array) =>
      Math.abs(values[values.length - 1] - values[0]) * (values.length / (values.length - 1));
    const middle = (latitude[0] + latitude[height - 1]) / 2;
    return span(latitude) / (span(longitude) * Math.max(0.2, Math.cos((middle * Math.PI) / 180)));
  }
  // True to the distances along the middle row and the middle column.
  const [i, j] = [height >> 1, width >> 1];
  const length = (from: number, to: number, step: number) => {
    let sum = 0;
    for (let at = from; at < to; at += step) sum += angle(latitude, longitude, at, at + step);
    return sum;
  };
  const across = length(i * width, i * width + width - 1, 1) / (width - 1);
  const down = length(j, j + (height - 1) * width, width) / (height - 1);
  return Number.isFinite(down / across) && down > 0 ? (down * height) / (across * width) : height / width;
}

/** Great-circle angle between two cells, in degrees; 0 where a coordinate is missing. */
function angle(latitude: Float64Array, longitude: Float64Array, a: number, b: number): number {
  const radians = Math.PI / 180;
  const [p, q] = [latitude[a] * radians, latitude[b] * radians];
  const haversine =
    Math.sin((q - p) / 2) ** 2 +
    Math.cos(p) * Math.cos(q) * Math.sin(((longitude[b] - longitude[a]) * radians) / 2) ** 2;
  const result = (2 * Math.asin(Math.min(1, Math.sqrt(haversine)))) / radians;
  return Number.isNaN(result) ? 0 : result;
}

type ToPicture = (column: number, row: number) => readonly [number, number];

function earthOf(grid: Grid, toPicture: ToPicture): Earth | undefined {
  const { kind, geographic, height, width, latitude, longitude } = grid;
  if (!geographic || height < 2 || width < 2) return undefined;
  const [south, north] = extent(latitude);
  const [west, east] = extent(longitude);
  if (kind === 'curvilinear') {
    const find = gridFinder(grid);
    // The outer halves of the outermost cells are in the picture, too.
    const [rows, columns] = [(north - south) / height, (east - west) / width];
    return {
      south: Math.max(-90, south - rows),
      north: Math.min(90, north + rows),
      west: west - columns,
      east: east + columns,
      periodic: true,
      seam: MAP_WIDTH / 4,
      place: (lon, lat) => {
        const found = find(lon, lat);
        return found && toPicture(found[0], found[1]);
      },
    };
  }
  const column = positionIn(longitude);
  const row = positionIn(latitude);
  const cell = [(north - south) / (height - 1), (east - west) / (width - 1)];
  return {
    south: Math.max(-90, south - cell[0] / 2),
    north: Math.min(90, north + cell[0] / 2),
    west: west - cell[1] / 2,
    east: east + cell[1] / 2,
    periodic: false,
    seam: Infinity,
    place: (lon, lat) => toPicture(column(lon), row(lat)),
  };
}

/** Coordinate -> position in cells (centres at 0.5, 1.5...), by linear interpolation between centres. */
function positionIn(centres: Float64Array): (value: number) => number {
  const n = centres.length;
  const rising = centres[n - 1] > centres[0] ? 1 : -1;
  return (value) => {
    let [low, high] = [0, n - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (rising * (value - centres[middle]) >= 0) low = middle;
      else high = middle;
    }
    return low + 0.5 + (value - centres[low]) / (centres[low + 1] - centres[low]);
  };
}
