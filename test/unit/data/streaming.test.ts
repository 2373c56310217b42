import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import type { FieldReader, Tile } from '../../../src/core/data/fieldReader';
import type { Frames } from '../../../src/core/data/frames';
import { loadFrames, type LoadConfig } from '../../../src/core/data/loadFrames';
import { estimateMemory, estimateStreaming, planMemory } from '../../../src/core/data/memory';
import { readRaw, storeInMemory, storeOnDisk } from '../../../src/core/data/readRaw';
import { ScratchFile } from '../../../src/core/data/scratchFile';
import { CancelledError, isUserError } from '../../../src/core/errors';
import { Random } from '../../../src/core/random';
import { temporaryFolder } from '../results/temporary';
import { hasSharedData, sample, sharedData } from './reference';

const folder = temporaryFolder();
const isLinux = process.platform === 'linux';

/** Working copies that this process has open, whether they still have a name or not. */
const openCopies = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.includes('.working-copy.') ? [target] : [];
    } catch {
      return [];
    }
  });

async function bothWays(
  files: string[],
  config: Partial<LoadConfig> = {},
  set: object = {},
): Promise<[Frames, Frames]> {
  const load = (streaming: 'always' | 'never') =>
    loadFrames({
      files,
      select: {},
      memoryLimit: 4000,
      streaming: { folders: [folder] },
      ...config,
      hyperParameters: resolveHyperParameters({ ...set, 'data.streaming': streaming }),
    });
  return [await load('never'), await load('always')];
}

const bits = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Reads both in pieces that are not those in which the copy was written. */
async function expectSame([memory, disk]: [Frames, Frames]): Promise<void> {
  const { n, d } = memory.table;
  for (const name of ['table', 'measured'] as const) {
    for (let first = 0; first < n; first += 37) {
      const count = Math.min(37, n - first);
      const [a, b] = [await memory[name].read(first, count), await disk[name].read(first, count)];
      expect(bits(b).equals(bits(a)), `${name} from ${first}`).toBe(true);
    }
  }
  const targets = [0, n - 3, 5].map((first) => ({ first, target: new Float32Array(3 * d) }));
  await Promise.all(targets.map(({ first, target }) => disk.table.readInto(target, first)));
  for (const { first, target } of targets) {
    expect(bits(target).equals(bits(await memory.table.read(first, 3)))).toBe(true);
  }
  expect([disk.scaling, disk.valid, disk.missing, disk.time]).toEqual([
    memory.scaling,
    memory.valid,
    memory.missing,
    memory.time,
  ]);
}

describe('frames on disk', () => {
  it('are those in memory, to the bit, and leave nothing behind', async () => {
    for (const fill of ['variable', 'dataset']) {
      for (const scale of ['cell', 'variable', 'dataset']) {
        const both = await bothWays(
          [sample],
          {},
          { 'preprocessing.fill': fill, 'preprocessing.scale': scale },
        );
        await expectSame(both);
        expect(both[1].notes.join('\n')).toContain('streamed from disk');
        await both[1].table.close();
      }
    }
    expect(readdirSync(folder)).toEqual([]);
    if (isLinux) expect(openCopies()).toEqual([]);
  });

  it.skipIf(!hasSharedData)(
    `also with missing values, small compressed chunks and further axes${hasSharedData ? '' : ' [skipped: ../shared/data is absent]'}`,
    async () => {
      for (const [file, config] of [
        ['formats/era5_gulf_daily__nc4_tinychunks_d9.nc', {}],
        ['formats/era5_gulf_daily__expver_dim_cdf2.nc', { select: { expver: '1' } }],
        ['odd/ncep_r1_slp_natl_daily_2001-2010.nc', {}],
      ] as const) {
        const both = await bothWays([join(sharedData, file)], config);
        await expectSame(both);
        await both[1].table.close();
      }
    },
  );

  it('are written block by block, whatever the blocks', async () => {
    const [steps, height, width] = [7, 6, 5];
    const random = new Random(2);
    const values = [0, 1].map(() =>
      Float32Array.from({ length: steps * height * width }, () =>
        random.uniform() < 0.2 ? NaN : random.normal(),
      ),
    );
    const tiles: Tile[] = [];
    for (const [firstStep, count] of [
      [0, 4],
      [4, 3],
    ]) {
      for (const [firstRow, rows] of [
        [0, 4],
        [4, 2],
      ])
        tiles.push({ firstStep, steps: count, firstRow, rows });
    }
    const readers = values.map((field) => ({
      height,
      width,
      tiles: () => tiles,
      read: (
        { firstStep, steps: count, firstRow, rows }: Tile,
        target: Float32Array,
        at: number,
        stride: number,
      ) => {
        for (let t = firstStep; t < firstStep + count; t++) {
          for (let i = firstRow * width; i < (firstRow + rows) * width; i++) {
            target[at + t * stride + i] = field[t * height * width + i];
          }
        }
        return Promise.resolve();
      },
    })) as unknown as FieldReader[];
    const frame = 2 * height * width;
    const inMemory = new Float32Array(steps * frame);
    const summary = await readRaw(readers, steps, storeInMemory(inMemory, 2, height * width), {});
    const file = await ScratchFile.create([folder], 4 * inMemory.length);
    expect(await readRaw(readers, steps, storeOnDisk(file, 2, { height, width }), {})).toEqual(summary);
    const onDisk = new Float32Array(inMemory.length);
    await file.readInto(onDisk, 0);
    await file.close();
    expect(bits(onDisk).equals(bits(inMemory))).toBe(true);
  });

  it('are given up when the reading is stopped, and nothing is left', async () => {
    const stop = new AbortController();
    const config = {
      files: [sample],
      select: {},
      memoryLimit: 4000,
      streaming: { folders: [folder] },
      hyperParameters: resolveHyperParameters({ 'data.streaming': 'always' }),
    };
    const reading = loadFrames(config, { signal: stop.signal, progress: () => stop.abort() });
    await expect(reading).rejects.toThrow(CancelledError);
    expect(readdirSync(folder)).toEqual([]);
    if (isLinux) expect(openCopies()).toEqual([]);
  });
});

describe('the plan', () => {
  const size = { steps: 10000, variables: 2, height: 100, width: 100 };
  const [data, streamed] = [estimateMemory(size), estimateStreaming(size)];
  it('is to stream what does not fit beside the training, and only that', () => {
    expect(streamed).toBeLessThan(data / 5);
    expect(planMemory(size, data + 100, 'auto', 100)).toBe(false);
    expect(planMemory(size, data + 99, 'auto', 100)).toBe(true);
    expect(planMemory(size, 1e6, 'always', 100)).toBe(true);
  });
  it('is refused where streaming is not allowed, or does not help', () => {
    expect(() => planMemory(size, data + 99, 'never', 100)).toThrow(
      /data need about.*"data.streaming" at "auto"/,
    );
    expect(() => planMemory(size, streamed + 99, 'auto', 100)).toThrow(/Training needs about/);
  });
});

describe('a working copy', () => {
  it('goes to the first folder with room for it', async () => {
    const other = join(folder, 'other');
    const file = await ScratchFile.create([join(sample, 'no folder'), other], 1000);
    expect(file.path.startsWith(other)).toBe(true);
    await file.close();
    expect(readdirSync(other)).toEqual([]);
  });

  it('is refused with what is wrong of each folder when there is no room', async () => {
    const error: unknown = await ScratchFile.create([join(sample, 'no folder'), folder], 1e18).catch(
      (caught: unknown) => caught,
    );
    expect(isUserError(error)).toBe(true);
    expect((error as Error).message).toMatch(
      /no room on disk for a working copy of .* GiB: .*a part of its path is a file.*; .* has .* GiB free/,
    );
  });

  const memoryFolder = '/dev/shm';
  const hasMemoryFolder = isLinux && statfsSync('/').type !== 0x01021994;
  it.skipIf(!hasMemoryFolder)(
    `is not put in memory${hasMemoryFolder ? '' : ' [skipped: no /dev/shm]'}`,
    async () => {
      await expect(ScratchFile.create([memoryFolder], 10)).rejects.toThrow('/dev/shm is in memory');
    },
  );

  /** A small file system of one's own takes the right to mount one. */
  const small = join(temporaryFolder(), 'small');
  const mounted = (() => {
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', small], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  afterAll(() => {
    if (mounted) execFileSync('umount', [small]);
  });
  it.skipIf(!mounted)(
    `says that the disk is full${mounted ? '' : ' [skipped: no right to mount one]'}`,
    async () => {
      const file = await ScratchFile.create([small], 1000, []);
      try {
        const writing = () => file.write(new Float32Array(1 << 19), 0);
        expect(writing).toThrow(/working copy .* cannot be written: the disk is full\. Free some space/);
      } finally {
        await file.close();
      }
      expect(readdirSync(small)).toEqual([]);
    },
  );
});
