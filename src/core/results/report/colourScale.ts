import { interpolateViridis } from 'd3';
import { rgbOf } from './palette';
import type { Rgb } from './png';
import { encodePng } from './png';

/** Diverging scales of ColorBrewer (Brewer, 2002), from negative to positive: blue to red, and brown (dry) to green (wet). */
const divergingSteps = {
  thermal: [
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
  ],
  moisture: [
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
  ],
};

export type DivergingName = keyof typeof divergingSteps;

/** Scales of a variable: of their own for water that falls, evaporates or is held. The same as in the panels. */
export function scalesFor(name: string, longName: string): { mean: ColourScale; anomaly: ColourScale } {
  const water =
    /precip|rain|snow|humid|moisture|water|evap|cloud/i.test(longName) ||
    /^(pr|tp|rr|prate|hus|q)$/i.test(name);
  return water
    ? { mean: wet, anomaly: diverging('moisture') }
    : { mean: viridis, anomaly: diverging('thermal') };
}

/** Colours from 0 to 1. */
export interface ColourScale {
  /** Position from 0 to 1. */
  colour(position: number): Rgb;
  /** Stops for a CSS gradient from 0 to 1. */
  readonly gradient: string;
}

/** A diverging scale, whose middle is 0.5, interpolated between its steps. */
export function diverging(name: DivergingName): ColourScale {
  const steps = divergingSteps[name];
  const colours = steps.map(rgbOf);
  return {
    gradient: steps.join(', '),
    colour: (position) => {
      const at = Math.max(0, Math.min(1, position)) * (steps.length - 1);
      const i = Math.min(steps.length - 2, Math.floor(at));
      return [0, 1, 2].map((c) =>
        Math.round(colours[i][c] + (colours[i + 1][c] - colours[i][c]) * (at - i)),
      ) as unknown as Rgb;
    },
  };
}

/** Lightness, chroma and hue (degrees) in OKLab (Ottosson, 2020), at even distances from 0 to 1. */
type Stops = readonly (readonly [number, number, number])[];

/** For what is measured, other than water: viridis (Smith and van der Walt, 2015), perceptually uniform. */
export const viridis = sequential((position) => rgbOf(interpolateViridis(position)));

/** For water, dry to wet: lightness falls evenly, so that equal steps look equal, also to colour-blind readers. */
export const wet = sequential((position) =>
  along(
    [
      [0.965, 0.025, 95],
      [0.85, 0.075, 140],
      [0.735, 0.1, 185],
      [0.62, 0.115, 225],
      [0.505, 0.13, 250],
      [0.39, 0.125, 265],
      [0.275, 0.09, 275],
    ],
    position,
  ),
);

/** For statistics, none to strong: lightness falls evenly. */
export const strength = sequential((position) =>
  along(
    [
      [0.965, 0.02, 95],
      [0.86, 0.085, 85],
      [0.755, 0.13, 65],
      [0.65, 0.15, 47],
      [0.545, 0.155, 32],
      [0.44, 0.135, 20],
      [0.335, 0.1, 5],
    ],
    position,
  ),
);

/** White to the ink of print, for the strength of relations. */
export const greys: ColourScale = {
  gradient: '#fff, #08306b',
  colour: (position) =>
    ([8, 48, 107] as const).map((end) =>
      Math.round(255 + (end - 255) * Math.max(0, Math.min(1, position))),
    ) as unknown as Rgb,
};

function sequential(colourAt: (position: number) => Rgb): ColourScale {
  const colour = (position: number): Rgb => colourAt(Math.max(0, Math.min(1, position)));
  const stops = Array.from({ length: 17 }, (_, i) => `rgb(${colour(i / 16).join(' ')})`);
  return { colour, gradient: stops.join(', ') };
}

function along(stops: Stops, position: number): Rgb {
  const at = position * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const [lightness, chroma, hue] = stops[i].map((from, c) => from + (stops[i + 1][c] - from) * (at - i));
  const angle = (hue * Math.PI) / 180;
  return fromOklab(lightness, chroma * Math.cos(angle), chroma * Math.sin(angle));
}

/** OKLab to 8-bit sRGB (Ottosson, 2020), clipped. */
function fromOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((value) => {
    const clipped = Math.max(0, Math.min(1, value));
    const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
    return Math.round(255 * encoded);
  }) as unknown as Rgb;
}

/** Levels of a picture: one of the 256 colours of a PNG is for missing values. */
const LEVELS = 255;

/** A picture of positions from 0 to 1 (clamped; NaN is transparent), as an address that holds the PNG. [height * width] */
export function pictureOf(
  positions: Float32Array,
  width: number,
  height: number,
  scale: ColourScale,
): string {
  const indices = Uint8Array.from(positions, (position) =>
    Number.isNaN(position) ? 0 : 1 + Math.round(Math.max(0, Math.min(1, position)) * (LEVELS - 1)),
  );
  const palette: Rgb[] = [
    [0, 0, 0],
    ...Array.from({ length: LEVELS }, (_, i) => scale.colour(i / (LEVELS - 1))),
  ];
  return `data:image/png;base64,${encodePng(indices, width, height, palette).toString('base64')}`;
}
