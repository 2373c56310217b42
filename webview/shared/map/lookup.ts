/** The cell that every pixel of a picture shows. Computed once a view; each map is then a gather through a table. */
import type { Camera } from './camera';
import type { Cells, CurvilinearCells, RectilinearCells } from './cells';
import type { Pair } from './planes';

export interface Lookup {
  /** Pixels of the raster, which may be coarser or finer than those of the page. */
  readonly width: number;
  readonly height: number;
  /** Index of the cell, or the number of cells where there is none. [height * width] */
  readonly cells: Int32Array;
}

/** `density`: raster pixels for one pixel of the camera's picture. */
export function createLookup(cells: Cells, camera: Camera, density = 1): Lookup {
  const width = Math.max(1, Math.round(camera.size.width * density));
  const height = Math.max(1, Math.round(camera.size.height * density));
  const lookup = { width, height, cells: new Int32Array(width * height).fill(cells.height * cells.width) };
  if (cells.kind === 'curvilinear') drawQuads(cells, camera, lookup);
  else if (camera.plane.row) fillRows(cells, camera, lookup, camera.plane.row);
  else fillPixels(cells, camera, lookup);
  return lookup;
}

/** Parallels are rows of the picture: one inverse for each. */
function fillRows(
  grid: RectilinearCells,
  { plane, scale, originX, originY, size }: Camera,
  { width, height, cells }: Lookup,
  row: (y: number, out: Pair) => boolean,
): void {
  const at: Pair = [0, 0];
  const [stepX, stepY] = [size.width / width, size.height / height];
  const { longitude: middle } = plane.parameters;
  const columns = new Int32Array(width);
  const limit = grid.geographic ? 180 : Infinity;
  let perUnit = NaN;
  for (let py = 0; py < height; py++) {
    if (!row((originY - (py + 0.5) * stepY) / scale, at)) continue;
    const line = grid.row(at[1]);
    if (line < 0) continue;
    if (at[0] !== perUnit) {
      perUnit = at[0];
      for (let px = 0; px < width; px++) {
        const turned = (((px + 0.5) * stepX - originX) / scale) * perUnit;
        columns[px] = Math.abs(turned) <= limit ? grid.column(middle + turned) : -1;
      }
    }
    for (let px = 0, to = py * width, from = line * grid.width; px < width; px++, to++)
      if (columns[px] >= 0) cells[to] = from + columns[px];
  }
}

function fillPixels(grid: RectilinearCells, camera: Camera, { width, height, cells }: Lookup): void {
  const at: Pair = [0, 0];
  const [stepX, stepY] = [camera.size.width / width, camera.size.height / height];
  const { plane, scale, originX, originY } = camera;
  for (let py = 0, to = 0; py < height; py++) {
    const y = (originY - (py + 0.5) * stepY) / scale;
    for (let px = 0; px < width; px++, to++) {
      if (!plane.inverse(((px + 0.5) * stepX - originX) / scale, y, at)) continue;
      const line = grid.row(at[1]);
      if (line < 0) continue;
      const column = grid.column(at[0]);
      if (column >= 0) cells[to] = line * grid.width + column;
    }
  }
}

/** Cells are scan-converted: a pixel belongs to the quadrilateral that its centre lies in. */
function drawQuads(grid: CurvilinearCells, camera: Camera, lookup: Lookup): void {
  const { width, height } = grid;
  const ratio = [lookup.width / camera.size.width, lookup.height / camera.size.height];
  const corners = (width + 1) * (height + 1);
  const x = new Float32Array(corners);
  const y = new Float32Array(corners);
  const at: Pair = [0, 0];
  for (let i = 0; i < corners; i++) {
    const seen = camera.toScreen(grid.cornerLongitude[i], grid.cornerLatitude[i], at);
    x[i] = seen ? at[0] * ratio[0] : NaN;
    y[i] = at[1] * ratio[1];
  }
  // The picture is cut at the antimeridian of its middle; cells there are drawn at either end.
  const cut = worldWidth(camera) * ratio[0];
  const qx = new Float64Array(4);
  const qy = new Float64Array(4);
  for (let i = 0, cell = 0; i < height; i++) {
    for (let j = 0; j < width; j++, cell++) {
      const a = i * (width + 1) + j;
      const c = a + width + 1;
      qx[0] = x[a];
      qx[1] = x[a + 1];
      qx[2] = x[c + 1];
      qx[3] = x[c];
      qy[0] = y[a];
      qy[1] = y[a + 1];
      qy[2] = y[c + 1];
      qy[3] = y[c];
      const span = Math.max(qx[0], qx[1], qx[2], qx[3]) - Math.min(qx[0], qx[1], qx[2], qx[3]);
      if (!(span >= 0)) continue;
      if (span > cut / 2) drawCut(qx, qy, cut, cell, camera, lookup);
      else fillQuad(qx, qy, cell, lookup);
    }
  }
}

/** Pixels from one end of the world to the other along the equator; no end where the picture is not cut. */
function worldWidth({ plane, scale }: Camera): number {
  const row: Pair = [0, 0];
  return plane.parameters.kind !== 'plain' && plane.row?.(0, row) ? (scale * 360) / row[0] : Infinity;
}

function drawCut(
  qx: Float64Array,
  qy: Float64Array,
  cut: number,
  cell: number,
  camera: Camera,
  lookup: Lookup,
): void {
  // Rows are shorter towards the poles, by what the projection says of the quadrilateral's first corner.
  const row: Pair = [0, 0];
  const y = (camera.originY - (qy[0] * camera.size.height) / lookup.height) / camera.scale;
  const equator: Pair = [0, 0];
  if (!camera.plane.row!(y, row) || !camera.plane.row!(0, equator)) return;
  const length = cut * (equator[0] / row[0]);
  const middle = (camera.originX * lookup.width) / camera.size.width;
  for (const side of [-1, 1]) {
    const turned = qx.map((value) => (side * (value - middle) < 0 ? value + side * length : value));
    fillQuad(turned, qy, cell, lookup, [middle - length / 2, middle + length / 2]);
  }
}

function fillQuad(
  x: Float64Array,
  y: Float64Array,
  cell: number,
  { width, height, cells }: Lookup,
  within: readonly [number, number] = [0, width],
): void {
  const top = Math.max(0, Math.ceil(Math.min(y[0], y[1], y[2], y[3]) - 0.5));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(y[0], y[1], y[2], y[3]) - 0.5) - 1);
  const lowest = Math.max(0, Math.ceil(within[0] - 0.5));
  const highest = Math.min(width, Math.ceil(within[1] - 0.5));
  for (let py = top; py <= bottom; py++) {
    const middle = py + 0.5;
    let [left, right] = [Infinity, -Infinity];
    for (let side = 0; side < 4; side++) {
      const next = (side + 1) & 3;
      if (y[side] <= middle === y[next] <= middle) continue;
      const crossing = x[side] + ((middle - y[side]) / (y[next] - y[side])) * (x[next] - x[side]);
      if (crossing < left) left = crossing;
      if (crossing > right) right = crossing;
    }
    const end = Math.min(highest, Math.ceil(right - 0.5));
    for (let px = Math.max(lowest, Math.ceil(left - 0.5)); px < end; px++) cells[py * width + px] = cell;
  }
}
