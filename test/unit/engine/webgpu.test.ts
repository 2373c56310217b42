import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Software Vulkan comes with Debian's chromium; libraries are looked for when a process starts, hence one of its own. */
const CHROMIUM = '/usr/lib/chromium';
const missing = existsSync(path.join(CHROMIUM, 'libvk_swiftshader.so'))
  ? undefined
  : 'no SwiftShader: Debian’s chromium is not installed';
const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-webgpu-'));
const script = path.join(folder, 'steps.js');

interface Outcome {
  /** Largest differences between both devices, relative to the largest value; but for Adam's moments to 1 at least. */
  readonly outputs: Record<string, number>;
  readonly again: Record<string, number>;
  readonly state: Record<string, number>;
  readonly written: boolean;
}

function run(argument: string, env: Record<string, string>): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, argument], {
    encoding: 'utf8',
    env: { ...process.env, ...env, NODE_PATH: path.resolve('node_modules') },
    timeout: 240_000,
  });
  return { status, text: stdout + (status === 0 ? '' : stderr) };
}

beforeAll(async () => {
  await build({
    entryPoints: ['test/unit/engine/webgpuSteps.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'h5wasm', 'h5wasm/node'],
    logLevel: 'silent',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(missing)(`WebGPU on a software adapter${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const software = {
    VK_ICD_FILENAMES: path.join(CHROMIUM, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: CHROMIUM,
  };

  it.each(['embedding', 'assignment', 'discriminator', 'generator'])(
    'runs the %s step as the CPU does, with its state on the GPU',
    (step) => {
      const { status, text } = run(step, software);
      expect(status, text).toBe(0);
      const outcome = JSON.parse(text.trim().split('\n').at(-1)!) as Outcome;
      for (const [name, difference] of Object.entries(outcome.outputs)) {
        expect(difference, name).toBeLessThan(1e-4);
      }
      for (const [name, difference] of Object.entries(outcome.again)) {
        expect(difference, name).toBeLessThan(1e-3);
      }
      // Adam divides by the size of the gradient, so that the smallest gradients move a parameter by the learning rate
      // (0.001) or by its opposite, as they are rounded; its moments say whether the gradients agree.
      for (const [name, difference] of Object.entries(outcome.state)) {
        expect(difference, name).toBeLessThan(4e-3);
      }
      expect(outcome.written).toBe(true);
    },
    300_000,
  );
});

describe('WebGPU without an adapter', () => {
  it('is refused with what to do', () => {
    // Nothing is found where no driver is named.
    const { status, text } = run('none', {
      VK_ICD_FILENAMES: '/nonexistent.json',
      VK_DRIVER_FILES: '/nonexistent.json',
    });
    expect(status, text).toBe(0);
    expect(text).toMatch(/The GPU cannot be used through WebGPU.*Choose the engine "cpu"/);
  });
});
