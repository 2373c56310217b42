import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missingLibraries, otherRuntime } from '../../../src/core/engine/cuda';
import { locationsEnvironment, locationsFrom } from '../../../src/core/engine/locations';
import { loadRuntime } from '../../../src/core/engine/onnxEngine';
import { findPackage } from '../../../src/core/engine/userPackage';

const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-cuda-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const linux = process.platform === 'linux';
const compiler = linux && spawnSync('cc', ['--version']).status === 0;
const absent = compiler ? '' : ' (skipped: needs Linux and a C compiler)';

describe('what the CUDA provider lacks', () => {
  it.skipIf(!compiler)(`is each library that the loader does not find${absent}`, async () => {
    const compile = (...args: string[]): void => {
      const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
    };
    writeFileSync(path.join(folder, 'needed.c'), 'int needed(void) { return 1; }');
    writeFileSync(
      path.join(folder, 'provider.c'),
      'int needed(void); int provider(void) { return needed(); }',
    );
    compile('libneeded.so.12', '-Wl,-soname,libneeded.so.12', 'needed.c');
    compile('libprovider.so', 'provider.c', './libneeded.so.12');
    expect(await missingLibraries(path.join(folder, 'libprovider.so'))).toEqual(['libneeded.so.12']);
    compile('libwhole.so', 'needed.c');
    expect(await missingLibraries(path.join(folder, 'libwhole.so'))).toEqual([]);
  });

  it('is not known of what is no library', async () => {
    writeFileSync(path.join(folder, 'empty.so'), '');
    expect(await missingLibraries(path.join(folder, 'empty.so'))).toEqual([]);
  });
});

describe('another ONNX Runtime in the same process', () => {
  it.skipIf(!linux)('is noticed, and the own one is none', async () => {
    await loadRuntime();
    expect(otherRuntime(folder)).toMatch(/onnxruntime-node\/bin\/.*libonnxruntime\.so/);
    expect(otherRuntime(path.resolve('node_modules/onnxruntime-node'))).toBeUndefined();
  });
});

describe("the user's own packages", () => {
  const project = path.join(folder, 'project');
  const own = path.join(project, 'node_modules', '@scope', 'engine');
  const deep = path.join(own, 'bin', 'linux');
  mkdirSync(deep, { recursive: true });
  writeFileSync(path.join(project, 'package.json'), JSON.stringify({ name: 'mine' }));
  writeFileSync(path.join(own, 'package.json'), JSON.stringify({ name: '@scope/engine', version: '1.2.3' }));
  const expected = { name: '@scope/engine', version: '1.2.3', folder: own };

  it('are found by their project, their own folder, and one inside it', () => {
    for (const location of [project, path.join(project, 'node_modules'), own, deep])
      expect(findPackage(location, ['@scope/other', '@scope/engine'])).toEqual(expected);
  });

  it('are not looked for elsewhere', () => {
    expect(() => findPackage(folder, ['@scope/engine'])).toThrow(`${folder} has no @scope/engine.`);
    expect(() => findPackage(path.join(folder, 'none'), ['@scope/engine'])).toThrow('There is no folder');
    expect(() => findPackage(path.join(own, 'package.json'), ['@scope/engine'])).toThrow(
      'There is no folder',
    );
  });

  it('are named by the environment', () => {
    const locations = { cuda: '/a', tensorflow: '/b' };
    expect(locationsFrom(locationsEnvironment(locations))).toEqual(locations);
    expect(locationsEnvironment({ cuda: '', tensorflow: undefined })).toEqual({});
    expect(locationsFrom({ CLIMATE_CLUSTERING_CUDA: '' })).toEqual({
      cuda: undefined,
      tensorflow: undefined,
    });
  });
});
