import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultHyperParameters } from '../../../src/core/config';
import { loadFrames } from '../../../src/core/data/loadFrames';
import { openFields, type FieldChoice } from '../../../src/core/data/openFields';
import { hasSharedData, sample, sharedData } from './reference';

/** Asserts that every field at some steps is what the frames of the same choice hold, with the scaling undone. */
async function expectSameAsFrames(choice: FieldChoice): Promise<void> {
  const frames = await loadFrames({
    ...choice,
    memoryLimit: 4000,
    hyperParameters: defaultHyperParameters(),
  });
  const reader = await openFields(choice);
  try {
    expect([reader.fields, reader.grid, reader.time]).toEqual([frames.fields, frames.grid, frames.time]);
    const { minimum, maximum } = frames.scaling;
    const cells = frames.grid.height * frames.grid.width;
    const last = frames.time.iso.length - 1;
    for (const step of [0, Math.floor(last / 3), last]) {
      const scaled = await frames.measured.read(step, 1);
      for (let c = 0; c < frames.fields.length; c++) {
        const read = await reader.read(c, step);
        expect(read).toHaveLength(cells);
        for (let i = 0; i < cells; i++) {
          const cell = c * cells + i;
          const range = maximum[cell] - minimum[cell];
          const expected = frames.valid[cell] ? minimum[cell] + scaled[cell] * range : NaN;
          if (Number.isNaN(expected)) expect(read[i]).toBeNaN();
          else
            expect(Math.abs(read[i] - expected)).toBeLessThanOrEqual(
              1e-6 * (range + Math.abs(maximum[cell])),
            );
        }
      }
    }
  } finally {
    await reader.close();
  }
}

describe('single time steps', () => {
  it('are those of the frames', () => expectSameAsFrames({ files: [sample], select: {} }));

  it('are cut in time and space as the frames are', () =>
    expectSameAsFrames({
      files: [sample],
      select: {},
      variables: ['prate', 'air'],
      time: ['2008-06', '2008-08'],
      bbox: [34, 5, 46, 16],
    }));

  it('are refused outside the data', async () => {
    const reader = await openFields({ files: [sample], select: {}, time: ['2008-06', '2008-08'] });
    await expect(reader.read(4, 0)).rejects.toThrow('no field 4');
    await expect(reader.read(0, 92)).rejects.toThrow('step 92');
    await reader.close();
  });

  it('come with what the log should know', async () => {
    const notes: string[] = [];
    const reader = await openFields({ files: [sample], select: {} }, (note) => notes.push(note));
    await reader.close();
    const frames = await loadFrames({
      files: [sample],
      select: {},
      memoryLimit: 100,
      hyperParameters: defaultHyperParameters(),
    });
    expect(frames.notes.slice(0, notes.length)).toEqual(notes);
  });
});

describe.skipIf(!hasSharedData)(
  `single time steps of shared data${hasSharedData ? '' : ' [skipped: ../shared/data is absent]'}`,
  () => {
    it.each([
      ['NetCDF-4', { files: ['reanalysis/eobs_v17_iberia_0p25_daily_2000.nc'], select: {} }],
      ['two parts along expver', { files: ['formats/era5_gulf_daily__expver_dim_cdf2.nc'], select: {} }],
      [
        'one of them, which misses values',
        { files: ['formats/era5_gulf_daily__expver_dim_cdf2.nc'], select: { expver: '1' } },
      ],
    ])('%s', async (_, { files, select }) => {
      const paths = files.map((file) => join(sharedData, file));
      expect(paths.every((path) => existsSync(path))).toBe(true);
      await expectSameAsFrames({ files: paths, select });
    });
  },
);
