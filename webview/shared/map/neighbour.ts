import type { Camera } from './camera';
import type { Cells } from './cells';
import type { Pair } from './planes';

/**
 * The cell that lies `dx` cells to the right or `dy` cells down on the screen (one of them is 0), whichever way the grid is
 * stored or turned; the last one at the rim. Grids that close around the globe go on.
 */
export function neighbour(cells: Cells, camera: Camera, cell: number, dx: number, dy: number): number {
  let now = cell;
  const [wantX, wantY] = [Math.sign(dx), Math.sign(dy)];
  for (let i = Math.abs(dx) + Math.abs(dy); i > 0; i--) {
    let best = now;
    let bestScore = 0.3;
    const here = place(cells, camera, now);
    for (const next of around(cells, now)) {
      const there = place(cells, camera, next);
      if (!here || !there) continue;
      const [x, y] = [there[0] - here[0], there[1] - here[1]];
      const score = (x * wantX + y * wantY) / (Math.hypot(x, y) || 1);
      if (score > bestScore) [best, bestScore] = [next, score];
    }
    if (best === now) break;
    now = best;
  }
  return now;
}

function around({ width, height, domain, kind }: Cells, cell: number): number[] {
  const [row, column] = [Math.floor(cell / width), cell % width];
  const closes = kind === 'rectilinear' && domain.geographic && domain.east - domain.west >= 360;
  const found: number[] = [];
  if (row > 0) found.push(cell - width);
  if (row < height - 1) found.push(cell + width);
  if (column > 0) found.push(cell - 1);
  else if (closes) found.push(cell + width - 1);
  if (column < width - 1) found.push(cell + 1);
  else if (closes) found.push(cell - width + 1);
  return found;
}

function place(cells: Cells, camera: Camera, cell: number): Pair | undefined {
  const at: Pair = [0, 0];
  cells.centre(cell, at);
  return camera.toScreen(at[0], at[1], at) ? at : undefined;
}
