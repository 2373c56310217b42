/** Dots where a map is significant. */
import type { Camera } from './camera';
import type { Cells } from './cells';
import type { Lookup } from './lookup';
import type { Pair } from './planes';
import { OUTSIDE } from './raster';

/** Pixels from one dot to the next. */
const LATTICE = 6;
/** From this many pixels on, a cell has one dot, in its middle. */
const LARGE = 9;

export interface Stipple {
  /** x and y of each dot, in pixels of the picture; those on light and on dark colours apart. */
  readonly onLight: Float32Array;
  readonly onDark: Float32Array;
}

/**
 * Dots at the centres of large cells, else on a lattice of 6 pixels: as dense as can be read, whatever the grid.
 * `codes` and `dark` (by code) say on which colour a dot lies.
 */
export function stippleDots(
  cells: Cells,
  camera: Camera,
  lookup: Lookup,
  significant: Uint8Array,
  codes: Uint8Array,
  dark: Uint8Array,
): Stipple {
  const dots = { onLight: [] as number[], onDark: [] as number[] };
  const add = (cell: number, x: number, y: number) =>
    (dark[codes[cell]] ? dots.onDark : dots.onLight).push(x, y);
  const { width, height } = camera.size;
  const count = cells.height * cells.width;
  if (cellPixels(lookup, camera, count) >= LARGE) {
    const at: Pair = [0, 0];
    for (let cell = 0; cell < count; cell++) {
      if (!significant[cell] || codes[cell] === OUTSIDE) continue;
      cells.centre(cell, at);
      if (!camera.toScreen(at[0], at[1], at)) continue;
      if (at[0] >= 0 && at[0] <= width && at[1] >= 0 && at[1] <= height) add(cell, at[0], at[1]);
    }
  } else {
    const [toX, toY] = [lookup.width / width, lookup.height / height];
    for (let row = 0, y = LATTICE / 2; y < height; y += LATTICE, row++) {
      for (let x = row % 2 ? LATTICE : LATTICE / 2; x < width; x += LATTICE) {
        const cell = lookup.cells[Math.floor(y * toY) * lookup.width + Math.floor(x * toX)];
        if (cell < count && significant[cell]) add(cell, x, y);
      }
    }
  }
  return { onLight: Float32Array.from(dots.onLight), onDark: Float32Array.from(dots.onDark) };
}

/** Side of a usual cell in pixels of the picture: how far one goes along some rows and columns before the cell changes. */
function cellPixels(lookup: Lookup, camera: Camera, count: number): number {
  const { width, height, cells } = lookup;
  const run = (lines: number, length: number, at: (line: number, i: number) => number) => {
    let [covered, runs] = [0, 0];
    for (let line = 0; line < lines; line += Math.max(1, Math.floor(lines / 24))) {
      for (let i = 0, last = count; i < length; i++) {
        const cell = cells[at(line, i)];
        if (cell !== count) {
          covered++;
          if (cell !== last) runs++;
        }
        last = cell;
      }
    }
    return runs === 0 ? 0 : covered / runs;
  };
  const along = run(height, width, (y, x) => y * width + x);
  const down = run(width, height, (x, y) => y * width + x);
  return (Math.min(along, down) * camera.size.width) / width;
}
