import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/core/errors';
import { accuracy } from '../../../src/core/evaluation/matching';
import { dsc, dscLab, type DscOptions } from '../../../src/core/methods/dsc';
import { samplesInMemory } from '../../../src/core/methods/samples';
import { Random } from '../../../src/core/random';
import { syntheticSamples } from './classicalSamples';
import { deepContext } from './deepSupport';

/** Small and short, but trained. */
const small: Partial<DscOptions> = {
  widthFactor: 1 / 16,
  warmUpEpochs: 40,
  epochs: 2,
  batch: 8,
  restarts: 10,
};

const clear = { length: 96, height: 8, width: 8, channels: 2, clusters: 3, delta: 1.5 };

function randomSamples(shape: [number, number, number, number], seed = 1) {
  const random = new Random(seed);
  const size = shape.reduce((a, b) => a * b);
  return samplesInMemory(
    Float32Array.from({ length: size }, () => random.uniform()),
    shape,
  );
}

describe('DSC', () => {
  it('finds clear regimes by an autoencoder that has learned', async () => {
    const { samples, fields } = syntheticSamples('G2', 2, clear);
    const before = (await samples.table.read(0, samples.table.n)).slice();
    const shares: number[] = [];
    const context = deepContext(3, { seed: 5, progress: (share) => shares.push(share) });
    const fit = await dsc(small).fit(samples, context);
    expect(accuracy(fit.labels, fields.labels)).toBeGreaterThan(0.85);
    // The reconstruction starts near the variance of the data, and ends well below it.
    const warmUp = fit.losses!.slice(0, 40);
    expect(warmUp[0]).toBeGreaterThan(0.8);
    expect(warmUp[39]).toBeLessThan(0.6 * warmUp[0]);
    expect(fit.losses!.length).toBeGreaterThan(40);
    expect(fit.embedding!.dimensions).toBe(16);
    expect(fit.embedding!.values.length).toBe(96 * 16);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(await samples.table.read(0, samples.table.n)).toEqual(before);
  });

  it('as its public code trains it is k-means on a random network', async () => {
    const { samples } = syntheticSamples('G2', 2, clear);
    const options: Partial<DscOptions> = { widthFactor: 1 / 4, mostUpdates: 100 };
    const fit = await dscLab(options).fit(samples, deepContext(3));
    const untouched = await dscLab({ ...options, learningRate: 0 }).fit(samples, deepContext(3));
    // Latent rows lie so close together that rounding may move a few rows between centres.
    expect(accuracy(fit.labels, fit.alternatives!['autoencoder + k-means'])).toBeGreaterThan(0.85);
    let moved = 0;
    fit.embedding!.values.forEach((z, i) => {
      moved = Math.max(moved, Math.abs(z - untouched.embedding!.values[i]));
    });
    expect(moved).toBeLessThan(1e-5);
  });

  const few: Partial<DscOptions> = { widthFactor: 1 / 32, warmUpEpochs: 2, epochs: 1, restarts: 2 };

  it('gives the same for one seed', async () => {
    const samples = randomSamples([20, 2, 8, 8]);
    const fits = await Promise.all([5, 5, 6].map((seed) => dsc(few).fit(samples, deepContext(3, { seed }))));
    const [fit, again, other] = fits;
    expect(again.labels).toEqual(fit.labels);
    expect(again.losses).toEqual(fit.losses);
    expect(other.losses).not.toEqual(fit.losses);
  });

  it('takes single cells, rows without shape, fewer rows than a batch, and equal rows', async () => {
    for (const samples of [
      randomSamples([5, 1, 1, 1]),
      randomSamples([6, 1, 1, 40]),
      randomSamples([7, 3, 17, 2]),
      samplesInMemory(new Float32Array(10 * 16).fill(0.5), [10, 1, 4, 4]),
    ]) {
      for (const method of [dsc(few), dscLab({ widthFactor: 1 / 32 })]) {
        const { labels, losses } = await method.fit(samples, deepContext(2));
        expect(labels.length).toBe(samples.table.n);
        expect(labels.every((label) => label === 0 || label === 1)).toBe(true);
        expect(losses!.every(Number.isFinite)).toBe(true);
      }
    }
    const one = await dsc(few).fit(randomSamples([9, 1, 3, 3]), deepContext(1));
    expect([...one.labels]).toEqual(new Array(9).fill(0));
  });

  it('does not see cells without data', async () => {
    const samples = randomSamples([12, 2, 4, 4]);
    const values = (await samples.table.read(0, 12)).slice();
    const valid = new Uint8Array(32).fill(1).fill(0, 20);
    const zeroed = values.map((v, i) => (valid[i % 32] ? v : 0));
    const fit = await dsc(few).fit({ ...samplesInMemory(zeroed, [12, 2, 4, 4]), valid }, deepContext(2));
    expect(fit.losses!.every(Number.isFinite)).toBe(true);
    // The error is relative to the variance of the valid cells alone.
    const complete = await dsc(few).fit(samplesInMemory(zeroed, [12, 2, 4, 4]), deepContext(2));
    expect(fit.losses![0]).not.toBe(complete.losses![0]);
  });

  it('averages large grids, and says so', async () => {
    const warnings: string[] = [];
    const samples = randomSamples([8, 1, 40, 9]);
    await dsc({ ...few, longestSide: 16 }).fit(
      samples,
      deepContext(2, { warn: (text) => warnings.push(text) }),
    );
    expect(warnings).toEqual([
      'DSC sees grids of at most 16 x 16: means over blocks of 3 x 1 cells, 14 x 9 in all.',
    ]);
  });

  it('refuses more clusters than rows, and stops when asked to', async () => {
    const samples = randomSamples([4, 1, 4, 4]);
    await expect(dsc(few).fit(samples, deepContext(5))).rejects.toThrow('4 rows (time steps) cannot be');
    const abort = new AbortController();
    const context = deepContext(2, { signal: abort.signal, progress: () => abort.abort() });
    await expect(dsc(few).fit(samples, context)).rejects.toThrow(CancelledError);
  });
});
