import type { Earth, Plane } from './plane';
import { MAP_WIDTH, turns } from './plane';
import type { Line } from './topology';

/** Units of a path per unit of a picture: whole numbers keep paths short. */
export const PATH_SCALE = 10;

/** Least distance of two points of a path, in units of the picture: about a tenth of a millimetre in print. */
const DETAIL = 0.3;

type Point = readonly [number, number];

/** Lines on the Earth as an SVG path, in tenths of the picture's units; undefined when none of them is in the picture. */
export function outlinePath(lines: Iterable<Line>, plane: Plane): string | undefined {
  const { earth } = plane;
  if (!earth) return undefined;
  const parts: string[] = [];
  for (const line of lines) {
    const [south, north] = range(line, 1);
    if (north < earth.south || south > earth.north) continue;
    for (const turn of turns(earth, ...range(line, 0))) {
      for (const run of placed(line, turn, earth, plane.height)) parts.push(pathOf(run));
    }
  }
  const path = parts.join('');
  return path === '' ? undefined : path;
}

function range(line: Line, from: 0 | 1): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = from; at < line.length; at += 2) {
    if (line[at] < low) low = line[at];
    if (line[at] > high) high = line[at];
  }
  return [low, high];
}

/**
 * The runs of a line that are in the picture or touch it, as places. Long segments are walked in small steps, since
 * straight lines of a map are seldom straight in a picture, and may cross it with both ends outside.
 */
function placed(line: Line, turn: number, earth: Earth, height: number): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  const end = () => {
    if (run.length > 1) runs.push(run);
    run = [];
  };
  const step = Math.min(1, Math.max(0.05, (earth.north - earth.south) / 20));
  let previous: Point | undefined;
  const visit = (longitude: number, latitude: number) => {
    const point = earth.place(longitude, latitude);
    const apart =
      point === undefined ||
      previous === undefined ||
      Math.abs(point[0] - previous[0]) > earth.seam ||
      Math.abs(point[1] - previous[1]) > earth.seam ||
      outside(previous, point, height);
    if (apart) end();
    else if (run.length === 0) run.push(previous as Point, point);
    else run.push(point);
    previous = point;
  };
  for (let at = 0; at < line.length; at += 2) {
    const [longitude, latitude] = [line[at] + turn, line[at + 1]];
    if (at > 0) {
      const [dx, dy] = [longitude - line[at - 2] - turn, latitude - line[at - 1]];
      const pieces = Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) / step);
      for (let p = 1; p < pieces; p++)
        visit(longitude - dx * (1 - p / pieces), latitude - dy * (1 - p / pieces));
    }
    visit(longitude, latitude);
  }
  end();
  return runs;
}

/** Whether a segment is surely outside: beyond one side of the picture with both ends. */
function outside(a: Point, b: Point, height: number): boolean {
  return (
    Math.max(a[0], b[0]) < 0 ||
    Math.min(a[0], b[0]) > MAP_WIDTH ||
    Math.max(a[1], b[1]) < 0 ||
    Math.min(a[1], b[1]) > height
  );
}

/** A run as relative moves, without points that cannot be told from the one before; empty for specks. */
export function pathOf(run: readonly Point[]): string {
  const kept = run.slice(0, 1);
  for (const [i, point] of run.entries()) {
    const [x, y] = kept[kept.length - 1];
    const far = Math.hypot(point[0] - x, point[1] - y);
    if (far >= DETAIL || (i === run.length - 1 && far > 0)) kept.push(point);
  }
  if (
    kept.length < 3 &&
    Math.hypot(kept[0][0] - kept[kept.length - 1][0], kept[0][1] - kept[kept.length - 1][1]) < 2 * DETAIL
  )
    return '';
  let [x, y] = [0, 0];
  return kept
    .map((point, i) => {
      const [toX, toY] = point.map((value) => Math.round(value * PATH_SCALE));
      const text = `${toX - x} ${toY - y}`.replace(' -', '-');
      [x, y] = [toX, toY];
      return i === 0 ? `M${toX} ${toY}` : `l${text}`;
    })
    .join('');
}
