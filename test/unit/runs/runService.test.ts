import { mkdtempSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultHyperParameters, type RunConfig } from '../../../src/core/config';
import { CancelledError, InterruptedError, UserError } from '../../../src/core/errors';
import type { Progress, RunHooks, RunSummary } from '../../../src/core/progress';
import type { Run } from '../../../src/runs/run';
import { RunService, type RunStore, type Trainer } from '../../../src/runs/runService';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'runs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const config: RunConfig = {
  files: ['/data/a.nc'],
  variables: ['air'],
  select: {},
  method: 'adatsc',
  engine: 'auto',
  seed: 1,
  memoryLimit: 1000,
  hyperParameters: defaultHyperParameters(),
};
const summary = (): RunSummary =>
  ({ runDirectory: directory, clusters: 7, nonEmptyClusters: 7, engine: 'CPU', seconds: 1 }) as RunSummary;
const progress = (epoch: number): Progress => ({
  runDirectory: directory,
  engine: 'CPU',
  phase: 'joint',
  epoch,
  epochs: 4,
  step: 0,
  steps: 2,
  history: [],
  clusters: 7,
  times: [],
  labelling: epoch,
});

/** A trainer whose run does what the test says. */
class FakeTrainer implements Trainer {
  static disposed = 0;
  constructor(private readonly behave: (hooks: RunHooks) => Promise<RunSummary>) {}
  cluster(_config: RunConfig, hooks: RunHooks): Promise<RunSummary> {
    return this.behave(hooks);
  }
  resume(_directory: string, hooks: RunHooks): Promise<RunSummary> {
    return this.behave(hooks);
  }
  async dispose(): Promise<void> {
    FakeTrainer.disposed++;
  }
}

const stored: Omit<Run, 'id'> = {
  state: 'finished',
  files: ['/data/a.nc'],
  fields: ['air'],
  clusters: 7,
  directory: '',
  warnings: [],
  canResume: false,
  hasReport: false,
};
/** Reads a run as finished, unless a checkpoint is left. */
const store: RunStore = {
  read: async (of) =>
    existsSync(path.join(of, 'checkpoint.safetensors'))
      ? { ...stored, directory: of, state: 'interrupted', canResume: true }
      : { ...stored, directory: of },
  rename: async (_of, name) => name || undefined,
};
const log = { info: () => {}, warn: () => {}, error: () => {} };

function service(behave: (hooks: RunHooks) => Promise<RunSummary>): { runs: RunService; seen: Run[] } {
  const runs = new RunService(() => new FakeTrainer(behave), store, log);
  const seen: Run[] = [];
  runs.onDidChange((run) => seen.push(run));
  return { runs, seen };
}

/** What a run that is stopped leaves. */
function leaveCheckpoint(): void {
  writeFileSync(path.join(directory, 'run.json'), '');
  writeFileSync(path.join(directory, 'checkpoint.safetensors'), '');
}

/** Trains until it is cancelled, and leaves a checkpoint as the pipeline does. */
const untilCancelled = (hooks: RunHooks): Promise<RunSummary> =>
  new Promise((_, reject) => {
    hooks.progress!(progress(1));
    const stop = (): void => {
      leaveCheckpoint();
      reject(new CancelledError());
    };
    if (hooks.signal!.aborted) stop();
    hooks.signal!.addEventListener('abort', stop);
  });

describe('RunService', () => {
  it('reports a run from queued to finished with complete snapshots', async () => {
    const { runs, seen } = service(async (hooks) => {
      hooks.progress!(progress(1));
      hooks.warn!('3% of the values are missing');
      return summary();
    });
    const run = await runs.start(config).ended;
    expect(run.state).toBe('finished');
    expect(run.warnings).toEqual(['3% of the values are missing']);
    expect([...new Set(seen.map(({ state }) => state))]).toEqual(['queued', 'running', 'finished']);
    expect(seen.every(({ files }) => files[0] === '/data/a.nc')).toBe(true);
    expect(runs.active).toBeUndefined();
  });

  it('leaves a cancelled run resumable, and resumes it as the same run', async () => {
    let resumed = false;
    const { runs } = service((hooks) => (resumed ? Promise.resolve(summary()) : untilCancelled(hooks)));
    const { id, ended } = runs.start(config);
    await Promise.resolve();
    runs.cancel(id);
    expect(runs.get(id)!.state).toBe('cancelling');
    const interrupted = await ended;
    expect(interrupted).toMatchObject({ state: 'interrupted', canResume: true, directory });

    resumed = true;
    const again = await runs.resume(directory);
    expect(runs.get(id)).toMatchObject({ canResume: false, progress: { epoch: 1 } });
    rmSync(path.join(directory, 'checkpoint.safetensors'));
    expect(again.id).toBe(id);
    expect((await again.ended).state).toBe('finished');
  });

  it('tells what the user can mend from what is our fault', async () => {
    const wrongFile = service(() => Promise.reject(new UserError('a.nc has no time axis.')));
    expect(await wrongFile.runs.start(config).ended).toMatchObject({
      state: 'failed',
      message: 'a.nc has no time axis.',
      canResume: false,
    });
    const crash = service(async (hooks) => {
      hooks.progress!(progress(2));
      leaveCheckpoint();
      throw new Error('The trainer ended unexpectedly (signal SIGSEGV).');
    });
    expect(await crash.runs.start(config).ended).toMatchObject({ state: 'interrupted', canResume: true });
  });

  it('can resume a run whose trainer is lost, also before its first checkpoint; before its directory it cannot', async () => {
    const early = service(async (hooks) => {
      hooks.progress!(progress(0));
      writeFileSync(path.join(directory, 'run.json'), '');
      throw new InterruptedError('It was killed.');
    });
    expect(await early.runs.start(config).ended).toMatchObject({
      state: 'interrupted',
      message: 'It was killed.',
      canResume: true,
    });
    const earlier = service(() => Promise.reject(new InterruptedError('It was killed.')));
    expect(await earlier.runs.start(config).ended).toMatchObject({ state: 'interrupted', canResume: false });
  });

  it('runs one after the other', async () => {
    let running = 0;
    let most = 0;
    const { runs, seen } = service(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return summary();
    });
    const first = runs.start(config);
    const second = runs.start(config);
    await Promise.all([first.ended, second.ended]);
    expect(most).toBe(1);
    expect(seen.filter(({ id }) => id === second.id)[0].state).toBe('queued');
  });

  it('a run that waits can be cancelled without a trainer', async () => {
    FakeTrainer.disposed = 0;
    const { runs } = service(untilCancelled);
    const first = runs.start(config);
    const second = runs.start(config);
    await Promise.resolve();
    runs.cancel(second.id);
    runs.cancel(first.id);
    expect((await second.ended).state).toBe('interrupted');
    expect(FakeTrainer.disposed).toBe(1);
  });

  it('stops everything and waits for the checkpoints when the window closes', async () => {
    const { runs } = service(untilCancelled);
    const { id } = runs.start(config);
    await Promise.resolve();
    await runs.dispose();
    expect(runs.get(id)!.state).toBe('interrupted');
    expect(existsSync(path.join(directory, 'checkpoint.safetensors'))).toBe(true);
  });

  it('does not resume what has finished or what another process works on', async () => {
    const { runs } = service(untilCancelled);
    await expect(runs.resume(directory)).rejects.toThrow(/has finished; there is nothing to resume/);
    const held: RunStore = {
      ...store,
      read: async () => ({
        ...stored,
        state: 'interrupted',
        message: 'Another process works on this run (7 on a).',
      }),
    };
    const other = new RunService(() => new FakeTrainer(untilCancelled), held, log);
    await expect(other.resume(directory)).rejects.toThrow(/Another process works on this run/);
  });

  it('numbers the labels of a finished run anew, so that panels ask for what training could not give', async () => {
    const finished: RunStore = {
      ...store,
      read: async (of) => ({ ...stored, directory: of, progress: progress(1) }),
    };
    const trainer = new FakeTrainer(async (hooks) => {
      hooks.progress!(progress(3));
      return summary();
    });
    const runs = new RunService(() => trainer, finished, log);
    expect((await runs.start(config).ended).progress?.labelling).toBe(4);

    // Of a run that another process finishes, too.
    let held = true;
    const other: RunStore = {
      ...store,
      read: async (of) => ({
        ...stored,
        directory: of,
        progress: progress(1),
        ...(held && { state: 'interrupted', isHeld: true }),
      }),
    };
    const following = new RunService(() => trainer, other, log, 5);
    const { id } = await following.open(directory);
    held = false;
    await vi.waitFor(() =>
      expect(following.get(id)).toMatchObject({ state: 'finished', progress: { labelling: 2 } }),
    );
  });

  it('is resumed once, however often that is asked for', async () => {
    leaveCheckpoint();
    let resumed = 0;
    const { runs } = service(async () => {
      resumed++;
      rmSync(path.join(directory, 'checkpoint.safetensors'));
      return summary();
    });
    const [first, second] = await Promise.all([runs.resume(directory), runs.resume(directory)]);
    expect(second.id).toBe(first.id);
    expect(runs.runs).toHaveLength(1);
    expect((await first.ended).state).toBe('finished');
    expect((await second.ended).state).toBe('finished');
    expect(resumed).toBe(1);
  });

  it('can be forgotten while it is looked at to be resumed', async () => {
    leaveCheckpoint();
    const { runs } = service(async () => {
      rmSync(path.join(directory, 'checkpoint.safetensors'));
      return summary();
    });
    const { id } = await runs.open(directory);
    const resuming = runs.resume(directory);
    runs.forget(directory);
    const resumed = await resuming;
    expect(resumed.id).not.toBe(id);
    expect((await resumed.ended).state).toBe('finished');
  });

  it('follows a run of another process until it lets go', async () => {
    let reads = 0;
    const held: RunStore = {
      ...store,
      read: async () =>
        ++reads < 3
          ? { ...stored, state: 'interrupted', directory, isHeld: true }
          : { ...stored, state: 'interrupted', directory, isHeld: false, canResume: true },
    };
    const runs = new RunService(() => new FakeTrainer(untilCancelled), held, log, 1);
    const { id } = await runs.open(directory);
    expect(runs.get(id)!.canResume).toBe(false);
    await vi.waitUntil(() => runs.get(id)!.canResume);
    expect(reads).toBe(3);
  });

  it('survives settings that no trainer can be made from', async () => {
    const runs = new RunService(
      () => {
        throw new UserError('The setting "trainer.isolation" is wrong.');
      },
      store,
      log,
    );
    expect(await runs.start(config).ended).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('isolation'),
    });
    expect((await runs.start(config).ended).state).toBe('failed');
  });

  it('reads a run from disk once', async () => {
    const { runs } = service(untilCancelled);
    const opened = await runs.open(directory);
    expect(opened.directory).toBe(directory);
    expect(await runs.open(directory)).toBe(opened);
  });

  it('follows a run that another window was quicker to resume', async () => {
    let reads = 0;
    const states: Omit<Run, 'id'>[] = [
      { ...stored, state: 'interrupted', directory, canResume: true },
      { ...stored, state: 'interrupted', directory, isHeld: true, message: 'Another process works on it.' },
      { ...stored, directory },
    ];
    const quicker: RunStore = { ...store, read: async () => states[Math.min(reads++, 2)] };
    const refuse = () => Promise.reject(new UserError('The run is being worked on by process 7 on a.'));
    leaveCheckpoint();
    const runs = new RunService(() => new FakeTrainer(refuse), quicker, log, 1);
    const seen: Run[] = [];
    runs.onDidChange((run) => seen.push(run));
    const { id, ended } = await runs.resume(directory);
    expect(await ended).toMatchObject({ state: 'interrupted', isHeld: true, canResume: false });
    await vi.waitUntil(() => runs.get(id)!.state === 'finished');
    expect(seen.map(({ state }) => state)).not.toContain('failed');
  });

  it('keeps warnings of earlier sessions, each once', async () => {
    const warned: RunStore = {
      ...store,
      read: async (of) => ({ ...(await store.read(of)), warnings: ['old', 'both'] }),
    };
    leaveCheckpoint();
    const runs = new RunService(
      () =>
        new FakeTrainer(async (hooks) => {
          hooks.warn!('both');
          hooks.warn!('new');
          rmSync(path.join(directory, 'checkpoint.safetensors'));
          return summary();
        }),
      warned,
      log,
    );
    const { ended } = await runs.resume(directory);
    expect((await ended).warnings).toEqual(['old', 'both', 'new']);
  });

  it('knows the settings of a run from the start, and gives it a name', async () => {
    const { runs, seen } = service(untilCancelled);
    const { id, ended } = runs.start(config);
    expect(runs.get(id)).toMatchObject({ config, started: expect.stringMatching(/^2\d{3}-.*Z$/) });
    await Promise.resolve();
    runs.cancel(id);
    await ended;
    await runs.rename(directory, 'Winter');
    expect(seen.at(-1)).toMatchObject({ id, name: 'Winter' });
    await runs.rename(directory, '');
    expect(runs.get(id)!.name).toBeUndefined();
    const refusing: RunStore = { ...store, rename: () => Promise.reject(new UserError('It is worked on.')) };
    const other = new RunService(() => new FakeTrainer(untilCancelled), refusing, log);
    await other.open(directory);
    await expect(other.rename(directory, 'x')).rejects.toThrow('It is worked on.');
    expect(other.find(directory)!.name).toBeUndefined();
  });

  it('forgets a run whose files were deleted, and tells so once', async () => {
    const { runs, seen } = service(untilCancelled);
    const removed: Run[] = [];
    const stop = runs.onDidRemove((run) => removed.push(run));
    const opened = await runs.open(directory);
    runs.forget(directory);
    runs.forget(directory);
    expect(removed).toEqual([opened]);
    expect(runs.get(opened.id)).toBeUndefined();
    expect(runs.find(directory)).toBeUndefined();
    stop();
    runs.forget((await runs.open(directory)).directory!);
    expect(removed).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  it('stops a run that is forgotten while it trains, and says nothing more of it', async () => {
    const { runs, seen } = service(untilCancelled);
    const removed: Run[] = [];
    runs.onDidRemove((run) => removed.push(run));
    const { id, ended } = runs.start(config);
    await Promise.resolve();
    runs.forget(directory);
    const told = seen.length;
    expect(removed).toMatchObject([{ id, state: 'cancelling' }]);
    expect((await ended).state).toBe('interrupted');
    expect(seen).toHaveLength(told);
    expect(runs.active).toBeUndefined();
  });
});
