import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diverging, strength, viridis, wet } from '../../../src/core/results/report/colourScale';
import { COLOR_BAR_HEIGHT, colorBar } from '../../../webview/shared/map/colorBar';
import {
  colorIndex,
  divergingScale,
  robustLimit,
  sequentialScale,
  strengthScale,
} from '../../../webview/shared/map/colorScale';
import { COLORS, colorTables, hexOf, luminance } from '../../../webview/shared/map/colorTables';
import { MISSING, OUTSIDE, codesOf, paint, pixelOf, pixelTable } from '../../../webview/shared/map/raster';
import {
  formatLatitude,
  formatLongitude,
  niceLimit,
  niceTicks,
  prettyUnits,
  tickLabels,
  unitsLabel,
} from '../../../webview/shared/map/ticks';

const air = { name: 'air', longName: 'Air temperature' };
const rain = { name: 'prate', longName: 'Precipitation rate' };

describe('colour tables', () => {
  it.each(['viridis', 'cividis', 'wet', 'strength'] as const)('%s changes its lightness evenly', (name) => {
    const table = colorTables[name];
    // Lightness as CIE 1976 L*, from 0 to 100.
    const lightness = table.map((color) => 116 * luminance(color) ** (1 / 3) - 16);
    const total = lightness[COLORS - 1] - lightness[0];
    expect(Math.abs(total)).toBeGreaterThan(55);
    for (let i = 16; i < COLORS; i += 16) {
      const step = (lightness[i] - lightness[i - 16]) / (total * (16 / (COLORS - 1)));
      expect(step).toBeGreaterThan(0.4);
      expect(step).toBeLessThan(1.7);
    }
  });

  it.each([
    ['viridis', viridis],
    ['wet', wet],
    ['strength', strength],
    ['thermal', diverging('thermal')],
    ['moisture', diverging('moisture')],
  ] as const)('%s is that of the report', (name, scale) => {
    for (const at of [0, 60, 127, 200, COLORS - 1])
      expect(colorTables[name][at]).toEqual([...scale.colour(at / (COLORS - 1))]);
  });

  it.each(['thermal', 'moisture'] as const)('%s is neutral in its middle', (name) => {
    const [r, g, b] = colorTables[name][COLORS / 2];
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(6);
    expect(r).toBeGreaterThan(240);
  });
});

describe('colour scales', () => {
  it('of anomalies are centred on zero, whatever the values are', () => {
    const scale = divergingScale(air, 4, [[-1, 9]]);
    expect([scale.low, scale.high]).toEqual([-4, 4]);
    expect(colorIndex(scale, -1e-9)).toBe(COLORS / 2 - 1);
    expect(colorIndex(scale, 0)).toBe(COLORS / 2);
    expect([scale.below, scale.above]).toEqual([false, true]);
    expect(divergingScale(air, 0)).toMatchObject({ low: -1, high: 1 });
  });

  it('fit what is drawn', () => {
    expect(sequentialScale(air, [270, 300]).table).toBe(colorTables.viridis);
    expect(sequentialScale(rain, [0, 1]).table).toBe(colorTables.wet);
    expect(divergingScale(air, 1).table).toBe(colorTables.thermal);
    expect(divergingScale(rain, 1).table).toBe(colorTables.moisture);
    expect(strengthScale(3)).toMatchObject({ low: 0, high: 3 });
  });

  it('of a constant field have an extent', () => {
    for (const value of [0, 280, -1e-20]) {
      const scale = sequentialScale(air, [value, value]);
      expect(scale.high).toBeGreaterThan(scale.low);
      expect(colorIndex(scale, value)).toBe(COLORS / 2);
    }
  });

  it('clamp, and know values that are none', () => {
    const scale = { low: 0, high: 1 };
    expect([-5, 0, 1, 7].map((value) => colorIndex(scale, value))).toEqual([0, 0, COLORS - 1, COLORS - 1]);
    expect(colorIndex(scale, NaN)).toBe(-1);
  });

  it('are not stretched by a few cells', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 3 ? 500 : (i % 100) / 10));
    expect(robustLimit([values, Float32Array.from([NaN])])).toBe(10);
    expect(robustLimit([Float32Array.from([NaN])])).toBe(0);
  });
});

describe('pixels', () => {
  const scale = sequentialScale(air, [0, 1]);
  const codes = codesOf([0, 1, NaN], scale);

  it('come from codes of cells', () => {
    expect([...codes]).toEqual([1, COLORS, MISSING, OUTSIDE]);
  });

  it('are a gather: colours, hatching where there is no value, nothing where there is no cell', () => {
    const lookup = { width: 4, height: 2, cells: Int32Array.from([0, 1, 2, 3, 2, 2, 2, 2]) };
    const out = new Uint32Array(8);
    const [grey, dark] = [
      [200, 200, 200],
      [100, 100, 100],
    ] as const;
    paint(lookup, codes, pixelTable(scale.table, grey), { color: dark, period: 2 }, out);
    expect(out[0]).toBe(pixelOf(scale.table[0]));
    expect(out[1]).toBe(pixelOf(scale.table[COLORS - 1]));
    expect(out[2]).toBe(pixelOf(dark));
    expect(out[3]).toBe(0);
    expect([...out.slice(4)]).toEqual([grey, dark, grey, dark].map(pixelOf));
    const bytes = new Uint8Array(out.buffer);
    expect([...bytes.slice(0, 4)]).toEqual([...scale.table[0], 255]);
  });
});

describe('ticks', () => {
  it('are round', () => {
    expect(niceTicks(286.3, 311.2, 5)).toEqual([290, 295, 300, 305, 310]);
    expect(niceTicks(-4, 4, 4)).toEqual([-4, -2, 0, 2, 4]);
    expect(niceTicks(0, 1e-5, 4)).toEqual([0, 2.5e-6, 5e-6, 7.5e-6, 1e-5]);
    expect(niceTicks(3, 3, 4)).toEqual([3]);
    expect([0, 0.0013, 1, 7.2, 81].map(niceLimit)).toEqual([0, 0.0015, 1, 8, 100]);
  });

  it('have as many decimals as they need, signs where asked, and one power of ten', () => {
    expect(tickLabels([-0.5, 0, 0.25], 0, true)).toEqual(['−0.50', '0', '+0.25']);
    expect(tickLabels([0, 2.5e-6, 5e-6], -6)).toEqual(['0', '2.5', '5.0']);
    expect(unitsLabel('kg m-2 s-1', -5)).toBe('10⁻⁵ kg m⁻² s⁻¹');
    expect(unitsLabel('1', -3)).toBe('× 10⁻³');
    expect(['m**2 s**-2', 'degC', 'Kelvin', '1', '%'].map(prettyUnits)).toEqual([
      'm² s⁻²',
      '°C',
      'K',
      '',
      '%',
    ]);
  });

  it('name degrees', () => {
    expect([12.5, -3, 0].map((value) => formatLatitude(value))).toEqual(['12.5° N', '3.0° S', '0.0°']);
    expect([40, -17.25, 360, 190, 180].map((value) => formatLongitude(value, 0))).toEqual([
      '40° E',
      '17° W',
      '0°',
      '170° W',
      '180°',
    ]);
  });
});

describe('the colour bar', () => {
  it('has ticks, units, and an arrow where values exceed it', () => {
    const scale = divergingScale(rain, 4e-5, [[9e-5]]);
    const svg = colorBar(scale, { width: 300, title: 'Anomaly', units: 'kg m-2 s-1' });
    expect(svg).toMatchSnapshot();
    expect(svg).toContain('Anomaly [10⁻⁵ kg m⁻² s⁻¹]');
    expect(svg.match(/<path /g)).toHaveLength(1);
    expect(svg).toContain(hexOf(scale.table[COLORS - 1]));
    expect(svg).toContain(`height="${COLOR_BAR_HEIGHT}"`);
  });

  it('escapes what comes from files', () => {
    const svg = colorBar(sequentialScale(air, [0, 1]), { width: 200, title: '<b>', units: 'a&b' });
    expect(svg).toContain('&lt;b&gt; [a&amp;b]');
  });
});

describe('the bundled atlas', () => {
  it('is taken as text, so that opening a panel does not build it', () => {
    const source = readFileSync(
      join(__dirname, '..', '..', '..', 'webview', 'shared', 'map', 'worldAtlas.ts'),
      'utf8',
    );
    expect(source.match(/with \{ type: 'text' \}/g)).toHaveLength(2);
  });
});
