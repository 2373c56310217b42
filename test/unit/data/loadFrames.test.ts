import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultHyperParameters, type HyperParameters } from '../../../src/core/config';
import { describe as describeFile } from '../../../src/core/data/describe';
import type { Frames } from '../../../src/core/data/frames';
import { hashFile } from '../../../src/core/data/hashFile';
import { estimateMemory, loadFrames, type LoadConfig } from '../../../src/core/data/loadFrames';
import type { RowsInMemory } from '../../../src/core/data/rows';
import { openDataset } from '../../../src/core/data/open';
import { CancelledError, isUserError } from '../../../src/core/errors';
import { classicFile } from './classicFiles';
import { hasSharedData, sample, sharedData } from './reference';

const folder = mkdtempSync(join(tmpdir(), 'frames-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Options = Partial<Omit<LoadConfig, 'files' | 'hyperParameters'>> & {
  fill?: HyperParameters['preprocessing.fill'];
  scale?: HyperParameters['preprocessing.scale'];
};
function load(
  files: string | string[],
  { fill, scale, ...options }: Options = {},
  hooks = {},
): Promise<Frames> {
  const hyperParameters = defaultHyperParameters();
  if (fill) hyperParameters['preprocessing.fill'] = fill;
  if (scale) hyperParameters['preprocessing.scale'] = scale;
  return loadFrames(
    { files: [files].flat(), select: {}, memoryLimit: 1000, ...options, hyperParameters },
    hooks,
  );
}

/** All values, scaled. [T, C, H, W] */
const valuesOf = (frames: Frames): Float32Array => (frames.table as RowsInMemory).values;

/** A file with u and v [time, 2 latitudes, 2 longitudes]; NaN stands for missing. */
function save(
  name: string,
  fields: Record<string, number[]>,
  { steps = 3, latitudes = [10, 0], firstTime = 0 } = {},
): string {
  const { bytes } = classicFile({
    version: 1,
    records: 0,
    dimensions: [
      ['time', steps],
      ['lat', 2],
      ['lon', 2],
    ],
    variables: [
      {
        name: 'time',
        type: 'float64',
        dimensions: [0],
        values: Array.from({ length: steps }, (_, i) => i + firstTime),
      },
      { name: 'lat', type: 'float32', dimensions: [1], values: latitudes },
      { name: 'lon', type: 'float32', dimensions: [2], values: [0, 5] },
      ...Object.entries(fields).map(([field, values]) => ({
        name: field,
        type: 'float32' as const,
        dimensions: [0, 1, 2],
        values,
      })),
    ],
  });
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

// Four cells: one varies, one misses a step, one is always missing, one is constant.
const u = [0, 1, NaN, 7, 2, NaN, NaN, 7, 4, 3, NaN, 7];
const v = [10, 10, 20, 20, 10, 30, 20, 20, 40, 50, 20, 20];

describe('preprocessing', () => {
  const close = (values: ArrayLike<number>, expected: number[]) =>
    Array.from(values).forEach((value, i) => expect(value, `at ${i}`).toBeCloseTo(expected[i], 6));
  const cells = (frames: Frames, c: number) =>
    [0, 1, 2].flatMap((t) => [...valuesOf(frames).slice((t * 2 + c) * 4, (t * 2 + c + 1) * 4)]);

  it('by default fills with the mean of the variable, and scales each cell', async () => {
    const frames = await load(save('uv.nc', { u, v }));
    const mean = (0 + 1 + 7 + 2 + 7 + 4 + 3 + 7) / 8;
    expect(frames.scaling.fill[0]).toBeCloseTo(mean, 6);
    // The fill (3.875) lies above cell 1's own range of 1 to 3, and takes part in its maximum.
    close(cells(frames, 0), [0, 0, 0, 0, 0.5, 1, 0, 0, 1, 2 / 2.875, 0, 0]);
    close(cells(frames, 1), [0, 0, 0, 0, 0, 0.5, 0, 0, 1, 1, 0, 0]);
    expect([...frames.valid]).toEqual([1, 1, 0, 1, 1, 1, 1, 1]);
    expect(frames.missing.share).toEqual([4 / 12, 0]);
    expect(frames.missing.emptySteps).toEqual([]);
    expect(frames.notes.join('\n')).toMatch(/"u" has no value at any time in 1 of 4 cells/);
    expect(frames.notes.join('\n')).toMatch(/"u" has 1 further missing values/);
  });

  it('can fill with the mean of everything, and scale over variables or the dataset', async () => {
    const path = save('uv.nc', { u, v });
    const mean = (31 + v.reduce((a, b) => a + b)) / 20;
    const frames = await load(path, { fill: 'dataset', scale: 'variable' });
    expect([...frames.scaling.fill].map((x) => Math.round(x * 1e4) / 1e4)).toEqual(
      [mean, mean].map((x) => Math.round(x * 1e4) / 1e4),
    );
    close(
      cells(frames, 0),
      [0, 1, NaN, 7, 2, mean, NaN, 7, 4, 3, NaN, 7].map((x) => (Number.isNaN(x) ? 0 : x / mean)),
    );
    close(
      cells(frames, 1),
      v.map((x) => (x - 10) / 40),
    );
    const whole = await load(path, { scale: 'dataset' });
    close(
      cells(whole, 1),
      v.map((x) => x / 50),
    );
  });

  it('reports time steps that are missing in full', async () => {
    const frames = await load(save('gap.nc', { u: [1, 2, 3, 4, NaN, NaN, NaN, NaN, 2, 3, 4, 5], v }));
    expect(frames.missing.emptySteps).toEqual([1]);
    expect(frames.notes.join('\n')).toMatch(/"u" is missing in full at 1 of 3 time steps \(1\)/);
    await expect(load(save('none.nc', { u: Array<number>(12).fill(NaN), v }))).rejects.toThrow(
      /"u".*no values at all/,
    );
  });
});

describe('missing values', () => {
  it('are remembered one by one where a cell misses some steps only', async () => {
    const frames = await load(save('uv.nc', { u, v }));
    const raw = [0, 1, 2].flatMap((t) => [...u.slice(t * 4, t * 4 + 4), ...v.slice(t * 4, t * 4 + 4)]);
    const measured = await frames.measured.read(0, 3);
    const never = (i: number) => frames.valid[i % 8] === 0;
    expect(raw.map((_, i) => Number.isNaN(measured[i]) || never(i))).toEqual(raw.map(Number.isNaN));
    measured.forEach((value, i) =>
      expect(value).toBe(Number.isNaN(raw[i]) && !never(i) ? NaN : valuesOf(frames)[i]),
    );
  });

  it('need no memory where whole cells are missing', async () => {
    const masked = u.map((value, i) => (i % 4 === 1 ? 5 : value));
    const frames = await load(save('mask.nc', { u: masked, v }));
    expect(frames.measured).toBe(frames.table);
    expect([...frames.valid]).toEqual([1, 1, 0, 1, 1, 1, 1, 1]);
  });
});

describe('several files', () => {
  it('give their variables to one run when time and grid are the same', async () => {
    const frames = await load([save('u.nc', { u }), save('v.nc', { v })]);
    expect(frames.fields.map(({ name }) => name)).toEqual(['u', 'v']);
    const together = await load(save('uv.nc', { u, v }));
    expect(Buffer.from(valuesOf(frames).buffer)).toEqual(Buffer.from(valuesOf(together).buffer));
  });

  it('are refused with the difference otherwise', async () => {
    const first = save('u.nc', { u });
    const v4 = [...v, 1, 2, 3, 4];
    const cases: [string, RegExp][] = [
      [save('long.nc', { v: v4 }, { steps: 4 }), /3 steps from 0 to 2 against 4 steps from 0 to 3/],
      [save('late.nc', { v }, { firstTime: 5 }), /step 0 is 0 against 5/],
      [save('north.nc', { v }, { latitudes: [10, 1] }), /latitudes differ: 0 against 1 at index 1/],
      [save('again.nc', { u }, { firstTime: 3 }), /"u" is in both.*mergetime/],
    ];
    for (const [second, message] of cases) {
      const error: unknown = await load([first, second]).catch((caught: unknown) => caught);
      expect(isUserError(error)).toBe(true);
      expect((error as Error).message).toMatch(message);
    }
  });
});

describe('the sample', () => {
  it('is read as its publisher packed it', async () => {
    const frames = await load(sample);
    expect(frames.fields).toMatchObject([
      { name: 'air', longName: 'mean 2 m air temperature', units: 'K' },
      { name: 'tmax' },
      { name: 'tmin' },
      { name: 'prate', units: 'kg m-2 s-1' },
    ]);
    expect(frames.time.iso[0]).toBe('2008-01-01T00:00:00');
    expect(frames.time.iso[59]).toBe('2008-02-29T00:00:00');
    expect(valuesOf(frames)).toHaveLength(366 * 4 * 10 * 12);
    expect(frames.grid).toMatchObject({
      height: 10,
      width: 12,
      geographic: true,
      dimensionNames: ['lat', 'lon'],
    });
    // Undone, the scaling gives the packed values back.
    const dataset = await openDataset(sample);
    const raw = await dataset.read('air');
    await dataset.close();
    const { minimum, maximum } = frames.scaling;
    for (let t = 0; t < 366; t += 37) {
      for (let cell = 0; cell < 120; cell++) {
        const value = minimum[cell] + valuesOf(frames)[t * 480 + cell] * (maximum[cell] - minimum[cell]);
        expect(value).toBeCloseTo(Number(raw[t * 120 + cell]) * 0.000616923170823317 + 294.150024414062, 3);
      }
    }
  });

  it('can be cut in time and space', async () => {
    const frames = await load(sample, {
      variables: ['prate'],
      time: ['2008-06', '2008-08'],
      bbox: [34, 5, 46, 16],
    });
    expect(frames.time.iso).toHaveLength(92);
    expect([...frames.grid.longitude].every((value) => value >= 34 && value <= 46)).toBe(true);
    expect([...frames.grid.latitude].every((value) => value >= 5 && value <= 16)).toBe(true);
    expect(valuesOf(frames)).toHaveLength(92 * frames.grid.height * frames.grid.width);
  });

  it('is refused when wrong things are asked of it', async () => {
    await expect(load(sample, { variables: ['rain'] })).rejects.toThrow(
      /no variable "rain".*air, tmax, tmin, prate/,
    );
    await expect(load(sample, { variables: ['lat'] })).rejects.toThrow(/"lat" is a coordinate/);
    await expect(load(sample, { variables: ['air', 'air'] })).rejects.toThrow(/named twice/);
    await expect(load(sample, { select: { level: '850' } })).rejects.toThrow(/no axis "level"/);
    await expect(load(sample, { memoryLimit: 1 })).rejects.toThrow(
      /about 2 MiB \(366 time steps x 4 variables x 10 x 12 cells\)/,
    );
  });

  it('reports progress, and stops on request', async () => {
    const seen: number[][] = [];
    await load(sample, {}, { progress: (done: number, total: number) => seen.push([done, total]) });
    expect(seen.at(-1)).toEqual([366 * 4, 366 * 4]);
    await expect(load(sample, {}, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CancelledError);
  });

  it('is described', async () => {
    const summary = await describeFile(sample);
    expect(summary.format).toBe('NetCDF classic');
    expect(summary.times).toMatchObject([
      { steps: 366, first: '2008-01-01T00:00:00', step: '1 day', calendar: 'standard' },
    ]);
    expect(summary.grids[0].resolution![1]).toBeCloseTo(1.875, 6);
    expect(summary.fields.map(({ missingShare }) => missingShare)).toEqual([0, 0, 0, 0]);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  });

  it('has the hash that sha256sum gives', async () => {
    expect(await hashFile(sample)).toMatch(/^[0-9a-f]{64}$/);
    const path = join(folder, 'abc');
    writeFileSync(path, 'abc');
    expect(await hashFile(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

it('memory is estimated by the formula', () => {
  expect(estimateMemory({ steps: 1000, variables: 10, height: 100, width: 100 })).toBeCloseTo(
    (4e8 + 1e8 / 8 + 25e5 + 4e4 + 4e4 + 20 * 4194304) / 1048576,
    6,
  );
});

/** Total inertia per step: the sum over features of their variance (T/n of the method, section 2). */
function inertia(frames: Frames): number {
  const steps = frames.time.iso.length;
  const values = valuesOf(frames);
  const features = frames.table.d;
  let total = 0;
  for (let j = 0; j < features; j++) {
    let mean = 0;
    for (let t = 0; t < steps; t++) mean += values[t * features + j] / steps;
    for (let t = 0; t < steps; t++) total += (values[t * features + j] - mean) ** 2;
  }
  return total / steps;
}

describe.skipIf(!hasSharedData)(
  `shared data${hasSharedData ? '' : ' [skipped: ../shared/data is absent]'}`,
  () => {
    const shared = (path: string) => join(sharedData, path);

    it('canesm2 has the golden inertia, 214.551', async () => {
      const frames = await load(shared('reanalysis/canesm2_365day_quebec_daily_2095.nc'), {
        fill: 'dataset',
      });
      expect(frames.time.calendar).toBe('noleap');
      expect(Math.abs(inertia(frames) - 214.551)).toBeLessThan(5e-4);
    });

    it('a year of 360 days keeps its dates', async () => {
      const frames = await load(shared('reanalysis/hadgem2-cc_360day_quebec_daily_2095.nc'));
      expect(frames.time.iso[59]).toBe('2095-02-30T00:00:00');
    });

    it('the sea of E-OBS is masked', async () => {
      const frames = await load(shared('reanalysis/eobs_v17_iberia_0p25_daily_2000.nc'));
      expect(frames.missing.share[0]).toBeCloseTo(0.4133, 4);
      expect(frames.valid.reduce((a, b) => a + b, 0)).toBe(3 * (2013 - 832));
    });

    it('every encoding of formats/ gives the same frames', async () => {
      const of = (name: string) =>
        load(shared(`formats/era5_gulf_daily__${name}.nc`), { variables: ['u10', 'v10', 't2m'] });
      const classic = await of('classic');
      const names = [
        '64-bit_offset',
        '64-bit_data',
        'netCDF-4',
        'netCDF-4_classic_model',
        'nc4_tinychunks_d9',
        'groups_nc4',
      ];
      for (const name of names) {
        const other = await of(name);
        expect(other.fields.map((field) => field.name)).toEqual(['u10', 'v10', 't2m']);
        expect(other.time.iso).toEqual(classic.time.iso);
        expect(
          Buffer.compare(Buffer.from(valuesOf(other).buffer), Buffer.from(valuesOf(classic).buffer)),
          name,
        ).toBe(0);
      }
      // Bit grooming keeps three significant digits: a relative error of 5e-3 at most.
      const groomed = await of('nc4_bitgroom');
      const range = (frames: Frames) => [...frames.scaling.minimum, ...frames.scaling.maximum];
      range(groomed).forEach((value, i) => {
        expect(Math.abs(value - range(classic)[i])).toBeLessThanOrEqual(5e-3 * Math.abs(range(classic)[i]));
      });
    });

    it('the two parts of an expver axis become one series', async () => {
      const merged = await load(shared('formats/era5_gulf_daily__expver_dim_cdf2.nc'));
      expect(merged.missing.share).toEqual([0, 0, 0]);
      expect(merged.notes.join('\n')).toMatch(/first value that is not missing/);
      const classic = await load(shared('formats/era5_gulf_daily__classic.nc'), {
        variables: ['u10', 'v10', 't2m'],
        time: ['2003-01-01', '2004-02-04'],
      });
      expect(classic.time.iso).toHaveLength(400);
      // Packed to 16 bits: half a step of the packing, in the scale of a cell.
      const worst = valuesOf(merged).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - valuesOf(classic)[i])),
        0,
      );
      expect(worst).toBeLessThan(2e-4);
      const first = await load(shared('formats/era5_gulf_daily__expver_dim_cdf2.nc'), {
        select: { expver: '1' },
      });
      expect(first.missing.share[0]).toBeGreaterThan(0);
      expect(first.missing.emptySteps.length).toBeGreaterThan(0);
    });

    it('odd/: longitudes that wrap, 2-D coordinates, further axes', async () => {
      const atlantic = await load(shared('odd/ncep_r1_slp_natl_daily_2001-2010.nc'));
      expect([atlantic.grid.longitude[0], atlantic.grid.longitude[32]]).toEqual([290, 370]);
      const rotated = await load(shared('odd/cordex_eur44_racmo_iberia_rotpole_djf_daily_1982-2002.nc'));
      expect(rotated.grid).toMatchObject({
        kind: 'curvilinear',
        height: 28,
        width: 30,
        dimensionNames: ['rlat', 'rlon'],
      });
      expect(rotated.notes.join('\n')).toMatch(/have \d+ gaps/);
      const members = await load(shared('odd/era5_levels_members_5d.nc'), {
        select: { level: '850', number: '#3' },
      });
      expect(valuesOf(members)).toHaveLength(4 * 2 * 61 * 120);
      const storm = await load(shared('odd/storm1996_na_6vars_6h.nc'));
      expect(storm.time.iso[1]).toBe('6');
      expect(storm.missing.emptySteps).toHaveLength(3);
    });
  },
);
