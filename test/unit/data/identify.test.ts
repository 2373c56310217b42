import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultHyperParameters } from '../../../src/core/config';
import { isUserError } from '../../../src/core/errors';
import { loadFrames } from '../../../src/core/data/loadFrames';
import { openDataset } from '../../../src/core/data/open';
import { hasSharedData, sharedData } from './reference';

const folder = mkdtempSync(join(tmpdir(), 'identify-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function refusal(path: string): Promise<string> {
  const error: unknown = await openDataset(path).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(isUserError(error), String(error)).toBe(true);
  return (error as Error).message;
}

describe('what is not NetCDF is named', () => {
  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /empty/],
    ['five bytes', 'CDF\x01\0', /damaged|cut off/],
    ['seven bytes of no kind', '1234567', /only 7 bytes/],
    ['ZIP', 'PK\x03\x04 and so on', /ZIP archive.*Unpack/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0]), /gzip/],
    ['GRIB', 'GRIB\0\0\0\x01........', /GRIB\. Convert it with "cdo -f nc copy/],
    ['GRIB 2', 'GRIB\0\0\0\x02........', /GRIB 2\. Convert/],
    ['Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\n', /git lfs pull/],
    ['web page', '\n<!DOCTYPE html><html>', /web page/],
    ['XML', '<?xml version="1.0"?><Error/>', /XML/],
    ['JSON', '{"error": "not found"}', /JSON/],
    ['CSV', 'time,a,b\n1,2,3\n4,5,6\n', /CSV.*3 columns/],
    ['CDL', 'netcdf x {\ndimensions:\n}', /ncgen/],
    ['text', 'Dear reader,\nhello', /text file that begins with "Dear reader,"/],
    ['HDF4', Buffer.from([0x0e, 0x03, 0x13, 0x01, 0, 0, 0, 0, 0]), /HDF4/],
    ['another CDF', 'CDF\x07\0\0\0\0\0\0\0\0', /version byte is 7/],
    [
      'noise',
      Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 151 + 131) & 255)),
      /belong to no format/,
    ],
  ])('%s', async (name, bytes, message) => {
    const path = join(folder, `${name.replace(/ /g, '_')}.nc`);
    writeFileSync(path, bytes);
    expect(await refusal(path)).toMatch(message);
  });

  it('a missing file, a directory, a file without permission', async () => {
    expect(await refusal(join(folder, 'absent.nc'))).toMatch(/There is no file/);
    expect(await refusal(folder)).toMatch(/is a directory/);
    if (process.getuid?.() === 0) return;
    const path = join(folder, 'locked.nc');
    writeFileSync(path, 'CDF');
    chmodSync(path, 0);
    expect(await refusal(path)).toMatch(/no permission/);
  });
});

describe.skipIf(!hasSharedData)(
  `every file of bad/ is refused with one clear line${hasSharedData ? '' : ' [skipped: ../shared/data is absent]'}`,
  () => {
    const bad = join(sharedData, 'bad');
    const expected: Record<string, RegExp> = {
      '26bytes.nc': /only 26 bytes/,
      '2bytes.nc': /only 2 bytes/,
      'bad_cdf5_begin.nc': /cut off/,
      'bitflip_chunkdata_nc4.nc': /damaged.*u10/,
      'csv_named_nc.nc': /CSV/,
      'empty.nc': /empty/,
      'gitlfs_pointer.nc': /Git LFS/,
      'grib_not_netcdf.grib': /GRIB/,
      'ref_test_corrupt_magic.nc': /no field to cluster/,
      'truncated_512B_nc4.nc': /512 of the 761183 bytes/,
      'truncated_half_cdf2.nc': /cut off/,
      'truncated_half_nc4.nc': /380591 of the 761183 bytes/,
      'truncated_header_cdf2.nc': /cut off/,
      'zip_named_nc_cds_download.nc': /ZIP archive/,
    };
    it.each(existsSync(bad) ? readdirSync(bad) : [])('%s', async (name) => {
      const files = [join(bad, name)];
      const config = { files, select: {}, memoryLimit: 1000, hyperParameters: defaultHyperParameters() };
      const error: unknown = await loadFrames(config).catch((caught: unknown) => caught);
      expect(isUserError(error), String(error)).toBe(true);
      expect((error as Error).message).toMatch(expected[name]);
      expect((error as Error).message).not.toContain('\n');
      expect((error as Error).message).toContain(name);
    });
  },
);
