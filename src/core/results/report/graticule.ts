import type { Markup } from './html';
import { html } from './html';
import { pathOf } from './outlinePath';
import type { Earth, Plane } from './plane';
import { MAP_WIDTH } from './plane';
import { POLAR_MARGIN } from './polarPlane';

/** Meridians and parallels over a picture, in tenths of its units, and their names around it. */
export interface Graticule {
  readonly path: string;
  readonly labels: Markup;
}

type Point = readonly [number, number];

/** Four or so meridians and parallels at round degrees. Undefined where the picture is not of the Earth. */
export function graticule(plane: Plane): Graticule | undefined {
  const { earth } = plane;
  if (!earth) return undefined;
  return plane.shape === 'disc' ? polar(plane, earth) : framed(plane, earth);
}

function framed({ height }: Plane, earth: Earth): Graticule {
  const meridians = roundDegrees(earth.west, earth.east, 4).map((degrees) => ({
    degrees,
    runs: walk(earth, (share) => [degrees, along(earth.south, earth.north, share)]),
  }));
  const parallels = roundDegrees(earth.south, earth.north, 4).map((degrees) => ({
    degrees,
    runs: walk(earth, (share) => [along(earth.west, earth.east, share), degrees]),
  }));
  const below = apart(
    meridians.flatMap(({ degrees, runs }) =>
      crossing(runs, 1, height, MAP_WIDTH).map((at) => ({ degrees, at })),
    ),
    26,
  );
  const left = apart(
    parallels.flatMap(({ degrees, runs }) => crossing(runs, 0, 0, height).map((at) => ({ degrees, at }))),
    11,
  );
  return {
    path: [...meridians, ...parallels].flatMap(({ runs }) => runs.map(pathOf)).join(''),
    labels: html`${below.map(({ degrees, at }) => {
      const x = at.toFixed(1);
      // Names near a corner stay within the picture.
      const text = Math.min(MAP_WIDTH - 8, Math.max(0, at)).toFixed(1);
      return html`<line class="mark" x1="${x}" x2="${x}" y1="${height}" y2="${height + 3}" /><text
          class="tick middle tiny"
          x="${text}"
          y="${height + 12}"
          >${eastName(degrees)}</text
        >`;
    })}${left.map(({ degrees, at }) => {
      const y = at.toFixed(1);
      return html`<line class="mark" x1="-3" x2="0" y1="${y}" y2="${y}" /><text
          class="lane tiny"
          x="-4"
          y="${(at + 3).toFixed(1)}"
          >${northName(degrees)}</text
        >`;
    })}`,
  };
}

function polar(_: Plane, earth: Earth): Graticule {
  const sign = earth.north === 90 ? 1 : -1;
  const rim = sign > 0 ? earth.south : -earth.north;
  const middle = MAP_WIDTH / 2;
  const parallels = roundDegrees(rim + 3, 85, 2);
  const circles = parallels.map((degrees) => walk(earth, (share) => [360 * share, sign * degrees]));
  const spokes = [0, 60, 120, 180, 240, 300].map((degrees) =>
    walk(earth, (share) => [degrees, sign * (rim + share * (88 - rim))]),
  );
  const radius = middle - POLAR_MARGIN;
  return {
    path: [...circles, ...spokes].flatMap((runs) => runs.map(pathOf)).join(''),
    labels: html`${[0, 60, 120, 180, -120, -60].map((degrees) => {
      const angle = (degrees * Math.PI) / 180;
      const x = middle + (radius + 7) * Math.sin(angle);
      const y = middle + sign * (radius + 6.5) * Math.cos(angle);
      return html`<text
        class="tick middle tiny"
        transform="rotate(${rotation(sign > 0 ? degrees : 180 - degrees)} ${x.toFixed(1)} ${y.toFixed(1)})"
        x="${x.toFixed(1)}"
        y="${(y + 3).toFixed(1)}"
        >${eastName(degrees)}</text
      >`;
    })}${parallels.map((degrees) => {
      const [x, y] = earth.place(150, sign * degrees) as Point;
      return html`<text class="tick tiny over" x="${(x + 1).toFixed(1)}" y="${y.toFixed(1)}"
        >${northName(sign * degrees)}</text
      >`;
    })}`,
  };
}

/** Text along the rim, never upside down. */
function rotation(degrees: number): number {
  const turned = (((-degrees % 360) + 540) % 360) - 180;
  return Math.abs(turned) > 90 ? turned + (turned > 0 ? -180 : 180) : turned;
}

/** From a little before `low` to a little after `high`, so that lines are sure to cross the frame. */
function along(low: number, high: number, share: number): number {
  return low + (high - low) * (1.02 * share - 0.01);
}

/** A line of the Earth as runs of places, in 360 steps. */
function walk(earth: Earth, at: (share: number) => Point): Point[][] {
  const runs: Point[][] = [[]];
  for (let i = 0; i <= 360; i++) {
    const point = earth.place(...at(i / 360));
    const run = runs[runs.length - 1];
    const last = run[run.length - 1];
    const jump = point && last && Math.max(Math.abs(point[0] - last[0]), Math.abs(point[1] - last[1]));
    if (point === undefined || (jump !== undefined && jump > earth.seam)) runs.push(point ? [point] : []);
    else run.push(point);
  }
  return runs.filter((run) => run.length > 1);
}

/** Where runs cross the line `coordinate` = `value`, within 0 and `limit` along the other coordinate. */
function crossing(runs: readonly Point[][], coordinate: 0 | 1, value: number, limit: number): number[] {
  for (const run of runs) {
    for (let i = 1; i < run.length; i++) {
      const [a, b] = [run[i - 1][coordinate] - value, run[i][coordinate] - value];
      if (a === b || a * b > 0) continue;
      const [p, q] = [run[i - 1][1 - coordinate], run[i][1 - coordinate]];
      const at = p + ((q - p) * a) / (a - b);
      if (at >= -0.01 && at <= limit + 0.01) return [at];
    }
  }
  return [];
}

/** Those that are at least some distance from the one before. */
function apart<T extends { at: number }>(labels: T[], distance: number): T[] {
  const kept: T[] = [];
  for (const label of labels.sort((a, b) => a.at - b.at)) {
    if (kept.length === 0 || label.at - kept[kept.length - 1].at >= distance) kept.push(label);
  }
  return kept;
}

/** Degrees between two, at about `count` round places. */
function roundDegrees(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const step =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 90].find(
      (size) => size >= rough * 0.8,
    ) ?? 90;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toFixed(6)),
  );
}

const named = (value: number, positive: string, negative: string): string =>
  value === 0 ? '0°' : `${Number(Math.abs(value).toFixed(2))}°${value > 0 ? positive : negative}`;

function northName(degrees: number): string {
  return named(degrees, 'N', 'S');
}

function eastName(degrees: number): string {
  const wrapped = ((((degrees + 180) % 360) + 360) % 360) - 180;
  return wrapped === -180 ? '180°' : named(wrapped, 'E', 'W');
}
