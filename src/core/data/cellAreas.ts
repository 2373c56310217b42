import type { Grid } from './frames';

const RADIANS = Math.PI / 180;

/**
 * Areas of the cells relative to each other, as weights of means over a region. [H*W]
 *
 * Rectilinear grids: the cosine of latitude. Curvilinear ones: the area that the neighbours span,
 * |dλ/dx dφ/dy - dλ/dy dφ/dx| cos φ by central differences; on a rotated pole the cosine of the true latitude would say
 * nothing of the size of a cell. 1 without geography, and where no cell has an area; 0 where the place of a cell is not
 * known.
 */
export function cellAreas(
  grid: Pick<Grid, 'kind' | 'geographic' | 'height' | 'width' | 'latitude' | 'longitude'>,
): Float64Array {
  const { kind, geographic, height, width, latitude, longitude } = grid;
  const cosine = (degrees: number): number => Math.max(0, Math.cos(degrees * RADIANS)) || 0;
  const flat = height === 1 || width === 1;
  const areas = Float64Array.from({ length: height * width }, (_, at) => {
    if (!geographic) return 1;
    const [row, column] = [Math.floor(at / width), at % width];
    if (kind === 'rectilinear') return cosine(latitude[row]);
    if (flat) return cosine(latitude[at]);
    const x = [at, 1, column, width] as const;
    const y = [at, width, row, height] as const;
    const area =
      slope(longitude, ...x) * slope(latitude, ...y) - slope(longitude, ...y) * slope(latitude, ...x);
    return Math.abs(area) * cosine(latitude[at]) || 0;
  });
  return areas.some((area) => area > 0) ? areas : areas.fill(1);
}

/** Change of a coordinate from one cell to the next; one-sided at edges and beside cells without a place. */
function slope(degrees: Float64Array, at: number, stride: number, position: number, size: number): number {
  const has = (neighbour: number, inside: boolean): boolean => inside && !Number.isNaN(degrees[neighbour]);
  const from = has(at - stride, position > 0) ? at - stride : at;
  const to = has(at + stride, position < size - 1) ? at + stride : at;
  const change = degrees[to] - degrees[from];
  // Longitudes may jump where a grid closes.
  return (change - 360 * Math.round(change / 360)) / ((to - from) / stride);
}
