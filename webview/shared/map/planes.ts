/**
 * Map projections as pairs of plain functions between degrees and a plane. d3-geo draws the lines (it clips at the
 * antimeridian and the horizon); cells need the inverse of every pixel, which must be fast, so it is written out here.
 * Both use the same formulas; a test holds them together.
 */
import {
  type GeoProjection,
  type GeoRawProjection,
  geoConicConformalRaw,
  geoNaturalEarth1Raw,
  geoOrthographicRaw,
  geoProjection,
  geoStereographicRaw,
} from 'd3';

const RADIANS = Math.PI / 180;
const DEGREES = 180 / Math.PI;

/** The projections there are. `plain` draws grids without geography: columns and rows. */
export const projectionKinds = [
  'equirectangular',
  'naturalEarth',
  'orthographic',
  'northPolar',
  'southPolar',
  'lambert',
  'plain',
] as const;
export type ProjectionKind = (typeof projectionKinds)[number];

export const projectionNames: Readonly<Record<ProjectionKind, string>> = {
  equirectangular: 'Equirectangular',
  naturalEarth: 'Natural Earth',
  orthographic: 'Orthographic',
  northPolar: 'North polar stereographic',
  southPolar: 'South polar stereographic',
  lambert: 'Lambert conformal conic',
  plain: 'Grid cells',
};

/** What a projection is made from. Angles in degrees. */
export interface PlaneParameters {
  readonly kind: ProjectionKind;
  /** The central meridian, or the column in the middle. */
  readonly longitude: number;
  /** The latitude in the middle (orthographic only). */
  readonly latitude: number;
  /** Latitudes of true scale: the standard parallel of equirectangular, both of Lambert. */
  readonly parallels: readonly [number, number];
}

/** A projected point, or the degrees of one: [x, y] or [longitude, latitude]. */
export type Pair = [number, number];

/** A plane in radii of the globe (in cells for `plain`), x to the right and y up. */
export interface Plane {
  readonly parameters: PlaneParameters;
  /** Degrees to the plane; false where the projection does not show them (behind the horizon). */
  forward(longitude: number, latitude: number, out: Pair): boolean;
  /** The plane to degrees; false outside the world. Longitudes are within 180 of the central meridian. */
  inverse(x: number, y: number, out: Pair): boolean;
  /**
   * Where parallels are straight rows: the latitude at y, and degrees of longitude for one unit of x; false outside the
   * world. Makes a lookup need two divisions a row instead of trigonometry in every pixel.
   */
  readonly row?: (y: number, out: Pair) => boolean;
  /** Longitude turns the world instead of moving the picture. */
  readonly turns: 'no' | 'longitude' | 'both';
  /** For lines: d3's projection of the same plane with the given scale. Undefined for `plain`. */
  line?(scale: number): GeoProjection;
}

export function createPlane(parameters: PlaneParameters): Plane {
  switch (parameters.kind) {
    case 'equirectangular':
      return cylindrical(parameters, equirectangularRaw(parameters.parallels[0]));
    case 'naturalEarth':
      return cylindrical(parameters, geoNaturalEarth1Raw);
    case 'orthographic':
      return orthographic(parameters);
    case 'northPolar':
      return polar(parameters, 1);
    case 'southPolar':
      return polar(parameters, -1);
    case 'lambert':
      return lambert(parameters);
    case 'plain':
      return plain(parameters);
  }
}

/** Degrees from -180 up to, but not including, 180. */
export function wrap(degrees: number): number {
  const turned = (degrees + 180) % 360;
  return turned < 0 ? turned + 180 : turned - 180;
}

function equirectangularRaw(parallel: number): GeoRawProjection {
  const narrow = Math.cos(parallel * RADIANS);
  const raw: GeoRawProjection = (x, y) => [x * narrow, y];
  raw.invert = (x, y) => [x / narrow, y];
  return raw;
}

/** Parallels are horizontal and x grows evenly along each: x = longitude * f(latitude). */
function cylindrical(parameters: PlaneParameters, raw: GeoRawProjection): Plane {
  const { longitude: middle } = parameters;
  const top = raw(0, Math.PI / 2)[1];
  const latitudeAt = raw.invert as (x: number, y: number) => Pair;
  const row = (y: number, out: Pair): boolean => {
    if (Math.abs(y) > top) return false;
    const latitude = latitudeAt(0, y)[1];
    out[0] = DEGREES / raw(1, latitude)[0];
    out[1] = latitude * DEGREES;
    return true;
  };
  return {
    parameters,
    turns: 'longitude',
    forward: (longitude, latitude, out) => {
      const [x, y] = raw(wrap(longitude - middle) * RADIANS, latitude * RADIANS);
      out[0] = x;
      out[1] = y;
      return true;
    },
    inverse: (x, y, out) => {
      if (!row(y, out)) return false;
      const turned = x * out[0];
      out[0] = middle + turned;
      return Math.abs(turned) <= 180;
    },
    row,
    line: (scale) => geoProjection(raw).rotate([-middle, 0]).scale(scale).translate([0, 0]),
  };
}

function orthographic(parameters: PlaneParameters): Plane {
  const { longitude: middle, latitude } = parameters;
  const sin = Math.sin(latitude * RADIANS);
  const cos = Math.cos(latitude * RADIANS);
  return {
    parameters,
    turns: 'both',
    forward: (lon, lat, out) => {
      const east = (lon - middle) * RADIANS;
      const up = Math.sin(lat * RADIANS);
      const flat = Math.cos(lat * RADIANS);
      const ahead = flat * Math.cos(east);
      out[0] = flat * Math.sin(east);
      out[1] = up * cos - ahead * sin;
      return up * sin + ahead * cos >= 0;
    },
    inverse: (x, y, out) => {
      const square = 1 - x * x - y * y;
      // The horizon itself is seen, in spite of rounding.
      if (square < -1e-12) return false;
      const depth = Math.sqrt(Math.max(0, square));
      out[0] = middle + Math.atan2(x, depth * cos - y * sin) * DEGREES;
      out[1] = Math.asin(Math.max(-1, Math.min(1, y * cos + depth * sin))) * DEGREES;
      return true;
    },
    line: (scale) =>
      geoProjection(geoOrthographicRaw)
        .rotate([-middle, -latitude])
        .clipAngle(90 - 1e-6)
        .scale(scale)
        .translate([0, 0]),
  };
}

/** Lines end here, in degrees from the pole: the far side grows without bounds. */
const polarLimit = 150;

/** Stereographic about a pole (`sign` 1 or -1); the central meridian points down in the north, up in the south. */
function polar(parameters: PlaneParameters, sign: 1 | -1): Plane {
  const { longitude: middle } = parameters;
  const farthest = Math.tan((polarLimit / 2) * RADIANS) * (1 + 1e-12);
  return {
    parameters,
    turns: 'no',
    forward: (lon, lat, out) => {
      const distance = 90 - sign * lat;
      const radius = Math.tan((distance / 2) * RADIANS);
      const east = (lon - middle) * RADIANS;
      out[0] = radius * Math.sin(east);
      out[1] = -sign * radius * Math.cos(east);
      return distance <= polarLimit;
    },
    inverse: (x, y, out) => {
      const radius = Math.sqrt(x * x + y * y);
      if (radius > farthest) return false;
      out[0] = middle + Math.atan2(x, -sign * y) * DEGREES;
      out[1] = sign * (90 - 2 * Math.atan(radius) * DEGREES);
      return true;
    },
    line: (scale) =>
      geoProjection(geoStereographicRaw)
        .rotate([-middle, -sign * 90])
        .clipAngle(polarLimit)
        .scale(scale)
        .translate([0, 0]),
  };
}

/** Snyder (1987), Map Projections: A Working Manual, equations 15-1 to 15-11, on the sphere with origin at the equator. */
function lambert(parameters: PlaneParameters): Plane {
  const { longitude: middle, parallels } = parameters;
  const [first, second] = [parallels[0] * RADIANS, parallels[1] * RADIANS];
  const tangent = (latitude: number) => Math.tan(Math.PI / 4 + latitude / 2);
  const n =
    Math.abs(first - second) < 1e-6
      ? Math.sin(first)
      : Math.log(Math.cos(first) / Math.cos(second)) / Math.log(tangent(second) / tangent(first));
  const f = (Math.cos(first) * tangent(first) ** n) / n;
  const sign = Math.sign(n);
  const edge = 90 - 1e-6;
  return {
    parameters,
    turns: 'no',
    forward: (lon, lat, out) => {
      const radius = f / tangent(Math.max(-edge, Math.min(edge, lat)) * RADIANS) ** n;
      const angle = n * wrap(lon - middle) * RADIANS;
      out[0] = radius * Math.sin(angle);
      out[1] = f - radius * Math.cos(angle);
      return true;
    },
    inverse: (x, y, out) => {
      const down = f - y;
      const radius = sign * Math.sqrt(x * x + down * down);
      const angle = (Math.atan2(sign * x, sign * down) / n) * DEGREES;
      out[0] = middle + angle;
      out[1] = radius === 0 ? sign * 90 : (2 * Math.atan((f / radius) ** (1 / n)) - Math.PI / 2) * DEGREES;
      return Math.abs(angle) <= 180;
    },
    line: (scale) =>
      geoProjection(geoConicConformalRaw(first, second)).rotate([-middle, 0]).scale(scale).translate([0, 0]),
  };
}

function plain(parameters: PlaneParameters): Plane {
  const { longitude: middle } = parameters;
  return {
    parameters,
    turns: 'no',
    forward: (column, row, out) => {
      out[0] = column - middle;
      out[1] = row;
      return true;
    },
    inverse: (x, y, out) => {
      out[0] = x + middle;
      out[1] = y;
      return true;
    },
    row: (y, out) => {
      out[0] = 1;
      out[1] = y;
      return true;
    },
  };
}
