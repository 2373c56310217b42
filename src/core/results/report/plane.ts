/** Width of every map, in the units of its picture. */
export const MAP_WIDTH = 180;

/** Pixels along the longer side of a picture's cells: more cannot be seen in print. */
export const MAX_PIXELS = 640;

/**
 * How a grid lies in a picture: its cells as pixels, and where a place on the Earth is. Positions are from the upper left,
 * x from 0 to {@link MAP_WIDTH} and y from 0 to `height`.
 */
export interface Plane {
  readonly height: number;
  readonly shape: 'rectangle' | 'disc';
  /** Pixels across and down. */
  readonly columns: number;
  readonly rows: number;
  /** The grid's cell in the middle of each pixel; -1 outside the grid. [rows * columns] */
  readonly cells: Int32Array;
  /** A field of the grid [H * W] as pixels; where a pixel holds several cells, their mean. NaN where there is no value. */
  pixels(values: Float32Array): Float32Array;
  /** What of the Earth is in the picture; absent where the grid has no latitudes and longitudes. */
  readonly earth?: Earth;
}

export interface Earth {
  /** Least and largest latitude and longitude. A picture around a pole has all longitudes. */
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
  /**
   * Where a place is; undefined where it is well outside the picture. Flat pictures take longitudes as the grid counts
   * them (`turns`), the others any.
   */
  place(longitude: number, latitude: number): readonly [number, number] | undefined;
  /** Whether longitudes that differ by 360 degrees are the same place to `place`. */
  readonly periodic: boolean;
  /** A jump between the places of two neighbouring points that is larger is a seam of the grid. */
  readonly seam: number;
}

/** Multiples of 360 degrees that bring longitudes between `low` and `high` into the picture. */
export function turns({ periodic, west, east }: Earth, low: number, high: number): number[] {
  if (periodic) return [0];
  const first = Math.ceil((west - high) / 360);
  const last = Math.floor((east - low) / 360);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 360 * (first + i));
}
