import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceReport } from '../../../src/core/devices/report';
import { hasDriver } from '../../../src/core/engine/cuda';
import { CommandLine, root, sample } from './commandLine';

const cli = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-devices-'));
beforeAll(() => cli.build('cli,trainer,trial'));
afterAll(() => {
  cli.remove();
  rmSync(temporary, { recursive: true, force: true });
});

/** No driver is named, so that a Vulkan loader finds none; and nothing is remembered beyond the test. */
const without = {
  VK_ICD_FILENAMES: '/nonexistent.json',
  VK_DRIVER_FILES: '/nonexistent.json',
  XDG_CACHE_HOME: path.join(temporary, 'without'),
  CLIMATE_CLUSTERING_CUDA: '',
  CLIMATE_CLUSTERING_TENSORFLOW: '',
};

/** Other tests keep the machine busy, so that trials take longer. */
const patiently = ['devices', '--limit', '60'];

async function measured(environment: Record<string, string>, limit = 60): Promise<DeviceReport> {
  const args = ['devices', '--json', '--refresh', '--limit', String(limit)];
  const { code, stdout } = await cli.run(args, undefined, environment);
  expect(code).toBe(0);
  return JSON.parse(stdout) as DeviceReport;
}

describe.skipIf(process.platform !== 'linux')('devices, on a machine without a GPU that can be used', () => {
  it('tells the truth', async () => {
    const report = await measured(without);
    const [cpu, webgpu, cuda, tensorflow] = report.engines;
    expect(report.engines.map(({ engine }) => engine)).toEqual(['cpu', 'webgpu', 'cuda', 'tensorflow']);
    expect(cpu.description).toMatch(/^ONNX Runtime \d.* on the CPU/);
    expect(cpu.speeds.narrow).toBeGreaterThan(0);
    expect(cpu.speeds.wide).toBeGreaterThan(0);
    expect(report.cpu.processors).toBe(availableParallelism());
    expect(report.cpu.memoryMiB).toBeGreaterThan(256);
    expect(webgpu.speeds).toEqual({});
    expect(webgpu.missing).toMatch(/cannot be used through WebGPU.*install the GPU's driver/);
    expect(cuda.missing).toMatch(/needs an onnxruntime-node with CUDA libraries.*--cuda/);
    expect(tensorflow.missing).toMatch(/needs TensorFlow for Node.*--tensorflow/);
    expect(report.automatic.narrow.engine).toBe('cpu');
    expect(report.automatic.narrow.reason).toMatch(/^The CPU was taken: .*WebGPU on this machine/);
    if (!existsSync('/sys/class/drm') && !hasDriver()) expect(report.adapters).toEqual([]);
  }, 240_000);

  it('remembers what was measured, and says it in words', async () => {
    const { code, stdout, stderr } = await cli.run(patiently, undefined, without);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/cpu +<- auto +\d/);
    expect(stdout).toMatch(/webgpu +- +-\n/);
    expect(stdout).toContain('not available. The GPU cannot be used through WebGPU');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/auto takes cpu\. The CPU was taken: [\d.]+ steps a second/);
    const refreshed = await cli.run([...patiently, '--refresh'], undefined, without);
    expect(refreshed.stderr).toBe('Trying cpu...\nTrying webgpu...\nTrying cuda...\nTrying tensorflow...\n');
  }, 240_000);
});

const chromium = '/usr/lib/chromium';
const noSoftware = existsSync(path.join(chromium, 'libvk_swiftshader.so'))
  ? ''
  : ' (skipped: no SwiftShader: Debian’s chromium is not installed)';
describe.skipIf(noSoftware)(`devices, with a software adapter${noSoftware}`, () => {
  it('shows it as such, and auto does not take it', async () => {
    const environment = {
      ...without,
      VK_ICD_FILENAMES: path.join(chromium, 'vk_swiftshader_icd.json'),
      VK_DRIVER_FILES: path.join(chromium, 'vk_swiftshader_icd.json'),
      LD_LIBRARY_PATH: chromium,
    };
    const report = await measured(environment, 12);
    const webgpu = report.engines[1];
    expect(webgpu).toMatchObject({
      engine: 'webgpu',
      drivers: [{ name: 'SwiftShader', software: true }],
      software: true,
    });
    expect(webgpu.missing).toBeUndefined();
    expect(webgpu.speeds.wide).toBeUndefined();
    expect(report.automatic.narrow.engine).toBe('cpu');
    expect(report.automatic.wide.engine).toBe('cpu');
    expect(report.automatic.narrow.reason).toContain('GPU through WebGPU');
    const { stdout } = await cli.run(['devices', '--limit', '12'], undefined, environment);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'driver: SwiftShader; a software adapter: it computes on the CPU',
    );
  }, 240_000);
});

describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('cluster --engine cuda', () => {
  /** An onnxruntime-node as npm installs it without its install script; and with files where its libraries would be. */
  const project = (name: string, libraries: boolean): string => {
    const folder = path.join(temporary, name);
    const installed = path.join(folder, 'node_modules', 'onnxruntime-node');
    cpSync(
      path.join(root, 'node_modules/onnxruntime-node/package.json'),
      path.join(installed, 'package.json'),
    );
    const binaries = path.join(installed, 'bin/napi-v6/linux/x64');
    mkdirSync(binaries, { recursive: true });
    if (libraries) {
      for (const library of ['shared', 'cuda'])
        writeFileSync(path.join(binaries, `libonnxruntime_providers_${library}.so`), '');
    }
    return folder;
  };
  const refusal = async (...options: string[]): Promise<string> => {
    const args = ['cluster', sample, '--out', path.join(temporary, 'runs'), '--engine', 'cuda', ...options];
    const { code, stdout, stderr } = await cli.run(args, undefined, without);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n$/);
    // Refused before there is a run.
    expect(existsSync(path.join(temporary, 'runs'))).toBe(false);
    return stderr;
  };

  it('says what it needs', async () => {
    expect(await refusal()).toMatch(
      /needs an onnxruntime-node with CUDA libraries.*--onnxruntime-node-install=cuda12/,
    );
  });

  it('says what is wrong with the folder', async () => {
    const nowhere = path.join(temporary, 'nowhere');
    expect(await refusal('--cuda', nowhere)).toContain(`There is no folder ${nowhere}.`);
    expect(await refusal('--cuda', root.replace(/\/$/, '') + '/media')).toMatch(
      /no CUDA provider|has no onnxruntime-node/,
    );
  });

  it('says which libraries are missing', async () => {
    expect(await refusal('--cuda', project('bare', false))).toMatch(
      /has no CUDA provider: libonnxruntime_providers_shared\.so and libonnxruntime_providers_cuda\.so are missing/,
    );
  });

  it.skipIf(hasDriver())('says that there is no driver', async () => {
    expect(await refusal('--cuda', project('without-driver', true))).toContain('There is no NVIDIA driver');
  });
});
