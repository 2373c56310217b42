import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../src/core/errors';
import { accuracy } from '../../../src/core/evaluation/matching';
import { dtc, dtcLab, type DtcOptions } from '../../../src/core/methods/dtc';
import { samplesInMemory } from '../../../src/core/methods/samples';
import { Random } from '../../../src/core/random';
import { deepContext } from './deepSupport';

/** Noisy series of three shapes of the same mean and variance: one wave, two waves, a step. */
function shapes(n: number, length: number, seed: number) {
  const random = new Random(seed);
  const truth = Int32Array.from({ length: n }, (_, i) => i % 3);
  const forms = [
    (s: number) => Math.sin(2 * Math.PI * s),
    (s: number) => Math.sin(4 * Math.PI * s),
    (s: number) => (s < 0.5 ? -0.7 : 0.7),
  ];
  const values = Float32Array.from({ length: n * length }, (_, at) => {
    const [i, t] = [Math.floor(at / length), at % length];
    return 0.5 + 0.2 * forms[truth[i]](t / length) + 0.05 * random.normal();
  });
  return { samples: samplesInMemory(values, [n, 1, 1, length]), truth };
}

/** Small and short, but trained. */
const small: Partial<DtcOptions> = {
  filters: 8,
  units: [8, 1],
  pool: 4,
  batch: 16,
  warmUpEpochs: 40,
  epochs: 10,
};

describe('DTC', () => {
  it('finds shapes of series by an autoencoder that has learned, the same for one seed', async () => {
    const { samples, truth } = shapes(60, 45, 1);
    const before = (await samples.table.read(0, 60)).slice();
    const fit = await dtc(small).fit(samples, deepContext(3, { seed: 3 }));
    expect(accuracy(fit.labels, truth)).toBeGreaterThan(0.9);
    const warmUp = fit.losses!.slice(0, 40);
    expect(warmUp[0]).toBeGreaterThan(0.7);
    expect(warmUp[39]).toBeLessThan(0.7 * warmUp[0]);
    expect(fit.losses!.length).toBeGreaterThan(40);
    expect(fit.embedding!.dimensions).toBe(12);
    expect(await samples.table.read(0, 60)).toEqual(before);

    const again = await dtc(small).fit(samples, deepContext(3, { seed: 3 }));
    expect(again.labels).toEqual(fit.labels);
    expect(again.losses).toEqual(fit.losses);
  });

  it('labels rows that it was not trained on', async () => {
    const { samples, truth } = shapes(60, 45, 1);
    const fit = await dtc({ ...small, trainedRows: 45 }).fit(samples, deepContext(3, { seed: 3 }));
    expect(fit.labels.length).toBe(60);
    expect(accuracy(fit.labels.slice(45), truth.slice(45))).toBeGreaterThan(0.85);
    // What is not trained on changes nothing of the rest.
    const values = (await samples.table.read(0, 60)).slice();
    values.fill(0, 45 * 45);
    const other = await dtc({ ...small, input: 'values', trainedRows: 45 }).fit(
      samplesInMemory(values, [60, 1, 1, 45]),
      deepContext(3, { seed: 3 }),
    );
    const same = await dtc({ ...small, input: 'values', trainedRows: 45 }).fit(
      samples,
      deepContext(3, { seed: 3 }),
    );
    expect(other.losses).toEqual(same.losses);
    expect(other.labels.slice(0, 45)).toEqual(same.labels.slice(0, 45));
  });

  it('pools long series to as many steps as there may be', async () => {
    const { samples } = shapes(9, 100, 2);
    const options: Partial<DtcOptions> = { ...small, warmUpEpochs: 1, epochs: 1, mostSteps: 7 };
    const fit = await dtc(options).fit(samples, deepContext(2));
    // 15 values a step, the last step filled up with zeros.
    expect(fit.embedding!.dimensions).toBe(7);
  });

  it('as the public code runs it has ten updates before the centres are found', async () => {
    const { samples } = shapes(30, 45, 1);
    const fit = await dtcLab({ epochs: 3, filters: 8, units: [8, 1] }).fit(samples, deepContext(3));
    expect(fit.losses!.length).toBe(13);
    expect(fit.labels.every((label) => label >= 0 && label < 3)).toBe(true);
  });

  const few: Partial<DtcOptions> = { filters: 4, units: [3, 1], warmUpEpochs: 2, epochs: 1 };

  it('takes single values, grids, latent series of several features, and equal rows', async () => {
    for (const [samples, options] of [
      [samplesInMemory(Float32Array.of(0, 1, 0.2, 0.9, 0.1), [5, 1, 1, 1]), few],
      [
        samplesInMemory(
          Float32Array.from({ length: 180 }, (_, i) => ((i * i * 7) % 11) / 11),
          [6, 2, 3, 5],
        ),
        { ...few, units: [3, 2] as const },
      ],
      [samplesInMemory(new Float32Array(160).fill(0.5), [10, 1, 4, 4]), few],
      [
        samplesInMemory(new Float32Array(160).fill(0.5), [10, 1, 4, 4]),
        { ...few, input: 'standardisedRows' },
      ],
    ] as [ReturnType<typeof samplesInMemory>, Partial<DtcOptions>][]) {
      for (const method of [dtc(options), dtcLab(options)]) {
        const { labels, losses } = await method.fit(samples, deepContext(2));
        expect(labels.length).toBe(samples.table.n);
        expect(labels.every((label) => label === 0 || label === 1)).toBe(true);
        expect(losses!.every(Number.isFinite)).toBe(true);
      }
    }
    const one = await dtc(few).fit(shapes(9, 20, 1).samples, deepContext(1));
    expect([...one.labels]).toEqual(new Array(9).fill(0));
  });

  it('refuses more clusters than rows to train on, and stops when asked to', async () => {
    const { samples } = shapes(6, 20, 1);
    await expect(dtc(few).fit(samples, deepContext(7))).rejects.toThrow('6 rows (time steps) cannot be');
    const training = dtc({ ...few, trainedRows: 2 }).fit(samples, deepContext(3));
    await expect(training).rejects.toThrow('2 rows (time steps) cannot be');
    const abort = new AbortController();
    const context = deepContext(2, { signal: abort.signal, progress: () => abort.abort() });
    await expect(dtc(few).fit(samples, context)).rejects.toThrow(CancelledError);
  });
});
