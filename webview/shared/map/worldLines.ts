/** Coastlines and borders out of a topology of countries. */
import type { MultiLineString } from 'geojson';
import { mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

type Line = [number, number][];

export interface WorldLines {
  readonly coasts: MultiLineString;
  readonly borders: MultiLineString;
}

export function worldLines(topology: Topology): WorldLines {
  const countries = topology.objects.countries as GeometryCollection;
  return {
    coasts: lines(mesh(topology, countries, (a, b) => a === b)),
    borders: lines(mesh(topology, countries, (a, b) => a !== b)),
  };
}

/** Points of a piece, at most: short pieces can be left out where they are far from a region. */
const PIECE = 80;

/** In pieces, and without the edges of the flat world: cuts along the antimeridian and the south pole are no coast. */
function lines({ coordinates }: MultiLineString): MultiLineString {
  const pieces: Line[] = [];
  for (const line of coordinates as Line[]) {
    let piece: Line = [line[0]];
    for (let i = 1; i < line.length; i++) {
      const cut = isCut(line[i - 1], line[i]);
      if (!cut) piece.push(line[i]);
      if (cut || piece.length === PIECE) {
        if (piece.length > 1) pieces.push(piece);
        piece = [line[i]];
      }
    }
    if (piece.length > 1) pieces.push(piece);
  }
  return { type: 'MultiLineString', coordinates: pieces };
}

function isCut(a: readonly number[], b: readonly number[]): boolean {
  const atEdge = (x: number) => Math.abs(Math.abs(x) - 180) < 0.02;
  return (atEdge(a[0]) && atEdge(b[0])) || (a[1] < -89.9 && b[1] < -89.9) || Math.abs(a[0] - b[0]) > 180;
}

/** A part of the globe, in degrees; `west` <= `east`, which may exceed 180. */
export interface Region {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** The pieces that touch a region. */
export function within({ coordinates }: MultiLineString, region: Region): MultiLineString {
  const middle = (region.west + region.east) / 2;
  const reach = (region.east - region.west) / 2;
  const touches = (line: Line) => {
    let [south, north] = [90, -90];
    let near = reach >= 180;
    for (const [longitude, latitude] of line) {
      if (latitude < south) south = latitude;
      if (latitude > north) north = latitude;
      if (!near) near = Math.abs(((((longitude - middle) % 360) + 540) % 360) - 180) <= reach;
    }
    return near && north >= region.south && south <= region.north;
  };
  return { type: 'MultiLineString', coordinates: (coordinates as Line[]).filter(touches) };
}
