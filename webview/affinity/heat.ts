/** Numbers to colours, for the affinity. */
import { interpolateMagma, interpolateRgbBasis, rgb } from 'd3';

/** A colour for each of [0, 1], as 256 entries of red, green and blue. */
export type ColorTable = Uint8ClampedArray;

/**
 * Both are even in lightness. On dark themes nothing is black (magma, by van der Walt and Smith); on light ones it is
 * white, as in print.
 */
const LIGHT = ['#ffffff', '#fde0c5', '#f8a98a', '#e0637a', '#a2327f', '#5b1a75', '#150a33'];

export function colorTable(dark: boolean): ColorTable {
  const interpolate = dark ? interpolateMagma : interpolateRgbBasis(LIGHT);
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const { r, g, b } = rgb(interpolate(i / 255));
    table.set([r, g, b], 3 * i);
  }
  return table;
}

export function colorAt(table: ColorTable, share: number): string {
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, share)));
  return rgb(table[at], table[at + 1], table[at + 2]).formatHex();
}

/** The value that gets the last colour: few entries are far larger than all others. */
const TOP_SHARE = 0.995;

/** @returns 0 where all values are 0 */
export function scaleTop(values: Float32Array): number {
  const positive = values.filter((value) => value > 0).sort();
  return positive.length === 0 ? 0 : positive[Math.floor(TOP_SHARE * (positive.length - 1))];
}

/** Coefficients fill three decades, and the small ones are most: the scale is that of the cube root. [0, 1] */
export function heatShare(value: number, top: number): number {
  return top > 0 ? Math.cbrt(Math.min(1, Math.max(0, value / top))) : 0;
}

/** A matrix whose entries are the largest of `factor` x `factor` of another one. */
export interface Pooled {
  readonly size: number;
  /** [size, size] */
  readonly values: Float32Array;
  /** Where each was found: row * m + column. [size, size] */
  readonly from: Int32Array;
}

/** Single entries of a sparse matrix are too small to be seen: each cell shows the largest of several. */
export function maxPool(values: Float32Array, m: number, factor: number): Pooled {
  const size = Math.ceil(m / factor);
  const pooled = new Float32Array(size * size);
  const from = new Int32Array(size * size).fill(-1);
  for (let i = 0; i < m; i++) {
    const row = Math.floor(i / factor) * size;
    for (let j = 0; j < m; j++) {
      const cell = row + Math.floor(j / factor);
      const value = values[i * m + j];
      if (from[cell] >= 0 && value <= pooled[cell]) continue;
      pooled[cell] = value;
      from[cell] = i * m + j;
    }
  }
  return { size, values: pooled, from };
}

/** A matrix as pixels, `zoom` x `zoom` of them for each entry. [m zoom, m zoom, 4] */
export function heatPixels(
  values: Float32Array,
  m: number,
  top: number,
  table: ColorTable,
  zoom: number,
): Uint8ClampedArray<ArrayBuffer> {
  const side = m * zoom;
  const pixels = new Uint32Array(side * side);
  const packed = packColors(table);
  for (let i = 0; i < m; i++) {
    const start = i * zoom * side;
    for (let j = 0; j < m; j++) {
      const color = packed[Math.round(255 * heatShare(values[i * m + j], top))];
      pixels.fill(color, start + j * zoom, start + (j + 1) * zoom);
    }
    for (let copy = 1; copy < zoom; copy++) {
      pixels.copyWithin(start + copy * side, start, start + side);
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** Each colour as the four bytes of an opaque pixel, in the order of this machine. */
function packColors(table: ColorTable): Uint32Array {
  const bytes = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([table[3 * i], table[3 * i + 1], table[3 * i + 2], 255], 4 * i);
  return new Uint32Array(bytes.buffer);
}
