import type { Grid } from '../../data/frames';
import type { Plane } from './plane';
import { MAP_WIDTH } from './plane';

/** Pixels across a polar picture: fine enough that the rounded corners of cells look smooth. */
const PIXELS = 360;

/** Room around the disc for the names of the meridians. */
export const POLAR_MARGIN = 11;

/**
 * A rectilinear grid all around a pole, and not down to the tropics, in polar stereographic projection with the Greenwich
 * meridian towards the reader (north) or away (south). Undefined for other grids.
 */
export function polarPlane(grid: Grid): Plane | undefined {
  const { kind, geographic, height, width, latitude, longitude } = grid;
  if (kind !== 'rectilinear' || !geographic || height < 2 || width < 4) return undefined;
  const spacing = Math.abs(longitude[width - 1] - longitude[0]) / (width - 1);
  if (Math.abs(spacing * width - 360) > spacing / 2) return undefined;
  const [first, last] = [latitude[0], latitude[height - 1]];
  const sign = first + last > 0 ? 1 : -1;
  const [inner, outer] = [Math.max(sign * first, sign * last), Math.min(sign * first, sign * last)];
  if (inner < 80 || outer < 20) return undefined;

  const rim = Math.max(0, outer - (inner - outer) / (height - 1) / 2);
  const distance = (poleward: number) => Math.tan((Math.PI / 4) * (1 - poleward / 90));
  const scale = (MAP_WIDTH / 2 - POLAR_MARGIN) / distance(rim);
  const middle = MAP_WIDTH / 2;

  const rowOf = indexOf(latitude);
  const cells = new Int32Array(PIXELS * PIXELS).fill(-1);
  for (let i = 0; i < PIXELS; i++) {
    for (let j = 0; j < PIXELS; j++) {
      const x = ((j + 0.5) / PIXELS) * MAP_WIDTH - middle;
      const y = ((i + 0.5) / PIXELS) * MAP_WIDTH - middle;
      const poleward = 90 * (1 - (4 / Math.PI) * Math.atan(Math.hypot(x, y) / scale));
      if (poleward < rim) continue;
      const east = (Math.atan2(x, sign * y) * 180) / Math.PI;
      const column = Math.round(
        ((east - longitude[0]) / (longitude[width - 1] - longitude[0])) * (width - 1),
      );
      cells[i * PIXELS + j] = rowOf(sign * poleward) * width + (((column % width) + width) % width);
    }
  }
  return {
    height: MAP_WIDTH,
    shape: 'disc',
    rows: PIXELS,
    columns: PIXELS,
    cells,
    pixels: (values) => Float32Array.from(cells, (at) => (at < 0 ? NaN : values[at])),
    earth: {
      south: sign > 0 ? rim : -90,
      north: sign > 0 ? 90 : -rim,
      west: -180,
      east: 180,
      periodic: true,
      seam: Infinity,
      place: (lon, lat) => {
        if (sign * lat < rim - 5) return undefined;
        const radius = scale * distance(sign * lat);
        const angle = (lon * Math.PI) / 180;
        return [middle + radius * Math.sin(angle), middle + sign * radius * Math.cos(angle)];
      },
    },
  };
}

/** Index of the value nearest to another one, in a monotonic list. */
function indexOf(values: Float64Array): (value: number) => number {
  const rising = values[values.length - 1] > values[0] ? 1 : -1;
  return (value) => {
    let [low, high] = [0, values.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (rising * (value - values[middle]) >= 0) low = middle;
      else high = middle;
    }
    return Math.abs(value - values[low]) <= Math.abs(value - values[high]) ? low : high;
  };
}
