import { describe, expect, it } from 'vitest';
import { rowsInMemory, type SharedRows } from '../../../src/core/data/rows';
import { CancelledError, UserError } from '../../../src/core/errors';
import { clusterGan } from '../../../src/core/methods/clusterGan';
import { dec, decLab } from '../../../src/core/methods/dec';
import { infoGan } from '../../../src/core/methods/infoGan';
import { samplesInMemory } from '../../../src/core/methods/samples';
import { blobs } from './blobs';
import { deepContext } from './deepSupport';

const quick = [
  dec({
    hidden: [16, 16],
    batch: 32,
    pretraining: { epochs: 1, steps: 30, optimizer: 'adam', learningRate: 1e-3 },
    refinement: { optimizer: 'adam', learningRate: 1e-3, interval: 5, maxSteps: 20, tolerance: 1e-3 },
    maxColumns: 40,
  }),
  decLab(),
  clusterGan({ hidden: 16, steps: 50, criticSteps: 2, maxColumns: 40 }),
  infoGan({ hidden: 16, head: 8, steps: 50, maxColumns: 40 }),
];

describe.each(quick.map((method) => [method.title, method] as const))('%s, as every method', (_, method) => {
  it('gives the same labels for the same seed, reports its progress, leaves the data alone', async () => {
    const { samples, values } = blobs(70, 10, 3, 0.1, 1);
    const before = values.slice();
    const shares: number[] = [];
    const context = deepContext(3, { progress: (share) => shares.push(share) });
    const { labels, embedding } = await method.fit(samples, context);
    expect(labels).toHaveLength(70);
    expect(labels.every((label) => label >= 0 && label < 3)).toBe(true);
    if (embedding) expect(embedding.values).toHaveLength(70 * embedding.dimensions);
    expect(values).toEqual(before);
    expect(shares.length).toBeGreaterThan(0);
    expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1)).toBe(true);
    expect((await method.fit(samples, context)).labels).toEqual(labels);
  });

  it('takes tables that are read from disk, of many columns', async () => {
    const { samples, values } = blobs(40, 120, 3, 0.1, 2);
    const { n, d, read, readInto, close } = rowsInMemory(values, 40, 120);
    const table: SharedRows = { n, d, read, readInto, close };
    const expected = await method.fit(samples, deepContext(3));
    expect((await method.fit({ ...samples, table }, deepContext(3))).labels).toEqual(expected.labels);
  });

  it('gives labels below K for few rows, one column, one cluster, and equal rows', async () => {
    const one = await method.fit(blobs(30, 4, 2, 0.05, 3).samples, deepContext(1));
    expect([...one.labels]).toEqual(new Array(30).fill(0));
    const column = samplesInMemory(
      Float32Array.from({ length: 31 }, (_, i) => (i % 2) * 0.9),
      [31, 1, 1, 1],
    );
    const two = await method.fit(column, deepContext(2));
    expect(two.labels.every((label) => label === 0 || label === 1)).toBe(true);
    for (const d of [6, 60]) {
      const equal = samplesInMemory(new Float32Array(30 * d).fill(0.7), [30, 1, 1, d]);
      expect(new Set((await method.fit(equal, deepContext(3))).labels).size).toBe(1);
    }
  });

  it('refuses more clusters than rows, in words for the user', async () => {
    const { samples } = blobs(4, 3, 2, 0.1, 5);
    await expect(method.fit(samples, deepContext(5))).rejects.toThrow(UserError);
    await expect(method.fit(samples, deepContext(5))).rejects.toThrow('fewer clusters');
  });

  it('stops when it is cancelled', async () => {
    const { samples } = blobs(40, 4, 2, 0.1, 6);
    const controller = new AbortController();
    controller.abort();
    const run = method.fit(samples, deepContext(2, { signal: controller.signal }));
    await expect(run).rejects.toThrow(CancelledError);
  });
});
