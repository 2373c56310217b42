import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../../src/core/config';
import type { InterruptedError } from '../../../src/core/errors';
import { readRun } from '../../../src/core/results/runJson';
import { TrainerHost } from '../../../src/trainer/host';
import { sample } from '../cli/commandLine';
import { interruptAt, type Moment } from './frozen';
import { expectSame, expectWhole } from './sameRun';
import { buildTrainer, removeAll, smallRun, temporary, trainerScript } from './smallRun';

/** The trainer is killed at a moment of its run, which then goes on to what it would have come to. */
const large = path.join(temporary, 'large.nc');
const isLinux = process.platform === 'linux';
const EPOCHS = { warmup: 4, joint: 2 };

const isTemporary = (name: string): boolean => name.endsWith('.tmp');
const isHalf = (name: string, of: string): boolean => isTemporary(name) && name.startsWith(`.${of}.`);

/** Some epochs are done, and no checkpoint is being written: the next one is under way. */
const inWarmUp: Moment = ({ epochs, files }) =>
  epochs !== undefined && epochs > 0 && epochs < EPOCHS.warmup && !files.some(isTemporary);

/** The ten moments, in their order. */
const moments: readonly { name: string; moment: Moment; file?: string; needs?: boolean }[] = [
  {
    name: 'while it reads the data',
    file: large,
    moment: ({ open, snapshot }) => open.includes(large) && snapshot === undefined,
  },
  {
    name: 'while it compiles its steps',
    // Each session of ONNX Runtime brings threads of its own, where there are processors for them.
    needs: availableParallelism() > 1,
    moment: compiling(),
  },
  {
    name: 'while it writes its first checkpoint',
    moment: ({ files }) =>
      files.some((name) => isHalf(name, 'checkpoint.safetensors')) &&
      !files.includes('checkpoint.safetensors'),
  },
  {
    name: 'within an epoch of the warm-up',
    moment: inWarmUp,
  },
  {
    name: 'between the write of a checkpoint and its renaming',
    moment: ({ files, epochs }) =>
      files.some((name) => isHalf(name, 'checkpoint.safetensors')) && epochs !== undefined && epochs > 0,
  },
  {
    name: 'in the joint phase',
    moment: ({ snapshot, epochs }) => snapshot?.phase === 'joint' && epochs === EPOCHS.warmup,
  },
  {
    name: "in the discriminator's warm-up",
    moment: ({ phases, epochs }) => epochs === EPOCHS.warmup + EPOCHS.joint && !phases.has('adversarial'),
  },
  {
    name: 'in the adversarial phase',
    moment: ({ snapshot, epochs }) =>
      snapshot?.phase === 'adversarial' && epochs === EPOCHS.warmup + EPOCHS.joint + 1,
  },
  {
    name: 'during the final evaluation',
    moment: ({ snapshot, files }) => snapshot?.phase === 'evaluating' && !files.includes('labels.csv'),
  },
  {
    name: 'while it writes the results',
    moment: ({ files }) => files.includes('labels.csv') && !files.includes('report.html'),
  },
];

function compiling(): Moment {
  let before: number | undefined;
  return ({ snapshot, threads, files }) => {
    if (snapshot?.phase !== 'preparing') return false;
    before ??= threads;
    return threads > before && !files.some((name) => name.includes('checkpoint'));
  };
}

describe.skipIf(!isLinux)('a trainer that is killed loses nothing (needs Linux)', () => {
  let host: TrainerHost;
  let reference: string;

  beforeAll(async () => {
    buildTrainer();
    writeLarge();
    reference = (await create().cluster(smallRun('undisturbed'))).runDirectory;
  });
  afterEach(() => host.dispose());
  afterAll(removeAll);

  for (const [i, { name, moment, file, needs = true }] of moments.entries()) {
    it.skipIf(!needs)(`${name}${needs ? '' : ' (needs two processors)'}`, async () => {
      const config: RunConfig = { ...smallRun(String(i)), ...(file && { files: [file] }) };
      const { error, directory } = await kill(config, moment, 'SIGKILL');
      expect(error.message).toMatch(/^The trainer was killed \(signal SIGKILL\): .+\./);
      expect(error.runDirectory).toBe(directory);
      if (directory === undefined) {
        expect(error.message).toContain('had not begun to train');
        expect(existsSync(config.out!)).toBe(false);
        const again = await create().cluster(config);
        await expectSame(again.runDirectory, reference);
        return;
      }
      expect(await readRun(directory)).toMatchObject({ state: 'interrupted', message: error.message });
      await expectWhole(directory);
      const summary = await create().resume(directory);
      expect(summary.runDirectory).toBe(directory);
      await expectSame(directory, reference);
    });
  }

  it('a fault in native code does no more harm', async () => {
    const signal = 'SIGSEGV';
    const { error, directory } = await kill(smallRun(signal), inWarmUp, signal);
    expect(error.message).toContain(`ended unexpectedly (signal ${signal}), by a fault in native code`);
    expect(await readRun(directory!)).toMatchObject({ state: 'interrupted', message: error.message });
    await expectWhole(directory!);
    await create().resume(directory!);
    await expectSame(directory!, reference);
  });

  function create(): TrainerHost {
    return (host = new TrainerHost({ isolation: 'process', entry: trainerScript }));
  }

  function kill(
    config: RunConfig,
    moment: Moment,
    signal: NodeJS.Signals,
  ): Promise<{ error: InterruptedError; directory: string | undefined }> {
    return interruptAt(moment, config.out!, trainerScript, {
      begin: (progress) => create().cluster(config, { progress }),
      act: (pid) => process.kill(pid, signal),
    });
  }
});

/** The sample with its year repeated a hundred times, in later and later hours: reading it takes a while. */
function writeLarge(): void {
  const bytes = readFileSync(sample);
  const records = bytes.readUInt32BE(4);
  const size = 8 + 4 * 10 * 12 * 2;
  const body = bytes.subarray(bytes.length - records * size);
  const years = 100;
  const header = Buffer.from(bytes.subarray(0, bytes.length - body.length));
  header.writeUInt32BE(records * years, 4);
  const file = openSync(large, 'w');
  writeSync(file, header);
  const hours = body.readDoubleBE((records - 1) * size) - body.readDoubleBE(0) + 24;
  for (let year = 0; year < years; year++) {
    const later = Buffer.from(body);
    for (let i = 0; i < records; i++)
      later.writeDoubleBE(body.readDoubleBE(i * size) + year * hours, i * size);
    writeSync(file, later);
  }
  closeSync(file);
}
