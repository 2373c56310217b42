import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '../../../src/core/data/dataset';
import { decoderOf } from '../../../src/core/data/decode';
import { decodeInto } from '../../../src/core/data/decodeInto';

/** Debian's Python: it has netCDF4, which is the independent reader here. */
const python = '/usr/bin/python3';

export const sharedData = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
export const sample = fileURLToPath(
  new URL('../../../media/sample/ncep_r1_hornafrica_daily_2008.nc', import.meta.url),
);
const script = fileURLToPath(new URL('reference.py', import.meta.url));
export const hasSharedData = existsSync(sharedData);
export const hasNetcdf4 =
  existsSync(python) && spawnSync(python, ['-c', 'import netCDF4, cftime']).status === 0;

/** For titles of suites that are skipped. */
export const whySkipped = [
  hasSharedData ? '' : ' [skipped: ../shared/data is absent]',
  hasNetcdf4 ? '' : ' [skipped: /usr/bin/python3 has no netCDF4]',
].join('');

export function runPython(code: string, input: string): string {
  return execFileSync(python, ['-W', 'ignore', '-c', code], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

export interface ReferenceVariable {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly dimensions: readonly string[];
  /** Why netCDF-C could not read it. */
  readonly error?: string;
  /** As stored, little-endian. */
  readonly raw: Uint8Array;
  /** 1 where masked. */
  readonly mask: Uint8Array;
}

/** What netCDF4-python reads from each file; a string says why it could not. */
export function readReferences(paths: readonly string[]): (ReferenceVariable[] | string)[] {
  const folder = mkdtempSync(join(tmpdir(), 'netcdf-reference-'));
  try {
    execFileSync(python, ['-W', 'ignore', script, folder, ...paths], {
      stdio: 'pipe',
    });
    return paths.map((_, i) => {
      const result = JSON.parse(readFileSync(join(folder, `${i}.json`), 'utf8')) as {
        error?: string;
        variables: Omit<ReferenceVariable, 'raw' | 'mask'>[];
      };
      if (result.error !== undefined) return result.error;
      return result.variables.map((variable, j) => {
        if (variable.error !== undefined)
          return { ...variable, raw: new Uint8Array(), mask: new Uint8Array() };
        const read = (suffix: string) => new Uint8Array(readFileSync(join(folder, `${i}.${j}.${suffix}`)));
        return { ...variable, raw: read('raw'), mask: read('mask') };
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const typeNames: Readonly<Record<string, string>> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
  S1: 'char',
};

/** How a variable as we read it differs from the reference: in type, shape, raw bytes, or in which values are missing. */
export async function differences(dataset: Dataset, reference: ReferenceVariable): Promise<string[]> {
  const found = dataset.variables.find(({ name }) => name === reference.name);
  if (!found) return [`${reference.name}: absent`];
  const wanted = typeNames[reference.dtype.slice(1)];
  const result: string[] = [];
  if (found.type !== wanted) return [`${reference.name}: type ${found.type}, not ${wanted}`];
  if (found.shape.join() !== reference.shape.join()) {
    return [`${reference.name}: shape ${found.shape.join()}, not ${reference.shape.join()}`];
  }
  const raw = await dataset.read(reference.name);
  const bytes = new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  if (Buffer.compare(bytes, reference.raw) !== 0) result.push(`${reference.name}: values differ`);
  if (found.type === 'char') return result;

  const decoded = new Float32Array(raw.length);
  // Without scaling: a finite value that overflows float32 when scaled is not missing for the reference.
  decodeInto(raw, { ...decoderOf(found), scale: 1, offset: 0 }, decoded);
  let wrong = 0;
  decoded.forEach((value, i) => {
    const stored = Number(raw[i]);
    const expected = reference.mask[i] === 1 || !Number.isFinite(Math.fround(stored));
    if (Number.isNaN(value) !== expected) wrong++;
  });
  if (wrong > 0) result.push(`${reference.name}: ${wrong} of ${raw.length} masked differently`);
  return result;
}
