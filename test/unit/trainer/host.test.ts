import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultHyperParameters, type RunConfig } from '../../../src/core/config';
import { InterruptedError } from '../../../src/core/errors';
import type { Progress } from '../../../src/core/progress';
import { createRunDirectory } from '../../../src/core/results/runDirectory';
import { readRun, writeRun } from '../../../src/core/results/runJson';
import { claimRun, holderOf } from '../../../src/core/results/runLock';
import { endOfThread } from '../../../src/threads/ending';
import { sampleInfo } from '../results/sampleRun';
import type { IsolationChoice } from '../../../src/trainer/isolation';
import { TrainerHost, type TrainerHostOptions } from '../../../src/trainer/host';
import { bundledStandIn } from './bundledStandIn';

const { folder, entry } = bundledStandIn('trainer');

const config = (what: string): RunConfig => ({
  files: [what],
  select: {},
  method: 'adatsc',
  engine: 'auto',
  seed: 1,
  memoryLimit: 1000,
  hyperParameters: defaultHyperParameters(),
});

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

const hosts: TrainerHost[] = [];
function create(options: Partial<TrainerHostOptions> & Pick<TrainerHostOptions, 'isolation'>): TrainerHost {
  const host = new TrainerHost({ entry, ...options });
  hosts.push(host);
  return host;
}
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.dispose()));
});

describe.each(['thread', 'process'] as const)('a trainer in a %s', (isolation) => {
  it('reports a run: warnings, complete snapshots a few times a second, the summary', async () => {
    const snapshots: Progress[] = [];
    const warnings: string[] = [];
    const begun = performance.now();
    const summary = await create({ isolation }).cluster(config('finish'), {
      progress: (snapshot) => snapshots.push(snapshot),
      warn: (message) => warnings.push(message),
    });
    const seconds = (performance.now() - begun) / 1000;

    expect(summary.runDirectory).toBe('/runs/1');
    // Lost if messages were JSON.
    expect(summary.metrics.silhouetteEuclidean).toBeNaN();
    expect(warnings).toEqual(['a warning']);
    // 301 were made.
    expect(snapshots.length).toBeGreaterThanOrEqual(2);
    expect(snapshots.length).toBeLessThanOrEqual(4 * seconds + 2);
    expect(snapshots[0].step).toBe(1);
    for (const { step, times, labelling, labels, memberships, embedding, dimensions } of snapshots) {
      const current = 1 + Math.min(2, Math.floor(step / 100));
      expect([times.length, labelling, dimensions]).toEqual([2, current, 3]);
      expect(labels).toEqual(Int32Array.of(0, 1));
      expect(memberships).toEqual(Float32Array.of(0.75, 0.25, 0.5, current));
      expect(embedding).toEqual(Float32Array.of(1, 2, 3, 4, NaN, 6));
    }
    // What belongs to a labelling crosses once.
    expect(new Set(snapshots.map(({ embedding }) => embedding)).size).toBe(
      new Set(snapshots.map(({ labelling }) => labelling)).size,
    );
    expect(snapshots.at(-1)!.phase).toBe('done');
  });

  it('stops after the current step when it is cancelled', async () => {
    const stop = new AbortController();
    const log: string[] = [];
    const error = await failure(
      create({ isolation }).cluster(config('endless'), {
        progress: () => stop.abort(),
        log: (message) => log.push(message),
        signal: stop.signal,
      }),
    );
    expect(error.name).toBe('CancelledError');
    expect(log).toEqual(['checkpoint written']);
  });

  it('does not start when it is cancelled before', async () => {
    const error = await failure(
      create({ isolation }).cluster(config('endless'), { signal: AbortSignal.abort() }),
    );
    expect(error.name).toBe('CancelledError');
  });

  it('is cancelled by dispose, which waits for its end', async () => {
    const host = create({ isolation });
    let pid = 0;
    const outcome = failure(
      host.cluster(config('pid'), {
        log: (message) => (pid ||= Number(message)),
        progress: () => void host.dispose(),
      }),
    );
    expect((await outcome).name).toBe('CancelledError');
    await host.dispose();
    if (isolation === 'process') expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    else expect(pid).toBe(process.pid);
  });

  it('passes errors on with their names', async () => {
    const user = await failure(create({ isolation }).cluster(config('user error')));
    expect([user.name, user.message]).toEqual(['UserError', 'The file is empty.']);
    const ours = await failure(create({ isolation }).cluster(config('our error')));
    expect([ours.name, ours.message]).toEqual(['TypeError', 'x is not a function']);
    expect(ours.stack).toContain('standIn');
  });

  it('turns what it prints into log lines', async () => {
    const log: string[] = [];
    await create({ isolation }).cluster(config('print'), { log: (message) => log.push(message) });
    // Streams have a way of their own: the lines may come after the answer.
    await expect.poll(() => [...log].sort(), { timeout: 10_000 }).toEqual(['to stderr', 'to stdout']);
  });

  it('resumes', async () => {
    const log: string[] = [];
    const summary = await create({ isolation }).resume('/runs/7', { log: (message) => log.push(message) });
    expect(log).toEqual(['resuming /runs/7']);
    expect(summary.engine).toBe('stand-in');
  });

  it('leaves a run that says where it can be resumed when it exits', async () => {
    const error = await failure(create({ isolation }).cluster(config('exit')));
    expect(error).toBeInstanceOf(InterruptedError);
    expect((error as InterruptedError).runDirectory).toBe('/runs/1');
    expect(error.message).toContain('exit code 3');
    expect(error.message).toContain('resumed from its beginning: /runs/1');
  });

  it('is recorded when it is lost: the run is interrupted, and free to be resumed', async () => {
    const directory = await createRunDirectory(folder, () => `lost-${isolation}`);
    const owner = { host: hostname(), pid: process.pid };
    await writeRun(directory, { ...sampleInfo, process: owner, warnings: ['an earlier one'] });
    const error = await failure(
      create({ isolation }).cluster({ ...config('lost'), files: ['lost', directory] }),
    );
    expect(await readRun(directory)).toMatchObject({
      state: 'interrupted',
      message: error.message,
      warnings: ['an earlier one', 'a warning'],
    });
    expect(readdirSync(directory)).toEqual(['run.json']);
  });

  it('that is lost leaves a run to whoever works on it', async () => {
    const directory = await createRunDirectory(folder, () => `taken-${isolation}`);
    await writeRun(directory, { ...sampleInfo, process: { host: hostname(), pid: process.pid } });
    const claim = await claimRun(directory);
    // It cannot claim the run, and is told so.
    const error = await failure(
      create({ isolation }).cluster({ ...config('lost'), files: ['lost', directory] }),
    );
    expect(error.message).toContain(`process ${process.pid}`);
    expect(await readRun(directory)).toMatchObject({ state: 'running' });
    expect(await holderOf(directory)).toMatchObject({ pid: process.pid });
    await claim.release();
  });

  it('does not take the host along when it crashes', async () => {
    const error = await failure(create({ isolation }).cluster(config('uncaught')));
    expect(error).toBeInstanceOf(InterruptedError);
    expect((error as InterruptedError).runDirectory).toBeUndefined();
    if (isolation === 'thread') expect(error.message).toContain('nobody catches this');
  });

  it('is ended by force when it does not react to a cancellation', async () => {
    const error = await failure(
      create({ isolation, patience: 200 }).cluster(config('deaf'), { signal: AbortSignal.timeout(200) }),
    );
    expect(error).toBeInstanceOf(InterruptedError);
  });

  it('serves several runs at the same time, each in a trainer of its own', async () => {
    const host = create({ isolation });
    const stop = new AbortController();
    const endless = failure(host.cluster(config('endless'), { signal: stop.signal }));
    await host.resume('/runs/7');
    stop.abort();
    expect((await endless).name).toBe('CancelledError');
  });

  it('says what is wrong when its script is missing', async () => {
    const error = await failure(create({ isolation, entry: path.join(folder, 'none.js') }).resume('/runs/7'));
    expect(error).toBeInstanceOf(InterruptedError);
  });
});

describe('a trainer in a process', () => {
  it('that is killed leaves an interrupted run', async () => {
    let pid = 0;
    const error = await failure(
      create({ isolation: 'process' }).cluster(config('pid'), {
        log: (message) => (pid ||= Number(message)),
        progress: () => process.kill(pid, 'SIGKILL'),
      }),
    );
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error.message).toContain('SIGKILL');
    expect((error as InterruptedError).runDirectory).toBe('/runs/1');
  });
});

describe('a trainer without memory', () => {
  it('is a process that names memory, and what needs less of it', async () => {
    const directory = await createRunDirectory(folder, () => 'hoard');
    await writeRun(directory, { ...sampleInfo, process: { host: hostname(), pid: process.pid } });
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = '--max-old-space-size=32';
    const run = create({ isolation: 'process' }).cluster({ ...config('hoard'), files: ['hoard', directory] });
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
    const error = await failure(run);
    expect(error).toBeInstanceOf(InterruptedError);
    expect(error.message).toMatch(/^Memory ran out \(.*heap out of memory\)\. .*"window.batch"/);
    expect(await readRun(directory)).toMatchObject({ state: 'interrupted', message: error.message });
  });

  it('is a thread whose heap has a limit', async () => {
    // Little by little: what takes too much at once takes its process along.
    const hoard =
      'const kept = []; (function more() { for (let i = 0; i < 2000; i++) kept.push({ i }); setImmediate(more); })();';
    const worker = new Worker(hoard, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    let thrown: Error | undefined;
    worker.on('error', (error) => (thrown = error as Error));
    const code = await new Promise<number>((resolve) => worker.on('exit', resolve));
    expect(endOfThread(code, thrown)).toMatchObject({ cause: 'memory' });
  });
});

describe('a trainer that is lost when all was done', () => {
  it('has done it: the run is finished, and its checkpoint is cleared away', async () => {
    const directory = await createRunDirectory(folder, () => 'done');
    await writeRun(directory, { ...sampleInfo, state: 'finished', nonEmptyClusters: 3 });
    writeFileSync(path.join(directory, 'checkpoint.safetensors'), '');
    const summary = await create({ isolation: 'process' }).cluster({
      ...config('lost'),
      files: ['lost', directory],
    });
    expect(summary).toMatchObject({ runDirectory: directory, clusters: 4, nonEmptyClusters: 3 });
    expect(readdirSync(directory)).toEqual(['run.json']);
  });
});

describe('where a trainer runs', () => {
  const pidOf = async (isolation: IsolationChoice, engine: RunConfig['engine']): Promise<number> => {
    const stop = new AbortController();
    const pids: string[] = [];
    const run = create({ isolation }).cluster(
      { ...config('pid'), engine },
      {
        signal: stop.signal,
        log: (line) => {
          pids.push(line);
          stop.abort();
        },
      },
    );
    expect((await failure(run)).name).toBe('CancelledError');
    expect(Number(pids[0])).toBeGreaterThan(0);
    return Number(pids[0]);
  };

  it.each(['webgpu', 'auto'] as const)(
    'is a process of its own where a GPU may be used: %s',
    async (engine) => {
      expect(await pidOf('auto', engine)).not.toBe(process.pid);
    },
  );

  it.each(['cpu', 'reference'] as const)('is a thread where none is used: %s', async (engine) => {
    expect(await pidOf('auto', engine)).toBe(process.pid);
  });

  it('is what the setting says when it says one', async () => {
    expect(await pidOf('thread', 'webgpu')).toBe(process.pid);
    expect(await pidOf('process', 'cpu')).not.toBe(process.pid);
  });
});
