import type { Grid } from '../../data/frames';

const radians = Math.PI / 180;

/** Unit vector of a place. */
function vector(longitude: number, latitude: number): [number, number, number] {
  const [lon, lat] = [longitude * radians, latitude * radians];
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
}

/**
 * Place on the Earth -> position in the cells of a curvilinear grid, column and row counted from the edges of the first
 * cell (centres at 0.5, 1.5...). The nearest centre is looked up among cubes in space, so that poles and seams are
 * nothing special; from there on the grid is taken as linear, which errs by the square of half a cell. Places more than
 * about half a cell outside give undefined.
 */
export function gridFinder({
  height,
  width,
  latitude,
  longitude,
}: Grid): (longitude: number, latitude: number) => readonly [number, number] | undefined {
  const n = height * width;
  const points = new Float64Array(3 * n);
  for (let at = 0; at < n; at++) points.set(vector(longitude[at], latitude[at]), 3 * at);
  const isPlace = (at: number) => !Number.isNaN(points[3 * at] + points[3 * at + 2]);
  const side = 1.5 * usualSpacing(points, height, width);

  // Cubes of that side, each with the list of its cells (`first`, then `next`).
  const first = new Map<number, number>();
  const next = new Int32Array(n).fill(-1);
  const key = (x: number, y: number, z: number) => (x * 131072 + y) * 131072 + z;
  const cube = (value: number) => Math.floor((value + 1) / side) + 1;
  for (let at = 0; at < n; at++) {
    if (!isPlace(at)) continue;
    const k = key(cube(points[3 * at]), cube(points[3 * at + 1]), cube(points[3 * at + 2]));
    next[at] = first.get(k) ?? -1;
    first.set(k, at);
  }

  const nearest = (p: readonly number[]): number => {
    const [cx, cy, cz] = [cube(p[0]), cube(p[1]), cube(p[2])];
    let best = -1;
    let least = side * side;
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dz = -1; dz <= 1; dz++) {
          let at = first.get(key(cx + dx, cy + dy, cz + dz)) ?? -1;
          for (; at >= 0; at = next[at]) {
            const distance =
              (points[3 * at] - p[0]) ** 2 +
              (points[3 * at + 1] - p[1]) ** 2 +
              (points[3 * at + 2] - p[2]) ** 2;
            if (distance < least) [best, least] = [at, distance];
          }
        }
      }
    }
    return best;
  };

  /** The step from a cell to the next one along its row or column, by central differences where there are two neighbours. */
  const stepAt = (at: number, index: number, count: number, stride: number): number[] => {
    const before = index > 0 && isPlace(at - stride) ? at - stride : at;
    const after = index < count - 1 && isPlace(at + stride) ? at + stride : at;
    const cells = (after - before) / stride;
    return [0, 1, 2].map((c) => (points[3 * after + c] - points[3 * before + c]) / cells);
  };

  return (lon, lat) => {
    const p = vector(lon, lat);
    const at = nearest(p);
    if (at < 0) return undefined;
    const [i, j] = [Math.floor(at / width), at % width];
    const d = [0, 1, 2].map((c) => p[c] - points[3 * at + c]);
    const u = stepAt(at, j, width, 1);
    const v = stepAt(at, i, height, width);
    // Least squares: d = column u + row v.
    const [uu, uv, vv, du, dv] = [dot(u, u), dot(u, v), dot(v, v), dot(d, u), dot(d, v)];
    const determinant = uu * vv - uv * uv;
    if (!(determinant > 0)) return undefined;
    const column = (du * vv - dv * uv) / determinant;
    const row = (dv * uu - du * uv) / determinant;
    return Math.abs(column) <= 1.2 && Math.abs(row) <= 1.2 ? [j + 0.5 + column, i + 0.5 + row] : undefined;
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Chord between neighbouring cells that 19 in 20 do not exceed: the rest are seams and missing coordinates. */
function usualSpacing(points: Float64Array, height: number, width: number): number {
  const lengths: number[] = [];
  const add = (a: number, b: number) => {
    const length = Math.hypot(
      points[3 * a] - points[3 * b],
      points[3 * a + 1] - points[3 * b + 1],
      points[3 * a + 2] - points[3 * b + 2],
    );
    if (length > 0) lengths.push(length);
  };
  // A few ten thousand pairs tell.
  const every = Math.max(1, Math.floor((height * width) / 20_000));
  for (let at = 0; at < height * width; at += every) {
    if (at % width < width - 1) add(at, at + 1);
    if (at + width < height * width) add(at, at + width);
  }
  lengths.sort((a, b) => a - b);
  return lengths[Math.floor(0.95 * (lengths.length - 1))] ?? 1;
}
