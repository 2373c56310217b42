import { describe, expect, it } from 'vitest';
import type { CompareHooks } from '../../../src/core/compare/compare';
import { CancelledError, UserError } from '../../../src/core/errors';
import { type ActiveComparison, type Comparer, ComparisonService } from '../../../src/runs/comparisonService';
import { RunService } from '../../../src/runs/runService';
import { config } from '../compare/support';

const log = {
  lines: [] as string[],
  info: (m: string) => void log.lines.push(m),
  warn: () => {},
  error: () => {},
};

/** Goes on until it is cancelled or `finish` is called. */
class FakeComparer implements Comparer {
  finish: () => void = () => {};
  fail: (error: Error) => void = () => {};
  hooks: CompareHooks = {};
  resumed: string | undefined;

  compare(_config: unknown, hooks: CompareHooks): Promise<string> {
    this.hooks = hooks;
    hooks.progress?.({ directory: '/d', done: 0, total: 2, failed: 0 });
    return new Promise((resolve, reject) => {
      this.finish = () => resolve('/d');
      this.fail = reject;
      hooks.signal?.addEventListener('abort', () => reject(new CancelledError()));
    });
  }
  resume(directory: string, hooks: CompareHooks): Promise<string> {
    this.resumed = directory;
    return this.compare(undefined, hooks);
  }
  methods = () => Promise.resolve([]);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function create(inTurn: <T>(work: () => Promise<T>) => Promise<T> = (work) => work()) {
  const comparer = new FakeComparer();
  const service = new ComparisonService(() => comparer, inTurn, log);
  const seen: ActiveComparison['state'][] = [];
  service.onDidChange(({ state }) => seen.at(-1) !== state && seen.push(state));
  return { comparer, service, seen };
}

describe('comparisons of a window', () => {
  it('run to their end', async () => {
    const { comparer, service, seen } = create();
    const { ended } = service.start(config('/out'));
    await turn();
    expect(service.active('/d')?.progress?.total).toBe(2);
    comparer.finish();
    expect(await ended).toMatchObject({ state: 'finished', directory: '/d' });
    expect(service.active('/d')).toBeUndefined();
    expect(seen).toEqual(['running', 'finished']);
  });

  it('are cancelled, and resumed', async () => {
    const { comparer, service, seen } = create();
    const { id, ended } = service.start(config('/out'));
    await turn();
    service.cancel(id);
    expect(await ended).toMatchObject({ state: 'interrupted', directory: '/d' });
    expect(seen).toEqual(['running', 'cancelling', 'interrupted']);
    const again = service.resume('/d');
    await turn();
    expect(comparer.resumed).toBe('/d');
    comparer.finish();
    expect((await again.ended).state).toBe('finished');
  });

  it('fail with their reason', async () => {
    const { comparer, service } = create();
    const { ended } = service.start(config('/out'));
    await turn();
    comparer.fail(new UserError('The file is gone.'));
    expect(await ended).toMatchObject({ state: 'failed', message: 'The file is gone.' });
  });

  it('wait for the runs that go on, and can be cancelled before their turn', async () => {
    const runs = new RunService(
      () => {
        throw new Error('no run here');
      },
      {} as never,
      log,
    );
    let release: () => void = () => {};
    const before = runs.inTurn(() => new Promise<void>((resolve) => (release = resolve)));
    const { service, seen } = create((work) => runs.inTurn(work));
    const { id, ended } = service.start(config('/out'));
    await turn();
    expect(seen).toEqual(['queued']);
    service.cancel(id);
    release();
    await before;
    expect((await ended).state).toBe('interrupted');
    expect(seen).toEqual(['queued', 'cancelling', 'interrupted']);
  });

  it('let the queue of the runs go on when they fail', async () => {
    const runs = new RunService(() => ({}) as never, {} as never, log);
    await expect(runs.inTurn(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await runs.inTurn(() => Promise.resolve(7))).toBe(7);
  });

  it('end with the window', async () => {
    const { service } = create();
    const { ended } = service.start(config('/out'));
    await turn();
    await service.dispose();
    expect((await ended).state).toBe('interrupted');
  });
});
