import { describe, expect, it } from 'vitest';
import { CancelledError, UserError } from '../../../src/core/errors';
import { accuracy } from '../../../src/core/evaluation/matching';
import { plainProducts } from '../../../src/core/evaluation/products';
import { dasc, dascDefaults } from '../../../src/core/methods/dasc';
import { dscDag, dscDagDefaults } from '../../../src/core/methods/dscDag';
import { dscNet, dscNetDefaults } from '../../../src/core/methods/dscNet';
import type { Method, MethodContext } from '../../../src/core/methods/method';
import { methods } from '../../../src/core/methods/methods';
import { type Samples, samplesInMemory } from '../../../src/core/methods/samples';
import { clusterBasis } from '../../../src/core/methods/subspace/clusterBases';
import { coarsen } from '../../../src/core/methods/subspace/coarsen';
import { createNetwork, MOST_SAMPLES, pretrain } from '../../../src/core/methods/subspace/network';
import { Random } from '../../../src/core/random';
import { bothEngines } from '../engine/support';
import { noiseSamples, unionOfSubspaces } from './subspaceSamples';

const contextOf = (clusters: number, options: Partial<MethodContext> = {}): MethodContext => ({
  clusters,
  seed: 1,
  engine: async () => (await bothEngines())[0],
  products: plainProducts,
  ...options,
});

/** One wide layer keeps the few dimensions of 8 x 8 images that three layers for climate fields would fold. */
const small = {
  channels: [16],
  kernels: [3],
  iterations: 100,
  adversarialEpochs: 10,
  postprocessing: { ...dscNetDefaults.postprocessing, dimension: 4 },
};

/** As little work as shows that a fit goes through. */
const short = {
  channels: [3, 3, 3],
  iterations: 4,
  adversarialEpochs: 2,
  pretraining: { ...dscNetDefaults.pretraining, mostSteps: 5 },
};

const networks: [string, (options: Partial<typeof small>) => Method][] = [
  ['DSC-Net-L2', dscNet],
  ['DASC', dasc],
  ['DSC-DAG-style', dscDag],
];

describe('networks of self-expression on a union of subspaces', () => {
  it.each([1, 2])('find them, and the adversaries do not spoil it (seed %d)', async (seed) => {
    const { samples, truth } = unionOfSubspaces(seed);
    const found = new Map<string, number>();
    for (const [title, make] of networks) {
      const { labels, embedding, losses } = await make(small).fit(samples, contextOf(5, { seed }));
      found.set(title, accuracy(labels, truth));
      expect(losses!.every(Number.isFinite)).toBe(true);
      expect(losses![99]).toBeLessThan(0.5 * losses![0]);
      expect(embedding!.values.length).toBe(samples.table.n * embedding!.dimensions);
    }
    expect(found.get('DSC-Net-L2')).toBeGreaterThanOrEqual(0.95);
    expect(found.get('DASC')).toBeGreaterThanOrEqual(found.get('DSC-Net-L2')!);
    expect(found.get('DSC-DAG-style')).toBeGreaterThanOrEqual(0.95);
  });

  it('pretraining stops at the error it is told, at its last step, or where it learns no more', async () => {
    const { samples } = unionOfSubspaces(3);
    const train = async (pretraining: Partial<typeof dscNetDefaults.pretraining>) => {
      const options = { ...dscNetDefaults, ...small };
      const network = await createNetwork(samples, contextOf(5), options, new Random(1));
      return pretrain(network, { ...options.pretraining, ...pretraining }, new Random(2));
    };
    const enough = await train({ error: 0.5 });
    expect(enough.error).toBeLessThanOrEqual(0.5);
    expect(enough.steps).toBeLessThan(2000);
    expect((await train({ error: 0.5 })).steps).toBe(enough.steps);
    expect((await train({ error: 0, mostSteps: 7 })).steps).toBe(7);
    const stuck = await train({ error: 0, patience: 10, learningRate: 1e-9 });
    expect(stuck.steps).toBe(20);
  });
});

describe.each(networks)('%s', (title, make) => {
  it('is listed, with what it is', () => {
    const method = make({});
    const listed = methods.find(({ id }) => id === method.id);
    expect(listed?.title).toBe(title);
    expect(method.kind).toBe('deep');
    expect(method.reference.length).toBeGreaterThan(20);
  });

  it('gives the same labels for the same seed, and leaves the table as it was', async () => {
    const samples = noiseSamples(1, [31, 2, 5, 6]);
    const before = (await samples.table.read(0, 31)).slice();
    const shares: number[] = [];
    const context = () => contextOf(3, { progress: (share) => shares.push(share) });
    const first = await make(short).fit(samples, context());
    const second = await make(short).fit(samples, context());
    expect(second).toEqual(first);
    expect(first.labels.every((label) => label >= 0 && label < 3)).toBe(true);
    expect(await samples.table.read(0, 31)).toEqual(before);
    const half = shares.slice(0, shares.length / 2);
    expect(half.at(-1)).toBe(1);
    half.forEach((share, i) => expect(share).toBeGreaterThanOrEqual(half[i - 1] ?? 0));
  });

  it.each([
    [1, 1, 4],
    [3, 1, 1],
    [1, 7, 1],
  ])('takes images of %d x %d x %d', async (variables, height, width) => {
    const samples = noiseSamples(2, [30, variables, height, width]);
    const { labels } = await make(short).fit(samples, contextOf(2));
    expect(labels.length).toBe(30);
  });

  it('goes through where all samples are the same', async () => {
    const samples = samplesInMemory(new Float32Array(30 * 12).fill(0.5), [30, 1, 3, 4]);
    const { labels } = await make(short).fit(samples, contextOf(3));
    expect(labels.every((label) => label >= 0 && label < 3)).toBe(true);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const context = contextOf(2, {
      signal: controller.signal,
      progress: (share) => {
        if (share > 0.1) controller.abort();
      },
    });
    await expect(make(short).fit(noiseSamples(1, [30, 1, 4, 4]), context)).rejects.toThrow(CancelledError);
  });

  it('refuses more samples, more values and more clusters than it can take, and says what to do', async () => {
    const rows = (n: number, d: number): Samples => ({
      ...samplesInMemory(new Float32Array(0), [0, 1, 1, d]),
      table: { ...samplesInMemory(new Float32Array(0), [0, 1, 1, d]).table, n, d },
    });
    const fit = (samples: Samples, clusters = 7) => make({}).fit(samples, contextOf(clusters));
    await expect(fit(rows(MOST_SAMPLES + 1, 4))).rejects.toThrow(/4001.*shorter period/s);
    const variables = { ...rows(MOST_SAMPLES, 100_000), variables: 100_000, width: 1 };
    await expect(fit(variables)).rejects.toThrow(/100000 variables.*fewer variables/s);
    await expect(fit(rows(6, 4))).rejects.toThrow(UserError);
    await expect(fit(rows(6, 4))).rejects.toThrow(/6 rows.*7 clusters/);
  });
});

describe('fields too large to be held all at once', () => {
  it('are averaged over blocks of cells, with a warning', async () => {
    const samples = noiseSamples(3, [2000, 1, 60, 40]);
    const warnings: string[] = [];
    const options = { ...dscNetDefaults, channels: [1], kernels: [1], centre: false, scale: 1 };
    const context = contextOf(2, { warn: (message) => warnings.push(message) });
    const fine = await createNetwork(samples, context, options, new Random(1));
    expect([fine.shape.height, fine.shape.width]).toEqual([60, 40]);
    expect(warnings).toEqual([]);
    const wide = { ...options, channels: [64], kernels: [1] };
    const network = await createNetwork(samples, context, wide, new Random(1));
    expect([network.shape.height, network.shape.width]).toEqual([30, 20]);
    expect(warnings).toEqual([expect.stringContaining('2 x 2 cells')]);
    const row = await samples.table.read(1999, 1);
    expect(network.images[2000 * 600 - 1]).toBeCloseTo(
      (row[2398] + row[2399] + row[2358] + row[2359]) / 4,
      6,
    );
  });

  it('leave out cells without data', () => {
    const images = Float32Array.of(1, 3, 5, 0, 0, 0);
    const { images: means, valid } = coarsen(images, [1, 2, 3], Uint8Array.of(1, 1, 1, 0, 0, 0), 2);
    expect([...means]).toEqual([2, 5]);
    expect([...valid]).toEqual([1, 1]);
    expect([...coarsen(images, [1, 2, 3], Uint8Array.of(1, 1, 0, 0, 0, 0), 2).valid]).toEqual([1, 0]);
  });
});

describe('bases of clusters', () => {
  it('are the leading directions of the codes, and unit-sized noise beyond their rank', async () => {
    // Codes of cluster 1 lie in the plane of the first two axes, mostly along the first.
    const codes = Float32Array.of(3, 0, 0, 0, 0, 9, 3, 0.5, 0, -3, 0.5, 0);
    const labels = Int32Array.of(1, 0, 1, 1);
    const context = { products: plainProducts, random: new Random(1) };
    const basis = await clusterBasis(codes, 3, labels, 1, 3, context);
    const column = (p: number) => [0, 1, 2].map((j) => basis[j * 3 + p]);
    expect(Math.abs(column(0)[0])).toBeGreaterThan(0.99);
    expect(Math.abs(column(1)[1])).toBeGreaterThan(0.99);
    expect(column(0)[2]).toBeCloseTo(0, 6);
    expect(Math.hypot(...column(2))).toBeGreaterThan(0.1);
    const empty = await clusterBasis(codes, 3, labels, 2, 3, context);
    expect(empty.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });
});

describe('defaults', () => {
  it('are those of DSC-Net before the adversaries', () => {
    for (const key of Object.keys(dscNetDefaults) as (keyof typeof dscNetDefaults)[]) {
      expect(dascDefaults[key]).toEqual(dscNetDefaults[key]);
      expect(dscDagDefaults[key]).toEqual(dscNetDefaults[key]);
    }
  });
});
