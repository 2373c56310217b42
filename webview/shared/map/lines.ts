/** Lines on a map: coasts, borders, graticule and the outline of the world, as paths. */
import type { GeoPermissibleObjects } from 'd3';
import { geoPath } from 'd3';
import type { Camera } from './camera';
import type { Pair } from './planes';
import type { Region } from './worldLines';

/** What d3 and the functions here draw on: a canvas, a Path2D, or {@link PathText}. */
export interface PathContext {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  beginPath(): void;
}

/** Writes a path as the text of an SVG `d` attribute, with a tenth of a pixel. */
export class PathText implements PathContext {
  private readonly parts: string[] = [];
  moveTo(x: number, y: number): void {
    this.parts.push(`M${tenth(x)},${tenth(y)}`);
  }
  lineTo(x: number, y: number): void {
    this.parts.push(`L${tenth(x)},${tenth(y)}`);
  }
  closePath(): void {
    this.parts.push('Z');
  }
  arc(x: number, y: number, r: number): void {
    this.parts.push(
      `M${tenth(x + r)},${tenth(y)}A${r},${r},0,1,1,${tenth(x - r)},${tenth(y)}A${r},${r},0,1,1,${tenth(x + r)},${tenth(y)}`,
    );
  }
  beginPath(): void {}
  toString(): string {
    return this.parts.join('');
  }
}

const tenth = (value: number) => Math.round(value * 10) / 10;

/** Draws a geometry in pixels of the camera's picture; what is farther than `margin` from it is left out. */
export function drawGeometry(
  camera: Camera,
  geometry: GeoPermissibleObjects,
  context: PathContext,
  margin = 4,
): void {
  const projection = camera.plane.line?.(camera.scale);
  if (!projection) return;
  projection
    .translate([camera.originX, camera.originY])
    .clipExtent([
      [-margin, -margin],
      [camera.size.width + margin, camera.size.height + margin],
    ])
    // Coasts are dense: more points between theirs would be slower and no better.
    .precision(0.8);
  geoPath(projection, context)(geometry);
}

/** The outline of the world, where the picture shows all of it. */
export function drawOutline(camera: Camera, context: PathContext): void {
  drawGeometry(camera, { type: 'Sphere' }, context, 2);
}

/**
 * The part of the globe that a picture shows, found by a lattice of its pixels; all longitudes where a pole is in it.
 * Undefined where the picture shows nothing of the world.
 */
export function visibleRegion(camera: Camera): Region | undefined {
  const { width, height } = camera.size;
  const at: Pair = [0, 0];
  const middle = camera.plane.parameters.longitude;
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
  const count = 24;
  for (let i = 0; i <= count; i++) {
    for (let j = 0; j <= count; j++) {
      if (!camera.toDegrees((width * j) / count, (height * i) / count, at)) continue;
      west = Math.min(west, at[0] - middle);
      east = Math.max(east, at[0] - middle);
      south = Math.min(south, at[1]);
      north = Math.max(north, at[1]);
    }
  }
  if (west > east) return undefined;
  // The lattice misses what lies between its points.
  const slack = 2 + Math.max(east - west, north - south) / 10;
  [south, north] = [Math.max(-90, south - slack), Math.min(90, north + slack)];
  const pole = [-90, 90].some((latitude) => {
    if (!camera.toScreen(middle, latitude, at)) return false;
    return at[0] >= 0 && at[0] <= width && at[1] >= 0 && at[1] <= height;
  });
  const around = pole || east - west > 300;
  return {
    west: around ? middle - 180 : middle + west - slack,
    east: around ? middle + 180 : middle + east + slack,
    south,
    north,
  };
}
