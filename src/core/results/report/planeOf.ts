import type { Grid } from '../../data/frames';
import { cellPlane } from './cellPlane';
import type { Plane } from './plane';
import { polarPlane } from './polarPlane';

/** The picture of a grid: around the pole if it is a cap of the Earth in latitudes and longitudes, else as its cells lie. */
export function planeOf(grid: Grid): Plane {
  return polarPlane(grid) ?? cellPlane(grid);
}
