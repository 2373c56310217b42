import { describe, expect, it } from 'vitest';
import { CancelledError, UserError } from '../../../src/core/errors';
import { accuracy } from '../../../src/core/evaluation/matching';
import { methods } from '../../../src/core/methods/methods';
import { classicalContext, type ClearSamples, clouds, lines, rowSamples } from './classicalSamples';

/**
 * What the method is made for: subspaces through the mean, an order along which units can lie (a map leaves units between
 * scattered clouds empty), or clouds that lie far apart.
 */
function clear(id: string, n: number, d: number, k: number, seed: number): ClearSamples {
  if (id === 'ssc' || id === 'lsr') return lines(n, d, k, seed);
  return clouds(n, d, k, 12, seed, id === 'som' ? 'line' : 'scattered');
}

describe.each(methods.filter((method) => method.kind === 'classical'))('$id, as every method', (method) => {
  it('finds what is clear, and the same again', async () => {
    const { samples, values, truth } = clear(method.id, 90, 12, 3, 2);
    const before = values.slice();
    const shares: number[] = [];
    const context = classicalContext(3, { progress: (share) => shares.push(share) });
    const { labels } = await method.fit(samples, context);
    expect(accuracy(labels, truth)).toBe(1);
    expect(values).toEqual(before);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect((await method.fit(samples, context)).labels).toEqual(labels);
  });

  it('gives labels below K for few rows, few columns, and one cluster', async () => {
    const { samples, truth } = clear(method.id, 30, 4, 2, 3);
    expect(accuracy((await method.fit(samples, classicalContext(2))).labels, truth)).toBeGreaterThan(0.9);
    const one = await method.fit(samples, classicalContext(1));
    expect([...one.labels]).toEqual(new Array(30).fill(0));
    const many = (await method.fit(samples, classicalContext(7))).labels;
    expect(many).toHaveLength(30);
    expect(many.every((label) => label >= 0 && label < 7)).toBe(true);
  });

  it('works with a single column', async () => {
    const values = Float32Array.from({ length: 40 }, (_, i) => (i % 2) + 0.01 * Math.sin(i));
    const { labels } = await method.fit(rowSamples(values, 40), classicalContext(2));
    expect(labels.every((label) => label === 0 || label === 1)).toBe(true);
  });

  it('puts all rows of a constant table into one cluster', async () => {
    const { labels } = await method.fit(
      rowSamples(new Float32Array(40 * 6).fill(0.7), 40),
      classicalContext(3),
    );
    expect(new Set(labels).size).toBe(1);
  });

  it('is not disturbed by cells without data', async () => {
    const { values, truth } = clear(method.id, 60, 8, 3, 4);
    const padded = new Float32Array(60 * 12);
    for (let i = 0; i < 60; i++) padded.set(values.subarray(i * 8, (i + 1) * 8), i * 12 + 2);
    const samples = rowSamples(padded, 60);
    for (const cell of [0, 1, 10, 11]) samples.valid[cell] = 0;
    expect(accuracy((await method.fit(samples, classicalContext(3))).labels, truth)).toBe(1);
  });

  it('refuses more clusters than rows, in words for the user', async () => {
    const { samples } = clouds(4, 3, 2, 5, 5);
    await expect(method.fit(samples, classicalContext(5))).rejects.toThrow(UserError);
    await expect(method.fit(samples, classicalContext(5))).rejects.toThrow('fewer clusters');
  });

  it('stops when it is cancelled', async () => {
    const { samples } = clouds(30, 4, 2, 5, 6);
    const context = classicalContext(2, { signal: AbortSignal.abort() });
    await expect(method.fit(samples, context)).rejects.toThrow(CancelledError);
  });
});
