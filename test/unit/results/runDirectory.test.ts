import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFileError, writeAtomically } from '../../../src/core/results/atomicWrite';
import { clustersFolder, createRunDirectory, newRunId } from '../../../src/core/results/runDirectory';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();

describe('run directory', () => {
  it('lies beside the data file', () => {
    expect(clustersFolder('/data/era5.2021.nc')).toBe('/data/era5.2021.clusters');
    expect(clustersFolder('/data/noextension')).toBe('/data/noextension.clusters');
  });

  it('has a name that sorts by time', () => {
    const first = newRunId(new Date(2026, 2, 4, 5, 6, 7));
    expect(first).toMatch(/^2026-03-04T05-06-07-[0-9a-f]{4}$/);
    expect(newRunId(new Date(2026, 10, 1, 0, 0, 0)) > first).toBe(true);
  });

  it('is new each time, also when names collide', async () => {
    const ids = ['a', 'a', 'a', 'b'];
    const make = () => ids.shift() as string;
    const first = await createRunDirectory(join(folder, 'deep/x.clusters'), make);
    writeFileSync(join(first, 'kept'), '1');
    const second = await createRunDirectory(join(folder, 'deep/x.clusters'), make);
    expect([basename(first), basename(second)]).toEqual(['a', 'b']);
    expect(readFileSync(join(first, 'kept'), 'utf8')).toBe('1');
  });

  it('says what is wrong when a file is in the way', async () => {
    const file = join(folder, 'taken.clusters');
    writeFileSync(file, '');
    await expect(createRunDirectory(file)).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining('in the way') }),
    );
    await expect(createRunDirectory(join(file, 'sub'))).rejects.toThrow('not a folder');
  });

  // The kernel's own file system refuses folders to everyone, the superuser included.
  it.skipIf(process.platform !== 'linux')('says what is wrong when the folder is not writable', async () => {
    await expect(createRunDirectory('/sys/x.clusters')).rejects.toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringMatching(
          /^\/sys\/x\.clusters cannot be created: (you may not access it|it is on a read-only)/,
        ),
      }),
    );
  });

  it('explains full disks and missing rights, and leaves our own faults alone', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainFileError(full, '/r/result.nc', 'written')).toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('/r/result.nc cannot be written: the disk is full'),
    });
    const fault = new TypeError('x is undefined');
    expect(explainFileError(fault, '/r', 'read')).toBe(fault);
  });
});

describe('atomic writing', () => {
  it('replaces a file and leaves nothing else behind', async () => {
    const place = join(folder, 'atomic');
    mkdirSync(place);
    const path = join(place, 'labels.csv');
    await writeAtomically(path, 'one');
    await writeAtomically(path, Buffer.from('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(place)).toEqual(['labels.csv']);
  });

  it('leaves the old content and no temporary file when it fails', async () => {
    const place = join(folder, 'failing');
    mkdirSync(join(place, 'labels.csv'), { recursive: true });
    await expect(writeAtomically(join(place, 'labels.csv'), 'x')).rejects.toThrow('it is a folder');
    expect(readdirSync(place)).toEqual(['labels.csv']);
    await expect(writeAtomically(join(folder, 'absent/labels.csv'), 'x')).rejects.toThrow('does not exist');
    expect(existsSync(join(folder, 'absent'))).toBe(false);
  });
});
