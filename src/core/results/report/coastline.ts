import land from 'world-atlas/land-50m.json';
import type { Grid } from '../../data/frames';

/** What of a TopoJSON topology is needed: quantised, delta-encoded arcs. Those of `land` are the coastlines, each once. */
interface Topology {
  readonly transform: { readonly scale: readonly number[]; readonly translate: readonly number[] };
  readonly arcs: readonly (readonly (readonly number[])[])[];
}

/**
 * Coastlines (Natural Earth, 1:50 million) over a rectilinear grid, as an SVG path in cells: column edges 0..W from the
 * left, row edges 0..H from the top. Undefined where there is none, or where the grid is not rectilinear.
 */
export function coastlinePath(grid: Grid): string | undefined {
  if (!grid.geographic || grid.kind !== 'rectilinear' || grid.height < 2 || grid.width < 2) return undefined;
  const column = positionIn(grid.longitude, grid.longitude[0] > grid.longitude[1]);
  const row = positionIn(grid.latitude, grid.latitude[0] < grid.latitude[1]);
  const { transform, arcs } = land as unknown as Topology;
  const path: string[] = [];
  for (const turn of [-360, 0, 360]) {
    for (const arc of arcs) {
      let [qx, qy] = [0, 0];
      let pen = '';
      let previous: { x: number; y: number; inside: boolean; longitude: number } | undefined;
      for (const [dx, dy] of arc) {
        qx += dx;
        qy += dy;
        const longitude = qx * transform.scale[0] + transform.translate[0] + turn;
        const x = column(longitude);
        const y = row(qy * transform.scale[1] + transform.translate[1]);
        const inside = x >= -1 && x <= grid.width + 1 && y >= -1 && y <= grid.height + 1;
        // Segments along the edge of the world (the antimeridian, the south pole) are no coast.
        const edge =
          previous !== undefined &&
          Math.abs(Math.abs(longitude - turn) - 180) < 0.02 &&
          Math.abs(longitude - previous.longitude) < 0.02;
        if (previous && (inside || previous.inside) && !edge) {
          if (pen === '') path.push(`M${previous.x.toFixed(2)} ${previous.y.toFixed(2)}`);
          pen = `L${x.toFixed(2)} ${y.toFixed(2)}`;
          path.push(pen);
        } else {
          pen = '';
        }
        previous = { x, y, inside, longitude };
      }
    }
  }
  return path.length > 0 ? path.join('') : undefined;
}

/** Coordinate -> position in cells (centres at 0.5, 1.5...), by linear interpolation between centres. */
function positionIn(centres: Float64Array, reversed: boolean): (value: number) => number {
  const sorted = reversed ? centres.slice().reverse() : centres;
  const rising = sorted[sorted.length - 1] > sorted[0] ? 1 : -1;
  return (value) => {
    let i = 0;
    while (i < sorted.length - 2 && rising * (value - sorted[i + 1]) > 0) i++;
    return i + 0.5 + (value - sorted[i]) / (sorted[i + 1] - sorted[i]);
  };
}
