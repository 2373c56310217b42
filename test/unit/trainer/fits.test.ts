import { describe, expect, it } from 'vitest';
import type { FitHooks, FitOutcome } from '../../../src/core/compare/fit';
import { fitsInProcesses } from '../../../src/trainer/fits';
import { config } from '../compare/support';
import { bundledStandIn } from './bundledStandIn';

const { folder, entry } = bundledStandIn('fits');

const fit = (method: string, hooks: FitHooks = {}, patience?: number): Promise<FitOutcome> =>
  fitsInProcesses({ entry, patience })({ config: config(folder), method, seed: 2, folder }, hooks);

describe('a fit in a process of its own', () => {
  it('gives labels, metrics and costs, and says how far it is', async () => {
    const seen: unknown[] = [];
    const outcome = await fit('finish', {
      progress: (share) => seen.push(share),
      warn: (message) => seen.push(message),
    });
    expect(seen).toEqual([0.5, 'a warning']);
    expect(outcome).toMatchObject({ state: 'done', warnings: ['of the fit'] });
    if (outcome.state !== 'done') return;
    expect(outcome.labellings[0].labels).toEqual(Int32Array.of(0, 1, 2));
    expect(outcome.labellings[0].metrics.silhouetteEuclidean).toBeNaN();
    // The stand-in says its number here.
    expect(outcome.cost.peakMemory).not.toBe(process.pid);
    expect((await fit('finish')) as { cost?: unknown }).not.toEqual(outcome);
  });

  it('fails, and nothing else does, when its process ends', async () => {
    expect(await fit('exit')).toEqual({
      state: 'failed',
      reason: 'Its process ended unexpectedly (exit code 3).',
      byUser: false,
      warnings: [],
    });
  });

  it.skipIf(process.platform === 'win32')('fails when it crashes in native code', async () => {
    expect(await fit('abort')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('native code'),
    });
  });

  it('rejects where the data cannot be read', async () => {
    await expect(fit('unreadable')).rejects.toMatchObject({
      name: 'UserError',
      message: 'The file is empty.',
    });
  });

  it.each(['endless', 'deaf'])('is given up when it is cancelled (%s)', async (method) => {
    const stop = new AbortController();
    const ended = fit(method, { signal: stop.signal, warn: () => stop.abort() }, 200);
    await expect(ended).rejects.toMatchObject({ name: 'CancelledError' });
    await expect(fit('finish', { signal: stop.signal })).rejects.toMatchObject({ name: 'CancelledError' });
  });
});
