import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ComparisonHost } from '../../../src/trainer/comparisonHost';
import { config } from '../compare/support';
import { bundledStandIn } from './bundledStandIn';

const { folder, entry } = bundledStandIn('comparison');

describe('a comparison beside the host', () => {
  const host = new ComparisonHost({ entry });

  it('says how far it is, and ends with its directory', async () => {
    const seen: unknown[] = [];
    const directory = await host.compare(config('/out', { files: ['quick'] }), {
      progress: ({ done, total }) => seen.push([done, total]),
      warn: (message) => seen.push(message),
    });
    expect(directory).toBe('quick');
    expect(seen).toEqual(['a warning', [2, 2]]);
  });

  it('is cancelled', async () => {
    const stop = new AbortController();
    const ended = host.resume('/somewhere', { signal: stop.signal, progress: () => stop.abort() });
    await expect(ended).rejects.toMatchObject({ name: 'CancelledError' });
    await expect(host.resume('/somewhere', { signal: stop.signal })).rejects.toMatchObject({
      name: 'CancelledError',
    });
  });

  it('knows the methods', async () => {
    expect(await host.methods()).toEqual([
      { id: 'a', title: 'A', kind: 'classical', reference: 'B', description: 'C', deterministic: true },
    ]);
  });

  it('is interrupted when its thread ends', async () => {
    const missing = new ComparisonHost({ entry: path.join(folder, 'missing.js') });
    await expect(missing.methods()).rejects.toMatchObject({ name: 'InterruptedError' });
  });
});
