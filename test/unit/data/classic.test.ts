import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetCDFReader } from 'netcdfjs';
import { afterAll, describe, expect, it } from 'vitest';
import { isUserError } from '../../../src/core/errors';
import { openDataset } from '../../../src/core/data/open';
import { Random } from '../../../src/core/random';
import { classicFile, type ClassicFile } from './classicFiles';
import { sample } from './reference';

const folder = mkdtempSync(join(tmpdir(), 'classic-'));
afterAll(() => rmSync(folder, { recursive: true }));
function save(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const range = (n: number, f: (i: number) => number = (i) => i) => Array.from({ length: n }, (_, i) => f(i));

/** Two record variables whose parts need padding, and two fixed ones. */
const mixed: Omit<ClassicFile, 'version'> = {
  records: 3,
  dimensions: [
    ['time', 0],
    ['y', 2],
    ['x', 3],
  ],
  variables: [
    { name: 'lat', type: 'float32', dimensions: [1], values: [1.5, -2.25] },
    { name: 'a', type: 'int16', dimensions: [0, 2], values: range(9, (i) => i * 1000 - 4000) },
    { name: 'b', type: 'float64', dimensions: [0, 1, 2], values: range(18, (i) => i / 3) },
    { name: 'mask', type: 'int8', dimensions: [1, 2], values: [-1, 2, -3, 4, -5, 6] },
  ],
};

describe('NetCDF classic', () => {
  it.each([1, 2, 5] as const)('CDF-%i: fixed and record variables, whole and in part', async (version) => {
    const dataset = await openDataset(save(`mixed${version}.nc`, classicFile({ ...mixed, version }).bytes));
    try {
      expect(dataset.dimensions).toEqual([
        { name: 'time', size: 3, unlimited: true },
        { name: 'y', size: 2, unlimited: false },
        { name: 'x', size: 3, unlimited: false },
      ]);
      for (const { name, values } of mixed.variables) expect([...(await dataset.read(name))]).toEqual(values);
      expect(await dataset.read('lat')).toBeInstanceOf(Float32Array);
      const part = await dataset.read('b', { start: [1, 0, 1], count: [2, 2, 2] });
      expect([...part]).toEqual([7, 8, 10, 11, 13, 14, 16, 17].map((i) => i / 3));
      expect(await dataset.read('a', { start: [2, 0], count: [0, 3] })).toHaveLength(0);
    } finally {
      await dataset.close();
    }
  });

  it('CDF-5: its further types', async () => {
    const file: ClassicFile = {
      version: 5,
      records: 0,
      dimensions: [['n', 2]],
      variables: [
        { name: 'u1', type: 'uint8', dimensions: [0], values: [200, 7] },
        { name: 'u2', type: 'uint16', dimensions: [0], values: [65535, 1] },
        { name: 'u4', type: 'uint32', dimensions: [0], values: [4294967295, 2] },
        { name: 'i8', type: 'int64', dimensions: [0], values: [-5, 2 ** 40] },
      ],
    };
    const dataset = await openDataset(save('types.nc', classicFile(file).bytes));
    expect([...(await dataset.read('u1'))]).toEqual([200 - 256, 7].map((v) => v & 255));
    expect([...(await dataset.read('u2'))]).toEqual([65535, 1]);
    expect([...(await dataset.read('u4'))]).toEqual([4294967295, 2]);
    expect([...(await dataset.read('i8'))]).toEqual([-5n, 2n ** 40n]);
    await dataset.close();
  });

  it.each([1, 5] as const)('CDF-%i: a single record variable is not padded', async (version) => {
    const file: ClassicFile = {
      version,
      records: 5,
      dimensions: [
        ['time', 0],
        ['x', 3],
      ],
      variables: [{ name: 'v', type: 'int16', dimensions: [0, 1], values: range(15) }],
    };
    const dataset = await openDataset(save('single.nc', classicFile(file).bytes));
    expect([...(await dataset.read('v'))]).toEqual(range(15));
    await dataset.close();
  });

  it.each([1, 2, 5] as const)(
    'CDF-%i: a streamed file has as many records as it is long',
    async (version) => {
      const { bytes } = classicFile({ ...mixed, version, records: 'streaming' });
      const dataset = await openDataset(save('streaming.nc', bytes));
      expect(dataset.dimensions[0].size).toBe(3);
      expect([...(await dataset.read('a'))]).toEqual(mixed.variables[1].values);
      await dataset.close();
    },
  );

  it('reads data beyond 4 GiB', async () => {
    const { parts } = classicFile({ ...mixed, version: 2, dataBegin: 2 ** 32 + 4096 });
    const path = save('far.nc', new Uint8Array());
    const handle = await open(path, 'r+');
    // A hole in the file takes no space.
    for (const { at, bytes } of parts) await handle.write(bytes, 0, bytes.length, at);
    await handle.close();
    const dataset = await openDataset(path);
    expect([...(await dataset.read('b'))]).toEqual(mixed.variables[2].values);
    await dataset.close();
    rmSync(path);
  });

  it('many interleaved records come out in order, however they are cut', async () => {
    const records = 200;
    const wide = 9000;
    const file: ClassicFile = {
      version: 2,
      records,
      dimensions: [
        ['time', 0],
        ['x', 4],
        ['wide', wide],
      ],
      variables: [
        { name: 'v', type: 'int32', dimensions: [0, 1], values: range(records * 4) },
        { name: 'other', type: 'int32', dimensions: [0, 2], values: range(records * wide, (i) => i % 7) },
      ],
    };
    const dataset = await openDataset(save('wide.nc', classicFile(file).bytes));
    expect([...(await dataset.read('v'))]).toEqual(range(records * 4));
    const part = await dataset.read('v', { start: [50, 1], count: [100, 2] });
    expect([...part]).toEqual(range(200, (i) => (50 + Math.floor(i / 2)) * 4 + 1 + (i % 2)));
    await dataset.close();
  });

  it('agrees with netcdfjs on the sample', async () => {
    const reader = new NetCDFReader(readFileSync(sample));
    const dataset = await openDataset(sample);
    expect(dataset.variables.map(({ name }) => name)).toEqual(reader.variables.map(({ name }) => name));
    for (const { name, attributes } of dataset.variables) {
      const theirs = reader.variables.find((variable) => variable.name === name)!;
      expect(attributes).toEqual(
        Object.fromEntries(
          (theirs.attributes as { name: string; value: unknown }[]).map((a) => [a.name, a.value]),
        ),
      );
      expect(Array.from((await dataset.read(name)) as ArrayLike<number>)).toEqual(
        reader.getDataVariable(name).flat(),
      );
    }
    await dataset.close();
  });

  it('refuses a file that is cut off, wherever', async () => {
    const bytes = readFileSync(sample);
    const random = new Random(1);
    // The last record is 4 x 240 bytes and 8 of time; the padding at the very end may be absent, a value may not.
    for (const length of [
      4,
      30,
      200,
      1000,
      bytes.length - 2,
      ...range(20, () => 32 + random.integer(bytes.length - 40)),
    ]) {
      const path = save('cut.nc', bytes.subarray(0, length));
      const error = await openDataset(path).catch((caught: unknown) => caught);
      expect(isUserError(error), `${length} bytes`).toBe(true);
      expect((error as Error).message).toMatch(/cut off|only 4 bytes/);
    }
  });

  it('survives any damage to its header', async () => {
    const bytes = readFileSync(sample);
    const random = new Random(2);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const damaged = Buffer.from(bytes);
      damaged[4 + random.integer(1500)] = random.integer(256);
      damaged[4 + random.integer(1500)] = 0xff;
      try {
        const dataset = await openDataset(save('damaged.nc', damaged));
        for (const { name } of dataset.variables) await dataset.read(name);
        await dataset.close();
      } catch (error) {
        expect(isUserError(error), String(error)).toBe(true);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});
