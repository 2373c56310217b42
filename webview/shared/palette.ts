/** Colours of clusters. */

/**
 * Twenty colours. The first seven are those of Okabe and Ito (2008); each further one is the colour of medium lightness
 * and limited chroma that is farthest from all before it in OKLab, seen with normal vision and with simulated
 * protanopia and deuteranopia (Machado et al., 2009), whichever is least.
 */
export const clusterColors = [
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
] as const;

/** Beyond twenty the colours repeat; the number beside each colour keeps clusters apart. */
export function clusterColor(label: number): string {
  return clusterColors[label % clusterColors.length];
}

/** Black or white, whichever is better to read on `color` (WCAG relative luminance). */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  // At a luminance of 0.179 black and white have the same contrast.
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}
