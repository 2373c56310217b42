/** Grids and cameras for the tests of maps. */
import type { GridSnapshot } from '../../../src/protocol/panel';
import { type Camera, type View, createCamera, fitProjection } from '../../../webview/shared/map/camera';
import { type Cells, cellsOf } from '../../../webview/shared/map/cells';
import type { Pair, ProjectionKind } from '../../../webview/shared/map/planes';

export const numbers = (count: number, at: (i: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => at(i));

export function rectilinearGrid(latitude: Float64Array, longitude: Float64Array): GridSnapshot {
  return {
    kind: 'rectilinear',
    height: latitude.length,
    width: longitude.length,
    latitude,
    longitude,
    geographic: true,
  };
}

/** One degree, from the north down, from Greenwich to the east. */
export const globalGrid = rectilinearGrid(
  numbers(181, (i) => 90 - i),
  numbers(360, (i) => i),
);

/** Degrees of a point whose rotated coordinates are given, for a north pole at (`poleLatitude`, `poleLongitude`). */
function unrotate(latitude: number, longitude: number, poleLatitude: number, poleLongitude: number): Pair {
  const r = Math.PI / 180;
  const [lat, lon, pole] = [latitude * r, longitude * r, poleLatitude * r];
  const up = Math.sin(lat) * Math.sin(pole) + Math.cos(lat) * Math.cos(lon) * Math.cos(pole);
  const east = Math.atan2(
    Math.cos(lat) * Math.sin(lon),
    Math.sin(pole) * Math.cos(lat) * Math.cos(lon) - Math.cos(pole) * Math.sin(lat),
  );
  return [east / r + poleLongitude + 180, Math.asin(up) / r];
}

/** As CORDEX: half a degree in coordinates that are rotated by a pole at 39.25 N, 162 W. */
export function rotatedGrid(height = 28, width = 30, south = -18, west = -20): GridSnapshot {
  const latitude = new Float64Array(height * width);
  const longitude = new Float64Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [lon, lat] = unrotate(south + 0.44 * i, west + 0.44 * j, 39.25, -162);
      latitude[i * width + j] = lat;
      longitude[i * width + j] = lon > 180 ? lon - 360 : lon;
    }
  }
  return { kind: 'curvilinear', height, width, latitude, longitude, geographic: true };
}

export function cameraOf(
  cells: Cells | GridSnapshot,
  kind: ProjectionKind,
  width = 400,
  height = 300,
  view?: View,
): Camera {
  const made = 'centre' in cells ? cells : cellsOf(cells);
  return createCamera(fitProjection(made, kind), { width, height }, view);
}
