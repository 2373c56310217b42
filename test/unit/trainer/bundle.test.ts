import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resolveHyperParameters, type RunConfig } from '../../../src/core/config';
import type { Progress } from '../../../src/core/progress';
import { InterruptedError, TrainerHost } from '../../../src/trainer/host';
import { CommandLine, sample } from '../cli/commandLine';

/** The trainer as it is shipped, on the sample, with as little training as there can be in every phase. */
const bundles = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));
let host: TrainerHost;

beforeAll(() => bundles.build());
afterEach(() => host.dispose());
afterAll(() => {
  bundles.remove();
  rmSync(temporary, { recursive: true, force: true });
});

const config = (name: string): RunConfig => ({
  files: [sample],
  select: {},
  method: 'adatsc',
  engine: 'cpu',
  seed: 1,
  memoryLimit: 2048,
  out: path.join(temporary, name),
  hyperParameters: resolveHyperParameters({
    clusters: 3,
    'model.widthFactor': 0.03125,
    'window.length': 4,
    'window.stride': 2,
    'training.warmupEpochs': 3,
    'training.jointEpochs': 1,
    'training.adversarialEpochs': 1,
    'training.maxStepsPerEpoch': 4,
  }),
});

const create = (isolation: 'thread' | 'process'): TrainerHost =>
  (host = new TrainerHost({ isolation, entry: path.join(path.dirname(bundles.script), 'trainer.js') }));

const labels = (runDirectory: string): string => readFileSync(path.join(runDirectory, 'labels.csv'), 'utf8');
const hasCheckpoint = (runDirectory: string): boolean =>
  existsSync(path.join(runDirectory, 'checkpoint.safetensors'));

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: Error) => error,
  );
}

describe('dist/trainer.js', () => {
  let reference: string;

  it('trains in a thread and reports every phase', async () => {
    const phases = new Set<string>();
    const summary = await create('thread').cluster(config('whole'), {
      progress: (snapshot) => phases.add(snapshot.phase),
    });
    expect([...phases]).toEqual(expect.arrayContaining(['warm-up', 'joint', 'adversarial']));
    expect(summary.clusters).toBe(3);
    reference = labels(summary.runDirectory);
    expect(reference.trimEnd().split('\n')).toHaveLength(367);
    expect(hasCheckpoint(summary.runDirectory)).toBe(false);
  });

  it('stops when it is cancelled, and resumes to the labels of the uninterrupted run', async () => {
    const stop = new AbortController();
    let last: Progress | undefined;
    const error = await failure(
      create('thread').cluster(config('cancelled'), {
        progress: (snapshot) => {
          last = snapshot;
          if (snapshot.epoch >= 1) stop.abort();
        },
        signal: stop.signal,
      }),
    );
    expect(error.name).toBe('CancelledError');
    expect(hasCheckpoint(last!.runDirectory)).toBe(true);
    const summary = await host.resume(last!.runDirectory);
    expect(labels(summary.runDirectory)).toBe(reference);
  });

  // The process is found through /proc.
  it.skipIf(process.platform !== 'linux')(
    'killed, leaves a run that can be resumed (needs Linux)',
    async () => {
      let runDirectory: string | undefined;
      let killed = false;
      const error = await failure(
        create('process').cluster(config('killed'), {
          progress: (snapshot) => {
            if (killed || snapshot.epoch < 1) return;
            killed = true;
            runDirectory = snapshot.runDirectory;
            killChild();
          },
        }),
      );
      expect(error).toBeInstanceOf(InterruptedError);
      expect((error as InterruptedError).runDirectory).toBe(runDirectory);
      expect(JSON.parse(readFileSync(path.join(runDirectory!, 'run.json'), 'utf8')).state).toBe(
        'interrupted',
      );
      const summary = await create('process').resume(runDirectory!);
      expect(labels(summary.runDirectory)).toBe(reference);
    },
  );

  it('passes on what is wrong with a file', async () => {
    const error = await failure(
      create('thread').cluster({ ...config('none'), files: [path.join(temporary, 'no.nc')] }),
    );
    expect([error.name, error.message]).toEqual(['UserError', expect.stringContaining('no.nc')]);
  });
});

/** Kills the one child process of this process, as the kernel does when memory runs out. */
function killChild(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  for (const pid of children.filter(Boolean)) {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer.js'))
      process.kill(Number(pid), 'SIGKILL');
  }
}
