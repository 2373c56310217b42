import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Grid } from '../../../src/core/data/frames';
import {
  diverging,
  pictureOf,
  scalesFor,
  strength,
  viridis,
  wet,
} from '../../../src/core/results/report/colourScale';
import { backdrop, fieldMap } from '../../../src/core/results/report/fieldMap';
import { graticule } from '../../../src/core/results/report/graticule';
import { outlinePath, PATH_SCALE } from '../../../src/core/results/report/outlinePath';
import type { Earth, Plane } from '../../../src/core/results/report/plane';
import { MAP_WIDTH } from '../../../src/core/results/report/plane';
import { planeOf } from '../../../src/core/results/report/planeOf';
import { encodePng } from '../../../src/core/results/report/png';
import { stipples } from '../../../src/core/results/report/stipples';
import { outlines } from '../../../src/core/results/report/topology';
import { colorTables } from '../../../webview/shared/map/colorTables';

function grid(latitude: number[], longitude: number[]): Grid {
  return {
    kind: 'rectilinear',
    height: latitude.length,
    width: longitude.length,
    latitude: Float64Array.from(latitude),
    longitude: Float64Array.from(longitude),
    geographic: true,
    dimensionNames: ['lat', 'lon'],
  };
}

/** A grid whose cells lie where `at` (column, row) says: longitude and latitude. */
function curvilinear(height: number, width: number, at: (i: number, j: number) => [number, number]): Grid {
  const places = Array.from({ length: height * width }, (_, k) => at(Math.floor(k / width), k % width));
  return {
    ...grid([], []),
    kind: 'curvilinear',
    height,
    width,
    latitude: Float64Array.from(places, ([, latitude]) => latitude),
    longitude: Float64Array.from(places, ([longitude]) => longitude),
  };
}

const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);

/** A stereographic grid around a place: what projected models and satellites have. Rows go north. */
function projected(height: number, width: number, [lon0, lat0]: [number, number], step: number): Grid {
  const r = Math.PI / 180;
  return curvilinear(height, width, (i, j) => {
    const [x, y] = [(j - (width - 1) / 2) * step * r, (i - (height - 1) / 2) * step * r];
    const rho = Math.hypot(x, y);
    const c = 2 * Math.atan(rho / 2);
    if (rho === 0) return [lon0, lat0];
    const latitude = Math.asin(
      Math.cos(c) * Math.sin(lat0 * r) + (y * Math.sin(c) * Math.cos(lat0 * r)) / rho,
    );
    const longitude = Math.atan2(
      x * Math.sin(c),
      rho * Math.cos(lat0 * r) * Math.cos(c) - y * Math.sin(lat0 * r) * Math.sin(c),
    );
    return [lon0 + longitude / r, latitude / r];
  });
}

/** The points of a path, in units of the picture. */
function pointsOf(path: string): [number, number][] {
  let [x, y] = [0, 0];
  return [...path.matchAll(/([Ml])(-?\d+) ?(-?\d+)/g)].map(([, command, a, b]) => {
    [x, y] = command === 'M' ? [Number(a), Number(b)] : [x + Number(a), y + Number(b)];
    return [x / PATH_SCALE, y / PATH_SCALE];
  });
}

const distance = (path: string | undefined, [x, y]: readonly [number, number]) =>
  Math.min(...pointsOf(path ?? '').map(([a, b]) => Math.hypot(a - x, b - y)));

const place = (plane: Plane, longitude: number, latitude: number) =>
  (plane.earth as Earth).place(longitude, latitude) as readonly [number, number];

const coastOf = (plane: Plane) => outlinePath(outlines().coasts, plane);

describe('pictures of grids', () => {
  it('have north up and east to the right, whatever the order of the file', () => {
    for (const latitude of [range(35, 45, 0.5), range(35, 45, 0.5).reverse()]) {
      for (const longitude of [range(-11, 5, 0.5), range(-11, 5, 0.5).reverse()]) {
        const plane = planeOf(grid(latitude, longitude));
        expect(place(plane, -11.25, 45.25)).toEqual([0, 0]);
        const [x, y] = place(plane, 5.25, 34.75);
        expect([x, y]).toEqual([MAP_WIDTH, plane.height]);
        // The pixel in the upper left is the cell in the north west.
        const cell = plane.cells[0];
        expect([latitude[Math.floor(cell / longitude.length)], longitude[cell % longitude.length]]).toEqual([
          45, -11,
        ]);
      }
    }
  });

  it('fold large grids into block means that leave missing values out', () => {
    const wide = grid(
      range(0, 9, 1),
      range(0, 1599, 1).map((j) => j / 10),
    );
    const plane = planeOf(wide);
    expect([plane.rows, plane.columns]).toEqual([4, 534]);
    const values = Float32Array.from({ length: 16000 }, (_, at) => at % 1600);
    values[0] = NaN;
    const pixels = plane.pixels(values);
    expect(pixels[1]).toBe(4);
    // Latitudes rise, so the first cell of the file is in the last row of the picture, alone.
    expect(pixels[3 * 534]).toBe(1.5);
  });

  it('find places on curvilinear grids, exactly at the centres and closely between them', () => {
    const model = projected(40, 50, [10, 50], 0.5);
    const plane = planeOf(model);
    const [x, y] = [MAP_WIDTH / 50, plane.height / 40];
    for (const [i, j] of [
      [0, 0],
      [39, 49],
      [17, 23],
    ]) {
      const at = place(plane, model.longitude[i * 50 + j], model.latitude[i * 50 + j]);
      expect(at[0]).toBeCloseTo((j + 0.5) * x, 6);
      expect(at[1]).toBeCloseTo((39 - i + 0.5) * y, 6);
    }
    // The middle of four cells around the centre of projection, and a place far away.
    const middle = place(plane, 10, 50);
    expect(middle[0]).toBeCloseTo(MAP_WIDTH / 2, 2);
    expect(middle[1]).toBeCloseTo(plane.height / 2, 2);
    expect(plane.earth?.place(10, -50)).toBeUndefined();
    expect(plane.earth?.place(370, 50)).toEqual(middle.map((value) => expect.closeTo(value, 9)));
  });

  it('find places on grids over a pole, and past missing coordinates', () => {
    const cap = projected(31, 31, [0, 90], 2);
    cap.latitude.fill(NaN, 0, 40);
    cap.longitude.fill(NaN, 0, 40);
    const plane = planeOf(cap);
    const [x, y] = place(plane, 123, 90);
    expect(x).toBeCloseTo(MAP_WIDTH / 2, 3);
    expect(y).toBeCloseTo(plane.height / 2, 3);
    expect(plane.earth?.place(cap.longitude[45], cap.latitude[45])).toBeDefined();
  });

  it('are polar where a grid of latitudes and longitudes is a cap of the Earth', () => {
    for (const sign of [1, -1]) {
      const cap = grid(
        range(60, 90, 2.5).map((lat) => sign * lat),
        range(0, 357.5, 2.5),
      );
      const plane = planeOf(cap);
      expect(plane.shape).toBe('disc');
      const field = Float32Array.from({ length: 13 * 144 }, (_, at) => at);
      const pixels = plane.pixels(field);
      expect(pixels[0]).toBeNaN();
      for (const [longitude, latitude] of [
        [90, 70],
        [0, 65],
        [-60, 80],
      ]) {
        const [x, y] = place(plane, longitude, sign * latitude);
        const at =
          Math.floor((y / plane.height) * plane.rows) * plane.columns +
          Math.floor((x / MAP_WIDTH) * plane.columns);
        expect(pixels[at]).toBe(((latitude - 60) / 2.5) * 144 + ((longitude + 360) % 360) / 2.5);
      }
      // Greenwich is below the north pole and above the south pole; east is to the right of both.
      expect(sign * (place(plane, 0, sign * 70)[1] - MAP_WIDTH / 2)).toBeGreaterThan(0);
      expect(place(plane, 90, sign * 70)[0]).toBeGreaterThan(MAP_WIDTH / 2);
    }
    expect(planeOf(grid(range(-90, 90, 10), range(0, 350, 10))).shape).toBe('rectangle');
    expect(planeOf(grid(range(60, 90, 2), range(0, 90, 2))).shape).toBe('rectangle');
  });
});

describe('coasts and borders', () => {
  it('pass through known capes, wherever the longitudes are counted from', () => {
    for (const turn of [-360, 0, 360, 720]) {
      const plane = planeOf(grid(range(35, 45, 0.5), range(-11 + turn, 5 + turn, 0.5)));
      const coast = coastOf(plane);
      // Cape St Vincent, 37.02 N 8.99 W, and Cabo da Roca, 38.78 N 9.50 W. Madrid is far from any sea.
      expect(distance(coast, place(plane, -8.99 + turn, 37.02))).toBeLessThan(1);
      expect(distance(coast, place(plane, -9.5 + turn, 38.78))).toBeLessThan(1);
      expect(distance(coast, place(plane, -3.7 + turn, 40.4))).toBeGreaterThan(20);
    }
  });

  it('lie on curvilinear grids, too', () => {
    const plane = planeOf(projected(60, 70, [-3, 40], 0.25));
    const coast = coastOf(plane);
    expect(distance(coast, place(plane, -8.99, 37.02))).toBeLessThan(1);
    expect(distance(coast, place(plane, -9.5, 38.78))).toBeLessThan(1);
    expect(distance(coast, place(plane, -3.7, 40.4))).toBeGreaterThan(20);
  });

  it('tell borders from coasts', () => {
    const plane = planeOf(grid(range(36, 44, 0.25), range(-10, -5, 0.25)));
    const borders = outlinePath(outlines().borders, plane);
    // The Guadiana between Badajoz and Elvas is a border; the mouth of the Tagus is none.
    expect(distance(borders, place(plane, -7.02, 38.87))).toBeLessThan(3);
    expect(distance(borders, place(plane, -9.3, 38.67))).toBeGreaterThan(30);
    expect(distance(coastOf(plane), place(plane, -7.02, 38.87))).toBeGreaterThan(20);
  });

  it('cross a picture that none of their points is in', () => {
    // The 49th parallel between Canada and the United States has no points for many degrees.
    const plane = planeOf(grid(range(48.5, 49.5, 0.1), range(-110, -109, 0.1)));
    expect(distance(outlinePath(outlines().borders, plane), place(plane, -109.5, 49))).toBeLessThan(20);
  });

  it('do not run across the world where they cross the antimeridian', () => {
    for (const longitude of [range(-180, 175, 5), range(0, 355, 5)]) {
      const plane = planeOf(grid(range(-87.5, 87.5, 5), longitude));
      const path = coastOf(plane) as string;
      const steps = [...path.matchAll(/l(-?\d+) ?(-?\d+)/g)].map(([, x, y]) =>
        Math.hypot(Number(x), Number(y)),
      );
      expect(Math.max(...steps) / PATH_SCALE).toBeLessThan(10);
      // Small enough for a page.
      expect(path.length).toBeLessThan(60_000);
    }
  });

  it('are absent in the open sea and where there are no latitudes', () => {
    expect(coastOf(planeOf(grid(range(-45, -40, 1), range(-130, -120, 1))))).toBeUndefined();
    const indices = planeOf({ ...grid([0, 1, 2], [0, 1, 2]), geographic: false });
    expect(coastOf(indices)).toBeUndefined();
    expect(graticule(indices)).toBeUndefined();
  });
});

describe('graticule', () => {
  it('names round degrees around the picture, also of curvilinear grids', () => {
    const names = (g: Grid) =>
      [...(graticule(planeOf(g))?.labels.text ?? '').matchAll(/>\s*([^<\s]+)<\/text/g)].map(
        ([, name]) => name,
      );
    expect(names(grid(range(35, 45, 1), range(350, 370, 1)))).toEqual([
      '10°W',
      '5°W',
      '0°',
      '5°E',
      '10°E',
      '45°N',
      '40°N',
      '35°N',
    ]);
    const rotated = names(projected(60, 70, [-3, 40], 0.25));
    expect(rotated).toContain('40°N');
    expect(rotated).toContain('0°');
    expect(names(grid(range(60, 90, 2.5), range(0, 357.5, 2.5)))).toEqual(
      expect.arrayContaining(['0°', '60°E', '120°W', '180°', '70°N', '80°N']),
    );
  });
});

describe('a map', () => {
  const small = grid([40, 39, 38], [0, 1, 2, 3]);

  it('has its cells, its frame and a text for those who cannot see it', () => {
    const plane = planeOf(small);
    const shared = backdrop(plane);
    const values = Float32Array.from({ length: 12 }, (_, i) => (i === 5 ? NaN : i));
    const text = fieldMap(plane, shared, {
      values,
      low: 0,
      high: 11,
      scale: viridis,
      title: 'Mean of <t>',
    }).text;
    expect(text).toContain('aria-label="Mean of &lt;t&gt;"');
    expect(text.match(/data:image\/png;base64/g)?.length).toBe(1);
    expect(text).not.toContain('stipple');
    expect(shared.definitions.text).toContain('id="earth"');
  });

  it('is stippled where cells are significant, several dots in each large cell', () => {
    const plane = planeOf(small);
    const flags = new Uint8Array(12);
    flags.set([1, 1], 5);
    const text = stipples(plane, flags)?.text ?? '';
    const step = Number(/0 ([\d.]+)"/.exec(text)?.[1]);
    const runs = [...text.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)/g)].map((run) => run.slice(1).map(Number));
    const cell = MAP_WIDTH / 4;
    expect(runs.length).toBe(Math.floor(plane.height / 3 / 4.5));
    for (const [x, y, length] of runs) {
      expect(x).toBeGreaterThan(cell);
      expect(x + length).toBeLessThan(3 * cell);
      expect(y > plane.height / 3 && y < (2 * plane.height) / 3).toBe(true);
      expect(Math.floor(length / step) + 1).toBe(2 * Math.floor(cell / 4.5));
    }
    expect(stipples(plane, new Uint8Array(12))).toBeUndefined();
  });

  it('of many cells has dots no closer than can be printed', () => {
    const fine = planeOf(grid(range(30, 40, 0.1), range(0, 20, 0.1)));
    const text = stipples(fine, new Uint8Array(101 * 201).fill(1))?.text ?? '';
    const rows = [...text.matchAll(/M[\d.]+ ([\d.]+)h/g)].map(([, y]) => Number(y));
    expect(Math.min(...rows.slice(1).map((y, i) => y - rows[i]))).toBeGreaterThan(4.4);
    expect(Number(/0 ([\d.]+)"/.exec(text)?.[1])).toBeGreaterThanOrEqual(4.5);
  });
});

describe('PNG', () => {
  it('holds the pixels, in chunks with correct checksums', () => {
    const png = encodePng(Uint8Array.of(0, 1, 2, 2, 1, 0), 3, 2, [
      [0, 0, 0],
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const chunks: Record<string, Buffer> = {};
    for (let at = 8; at < png.length;) {
      const length = png.readUInt32BE(at);
      const body = png.subarray(at + 4, at + 8 + length);
      expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
      chunks[body.toString('latin1', 0, 4)] = body.subarray(4);
      at += length + 12;
    }
    expect([chunks['IHDR'].readUInt32BE(0), chunks['IHDR'].readUInt32BE(4)]).toEqual([3, 2]);
    expect([...chunks['PLTE']]).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect([...chunks['tRNS']]).toEqual([0]);
    expect([...inflateSync(chunks['IDAT'])]).toEqual([0, 0, 1, 2, 0, 2, 1, 0]);
  });
});

describe('colour scales', () => {
  const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

  it('change lightness steadily where they are sequential', () => {
    for (const [scale, sign] of [
      [viridis, 1],
      [wet, -1],
      [strength, -1],
    ] as const) {
      const steps = Array.from({ length: 21 }, (_, i) => sign * luminance(scale.colour(i / 20)));
      expect(steps.slice(1).every((value, i) => value > steps[i])).toBe(true);
    }
    expect(viridis.colour(0)).toEqual([0x44, 0x01, 0x54]);
    expect(viridis.colour(2)).toEqual(viridis.colour(1));
  });

  it('are those of the panels', () => {
    const pairs = { viridis, wet, strength, thermal: diverging('thermal'), moisture: diverging('moisture') };
    for (const [name, scale] of Object.entries(pairs)) {
      const table = colorTables[name as keyof typeof pairs];
      expect(table.map((_, i) => scale.colour(i / (table.length - 1)))).toEqual(table);
    }
  });

  it('are light in the middle where they diverge, blue or brown below and red or green above', () => {
    const thermal = diverging('thermal');
    expect(thermal.colour(0.5)).toEqual([247, 247, 247]);
    expect(thermal.colour(9)).toEqual([0x67, 0, 0x1f]);
    expect(thermal.colour(0.05)[2]).toBeGreaterThan(thermal.colour(0.05)[0]);
    expect(scalesFor('tp', 'Total precipitation').mean).toBe(wet);
    expect(scalesFor('t2m', '2 metre temperature').mean).toBe(viridis);
  });

  it('make pictures whose missing cells are transparent', () => {
    const png = Buffer.from(
      pictureOf(Float32Array.of(NaN, 0, 1, 7), 2, 2, viridis).replace('data:image/png;base64,', ''),
      'base64',
    );
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect([...rows]).toEqual([0, 0, 1, 0, 255, 255]);
  });
});
