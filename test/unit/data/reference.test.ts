import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describe as describeFile } from '../../../src/core/data/describe';
import { openDataset } from '../../../src/core/data/open';
import { isUserError } from '../../../src/core/errors';
import { differences, hasNetcdf4, hasSharedData, readReferences, sharedData, whySkipped } from './reference';

const filesOf = (folder: string): string[] => {
  const path = join(sharedData, folder);
  return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
};

describe.skipIf(!hasSharedData || !hasNetcdf4)(`against netCDF4-python${whySkipped}`, () => {
  it.each(['reanalysis', 'odd', 'formats'])('%s/: every value and every mask is equal', async (folder) => {
    const paths = filesOf(folder);
    const references = readReferences(paths);
    expect(paths.length).toBeGreaterThan(5);
    for (const [i, path] of paths.entries()) {
      const reference = references[i];
      if (typeof reference === 'string') throw new Error(`${path}: ${reference}`);
      const dataset = await openDataset(path);
      for (const variable of reference) {
        expect(await differences(dataset, variable), path).toEqual([]);
        expect(dataset.variable(variable.name).dimensions.map((name) => name.replace(/.*\//, ''))).toEqual(
          variable.dimensions,
        );
      }
      await dataset.close();
    }
  });

  it('torture/: the same values, or a clear refusal, and never a crash', async () => {
    // What differs, and why that is right.
    const accepted: readonly string[] = [
      // Chunks that were never written, with fill value "undefined" or "never": their content is indeterminate.
      'bes__FValue.h5 chunks_fill_not_write: values differ',
      'bes__FValue_chunk.h5 chunks_all_fill: values differ',
      'bes__FValue_fd.h5 chunks_fill_not_write: values differ',
      'bes__FValue_int64.h5 chunks_fill_not_write: values differ',
      // netCDF4-python masks -127 in bytes without _FillValue; by the NetCDF User's Guide bytes have no default fill.
      'nc4py__ubyte.nc sb2: 2 of 2 masked differently',
      'netcdfc__ref_nctest_classic.nc bytev: 87 of 22320 masked differently',
      'netcdfc__ref_nctest_classic.nc bytevar: 3 of 840 masked differently',
      'netcdfc__ref_nctest_classic.nc zz: 12 of 12 masked differently',
    ];
    const paths = filesOf('torture');
    const references = readReferences(paths);
    const found: string[] = [];
    let compared = 0;
    const userError = async (work: () => Promise<unknown>, context: string): Promise<boolean> => {
      try {
        await work();
        return false;
      } catch (error) {
        if (!isUserError(error)) throw new Error(`${context}: ${String(error)}`, { cause: error });
        return true;
      }
    };
    for (const [i, path] of paths.entries()) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const reference = references[i];
      const dataset = await openDataset(path);
      for (const variable of dataset.variables) {
        const read = () =>
          variable.type === 'string' ? dataset.readStrings(variable.name) : dataset.read(variable.name);
        await userError(read, `${name} ${variable.name}`);
      }
      for (const variable of typeof reference === 'string' ? [] : reference) {
        // What netCDF-C could not read must at least not crash here, which was seen above.
        if (variable.error !== undefined) continue;
        compared++;
        for (const difference of await differences(dataset, variable)) found.push(`${name} ${difference}`);
      }
      await dataset.close();
      await userError(() => describeFile(path), name);
    }
    expect(paths.length).toBe(243);
    expect(compared).toBeGreaterThan(1400);
    expect(found).toEqual(accepted);
  });
});
