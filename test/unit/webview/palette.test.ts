import { describe, expect, it } from 'vitest';
import { clusterColor, clusterColors, inkOn } from '../../../webview/shared/palette';

type Triple = [number, number, number];

function linear(color: string): Triple {
  return [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
}

const multiply = (m: Triple[], v: Triple): Triple =>
  m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Triple;

/** OKLab (Ottosson, 2020) of a linear RGB colour. */
function oklab(rgb: Triple): Triple {
  const cones = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as Triple;
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Full protanopia and deuteranopia (Machado et al., 2009). */
const vision: Record<string, Triple[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

describe('colours of clusters', () => {
  it.each(Object.keys(vision))('keeps all twenty apart with %s vision', (kind) => {
    const seen = clusterColors.map((color) =>
      oklab(multiply(vision[kind], linear(color)).map((x) => Math.min(Math.max(x, 0), 1)) as Triple),
    );
    // About three times the difference that is just noticeable side by side (0.02).
    for (let i = 0; i < seen.length; i++) {
      for (let j = 0; j < i; j++) {
        const distance = Math.hypot(...seen[i].map((x, k) => x - seen[j][k]));
        expect(distance, `${clusterColors[i]} and ${clusterColors[j]}`).toBeGreaterThan(0.065);
      }
    }
  });

  it('writes on each colour with a contrast of 4.5 at least', () => {
    const luminance = (color: string): number => {
      const [r, g, b] = linear(color);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const color of clusterColors) {
      const [low, high] = [luminance(color), luminance(inkOn(color))].sort((a, b) => a - b);
      expect((high + 0.05) / (low + 0.05), color).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('repeats after twenty', () => {
    expect(clusterColor(20)).toBe(clusterColor(0));
  });
});
