/**
 * Colours of clusters, the same as in the panels (webview/shared/palette.ts, where they are explained; a test keeps the two
 * alike): webviews and core share types only. Beyond twenty they repeat: every use of a colour carries the cluster's
 * number, too.
 */
const colours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#891400',
  '#76ebd8',
  '#274e62',
  '#4e89ff',
  '#273b9d',
  '#b13b14',
  '#89c489',
  '#147676',
  '#3bd8ff',
  '#d8d889',
  '#76c4c4',
  '#274ec4',
  '#009dd8',
];

/** One colour per cluster, as #rrggbb. [k] */
export function clusterColours(k: number): string[] {
  return Array.from({ length: k }, (_, i) => colours[i % colours.length]);
}

/** Black or white, whichever reads better on the colour (WCAG relative luminance). */
export function inkOn(colour: string): string {
  const [r, g, b] = rgbOf(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}

type Rgb = readonly [number, number, number];

function rgbOf(colour: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** Diverging scales of ColorBrewer (Brewer, 2002), from negative to positive: blue to red, and brown (dry) to green (wet). */
const diverging = {
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

export type DivergingName = keyof typeof diverging;

/** Moisture's scale for what falls or evaporates, the thermal one for everything else. */
export function divergingFor(name: string, longName: string): DivergingName {
  const wet =
    /precip|rain|snow|humid|moisture|water|evap|cloud/i.test(longName) ||
    /^(pr|tp|rr|prate|hus|q)$/i.test(name);
  return wet ? 'moisture' : 'thermal';
}

/** Colour at a position from -1 to 1 (clamped), interpolated between the scale's steps. */
export function divergingColour(scale: DivergingName, position: number): Rgb {
  const steps = diverging[scale];
  const at = ((Math.max(-1, Math.min(1, position)) + 1) / 2) * (steps.length - 1);
  const i = Math.min(steps.length - 2, Math.floor(at));
  const [from, to] = [rgbOf(steps[i]), rgbOf(steps[i + 1])];
  return from.map((value, c) => Math.round(value + (to[c] - value) * (at - i))) as unknown as Rgb;
}

/** The steps of a scale for a CSS gradient. */
export function divergingGradient(scale: DivergingName): string {
  return diverging[scale].join(', ');
}
