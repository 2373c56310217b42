import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../../src/core/config';
import { readRun } from '../../../src/core/results/runJson';
import { TrainerHost } from '../../../src/trainer/host';
import { interruptAt } from './frozen';
import { expectWhole } from './sameRun';
import { buildTrainer, removeAll, smallRun, trainerScript } from './smallRun';

/** Software Vulkan comes with Debian's chromium. */
const CHROMIUM = '/usr/lib/chromium';
const missing =
  process.platform === 'linux' && existsSync(path.join(CHROMIUM, 'libvk_swiftshader.so'))
    ? ''
    : ' (no SwiftShader: Debian’s chromium is not installed)';

/** Shaders are compiled and run on the CPU: as few of them, and as short a series, as there can be. */
const config: RunConfig = {
  ...smallRun('gpu', {
    'window.batch': 2,
    'model.embeddingDimensions': 8,
    'model.eofs': 4,
    'training.warmupEpochs': 2,
    'training.jointEpochs': 0,
    'training.adversarialEpochs': 0,
    'training.maxStepsPerEpoch': 2,
  }),
  engine: 'webgpu',
  time: ['2008-01-01', '2008-01-31'],
};

describe.skipIf(missing)(`a trainer that is lost while the GPU computes${missing}`, () => {
  const before = { ...process.env };
  let host: TrainerHost;
  beforeAll(() => {
    buildTrainer();
    // Read by the trainer's process when it starts.
    Object.assign(process.env, {
      VK_ICD_FILENAMES: path.join(CHROMIUM, 'vk_swiftshader_icd.json'),
      LD_LIBRARY_PATH: CHROMIUM,
    });
  });
  afterEach(() => host.dispose());
  afterAll(() => {
    process.env = before;
    removeAll();
  });

  it(
    'is interrupted, says what does without a GPU, and resumes to its end',
    { timeout: 600_000 },
    async () => {
      // What the setting is by default.
      const create = (): TrainerHost => (host = new TrainerHost({ isolation: 'auto', entry: trainerScript }));
      const { error, directory } = await interruptAt(
        ({ epochs, files }) => epochs === 1 && !files.some((name) => name.endsWith('.tmp')),
        config.out!,
        trainerScript,
        {
          begin: (progress) => create().cluster(config, { progress }),
          // As a driver's fault.
          act: (pid) => process.kill(pid, 'SIGSEGV'),
        },
      );
      expect(error.message).toContain('The engine "cpu" does without a GPU.');
      expect(await readRun(directory!)).toMatchObject({ state: 'interrupted', message: error.message });
      await expectWhole(directory!);
      const { engine } = await create().resume(directory!);
      expect(engine).toContain('WebGPU');
      expect(await readRun(directory!)).toMatchObject({ state: 'finished' });
      expect(readdirSync(directory!)).toContain('labels.csv');
    },
  );
});
