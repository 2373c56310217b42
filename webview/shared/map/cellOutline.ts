import type { Camera } from './camera';
import type { Cells } from './cells';
import { margins } from './overlay';
import type { Pair } from './planes';

/** A cell smaller than this many pixels is shown by a box of this size. */
const SMALLEST = 7;

/** The outline of a cell as the text of a path, in pixels of the map's element; empty where it cannot be seen whole. */
export function cellOutline(cells: Cells, camera: Camera, cell: number): string {
  const at: Pair = [0, 0];
  const points: Pair[] = [];
  for (const [longitude, latitude] of cells.outline(cell)) {
    if (!camera.toScreen(longitude, latitude, at)) return '';
    points.push([at[0] + margins.left, at[1] + margins.top]);
  }
  if (points.length === 0) return '';
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  // A cell at the end of the world is in two pieces; its outline would cross the whole picture.
  if (right - left > camera.size.width / 2 && camera.fit.world) return '';
  const write = (all: readonly Pair[]) =>
    `M${all.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}Z`;
  if (Math.max(right - left, bottom - top) >= SMALLEST) return write(points);
  const [x, y, r] = [(left + right) / 2, (top + bottom) / 2, SMALLEST / 2];
  return write([
    [x - r, y - r],
    [x + r, y - r],
    [x + r, y + r],
    [x - r, y + r],
  ]);
}
