import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Placement } from '../../../src/core/engine/placement';

/** Software Vulkan comes with Debian's chromium; libraries are looked for when a process starts, hence one of its own. */
const CHROMIUM = '/usr/lib/chromium';
const missing = existsSync(path.join(CHROMIUM, 'libvk_swiftshader.so'))
  ? undefined
  : 'no SwiftShader: Debian’s chromium is not installed';
const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-webgpu-'));
const script = path.join(folder, 'steps.js');

interface StepOutcome {
  /** Largest differences between both devices, relative to the largest value; but for Adam's moments to 1 at least. */
  readonly outputs: Record<string, number>;
  readonly again: Record<string, number>;
  readonly state: Record<string, number>;
  readonly written: boolean;
  readonly placement: Placement;
}

interface Outcomes {
  readonly [step: string]: StepOutcome | object;
  readonly training: {
    readonly losses: Record<string, number>[];
    readonly tensors: Record<string, number>;
    readonly entries: string[];
  };
  readonly lifetimes: {
    readonly megabytes: number;
    readonly growth: number;
    readonly chosen: string[];
    readonly first: number;
    readonly last: number;
  };
  readonly 'no room': { readonly error: string; readonly largest: number };
}

function run(argument: string, env: Record<string, string>): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, argument], {
    encoding: 'utf8',
    env: { ...process.env, ...env, NODE_PATH: path.resolve('node_modules') },
    timeout: 600_000,
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

  let outcomes = {} as Outcomes;

  // One process for all: programs for the GPU are compiled once.
  beforeAll(() => {
    const { status, text } = run('all', software);
    expect(status, text).toBe(0);
    const lines = text.split('\n').filter((line) => line.startsWith('{'));
    outcomes = Object.fromEntries(
      lines.map((line) => JSON.parse(line) as { part: string }).map((outcome) => [outcome.part, outcome]),
    ) as unknown as Outcomes;
  }, 600_000);

  it.each([
    'embedding',
    'assignment',
    'bottleneck probe',
    'discriminator',
    'generator',
    'generator with other choices',
    'generator with CNN and LSTM',
    'generator without attention and self-expression',
  ])('computes the %s as the CPU does, with its state and every operator on the GPU', (step) => {
    const outcome = outcomes[step] as StepOutcome;
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
    expect(outcome.placement.onCpu).toEqual({});
    expect(outcome.placement.copies).toBe(0);
    expect(Object.keys(outcome.placement.nodes)).toEqual(['WebGpuExecutionProvider']);
  });

  it('trains as the CPU does, and leaves what a checkpoint holds', () => {
    const { losses, tensors, entries } = outcomes.training;
    expect(losses).toHaveLength(3);
    for (const [epoch, all] of losses.entries()) {
      expect(Object.keys(all)).toContain('total');
      for (const [name, difference] of Object.entries(all))
        expect(difference, `${name} in epoch ${epoch + 1}`).toBeLessThan(1e-4);
    }
    expect(Object.keys(losses[2])).toContain('discriminator');
    for (const [name, difference] of Object.entries(tensors)) expect(difference, name).toBeLessThan(1e-3);
    expect(entries).toContain('trainer.memory');
    expect(entries.filter((name) => name.startsWith('batch.'))).toEqual([]);
  });

  it('holds no more memory after hundreds of steps, and the state beyond the step that made it', () => {
    const { megabytes, growth, chosen, first, last } = outcomes.lifetimes;
    // Each of 400 steps made two tensors of this size.
    expect(growth).toBeLessThan(40 * megabytes);
    expect(chosen).toEqual(['mean']);
    expect([first, last]).toEqual([2, 2]);
  });

  it('says when there is no room for a step, and computes on', () => {
    const { error, largest } = outcomes['no room'];
    expect(error).toMatch(/GPU is out of memory.*"sum of products".*"window\.batch".*engine "cpu"/);
    expect(largest).toBe(3 * 1024);
  });
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
