import type { Markup } from './html';
import { html } from './html';
import type { Plane } from './plane';
import { MAP_WIDTH } from './plane';

/** Least distance between dots, in units of the picture: about a millimetre and a half in print. */
const SPACING = 4.5;

/**
 * Dots over significant cells, evenly spaced: several in large cells, one in every few of small ones. Each run of dots is
 * one dashed line, which keeps the page small.
 */
export function stipples(plane: Plane, significant: Uint8Array): Markup | undefined {
  const { columns, rows, cells, height } = plane;
  const across = lattice(columns, MAP_WIDTH);
  const down = lattice(rows, height);
  const isSet = (row: number, column: number) => {
    const cell = cells[row * columns + column];
    return cell >= 0 && significant[cell] === 1;
  };
  const path: string[] = [];
  for (const { pixel: row, at: y } of down.points) {
    for (let j = 0; j < across.points.length; j++) {
      if (!isSet(row, across.points[j].pixel)) continue;
      const from = j;
      while (j + 1 < across.points.length && isSet(row, across.points[j + 1].pixel)) j++;
      // A little longer than to the last dot, lest rounding lose it.
      const length = (j - from) * across.step + 0.05;
      path.push(`M${across.points[from].at.toFixed(2)} ${y.toFixed(1)}h${length.toFixed(2)}`);
    }
  }
  if (path.length === 0) return undefined;
  return html`<path class="stipple" stroke-dasharray="0 ${across.step.toFixed(4)}" d="${path.join('')}" />`;
}

/** Places along one side of the picture, in step with its pixels, and the pixel at each. */
function lattice(pixels: number, length: number): { step: number; points: { pixel: number; at: number }[] } {
  const size = length / pixels;
  const [perPixel, every] = [Math.max(1, Math.floor(size / SPACING)), Math.ceil(SPACING / size)];
  const step = perPixel > 1 ? size / perPixel : size * every;
  const points: { pixel: number; at: number }[] = [];
  for (let i = 0; ; i++) {
    const at = perPixel > 1 ? (i + 0.5) * step : i * step + ((every >> 1) + 0.5) * size;
    if (at >= length) return { step, points };
    points.push({ pixel: Math.min(pixels - 1, Math.floor(at / size)), at });
  }
}
