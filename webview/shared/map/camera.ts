/** From degrees to the pixels of a picture and back: a projection, fitted to the domain, seen through a view. */
import type { Cells, Domain } from './cells';
import { type Pair, type Plane, type ProjectionKind, createPlane, wrap } from './planes';
import { parametersFor } from './projections';

/**
 * How far a user has zoomed and moved, without a unit of length: the same view fits pictures of every size. `x` and `y`
 * are the picture's middle as shares of the fitted width and height, `longitude` and `latitude` how far the globe was
 * turned, in degrees.
 */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  readonly longitude: number;
  readonly latitude: number;
}
export const wholeView: View = { zoom: 1, x: 0, y: 0, longitude: 0, latitude: 0 };

/** The rectangle around the domain on the plane, and the plane it is on. */
export interface Fit {
  readonly kind: ProjectionKind;
  readonly domain: Domain;
  readonly plane: Plane;
  /** Middle, width and height on the plane. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether the domain is the whole world as this projection shows it: its outline is drawn, and no frame. */
  readonly world: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Camera {
  readonly fit: Fit;
  readonly view: View;
  readonly size: Size;
  readonly plane: Plane;
  /** Pixels for one unit of the plane. */
  readonly scale: number;
  /** Pixel of the plane's origin. */
  readonly originX: number;
  readonly originY: number;
  /** Degrees to pixels; false where nothing is shown. */
  toScreen(longitude: number, latitude: number, out: Pair): boolean;
  /** Pixels to degrees; false outside the world. */
  toDegrees(x: number, y: number, out: Pair): boolean;
}

/** Fits a projection to the cells. Expensive for large curvilinear grids only; keep it as long as grid and kind stay. */
export function fitProjection(cells: Cells, kind: ProjectionKind): Fit {
  const { domain } = cells;
  const plane = createPlane(parametersFor(kind, domain));
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  const point: Pair = [0, 0];
  const add = (longitude: number, latitude: number) => {
    if (!plane.forward(longitude, latitude, point)) return;
    left = Math.min(left, point[0]);
    right = Math.max(right, point[0]);
    bottom = Math.min(bottom, point[1]);
    top = Math.max(top, point[1]);
  };
  const spans = { x: domain.east - domain.west, y: domain.north - domain.south };
  const around = domain.geographic && spans.x >= 359;
  const globe = around && spans.y > 100;
  if (kind === 'orthographic' && globe) {
    [left, right, bottom, top] = [-1, 1, -1, 1];
  } else if (cells.kind === 'curvilinear' && !around) {
    cells.cornerLongitude.forEach((longitude, i) => add(longitude, cells.cornerLatitude[i]));
  } else {
    for (const [longitude, latitude] of lattice(shown(domain, kind), plane.parameters.longitude, around))
      add(longitude, latitude);
  }
  if (!(left < right && bottom < top)) [left, right, bottom, top] = [-1, 1, -1, 1];
  const world = globe && (kind === 'orthographic' || kind === 'naturalEarth' || kind === 'equirectangular');
  return {
    kind,
    domain,
    plane,
    x: (left + right) / 2,
    y: (bottom + top) / 2,
    width: right - left,
    height: top - bottom,
    world,
  };
}

/** The part of the domain that a picture is fitted to: projections that grow without bounds get their good half. */
function shown(domain: Domain, kind: ProjectionKind): Domain {
  if (kind === 'northPolar')
    return { ...domain, south: Math.max(domain.south, Math.min(0, domain.north - 10)) };
  if (kind === 'southPolar')
    return { ...domain, north: Math.min(domain.north, Math.max(0, domain.south + 10)) };
  if (kind === 'lambert') {
    return domain.south + domain.north > 0
      ? { ...domain, south: Math.max(-30, domain.south) }
      : { ...domain, north: Math.min(30, domain.north) };
  }
  return domain;
}

/** Points on the rim and inside of a domain. */
function* lattice(domain: Domain, middle: number, around: boolean): Generator<Pair> {
  const count = 64;
  // Around the globe from one side of the central meridian's opposite to the other, as the picture is cut.
  const west = around ? middle - 180 : domain.west;
  const span = around ? 360 - 1e-9 : domain.east - domain.west;
  for (let i = 0; i <= count; i++) {
    for (let j = 0; j <= count; j++) {
      yield [west + (span * j) / count, domain.south + ((domain.north - domain.south) * i) / count];
    }
  }
}

/** Width of a picture over its height, between a strip and a column that still can be read. */
export function aspectOf({ width, height }: Fit): number {
  return Math.max(0.5, Math.min(3, width / height));
}

export function createCamera(fit: Fit, size: Size, view: View = wholeView): Camera {
  const { parameters, turns } = fit.plane;
  const turned = turns !== 'no' && (view.longitude !== 0 || view.latitude !== 0);
  const plane = turned
    ? createPlane({
        ...parameters,
        longitude: wrap(parameters.longitude + view.longitude),
        latitude: parameters.latitude + view.latitude,
      })
    : fit.plane;
  const scale = fitScale(fit, size) * view.zoom;
  const originX = size.width / 2 - scale * (fit.x + view.x * fit.width);
  const originY = size.height / 2 + scale * (fit.y + view.y * fit.height);
  return {
    fit,
    view,
    size,
    plane,
    scale,
    originX,
    originY,
    toScreen: (longitude, latitude, out) => {
      const seen = plane.forward(longitude, latitude, out);
      out[0] = originX + scale * out[0];
      out[1] = originY - scale * out[1];
      return seen;
    },
    toDegrees: (x, y, out) => plane.inverse((x - originX) / scale, (originY - y) / scale, out),
  };
}

/** Pixels for a unit of the plane when all of the domain is seen. */
export function fitScale({ width, height }: Fit, size: Size): number {
  return Math.min(size.width / width, size.height / height);
}
