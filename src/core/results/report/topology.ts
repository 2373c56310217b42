import countries from 'world-atlas/countries-50m.json';

/** A line on the Earth: longitude and latitude by turns, in degrees; longitudes run on across the antimeridian. [2 * points] */
export type Line = Float64Array;

/** Ring of a country: indices of arcs; ~i is arc i backwards. */
type Ring = readonly number[];

/** What of a TopoJSON topology is needed: quantised, delta-encoded arcs, and which country has which. */
interface Topology {
  readonly transform: { readonly scale: readonly number[]; readonly translate: readonly number[] };
  readonly arcs: readonly (readonly (readonly number[])[])[];
  readonly objects: {
    readonly countries: {
      readonly geometries: readonly {
        readonly type: string;
        readonly arcs?: readonly Ring[] | readonly (readonly Ring[])[];
      }[];
    };
  };
}

let decoded: { coasts: Line[]; borders: Line[] } | undefined;

/**
 * Coastlines and land borders (Natural Earth, 1:50 million). An arc that two countries share
 * is a border, one that a single country has is a coast. The edge of the flat world is neither.
 */
export function outlines(): { coasts: readonly Line[]; borders: readonly Line[] } {
  decoded ??= decode(countries as unknown as Topology);
  return decoded;
}

function decode({ transform, arcs, objects }: Topology): { coasts: Line[]; borders: Line[] } {
  const owners = new Uint8Array(arcs.length);
  for (const { type, arcs: rings = [] } of objects.countries.geometries) {
    const flat = (type === 'MultiPolygon' ? rings.flat() : rings) as readonly Ring[];
    for (const i of new Set(flat.flat().map((arc) => (arc < 0 ? ~arc : arc)))) owners[i]++;
  }
  const coasts: Line[] = [];
  const borders: Line[] = [];
  arcs.forEach((arc, a) => {
    let [x, y] = [0, 0];
    const points = arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [
        x * transform.scale[0] + transform.translate[0],
        y * transform.scale[1] + transform.translate[1],
      ] as const;
    });
    const lines = owners[a] > 1 ? borders : coasts;
    for (const part of withoutEdge(points)) lines.push(continuous(part));
  });
  return { coasts, borders };
}

/** The parts of a line that do not run along the antimeridian or the south pole, where flat polygons are closed. */
function withoutEdge(points: readonly (readonly [number, number])[]): (readonly [number, number])[][] {
  const parts: (readonly [number, number])[][] = [];
  let part: (readonly [number, number])[] = [];
  const onEdge = ([longitude, latitude]: readonly [number, number]) =>
    Math.abs(longitude) > 179.98 || latitude < -89.9;
  points.forEach((point, i) => {
    if (i > 0 && onEdge(point) && onEdge(points[i - 1])) {
      if (part.length > 1) parts.push(part);
      part = [];
    }
    part.push(point);
  });
  if (part.length > 1) parts.push(part);
  return parts;
}

/** Arcs are joined across the antimeridian, where longitudes leap. */
function continuous(points: readonly (readonly [number, number])[]): Line {
  const line = Float64Array.from(points.flat());
  for (let at = 2; at < line.length; at += 2) line[at] -= 360 * Math.round((line[at] - line[at - 2]) / 360);
  return line;
}
