/** Pixels of one map. */
import { type ColorScale, colorIndex } from './colorScale';
import { type Rgb, COLORS } from './colorTables';
import type { Lookup } from './lookup';

/** A cell without a value, and a pixel without a cell. Colours are 1 to 254. */
export const MISSING = 0;
export const OUTSIDE = 255;

/** One byte for each cell: 1 + its colour, or {@link MISSING}; and one more, {@link OUTSIDE}. [cells + 1] */
export function codesOf(values: ArrayLike<number>, scale: ColorScale): Uint8Array {
  const codes = new Uint8Array(values.length + 1);
  for (let i = 0; i < values.length; i++) codes[i] = 1 + colorIndex(scale, values[i]);
  codes[values.length] = OUTSIDE;
  return codes;
}

/** Colours for codes as pixels in memory, little endian ABGR (all machines that VS Code runs on). [256] */
export function pixelTable(table: readonly Rgb[], missing: Rgb): Uint32Array {
  const pixels = new Uint32Array(256);
  pixels[MISSING] = pixelOf(missing);
  for (let i = 0; i < COLORS; i++) pixels[i + 1] = pixelOf(table[i]);
  return pixels;
}

export function pixelOf([r, g, b]: Rgb): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export interface Hatch {
  /** Second colour of cells without a value: diagonal lines. */
  readonly color: Rgb;
  /** Raster pixels from one line to the next. */
  readonly period: number;
}

/** Writes a map's pixels: a gather through the lookup. Pixels without a cell stay transparent. [height * width] */
export function paint(
  { width, height, cells }: Lookup,
  codes: Uint8Array,
  pixels: Uint32Array,
  hatch: Hatch,
  out: Uint32Array,
): void {
  const line = pixelOf(hatch.color);
  const period = Math.max(2, Math.round(hatch.period));
  const thickness = Math.max(1, Math.round(period / 6));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const code = codes[cells[i]];
      out[i] = code === MISSING && (x + y) % period < thickness ? line : pixels[code];
    }
  }
}
