/** Corners of the cells of a curvilinear grid, from the centres around them. */
import type { GridSnapshot } from '../../../src/protocol/panel';

const RADIANS = Math.PI / 180;

/**
 * Each corner is the mean of the four centres around it; at the rim centres are continued outwards first. Means are taken
 * of directions in space, so that poles and the date line are places like any other. [(H + 1) * (W + 1)] each, in degrees.
 */
export function quadCorners(grid: Pick<GridSnapshot, 'height' | 'width' | 'latitude' | 'longitude'>): {
  cornerLongitude: Float64Array;
  cornerLatitude: Float64Array;
} {
  const padded = withRim(grid);
  const { height, width } = grid;
  const cornerLongitude = new Float64Array((height + 1) * (width + 1));
  const cornerLatitude = new Float64Array(cornerLongitude.length);
  const across = width + 2;
  for (let i = 0; i <= height; i++) {
    for (let j = 0; j <= width; j++) {
      const [a, b] = [3 * (i * across + j), 3 * ((i + 1) * across + j)];
      const at = i * (width + 1) + j;
      const x = padded[a] + padded[a + 3] + padded[b] + padded[b + 3];
      const y = padded[a + 1] + padded[a + 4] + padded[b + 1] + padded[b + 4];
      const z = padded[a + 2] + padded[a + 5] + padded[b + 2] + padded[b + 5];
      cornerLongitude[at] = Math.atan2(y, x) / RADIANS;
      cornerLatitude[at] = Math.atan2(z, Math.hypot(x, y)) / RADIANS;
    }
  }
  return { cornerLongitude, cornerLatitude };
}

/** Directions of the centres, with one more row or column on each side. [(H + 2) * (W + 2), 3] */
function withRim({
  height,
  width,
  latitude,
  longitude,
}: Pick<GridSnapshot, 'height' | 'width' | 'latitude' | 'longitude'>): Float64Array {
  const across = width + 2;
  const points = new Float64Array((height + 2) * across * 3).fill(NaN);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [lon, lat] = [longitude[i * width + j] * RADIANS, latitude[i * width + j] * RADIANS];
      const at = 3 * ((i + 1) * across + j + 1);
      points[at] = Math.cos(lat) * Math.cos(lon);
      points[at + 1] = Math.cos(lat) * Math.sin(lon);
      points[at + 2] = Math.sin(lat);
    }
  }
  // Continues the great circle from `inner` through `edge` by one step.
  const extend = (target: number, edge: number, inner: number) => {
    const [t, e, n] = [3 * target, 3 * edge, 3 * inner];
    const cosine = points[e] * points[n] + points[e + 1] * points[n + 1] + points[e + 2] * points[n + 2];
    for (let c = 0; c < 3; c++) points[t + c] = 2 * cosine * points[e + c] - points[n + c];
  };
  const closed = width > 2 && closesAround(points, height, width);
  if (width > 1) {
    for (let i = 1; i <= height; i++) {
      const row = i * across;
      if (closed) {
        points.copyWithin(3 * row, 3 * (row + width), 3 * (row + width + 1));
        points.copyWithin(3 * (row + width + 1), 3 * (row + 1), 3 * (row + 2));
      } else {
        extend(row, row + 1, row + 2);
        extend(row + width + 1, row + width, row + width - 1);
      }
    }
  } else {
    for (let i = 1; i <= height; i++) {
      const neighbour = i < height ? i + 1 : i - 1;
      const sign = i < height ? 1 : -1;
      quarterTurn(points, i * across + 1, height > 1 ? neighbour * across + 1 : -1, sign, [
        i * across,
        i * across + 2,
      ]);
    }
  }
  for (let j = 0; j < across; j++) {
    if (height > 1) {
      extend(j, across + j, 2 * across + j);
      extend((height + 1) * across + j, height * across + j, (height - 1) * across + j);
    } else {
      const [from, sign] = j < across - 1 ? [j + 1, 1] : [j - 1, -1];
      quarterTurn(points, across + j, across + from, sign, [2 * across + j, j]);
    }
  }
  return points;
}

/** Whether the last column is beside the first, as on a grid around the globe: no farther than one and a half cells. */
function closesAround(points: Float64Array, height: number, width: number): boolean {
  const across = width + 2;
  const distance = (a: number, b: number) =>
    Math.hypot(
      points[3 * a] - points[3 * b],
      points[3 * a + 1] - points[3 * b + 1],
      points[3 * a + 2] - points[3 * b + 2],
    );
  let [near, known] = [0, 0];
  for (let i = 1; i <= height; i++) {
    const gap = distance(i * across + 1, i * across + width);
    const step = distance(i * across + 1, i * across + 2);
    if (!Number.isFinite(gap + step)) continue;
    known++;
    if (gap <= 1.5 * step) near++;
  }
  return near > known / 2;
}

/** Places both neighbours of `at` at a right angle to the way to `along` (a degree where there is none). */
function quarterTurn(
  points: Float64Array,
  at: number,
  along: number,
  sign: number,
  targets: readonly [number, number],
): void {
  const p = points.subarray(3 * at, 3 * at + 3);
  const way =
    along >= 0
      ? [0, 1, 2].map((c) => sign * (points[3 * along + c] - p[c]))
      : [-p[1] * RADIANS, p[0] * RADIANS, 0];
  const turn = [p[1] * way[2] - p[2] * way[1], p[2] * way[0] - p[0] * way[2], p[0] * way[1] - p[1] * way[0]];
  targets.forEach((target, side) => {
    for (let c = 0; c < 3; c++) points[3 * target + c] = p[c] + (side === 0 ? 1 : -1) * turn[c];
  });
}
