import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resolveHyperParameters, type RunConfig } from '../../../src/core/config';
import { InterruptedError } from '../../../src/core/errors';
import type { Progress } from '../../../src/core/progress';
import { definedMetrics } from '../../../src/core/results/metricsJson';
import { claimRun } from '../../../src/core/results/runLock';
import { runStore } from '../../../src/runs/runStore';
import { TrainerHost } from '../../../src/trainer/host';
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

  it('stopped, looks the same when it is opened again; its name outlives the resumption', async () => {
    const stop = new AbortController();
    let last: Progress | undefined;
    await failure(
      create('process').cluster(config('reopened'), {
        progress: (snapshot) => {
          last = snapshot;
          if (snapshot.phase === 'adversarial') stop.abort();
        },
        signal: stop.signal,
      }),
    );
    const { runDirectory, times, labels: shown, memberships, embedding, dimensions, metrics } = last!;
    const held = await resumeWhileHeld(runDirectory);
    expect(held).toMatch(new RegExp(`worked on by process ${process.pid} on ${hostname()}`));

    await runStore.rename(runDirectory, 'Short');
    const stored = await runStore.read(runDirectory);
    expect(stored).toMatchObject({ state: 'interrupted', name: 'Short', canResume: true, isHeld: false });
    expect(stored.config).toEqual(config('reopened'));
    expect(shown).toHaveLength(366);
    expect(stored.progress).toMatchObject({ times, dimensions, metrics, epoch: 4 });
    expect(stored.progress!.labels).toEqual(shown);
    expect(stored.progress!.memberships).toEqual(memberships);
    expect(stored.progress!.embedding).toEqual(embedding);

    const first: Progress[] = [];
    await host.resume(runDirectory, { progress: (snapshot) => first.push(snapshot) });
    expect(first[0]).toMatchObject({ phase: 'preparing', metrics });
    expect(first[0].history).toHaveLength(4);
    expect(first[0].labels).toEqual(shown);
    expect(labels(runDirectory)).toBe(reference);
    const finished = await runStore.read(runDirectory);
    expect(finished).toMatchObject({ state: 'finished', name: 'Short', hasReport: true });
    const { history, labels: final, memberships: soft } = finished.progress!;
    expect(history.at(-1)!.metrics).toEqual(definedMetrics(finished.progress!.metrics!));
    expect([final!.length, soft!.length]).toEqual([366, 3 * 366]);
    expect(readdirSync(runDirectory).filter((name) => name.startsWith('run.'))).toEqual(['run.json']);
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

/** What a trainer says that is to resume a run which this process works on. */
async function resumeWhileHeld(runDirectory: string): Promise<string> {
  const claim = await claimRun(runDirectory);
  try {
    const error = await failure(host.resume(runDirectory));
    return `${error.name}: ${error.message}`;
  } finally {
    await claim.release();
  }
}

/** Kills the one child process of this process, as the kernel does when memory runs out. */
function killChild(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  for (const pid of children.filter(Boolean)) {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer.js'))
      process.kill(Number(pid), 'SIGKILL');
  }
}
