import type { Rgb } from './png';

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

/** The parts of #rrggbb. */
export function rgbOf(colour: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as unknown as Rgb;
}
