import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readHeader, readPreview } from '../../../src/core/data/preview';
import { toPreview } from '../../../src/protocol/preview';
import { classicFile } from './classicFiles';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sample = path.join(root, 'media/sample/ncep_r1_hornafrica_daily_2008.nc');
const shared = path.resolve(root, '../shared/data');

describe('the header of a file', () => {
  it('tells what can be drawn, and why the rest cannot', async () => {
    const header = await readHeader(sample);
    expect(header.format).toMatch(/classic/i);
    expect(header.bytes).toBe(355972);
    expect(header.dimensions).toContainEqual({ name: 'time', size: 366, unlimited: true });
    const air = header.variables.find(({ name }) => name === 'air')!;
    expect(air).toMatchObject({ steps: 366, extraAxes: [], shape: [366, 10, 12] });
    expect(air.attributes['units']).toBe('K');
    expect(header.variables.find(({ name }) => name === 'lat')).toMatchObject({
      reason: 'it has only one horizontal axis',
    });
  });
});

describe('one map of a file', () => {
  it('is refused where it would fill the memory of the window', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-preview-'));
    const file = path.join(folder, 'large.nc');
    const [height, width] = [12_000, 6000];
    const { bytes } = classicFile({
      version: 2,
      records: 0,
      dimensions: [
        ['time', 1],
        ['lat', height],
        ['lon', width],
      ],
      variables: [{ name: 'x', type: 'int8', dimensions: [0, 1, 2], values: [] }],
    });
    // The rest of the file is a hole.
    writeFileSync(file, bytes);
    truncateSync(file, bytes.length + height * width);
    try {
      expect((await readHeader(file)).variables[0].steps).toBe(1);
      await expect(readPreview(file, 'x', 0, {})).rejects.toThrow(
        '12000 x 6000 cells, too many for a preview',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has the values, the time and the units of its step', async () => {
    const map = await readPreview(sample, 'air', 365, {});
    expect(map.values).toHaveLength(120);
    expect(map.time).toBe('2008-12-31T00:00:00');
    expect(map).toMatchObject({ units: 'K', notes: [] });
    expect(map.grid).toMatchObject({ kind: 'rectilinear', height: 10, width: 12, geographic: true });
    // Kelvin, in the tropics.
    expect(Math.min(...map.values)).toBeGreaterThan(270);
    expect(Math.max(...map.values)).toBeLessThan(320);
  });

  it('fits the messages to the editor, as its header does', async () => {
    const map = await readPreview(sample, 'air', 0, {});
    expect(toPreview.safeParse({ type: 'map', id: 1, map }).success).toBe(true);
    const header = await readHeader(sample);
    expect(toPreview.safeParse({ type: 'header', name: 'a.nc', header }).success).toBe(true);
    expect(toPreview.safeParse({ type: 'map', id: 1, map: { ...map, values: [1] } }).success).toBe(false);
  });

  it('is refused for what is not there or is no map', async () => {
    await expect(readPreview(sample, 'air', 366, {})).rejects.toThrow(/no time step 366: it has 366/);
    await expect(readPreview(sample, 'sst', 0, {})).rejects.toThrow(/no variable "sst"/);
    await expect(readPreview(sample, 'lat', 0, {})).rejects.toThrow(/only one horizontal axis/);
  });
});

describe.skipIf(!existsSync(shared))('previews of real files (need ../shared/data)', () => {
  const odd = (name: string): string => path.join(shared, 'odd', name);

  it('take one value along each further axis, the first by default', async () => {
    const file = odd('era5_levels_members_5d.nc');
    const { variables } = await readHeader(file);
    const t = variables.find(({ name }) => name === 't')!;
    expect(t.extraAxes!.map(({ name, size }) => [name, size])).toEqual([
      ['number', 10],
      ['level', 2],
    ]);
    const [first, second] = t.extraAxes![1].values;
    const byDefault = await readPreview(file, 't', 0, {});
    const named = await readPreview(file, 't', 0, { level: first, number: '#0' });
    const other = await readPreview(file, 't', 0, { level: second });
    expect(named.values).toEqual(byDefault.values);
    expect(other.values).not.toEqual(byDefault.values);
  });

  it('draw what has no time: the coordinates of a rotated grid', async () => {
    const file = odd('cordex_eur44_racmo_iberia_rotpole_djf_daily_1982-2002.nc');
    const lat = await readPreview(file, 'lat', 0, {});
    expect(lat.time).toBe('');
    expect(lat.grid.kind).toBe('curvilinear');
    expect([...lat.values].map(Math.fround)).toEqual([...lat.grid.latitude].map(Math.fround));
  });

  it('merge the two versions of ERA5 that lie along expver', async () => {
    const file = path.join(shared, 'formats', 'era5_gulf_daily__expver_dim_cdf2.nc');
    const { variables } = await readHeader(file);
    const axis = variables.find(({ name }) => name === 't2m')!.extraAxes![0];
    expect(axis).toMatchObject({ name: 'expver', merged: true });
    const { steps } = variables.find(({ name }) => name === 't2m')!;
    const missing = async (step: number, select: Record<string, string>): Promise<number> =>
      (await readPreview(file, 't2m', step, select)).values.filter(Number.isNaN).length;
    for (const step of [0, steps! - 1]) {
      expect(await missing(step, {})).toBe(0);
      const apart = [await missing(step, { expver: '#0' }), await missing(step, { expver: '#1' })];
      expect(Math.max(...apart)).toBe(84);
    }
  });

  it('of files that cannot be read say what is wrong', async () => {
    const bad = path.join(shared, 'bad');
    const outcomes: string[] = [];
    for (const name of readdirSync(bad)) {
      const outcome = await readHeader(path.join(bad, name)).then(
        () => 'read',
        (error: Error) => error.name,
      );
      outcomes.push(`${name}: ${outcome}`);
    }
    // The header of these two is whole; one of them has damaged values.
    expect(outcomes.filter((one) => one.endsWith('read'))).toEqual([
      'bitflip_chunkdata_nc4.nc: read',
      'ref_test_corrupt_magic.nc: read',
    ]);
    expect(outcomes.filter((one) => !/UserError|read$/.test(one))).toEqual([]);
    await expect(readPreview(path.join(bad, 'bitflip_chunkdata_nc4.nc'), 'u10', 47, {})).rejects.toThrow(
      /damaged/,
    );
  });

  it('of strange files are headers of a bearable length', async () => {
    const torture = path.join(shared, 'torture');
    let longest = 0;
    for (const name of readdirSync(torture)) {
      const header = await readHeader(path.join(torture, name)).catch((error: Error) => {
        if (error.name !== 'UserError') throw error;
        return undefined;
      });
      longest = Math.max(longest, JSON.stringify(header ?? '').length);
    }
    expect(longest).toBeGreaterThan(10_000);
    expect(longest).toBeLessThan(200_000);
  });
});
