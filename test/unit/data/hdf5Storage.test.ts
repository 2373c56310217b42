import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileBytes } from '../../../src/core/data/fileBytes';
import { variableType } from '../../../src/core/data/hdf5';
import { Hdf5Library } from '../../../src/core/data/hdf5Library';
import { Hdf5Storage } from '../../../src/core/data/hdf5Storage';
import { openDataset } from '../../../src/core/data/open';
import { isUserError } from '../../../src/core/errors';
import { Random } from '../../../src/core/random';
import { differences, hasNetcdf4, hasSharedData, readReferences, runPython, sharedData } from './reference';

const generator = fileURLToPath(new URL('generatedHdf5.py', import.meta.url));

function hasPythonModule(name: string): boolean {
  try {
    runPython(`import ${name}`, '');
    return true;
  } catch {
    return false;
  }
}
const hasH5py = hasNetcdf4 && hasPythonModule('h5py');

/** Of the files that h5py makes, in the order of their names. */
const plain = 'big contiguous inside fixed growing growing2 grown many mask shrunk single'.split(' ');

interface Compared {
  /** Datasets of numbers that were read past the library, and those that were left to it. */
  readonly direct: string[];
  readonly left: string[];
}

/** Reads every dataset of numbers whole and in parts, past the HDF5 library and by it; both must give the same bytes. */
async function compare(path: string): Promise<Compared> {
  const library = await Hdf5Library.load();
  const bytes = await FileBytes.open(path);
  const file = library.open(path);
  const storage = new Hdf5Storage(bytes, library, file);
  const random = new Random(3);
  const result: Compared = { direct: [], left: [] };
  const visit = async (group: string, depth: number): Promise<void> => {
    for (const name of library.names(file, group)) {
      const item = `${group === '/' ? '' : group}/${name}`;
      const kind = library.kind(file, item);
      if (kind === 'group' && depth < 5) await visit(item, depth + 1);
      if (kind !== 'dataset') continue;
      const type = library.dataset(file, item);
      const { shape } = type;
      if (shape === null || ['other', 'string', 'char'].includes(variableType(type))) continue;
      const slabs = [{ start: shape.map(() => 0), count: shape }];
      for (let i = 0; i < 4; i++) {
        const start = shape.map((length) => random.integer(Math.max(1, length)));
        slabs.push({ start, count: shape.map((length, d) => random.integer(length - start[d] + 1)) });
      }
      for (const { start, count } of slabs) {
        const found = await storage.read({ path: item, type }, start, count);
        if (found === undefined) {
          result.left.push(name);
          break;
        }
        const expected = library.readDataset(file, item, type, start, count) as Uint8Array;
        if (Buffer.compare(found, expected) !== 0) {
          throw new Error(`${path}${item} [${start.join()}]+[${count.join()}] differs`);
        }
        if (count === shape) result.direct.push(name);
      }
    }
  };
  await visit('/', 0);
  library.close(file);
  await bytes.close();
  return result;
}

function isHdf5(path: string): boolean {
  const file = openSync(path, 'r');
  const start = Buffer.alloc(8);
  readSync(file, start);
  closeSync(file);
  return start.toString('latin1') === '\x89HDF\r\n\x1a\n';
}

describe.skipIf(!hasSharedData)(
  `values read past the HDF5 library${hasSharedData ? '' : ' [skipped: ../shared/data is absent]'}`,
  () => {
    it.each([
      ['reanalysis', 25, 1],
      ['formats', 34, 4],
      ['odd', 27, 0],
      ['torture', 441, 149],
    ])('%s/: are those that the library reads', async (folder, pastTheLibrary, leftToIt) => {
      const paths = readdirSync(join(sharedData, folder)).map((name) => join(sharedData, folder, name));
      let [direct, left] = [0, 0];
      for (const path of paths.filter(isHdf5)) {
        const compared = await compare(path);
        direct += compared.direct.length;
        left += compared.left.length;
      }
      expect({ direct, left }).toEqual({ direct: pastTheLibrary, left: leftToIt });
    });
  },
);

describe.skipIf(!hasH5py)(
  `generated HDF5 files${hasH5py ? '' : ' [skipped: /usr/bin/python3 lacks netCDF4 or h5py]'}`,
  () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'generated-hdf5-'));
      execFileSync('/usr/bin/python3', [generator, folder], { stdio: 'inherit' });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('of netCDF4-python are read past the library', async () => {
      const { direct, left } = await compare(join(folder, 'netcdf.nc'));
      expect(direct).toHaveLength(102);
      // Those that were never written.
      expect(left.filter((name) => !name.startsWith('never'))).toEqual(['time', 'z', 'y', 'x']);
    });

    it.each(['earliest', 'v108'])('in the forms of libver=%s are read past the library', async (name) => {
      const { direct, left } = await compare(join(folder, `${name}.h5`));
      expect(direct).toEqual(plain);
      expect(left).toEqual(['lzf', 'offset']);
    });

    it.each(['v110', 'latest', 'userblock', 'external'])('of the form "%s" are left to it', async (name) => {
      const { direct, left } = await compare(join(folder, `${name}.h5`));
      expect(direct).toEqual([]);
      expect(left.length).toBeGreaterThan(0);
    });

    it.each([
      ['a deflated chunk', 'netcdf.nc', 'deflated_f4'],
      ['a chunk with a checksum', 'netcdf.nc', 'onlySummed_i2'],
      ['a deflated chunk with a checksum', 'earliest.h5', 'deep/er/inside'],
    ])('with %s that is damaged are refused', async (_, name, variable) => {
      const damaged = join(folder, `damaged-${name}`);
      copyFileSync(join(folder, name), damaged);
      const where = runPython(
        `import h5py; c = h5py.File(${JSON.stringify(damaged)})[${JSON.stringify(variable)}].id.get_chunk_info(0); print(c.byte_offset, c.size)`,
        '',
      );
      const [offset, size] = where.split(' ').map(Number);
      const file = openSync(damaged, 'r+');
      writeSync(file, Buffer.alloc(8, 0x5a), 0, 8, offset + Math.floor(size / 2));
      closeSync(file);
      const dataset = await openDataset(damaged);
      const error: unknown = await dataset.read(variable).catch((reason: unknown) => reason);
      expect(isUserError(error)).toBe(true);
      expect((error as Error).message).toMatch(/is damaged or cut off: HDF5 cannot read .*Copy or download/);
      await dataset.close();
    });

    it('hold what netCDF4-python reads', async () => {
      const paths = [join(folder, 'netcdf.nc')];
      const [reference] = readReferences(paths);
      if (typeof reference === 'string') throw new Error(reference);
      const dataset = await openDataset(paths[0]);
      for (const variable of reference) expect(await differences(dataset, variable)).toEqual([]);
      await dataset.close();
    });
  },
);
