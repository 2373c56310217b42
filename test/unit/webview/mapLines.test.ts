import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../webview/shared/map/cells';
import { createGraticule } from '../../../webview/shared/map/graticule';
import { PathText, drawGeometry, visibleRegion } from '../../../webview/shared/map/lines';
import { createLookup } from '../../../webview/shared/map/lookup';
import { areaStatistics, rangeOf } from '../../../webview/shared/map/statistics';
import { codesOf } from '../../../webview/shared/map/raster';
import { sequentialScale } from '../../../webview/shared/map/colorScale';
import { stippleDots } from '../../../webview/shared/map/stipple';
import { mapParts } from '../../../webview/shared/map/svgMap';
import { formatPlace, formatValue } from '../../../webview/shared/map/tooltip';
import { within, worldLines } from '../../../webview/shared/map/worldLines';
import { cameraOf, globalGrid, numbers, rectilinearGrid, rotatedGrid } from './mapSupport';

const atlas = worldLines(
  JSON.parse(
    readFileSync(
      join(__dirname, '..', '..', '..', 'node_modules', 'world-atlas', 'countries-110m.json'),
      'utf8',
    ),
  ),
);
const sample = rectilinearGrid(
  numbers(10, (i) => 21.904 - 1.905 * i),
  numbers(12, (i) => 30 + 1.875 * i),
);

describe('the atlas', () => {
  it('has coasts without the edges of the flat world', () => {
    const points = atlas.coasts.coordinates.flatMap((line) => line.slice(1).map((to, i) => [line[i], to]));
    expect(points.length).toBeGreaterThan(4000);
    for (const [from, to] of points) {
      expect(Math.abs(from[0] - to[0])).toBeLessThan(180);
      expect(Math.abs(from[0]) > 179.99 && Math.abs(to[0]) > 179.99).toBe(false);
    }
    expect(atlas.borders.coordinates.length).toBeGreaterThan(150);
  });

  it('gives the pieces near a region, across the date line, too', () => {
    const africa = within(atlas.coasts, { west: 30, east: 55, south: 0, north: 25 });
    expect(africa.coordinates.length).toBeGreaterThan(2);
    expect(africa.coordinates.length).toBeLessThan(25);
    const pacific = within(atlas.coasts, { west: 170, east: 190, south: -20, north: -10 });
    expect(pacific.coordinates.length).toBeGreaterThan(0);
  });
});

describe('lines', () => {
  it('are clipped at the picture', () => {
    for (const kind of ['equirectangular', 'lambert', 'orthographic', 'northPolar'] as const) {
      const path = new PathText();
      drawGeometry(cameraOf(sample, kind, 200, 180), atlas.coasts, path);
      const numbers = path
        .toString()
        .match(/-?\d+(\.\d+)?/g)!
        .map(Number);
      expect(numbers.length).toBeGreaterThan(40);
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(-4.1);
      expect(Math.max(...numbers)).toBeLessThanOrEqual(204.1);
    }
  });

  it('do not run across the world at the date line', () => {
    const line = {
      type: 'LineString' as const,
      coordinates: [
        [170, 10],
        [179, 10],
        [-179, 10],
        [-170, 10],
      ],
    };
    const path = new PathText();
    drawGeometry(cameraOf(globalGrid, 'equirectangular', 400, 200), line, path);
    expect(path.toString().match(/M/g)).toHaveLength(2);
  });

  it('know the part of the globe that is seen', () => {
    const region = visibleRegion(cameraOf(sample, 'lambert', 200, 180))!;
    expect(region.west).toBeLessThan(30);
    expect(region.west).toBeGreaterThan(15);
    expect(region.north).toBeGreaterThan(22);
    const polar = visibleRegion(cameraOf(globalGrid, 'northPolar', 200, 200))!;
    expect(polar.east - polar.west).toBe(360);
  });
});

describe('the graticule', () => {
  it('of a region is labelled at the left and at the foot', () => {
    const { lines, labels } = createGraticule(cameraOf(sample, 'equirectangular', 280, 230));
    expect(labels.filter(({ x }) => x < 0).map(({ text }) => text)).toEqual([
      '20° N',
      '15° N',
      '10° N',
      '5° N',
    ]);
    expect(labels.filter(({ y }) => y > 230).map(({ text }) => text)).toEqual([
      '30° E',
      '35° E',
      '40° E',
      '45° E',
      '50° E',
    ]);
    expect(lines.coordinates.length).toBeGreaterThanOrEqual(9);
  });

  it.each([
    ['orthographic', '20° N'],
    ['northPolar', '30° N'],
  ] as const)('of %s has its parallels on the map', (kind, text) => {
    const { labels } = createGraticule(cameraOf(globalGrid, kind, 300, 300));
    expect(labels.filter(({ inside }) => inside).map((label) => label.text)).toContain(text);
  });

  it('of the world is beside its outline', () => {
    const { labels } = createGraticule(cameraOf(globalGrid, 'naturalEarth', 600, 312));
    const texts = labels.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['30° N', '0°', '30° S']));
    expect(new Set(labels.map(({ x, y }) => `${x} ${y}`)).size).toBe(labels.length);
  });

  it('without geography counts columns and rows', () => {
    const grid = {
      ...rectilinearGrid(
        numbers(20, (i) => i),
        numbers(30, (i) => i),
      ),
      geographic: false,
    };
    const { lines, labels } = createGraticule(cameraOf(grid, 'plain', 300, 200));
    expect(lines.coordinates).toEqual([]);
    expect(labels.map(({ text }) => text)).toEqual(['0', '5', '10', '15', '20', '25', '0', '5', '10', '15']);
  });
});

describe('a map as SVG', () => {
  it.each([
    ['equirectangular', sample],
    ['lambert', rotatedGrid()],
  ] as const)('in %s', (kind, grid) => {
    const camera = cameraOf(grid, kind, 120, 100);
    const coarse = {
      coasts: within(atlas.coasts, visibleRegion(camera)!),
      borders: { ...atlas.borders, coordinates: [] },
    };
    const dots = [[Float32Array.from([10, 10, 16, 10]), '#000000']] as const;
    expect(mapParts(camera, coarse, 'data:image/png;base64,AAAA', '#333333', dots)).toMatchSnapshot();
  });
});

describe('stippling', () => {
  const dotsOf = (grid: Parameters<typeof cellsOf>[0], width: number) => {
    const cells = cellsOf(grid);
    const camera = cameraOf(cells, 'equirectangular', width, width / 2);
    const count = cells.height * cells.width;
    const values = Float32Array.from({ length: count }, (_, i) => i % 2);
    const codes = codesOf(values, sequentialScale({ name: 'a', longName: 'a' }, [0, 1]));
    const dark = Uint8Array.from({ length: 256 }, (_, code) => (code < 100 ? 1 : 0));
    const significant = Uint8Array.from({ length: count }, () => 1);
    return stippleDots(cells, camera, createLookup(cells, camera), significant, codes, dark);
  };

  it('puts one dot on each large cell, white on dark colours and black on light ones', () => {
    const grid = rectilinearGrid(
      numbers(5, (i) => i),
      numbers(10, (i) => i),
    );
    const { onLight, onDark } = dotsOf(grid, 300);
    expect([onLight.length, onDark.length]).toEqual([50, 50]);
    // The centre of the first cell, at the lower left: 15 pixels from both edges.
    expect([...onDark.slice(0, 2)]).toEqual([15, 135].map((value) => expect.closeTo(value, 0)));
  });

  it('puts dots on a lattice where cells are small', () => {
    const { onLight, onDark } = dotsOf(globalGrid, 300);
    const count = (onLight.length + onDark.length) / 2;
    expect(count).toBe(25 * 50 - 12);
  });
});

describe('numbers about a map', () => {
  it('weigh cells by their area', () => {
    const grid = rectilinearGrid(Float64Array.from([0, 60]), Float64Array.from([0, 1]));
    expect(areaStatistics([1, NaN, 4, 4], grid)).toEqual({
      mean: expect.closeTo((1 + 2 * 0.5 * 4) / 2, 9),
      low: 1,
      high: 4,
      missing: 0.25,
    });
    expect(areaStatistics([1, NaN, 4, 4], { ...grid, geographic: false }).mean).toBe(3);
    expect(rangeOf([NaN])).toEqual([NaN, NaN]);
  });

  it('are said in words', () => {
    expect(formatPlace(40, 12.5, true)).toBe('12.5° N, 40.0° E');
    expect(formatPlace(350.25, -3, true)).toBe('3.00° S, 9.75° W');
    expect(formatPlace(3, 4, false)).toBe('column 3, row 4');
    expect(formatValue(2.5, 'm s-1', true)).toBe('+2.500 m s⁻¹');
    expect(formatValue(NaN, 'K')).toBe('no value');
  });
});
