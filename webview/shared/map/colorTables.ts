/** Colours of maps. A table is a list of colours from low to high; in between they are interpolated. */
import { interpolateCividis, interpolateViridis } from 'd3';

export type Rgb = readonly [number, number, number];

/** Colours in a table: 0 and 255 of a byte stand for no value and for no cell. */
export const COLORS = 254;

/**
 * Diverging scales of ColorBrewer (Brewer, 2002), the same as in the report: blue to red for most, brown (dry) to green
 * (wet) for water. Both are safe for colour-blind readers.
 */
const thermal = [
  '#053061',
  '#2166ac',
  '#4393c3',
  '#92c5de',
  '#d1e5f0',
  '#f7f7f7',
  '#fddbc7',
  '#f4a582',
  '#d6604d',
  '#b2182b',
  '#67001f',
];
const moisture = [
  '#543005',
  '#8c510a',
  '#bf812d',
  '#dfc27d',
  '#f6e8c3',
  '#f5f5f5',
  '#c7eae5',
  '#80cdc1',
  '#35978f',
  '#01665e',
  '#003c30',
];

/** Lightness, chroma and hue (degrees) in OKLab (Ottosson, 2020), at even distances. */
type Stops = readonly (readonly [number, number, number])[];

/** Dry to wet: lightness falls evenly from sand to deep blue, so that equal steps look equal, in grey as well. */
const wetStops: Stops = [
  [0.965, 0.025, 95],
  [0.85, 0.075, 140],
  [0.735, 0.1, 185],
  [0.62, 0.115, 225],
  [0.505, 0.13, 250],
  [0.39, 0.125, 265],
  [0.275, 0.09, 275],
];

/** No difference to large difference: lightness falls evenly from near white to deep red-brown. */
const strengthStops: Stops = [
  [0.965, 0.02, 95],
  [0.86, 0.085, 85],
  [0.755, 0.13, 65],
  [0.65, 0.15, 47],
  [0.545, 0.155, 32],
  [0.44, 0.135, 20],
  [0.335, 0.1, 5],
];

export const colorTables = {
  viridis: sampled((share) => rgbOf(interpolateViridis(share))),
  cividis: sampled((share) => rgbOf(interpolateCividis(share))),
  wet: sampled((share) => along(wetStops, share)),
  strength: sampled((share) => along(strengthStops, share)),
  thermal: sampled((share) => between(thermal.map(rgbOf), share)),
  moisture: sampled((share) => between(moisture.map(rgbOf), share)),
} as const;
export type ColorTableName = keyof typeof colorTables;

/** Whether a field is water that falls, evaporates or is held: these have scales of their own. */
export function isWater(name: string, longName: string): boolean {
  return (
    /precip|rain|snow|humid|moisture|water|evap|cloud/i.test(longName) ||
    /^(pr|tp|rr|prate|hus|q)$/i.test(name)
  );
}

/** From #rrggbb, or d3's rgb(r, g, b). */
export function rgbOf(color: string): Rgb {
  if (color.startsWith('#'))
    return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;
  return color.match(/\d+/g)!.map(Number) as unknown as Rgb;
}

export function hexOf(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Black or white dots? Relative luminance, 0 to 1, without the exact exponent of sRGB. */
export function luminance([r, g, b]: Rgb): number {
  return 0.2126 * (r / 255) ** 2.2 + 0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2;
}

function sampled(color: (share: number) => Rgb): readonly Rgb[] {
  return Array.from({ length: COLORS }, (_, i) => color(i / (COLORS - 1)));
}

function between(steps: readonly Rgb[], share: number): Rgb {
  const at = share * (steps.length - 1);
  const i = Math.min(steps.length - 2, Math.floor(at));
  return steps[i].map((value, c) =>
    Math.round(value + (steps[i + 1][c] - value) * (at - i)),
  ) as unknown as Rgb;
}

function along(stops: Stops, share: number): Rgb {
  const at = share * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const [l, c, h] = stops[i].map((value, k) => value + (stops[i + 1][k] - value) * (at - i));
  return fromOklab(l, c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180));
}

/** OKLab to sRGB bytes (Ottosson, 2020). */
function fromOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => {
    const clear = Math.max(0, Math.min(1, linear));
    const share = clear <= 0.0031308 ? 12.92 * clear : 1.055 * clear ** (1 / 2.4) - 0.055;
    return Math.round(255 * share);
  }) as unknown as Rgb;
}
