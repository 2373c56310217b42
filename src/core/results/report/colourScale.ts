import { interpolateCividis, interpolateViridis } from 'd3';
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

/** Moisture's scale for what falls or evaporates, the thermal one for everything else. */
export function divergingFor(name: string, longName: string): DivergingName {
  const wet =
    /precip|rain|snow|humid|moisture|water|evap|cloud/i.test(longName) ||
    /^(pr|tp|rr|prate|hus|q)$/i.test(name);
  return wet ? 'moisture' : 'thermal';
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

/**
 * Perceptually uniform scales that can be told apart without colour, too: viridis (Smith and van der Walt, 2015) for what
 * is measured, cividis (Nunez et al., 2018) for statistics.
 */
export const viridis = sequential(interpolateViridis);
export const cividis = sequential(interpolateCividis);

/** White to the ink of print, for the strength of relations. */
export const greys: ColourScale = {
  gradient: '#fff, #08306b',
  colour: (position) =>
    ([8, 48, 107] as const).map((end) =>
      Math.round(255 + (end - 255) * Math.max(0, Math.min(1, position))),
    ) as unknown as Rgb,
};

function sequential(interpolate: (position: number) => string): ColourScale {
  const colour = (position: number): Rgb => {
    const text = interpolate(Math.max(0, Math.min(1, position)));
    return text.startsWith('#')
      ? rgbOf(text)
      : ((text.match(/\d+/g) as string[]).map(Number) as unknown as Rgb);
  };
  const stops = Array.from({ length: 17 }, (_, i) => `rgb(${colour(i / 16).join(' ')})`);
  return { colour, gradient: stops.join(', ') };
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
