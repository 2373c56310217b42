import { describe, expect, it } from 'vitest';
import { axisOf, unwrapLongitudes } from '../../../src/core/data/axes';
import { FieldReader } from '../../../src/core/data/fieldReader';
import { listFields, selectExtraAxes } from '../../../src/core/data/fields';
import { applyCut, cutGrid, readGrid, wholeGrid } from '../../../src/core/data/grid';
import { rotatedPoleGrid } from '../../../src/core/data/rotatedPole';
import { cutTime, checkOrder, gapsOf, readTimeAxis } from '../../../src/core/data/timeAxis';
import { memoryDataset } from './memoryDataset';

const f64 = (...values: number[]) => Float64Array.from(values);
const range = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const time = (...values: number[]) => ({
  dimensions: ['time'],
  data: f64(...values),
  attributes: { units: 'days since 2000-01-01' },
});

describe('axes', () => {
  it('are told by units and standard names before names', () => {
    const dataset = memoryDataset(
      { a: 2, b: 2, c: 2, d: 2, e: 2, time: 2 },
      {
        a: { dimensions: ['a'], data: f64(0, 1), attributes: { units: 'degrees_north' } },
        b: { dimensions: ['b'], data: f64(0, 1), attributes: { standard_name: 'longitude' } },
        c: { dimensions: ['c'], data: f64(0, 1), attributes: { axis: 'Y' } },
        d: { dimensions: ['d'], data: f64(0, 1), attributes: { units: 'hours since 1900-01-01' } },
        e: { dimensions: ['e'], data: f64(850, 500), attributes: { units: 'hPa' } },
        // Called time, but a height.
        time: { dimensions: ['time'], data: f64(0, 1), attributes: { standard_name: 'height' } },
      },
    );
    const kinds = ['a', 'b', 'c', 'd', 'e', 'time'].map((name) => axisOf(dataset, name).kind);
    expect(kinds).toEqual(['latitude', 'longitude', 'y', 'time', 'vertical', 'vertical']);
  });

  it('unwrap longitudes', () => {
    expect([...unwrapLongitudes([290, 350, 0, 10])]).toEqual([290, 350, 360, 370]);
    expect([...unwrapLongitudes([170, 175, -180, -175])]).toEqual([170, 175, 180, 185]);
    expect([...unwrapLongitudes([0, 120, 240])]).toEqual([0, 120, 240]);
  });
});

const sizes = { time: 2, lat: 2, lon: 3, level: 2, one: 1, bnds: 2 };
const coordinates = {
  time: { ...time(0, 1), attributes: { units: 'days since 2000-01-01', bounds: 'time_bnds' } },
  time_bnds: { dimensions: ['time', 'bnds'], data: f64(0, 1, 1, 2) },
  lat: { dimensions: ['lat'], data: f64(10, 0), attributes: { units: 'degrees_north' } },
  lon: { dimensions: ['lon'], data: f64(350, 0, 10), attributes: { units: 'degrees_east' } },
  level: { dimensions: ['level'], data: f64(500, 850), attributes: { units: 'hPa' } },
};

describe('fields', () => {
  const dataset = memoryDataset(sizes, {
    ...coordinates,
    t2m: {
      dimensions: ['time', 'lat', 'lon'],
      data: range(12),
      attributes: { long_name: 'warmth', units: 'K' },
    },
    t: { dimensions: ['time', 'level', 'lat', 'lon'], data: range(24) },
    swapped: { dimensions: ['lon', 'one', 'lat', 'time'], data: range(12) },
    orography: { dimensions: ['lat', 'lon'], data: range(6) },
    mean: { dimensions: ['time'], data: range(2) },
    zonal: { dimensions: ['time', 'lat'], data: range(4) },
    names: { dimensions: ['time', 'lat', 'lon'], data: Array<string>(12).fill('x') },
  });

  it('are listed, with reasons for those that are none; coordinates and bounds are not', async () => {
    const listings = await listFields(dataset);
    expect(listings.map(({ name, reason }) => [name, reason])).toEqual([
      ['t2m', undefined],
      ['t', undefined],
      ['swapped', undefined],
      ['orography', 'it has no time axis'],
      ['mean', 'it has no horizontal axes'],
      ['zonal', 'it has only one horizontal axis'],
      ['names', 'it holds text'],
    ]);
    expect(listings[0]).toMatchObject({
      longName: 'warmth',
      units: 'K',
      axes: { time: 'time', y: 'lat', x: 'lon' },
    });
    expect(listings[1].extraAxes).toMatchObject([
      { name: 'level', values: [500, 850], mustBeSelected: true },
    ]);
    expect(listings[2].extraAxes).toMatchObject([{ name: 'one', mustBeSelected: false }]);
  });

  it('take one value along further axes, by value or index', async () => {
    const t = (await listFields(dataset))[1];
    expect(selectExtraAxes(t, { level: '850' })[0].index).toBe(1);
    expect(selectExtraAxes(t, { level: '#0' })[0].index).toBe(0);
    expect(() => selectExtraAxes(t, {})).toThrow(/"level" of length 2 \(500, 850 hPa\).*--select level=500/);
    expect(() => selectExtraAxes(t, { level: '700' })).toThrow(/no value 700. It has: 500, 850 hPa/);
    expect(() => selectExtraAxes(t, { level: '#2' })).toThrow(/#0 to #1/);
  });

  it('are read in the order time, y, x, whatever the order of the file', async () => {
    const swapped = (await listFields(dataset))[2];
    const cut = wholeGrid({ height: 2, width: 3 });
    const reader = new FieldReader(
      dataset,
      swapped,
      selectExtraAxes(swapped, {}),
      { start: 0, count: 2 },
      cut,
    );
    const target = new Float32Array(12);
    for (const tile of reader.tiles()) await reader.read(tile, target, 0, 6);
    // Stored at ((lon * 1 + 0) * 2 + lat) * 2 + time.
    expect([...target]).toEqual([0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]);
  });

  it('are read in blocks along chunks that cover the whole exactly once', async () => {
    const chunked = memoryDataset(
      { time: 50, lat: 700, lon: 600 },
      {
        time: time(...Array.from({ length: 50 }, (_, i) => i)),
        v: { dimensions: ['time', 'lat', 'lon'], data: new Float32Array(0), chunks: [20, 128, 600] },
      },
    );
    const [field] = await listFields(chunked);
    const cut = { rows: { start: 100, count: 500 }, columns: [{ start: 0, count: 600 }] };
    const tiles = new FieldReader(chunked, field, [], { start: 5, count: 40 }, cut).tiles();
    const covered = new Uint8Array(40 * 500);
    for (const { firstStep, steps, firstRow, rows } of tiles) {
      for (let t = firstStep; t < firstStep + steps; t++) {
        for (let y = firstRow; y < firstRow + rows; y++) covered[t * 500 + y]++;
      }
      // Borders inside the range lie on those of chunks, counted from the beginning of the file.
      if (firstStep > 0) expect((5 + firstStep) % 20).toBe(0);
      if (firstRow > 0) expect((100 + firstRow) % 128).toBe(0);
    }
    expect(covered.every((count) => count === 1)).toBe(true);
    expect(tiles.length).toBeGreaterThan(3);
  });
});

describe('grids', () => {
  const field = async (dataset: ReturnType<typeof memoryDataset>) =>
    (await listFields(dataset)).find((l) => l.axes)!;

  it('rectilinear: unwrapped, and cut across the seam of the globe', async () => {
    const dataset = memoryDataset(
      { time: 1, lat: 3, lon: 8 },
      {
        time: time(0),
        lat: { dimensions: ['lat'], data: f64(60, 0, -60) },
        lon: { dimensions: ['lon'], data: f64(0, 45, 90, 135, 180, 225, 270, 315) },
        v: { dimensions: ['time', 'lat', 'lon'], data: range(24) },
      },
    );
    const grid = await readGrid(dataset, await field(dataset));
    const cut = cutGrid(grid, [-60, -10, 50, 70]);
    expect(cut).toEqual({
      rows: { start: 0, count: 2 },
      columns: [
        { start: 7, count: 1 },
        { start: 0, count: 2 },
      ],
    });
    const part = applyCut(grid, cut);
    expect([...part.longitude]).toEqual([315, 360, 405]);
    expect([...part.latitude]).toEqual([60, 0]);
    const reader = new FieldReader(dataset, await field(dataset), [], { start: 0, count: 1 }, cut);
    const target = new Float32Array(6);
    await reader.read(reader.tiles()[0], target, 0, 6);
    expect([...target]).toEqual([7, 0, 1, 15, 8, 9]);

    // West of east across the date line.
    expect(cutGrid(grid, [170, -90, -130, 90]).columns).toEqual([{ start: 4, count: 2 }]);
    expect(cutGrid(grid, [-180, -90, 180, 90]).columns).toEqual([{ start: 0, count: 8 }]);
    expect(() => cutGrid(grid, [10, 10, 20, 20])).toThrow(
      /No grid cell.*latitudes -60 to 60, longitudes 0 to 315/,
    );
    expect(() => cutGrid(grid, [0, 20, 10, 10])).toThrow(/is not one/);
  });

  it('curvilinear: by the coordinates attribute, whatever the names and the order', async () => {
    const dataset = memoryDataset(
      { time: 1, p: 2, q: 3 },
      {
        time: time(0),
        phi: { dimensions: ['q', 'p'], data: f64(1, 4, 2, 5, 3, 6), attributes: { units: 'degrees_north' } },
        lambda: {
          dimensions: ['p', 'q'],
          data: f64(359, 0, 1, 358, 359, 0),
          attributes: { units: 'degrees_east' },
        },
        v: { dimensions: ['time', 'p', 'q'], data: range(6), attributes: { coordinates: 'lambda phi' } },
      },
    );
    const listing = await field(dataset);
    const grid = await readGrid(dataset, listing);
    expect(grid).toMatchObject({ kind: 'curvilinear', height: 2, width: 3, dimensionNames: ['p', 'q'] });
    expect([...grid.latitude]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...grid.longitude]).toEqual([359, 360, 361, 358, 359, 360]);
  });

  it('projected, without latitudes: indices', async () => {
    const dataset = memoryDataset(
      { time: 1, y: 2, x: 2 },
      { time: time(0), v: { dimensions: ['time', 'y', 'x'], data: range(4) } },
    );
    const grid = await readGrid(dataset, await field(dataset));
    expect(grid).toMatchObject({ kind: 'rectilinear', geographic: false });
    expect(() => cutGrid(grid, [0, 0, 1, 1])).toThrow(/no latitudes and longitudes/);
  });

  it('rotated pole: the formulas put known points where they belong', () => {
    const mapping = {
      name: 'rotated_pole',
      type: 'char' as const,
      dimensions: [],
      shape: [],
      attributes: {
        grid_mapping_name: 'rotated_latitude_longitude',
        grid_north_pole_latitude: 39.25,
        grid_north_pole_longitude: -162,
      },
    };
    // EURO-CORDEX: the rotated origin is at 50.75 N, 18 E; the rotated pole at 39.25 N, 162 W.
    const origin = rotatedPoleGrid(mapping, f64(0), f64(0))!;
    expect(origin.latitude[0]).toBeCloseTo(50.75, 10);
    expect(origin.longitude[0]).toBeCloseTo(18, 10);
    const pole = rotatedPoleGrid(mapping, f64(90), f64(0))!;
    expect(pole.latitude[0]).toBeCloseTo(39.25, 10);
    expect(((pole.longitude[0] + 540) % 360) - 180).toBeCloseTo(-162, 6);
  });
});

describe('time axes', () => {
  const axis = async (...values: number[]) =>
    (await readTimeAxis(memoryDataset({ time: values.length }, { time: time(...values) }), 'time')).axis;

  it('are cut inclusively, by whole months and years too', async () => {
    const days = await axis(...Array.from({ length: 800 }, (_, i) => i + 0.5));
    expect(cutTime(days, ['2000-02', '2000-02'])).toEqual({ start: 31, count: 29 });
    expect(cutTime(days, ['2001', '2001'])).toEqual({ start: 366, count: 365 });
    expect(cutTime(days, ['2000-01-02', '2000-01-03T11:59'])).toEqual({ start: 1, count: 1 });
    expect(cutTime(days, ['2000-01-02', '2000-01-03T12:00:00'])).toEqual({ start: 1, count: 2 });
    expect(() => cutTime(days, ['1990', '1991'])).toThrow(/The data go from 2000-01-01T12:00:00/);
    expect(() => cutTime(days, ['soon', '2001'])).toThrow(/"soon" is not a time/);
  });

  it('must be in order; repeated times and gaps are reported', async () => {
    expect(checkOrder(await axis(0, 1, 2), 'f')).toEqual([]);
    expect(checkOrder(await axis(0, 31, 59, 90), 'f')).toEqual([]);
    expect(checkOrder(await axis(0, 1, 1, 2), 'f')[0]).toMatch(/1 time steps have the same time/);
    expect(checkOrder(await axis(0, 1, 5, 6), 'f')[0]).toMatch(
      /1 gap \(the first from 2000-01-02.* to 2000-01-06/,
    );
    const unsorted = { ...(await axis(0, 1, 2)), values: f64(0, 2, 1) };
    expect(() => checkOrder(unsorted, 'f')).toThrow(/step 2 \(2000-01-03T00:00:00\) comes before step 1/);
  });

  it('given as the digits of dates have no gaps at the ends of months', async () => {
    const digits = async (...values: number[]) => {
      const coded = { ...time(...values), attributes: { units: 'day as %Y%m%d.%f' } };
      return (await readTimeAxis(memoryDataset({ time: values.length }, { time: coded }), 'time')).axis;
    };
    expect(checkOrder(await digits(20000130, 20000131, 20000201, 20000202), 'f')).toEqual([]);
    expect(gapsOf(await digits(20001230, 20001231, 20010101, 20010102))).toEqual([]);
    expect(gapsOf(await digits(20000130, 20000131, 20000203, 20000204))).toEqual([2]);
  });

  it('without units are plain numbers; text is read as dates', async () => {
    const plain = await readTimeAxis(
      memoryDataset({ step: 3 }, { step: { dimensions: ['step'], data: f64(0, 6, 12) } }),
      'step',
    );
    expect(plain.axis).toMatchObject({ units: '1', calendar: 'none', iso: ['0', '6', '12'] });
    expect(cutTime(plain.axis, ['3', '12'])).toEqual({ start: 1, count: 2 });
    const text = memoryDataset(
      { Time: 2 },
      { Times: { dimensions: ['Time'], data: ['2000-01-24_12:00:00', '2000-01-24_18:00:00'] } },
    );
    const wrf = await readTimeAxis(text, 'Time');
    expect(wrf.axis.iso).toEqual(['2000-01-24T12:00:00', '2000-01-24T18:00:00']);
    expect(wrf.axis.values[1] - wrf.axis.values[0]).toBeCloseTo(0.25, 12);
  });
});
