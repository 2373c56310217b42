import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resolveHyperParameters, type RunConfig } from '../../../src/core/config';
import { openDataset } from '../../../src/core/data/open';
import { InterruptedError } from '../../../src/core/errors';
import { parseHistory } from '../../../src/core/results/historyCsv';
import { parseLabels } from '../../../src/core/results/labelsCsv';
import { parseMetrics } from '../../../src/core/results/metricsJson';
import { readRun } from '../../../src/core/results/runJson';
import { readSafetensors } from '../../../src/core/results/safetensors';
import { TrainerHost } from '../../../src/trainer/host';
import { CommandLine, sample } from '../cli/commandLine';
import { Watched, type Moment } from './frozen';

/** The trainer as it is shipped is killed at a moment of its run, which then goes on to what it would have come to. */
const bundles = new CommandLine();
const script = path.join(path.dirname(bundles.script), 'trainer.js');
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-kills-'));
const large = path.join(temporary, 'large.nc');
const isLinux = process.platform === 'linux';

const EPOCHS = { warmup: 4, joint: 2, adversarial: 2 };

const config = (out: string, file = sample): RunConfig => ({
  files: [file],
  select: {},
  time: ['2008-01-01', '2008-06-30'],
  method: 'adatsc',
  engine: 'cpu',
  seed: 1,
  memoryLimit: 4096,
  out,
  hyperParameters: resolveHyperParameters({
    clusters: 3,
    'model.widthFactor': 0.03125,
    'window.length': 4,
    'window.stride': 2,
    'training.warmupEpochs': EPOCHS.warmup,
    'training.jointEpochs': EPOCHS.joint,
    'training.adversarialEpochs': EPOCHS.adversarial,
    'training.maxStepsPerEpoch': 4,
    'discriminator.warmupSteps': 1000,
  }),
});

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
    bundles.build('trainer');
    writeLarge();
    host = new TrainerHost({ isolation: 'process', entry: script });
    reference = (await host.cluster(config(path.join(temporary, 'undisturbed')))).runDirectory;
  });
  afterEach(() => host.dispose());
  afterAll(() => {
    bundles.remove();
    rmSync(temporary, { recursive: true, force: true });
  });

  for (const [i, { name, moment, file, needs = true }] of moments.entries()) {
    it.skipIf(!needs)(`${name}${needs ? '' : ' (needs two processors)'}`, async () => {
      const out = path.join(temporary, String(i));
      const { error, directory } = await kill(config(out, file), moment, 'SIGKILL');
      expect(error.message).toMatch(/^The trainer was killed \(signal SIGKILL\): .+\./);
      expect(error.runDirectory).toBe(directory);
      if (directory === undefined) {
        expect(error.message).toContain('had not begun to train');
        expect(existsSync(out)).toBe(false);
        const again = await create().cluster(config(out, file));
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
    const out = path.join(temporary, signal);
    const { error, directory } = await kill(config(out), inWarmUp, signal);
    expect(error.message).toContain(`ended unexpectedly (signal ${signal}): a fault in native code`);
    expect(await readRun(directory!)).toMatchObject({ state: 'interrupted', message: error.message });
    await expectWhole(directory!);
    await create().resume(directory!);
    await expectSame(directory!, reference);
  });

  function create(): TrainerHost {
    return (host = new TrainerHost({ isolation: 'process', entry: script }));
  }

  async function kill(
    what: RunConfig,
    moment: Moment,
    signal: NodeJS.Signals,
  ): Promise<{ error: InterruptedError; directory: string | undefined }> {
    // Some moments last a few milliseconds, and on a busy machine this process may sleep through them.
    for (let attempt = 0; attempt < 8; attempt++) {
      rmSync(what.out!, { recursive: true, force: true });
      const watched = new Watched(script, what.out!);
      const outcome = create()
        .cluster(what, { progress: watched.see })
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (!(await watched.strike(moment, signal, outcome))) continue;
      const error = await outcome;
      expect(error).toBeInstanceOf(InterruptedError);
      return { error: error as InterruptedError, directory: watched.directory };
    }
    throw new Error('The moment did not come.');
  }
});

/** Every file can be read from its beginning to its end, and there is none that nobody will read. */
async function expectWhole(directory: string): Promise<void> {
  const readers: Record<string, (file: string) => unknown> = {
    'run.json': () => readRun(directory),
    'checkpoint.safetensors': (file) => readSafetensors(file),
    'labels.csv': (file) => expect(parseLabels(readFileSync(file, 'utf8'), file).labels).toHaveLength(182),
    'history.csv': (file) => parseHistory(readFileSync(file, 'utf8'), file),
    'metrics.json': (file) => parseMetrics(readFileSync(file, 'utf8'), file),
    'result.nc': async (file) => (await openDataset(file)).close(),
    'model.safetensors': (file) => readSafetensors(file),
    // Compared with the undisturbed run's once it is resumed.
    'encoder.onnx': () => undefined,
  };
  for (const name of readdirSync(directory)) {
    expect(Object.keys(readers)).toContain(name);
    await readers[name](path.join(directory, name));
  }
}

/** Bit for bit the labels, the losses, the metrics and the model of another run, and no more files. */
async function expectSame(directory: string, reference: string): Promise<void> {
  expect(readdirSync(directory).sort()).toEqual(readdirSync(reference).sort());
  const read = (of: string, name: string): Buffer => readFileSync(path.join(of, name));
  for (const name of ['labels.csv', 'metrics.json', 'encoder.onnx'])
    expect(read(directory, name).equals(read(reference, name)), name).toBe(true);
  const losses = (of: string): unknown =>
    parseHistory(read(of, 'history.csv').toString(), of).map(({ epoch, phase, losses, schedule }) => ({
      epoch,
      phase,
      losses,
      schedule,
    }));
  expect(losses(directory)).toEqual(losses(reference));
  const model = async (of: string): Promise<unknown> =>
    (await readSafetensors(path.join(of, 'model.safetensors'))).tensors;
  expect(await model(directory)).toEqual(await model(reference));
}

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
