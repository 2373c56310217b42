import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../../src/core/config';
import { resolveHyperParameters } from '../../../src/core/config';
import type { Frames } from '../../../src/core/data/frames';
import { loadFrames } from '../../../src/core/data/loadFrames';
import { UserError } from '../../../src/core/errors';
import { Random } from '../../../src/core/random';
import { describeInputs } from '../../../src/core/results/newRun';
import { writeRun } from '../../../src/core/results/runJson';
import { writeResult } from '../../../src/core/results/writeResult';
import type { AnswerOf, Ask, AskOf, What } from '../../../src/protocol/panel';
import type { ReaderRun } from '../../../src/protocol/reader';
import { ReaderHost } from '../../../src/reader/host';
import { LiveNumbers } from '../../../src/reader/numbers';
import { OpenRuns } from '../../../src/reader/serve';
import type { Ending } from '../../../src/threads/ending';
import { sample } from '../cli/commandLine';
import { sparseOf } from '../evaluation/sparseTables';
import { sampleInfo } from '../results/sampleRun';

/** The reader as it is shipped, in its thread, on a run of the sample whose labels are the quarters of the year. */
const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-reader-'));
const data = path.join(folder, 'sample.nc');
const directory = path.join(folder, 'sample.clusters', 'run');
const training = path.join(folder, 'sample.clusters', 'training');
const clusters = 4;
const dimensions = 5;
const config: RunConfig = {
  ...sampleInfo.config,
  files: [data],
  hyperParameters: resolveHyperParameters({ clusters, 'selfExpression.timeScale': 0 }),
};

let frames: Frames;
let labels: Int32Array;
let embedding: Float32Array;
let reader: ReaderHost;
const log: string[] = [];

beforeAll(async () => {
  const outdir = path.join(folder, 'dist');
  const built = spawnSync(process.execPath, ['esbuild.js', '--only=reader', `--outdir=${outdir}`]);
  expect(built.status, built.stderr.toString()).toBe(0);
  copyFileSync(sample, data);
  frames = await loadFrames(config);
  const n = frames.time.iso.length;
  labels = Int32Array.from({ length: n }, (_, t) => Math.floor((clusters * t) / n));
  const random = new Random(5);
  embedding = Float32Array.from(
    { length: n * dimensions },
    (_, i) => (i % dimensions === labels[Math.floor(i / dimensions)] ? 4 : 0) + random.normal(),
  );
  const selfExpression = new Float32Array(n * n);
  for (let t = 1; t < n; t++) selfExpression[t * n + t - 1] = t === 7 ? -0.5 : 0.25;
  mkdirSync(directory, { recursive: true });
  const metrics = {
    silhouetteCosine: 0.21,
    silhouetteEuclidean: 0.125,
    daviesBouldin: 1.9,
    calinskiHarabasz: 107.5,
    rmse: 2.5625,
    variance: 0.0625,
    interClusterDistance: 1.75,
    centroidDistance: 1.8125,
  };
  await writeResult(directory, {
    info: {
      ...sampleInfo,
      config,
      clusters,
      inputs: await describeInputs([data]),
      data: {
        fields: frames.fields.map((field) => ({ ...field })),
        steps: n,
        first: frames.time.iso[0],
        last: frames.time.iso[n - 1],
        height: frames.grid.height,
        width: frames.grid.width,
      },
    },
    frames,
    result: {
      clusters,
      labels,
      softAssignment: Float32Array.from({ length: n * clusters }, (_, i) =>
        i % clusters === labels[Math.floor(i / clusters)] ? 0.7 : 0.1,
      ),
      embedding,
      dimensions,
      selfExpression: sparseOf(selfExpression),
      method: 'argmax',
      argmaxLabels: labels,
      argmaxMetrics: metrics,
      metrics,
      history: [],
    },
  });
  mkdirSync(training);
  await writeRun(training, { ...sampleInfo, config, state: 'running', inputs: await describeInputs([data]) });
  reader = new ReaderHost({ entry: path.join(outdir, 'reader.js'), log: (line) => log.push(line) });
});
afterAll(async () => {
  await reader.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const stored: ReaderRun = { directory, version: 1 };
const live = (version: number, of = labels, at = training) => ({
  directory: at,
  version,
  live: { config, clusters, labels: of, embedding },
});
const ask = <W extends What>(run: ReaderRun, question: AskOf<W> & { what: W }): Promise<AnswerOf<W>> =>
  reader.answer(run, question as Ask) as Promise<AnswerOf<W>>;
const map = (run: ReaderRun, layer: AskOf<'map'>['layer'], index = 0, field = 0): Promise<AnswerOf<'map'>> =>
  ask(run, { what: 'map', field, layer, index });

/** Means of the file's own values over time steps, read one by one. */
async function meanOfSteps(field: number, of: (t: number) => boolean): Promise<Float64Array> {
  let count = 0;
  const sums = new Float64Array(frames.grid.height * frames.grid.width);
  for (let t = 0; t < labels.length; t++) {
    if (!of(t)) continue;
    count++;
    (await map(stored, 'step', t, field)).values.forEach((value, i) => (sums[i] += value));
  }
  return sums.map((sum) => sum / count);
}

describe('the reader, of a finished run', () => {
  it('gives the fields and their grid', async () => {
    const { fields, grid } = await ask(stored, { what: 'geometry' });
    expect(fields).toEqual(frames.fields);
    expect(grid).toMatchObject({ kind: 'rectilinear', height: 10, width: 12, geographic: true });
    expect([...grid.latitude]).toEqual([...frames.grid.latitude]);
  });

  it('gives composites that are the means of the steps', async () => {
    const mean = await map(stored, 'mean', 2, 1);
    const expected = await meanOfSteps(1, (t) => labels[t] === 2);
    mean.values.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 2));
    const overall = await map(stored, 'overall', 0, 1);
    const all = await meanOfSteps(1, () => true);
    overall.values.forEach((value, i) => expect(value).toBeCloseTo(all[i], 2));
    expect(mean.significant).toBeInstanceOf(Uint8Array);
    expect(overall.significant).toBeNull();
    // The seasons of tropical Africa differ almost everywhere.
    expect(mean.significant!.reduce((sum, one) => sum + one)).toBeGreaterThan(60);
    expect((await map(stored, 'f')).values.every((value) => value > 0)).toBe(true);
  });

  it('gives one scale for all maps of a field', async () => {
    const maps = await Promise.all([0, 1, 2, 3].map((k) => map(stored, 'mean', k)));
    const overall = await map(stored, 'overall');
    const [low, high] = overall.range.mean;
    for (const { range, values } of maps) {
      expect(range).toEqual(overall.range);
      values.forEach((value, i) => {
        // Less than a hundredth of all cells lies beyond an end of the scale, and by little.
        const anomaly = Math.abs(value - overall.values[i]);
        expect(anomaly).toBeLessThan(1.2 * range.anomaly);
        expect(value).toBeGreaterThan(low - 0.1 * (high - low));
        expect(value).toBeLessThan(high + 0.1 * (high - low));
      });
    }
  });

  it('gives the embedding by PCA and by UMAP, the same each time', async () => {
    const pca = await ask(stored, { what: 'embedding', method: 'pca' });
    expect(pca.points).toHaveLength(2 * labels.length);
    expect(pca.explained![0]).toBeGreaterThan(pca.explained![1]);
    const umap = await ask(stored, { what: 'embedding', method: 'umap' });
    expect(umap.points).toHaveLength(2 * labels.length);
    expect(umap.points.every(Number.isFinite)).toBe(true);
    await reader.forget(directory);
    const again = await ask(stored, { what: 'embedding', method: 'umap' });
    expect(again.points).toEqual(umap.points);
    // Points of one cluster lie together: the nearest other point has the same label.
    let same = 0;
    for (let t = 0; t < labels.length; t++) {
      let [nearest, least] = [-1, Infinity];
      for (let s = 0; s < labels.length; s++) {
        const distance = Math.hypot(
          umap.points[2 * s] - umap.points[2 * t],
          umap.points[2 * s + 1] - umap.points[2 * t + 1],
        );
        if (s !== t && distance < least) [nearest, least] = [s, distance];
      }
      if (labels[nearest] === labels[t]) same++;
    }
    expect(same / labels.length).toBeGreaterThan(0.9);
  });

  it('gives the affinity in both orders', async () => {
    const n = labels.length;
    const full = await ask(stored, { what: 'affinity', order: 'time', size: 2048 });
    expect(full.size).toBe(n);
    expect(full.values[3 * n + 2]).toBe(0.25);
    expect(full.values[6 * n + 7]).toBe(0.5);
    const blocks = await ask(stored, { what: 'affinity', order: 'cluster', size: 4 });
    expect(blocks.size).toBe(4);
    expect([...blocks.order]).toEqual([...labels.keys()]);
    expect(blocks.values[0]).toBeGreaterThan(blocks.values[2]);
  });

  it('refuses in words what the run does not have', async () => {
    await expect(map(stored, 'mean', 9)).rejects.toThrow('4 clusters');
    await expect(map(stored, 'mean', 0, 7)).rejects.toThrow('4 fields');
    const nowhere = ask({ directory: path.join(folder, 'none'), version: 0 }, { what: 'geometry' });
    await expect(nowhere).rejects.toThrow(UserError);
  });

  it('does not show time steps of data that are no longer those of the run', async () => {
    await reader.forget(directory);
    const before = new Date((await describeInputs([data]))[0].modified);
    utimesSync(data, new Date(), new Date(2001, 1, 1));
    await expect(map(stored, 'step', 3)).rejects.toThrow('has changed since the run');
    utimesSync(data, new Date(), before);
    expect((await map(stored, 'step', 3)).values).toHaveLength(120);
    rmSync(data);
    await reader.forget(directory);
    await expect(map(stored, 'step', 3)).rejects.toThrow('is not at');
    expect((await map(stored, 'mean', 3)).values).toHaveLength(120);
    copyFileSync(sample, data);
    utimesSync(data, new Date(), before);
  });
});

describe('the reader, of a run that was moved together with its data', () => {
  it('shows time steps of the file beside it', async () => {
    const elsewhere = path.join(folder, 'elsewhere');
    const moved = path.join(elsewhere, 'sample.clusters', 'run');
    mkdirSync(elsewhere);
    renameSync(path.dirname(directory), path.dirname(moved));
    renameSync(data, path.join(elsewhere, 'sample.nc'));
    try {
      expect((await map({ directory: moved, version: 1 }, 'step', 3)).values).toHaveLength(120);
    } finally {
      await reader.forget(moved);
      renameSync(path.dirname(moved), path.dirname(directory));
      renameSync(path.join(elsewhere, 'sample.nc'), data);
    }
  });
});

describe('the reader, of a run that trains', () => {
  it('gives the maps that the files will hold', async () => {
    for (const [layer, index] of [
      ['mean', 1],
      ['overall', 0],
      ['f', 0],
      ['step', 100],
    ] as const) {
      const now = await map(live(1), layer, index, 2);
      const then = await map(stored, layer, index, 2);
      expect(now.values).toEqual(then.values);
      expect(now.significant).toEqual(then.significant);
    }
  });

  it('follows the labels', async () => {
    const first = await map(live(1), 'mean', 0);
    const next = await map(
      live(
        2,
        labels.map((label) => (label + 1) % clusters),
      ),
      'mean',
      1,
    );
    expect(next.values).toEqual(first.values);
    expect([first.version, next.version]).toEqual([1, 2]);
  });

  it('shows steps before there are labels, and says when the rest comes', async () => {
    const early: ReaderRun = { ...live(0), live: { config, clusters } };
    expect((await map(early, 'step', 5)).values).toHaveLength(120);
    for (const question of [
      { what: 'map', field: 0, layer: 'mean', index: 0 },
      { what: 'embedding', method: 'pca' },
      { what: 'affinity', order: 'time', size: 10 },
    ] as const) {
      await expect(reader.answer(early, question)).rejects.toThrow('after the warm-up');
    }
  });

  it('says that a training has diverged rather than failing in the arithmetic', async () => {
    const diverged = { ...live(7), live: { ...live(7).live, embedding: embedding.map(() => NaN) } };
    for (const method of ['pca', 'umap'] as const) {
      await expect(ask(diverged, { what: 'embedding', method })).rejects.toThrow('has diverged');
    }
  });

  it('computes the self-expression of the embedding so far', async () => {
    const { size, values } = await ask(live(3), { what: 'affinity', order: 'cluster', size: 4 });
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        if (i !== j) expect(values[i * size + i]).toBeGreaterThan(values[i * size + j]);
      }
    }
  });
});

describe('the data of a run that trains', () => {
  const first = (numbers: LiveNumbers) => numbers.mean(0, 0);

  it('are not read a second time where there is no memory for them', async () => {
    let left = 2 ** 20;
    const numbers = new LiveNumbers(live(1), () => left);
    await expect(first(numbers)).rejects.toThrow(
      /about \d+ MiB, and 1 MiB are free.*when the run has finished/,
    );
    expect((await numbers.step(0, 3)).length).toBe(120);
    left = 2 ** 30;
    expect(await first(numbers)).toHaveLength(120);
    await numbers.close();
  });

  it('are looked for again when they are back, and refused when they are not those of the run', async () => {
    const before = new Date((await describeInputs([data]))[0].modified);
    const numbers = new LiveNumbers(live(1));
    utimesSync(data, new Date(), new Date(2001, 1, 1));
    await expect(first(numbers)).rejects.toThrow('has changed since the run');
    utimesSync(data, new Date(), before);
    expect(await first(numbers)).toHaveLength(120);
    await numbers.close();
  });

  it('have one self-expression as long as the embeddings stay', async () => {
    const numbers = new LiveNumbers(live(1));
    const once = await numbers.selfExpression();
    expect(await numbers.selfExpression()).toBe(once);
    numbers.update(live(2).live, 2);
    expect(await numbers.selfExpression()).not.toBe(once);
    numbers.update({ ...live(3).live, labels: undefined }, 3);
    await expect(numbers.selfExpression()).rejects.toThrow('after the warm-up');
    numbers.update(live(3).live, 3);
    expect((await numbers.selfExpression()).value.length).toBeGreaterThan(0);
    await numbers.close();
  });

  it('have none where the model has none', async () => {
    const { live: training, ...run } = live(1);
    const hyperParameters = { ...config.hyperParameters, 'model.selfExpression': false };
    const without = { ...run, live: { ...training, config: { ...training.config, hyperParameters } } };
    const numbers = new LiveNumbers(without);
    await expect(numbers.selfExpression()).rejects.toThrow('no affinity to show');
    await numbers.close();
  });

  it('are held of one run at a time', async () => {
    const other = path.join(folder, 'sample.clusters', 'other');
    mkdirSync(other);
    await writeRun(other, {
      ...sampleInfo,
      config,
      state: 'interrupted',
      inputs: await describeInputs([data]),
    });
    const runs = new OpenRuns();
    const held = (numbers: unknown) => (numbers as { frames?: unknown }).frames !== undefined;
    const one = (await runs.get(live(1))).numbers;
    await one.mean(0, 0);
    expect(held(one)).toBe(true);
    const two = (await runs.get(live(1, labels, other))).numbers;
    expect(held(one)).toBe(false);
    expect(await two.mean(0, 0)).toEqual(await one.mean(0, 0));
    await runs.close();
  });
});

describe('the reader’s thread', () => {
  it('is started again when it was lost, and fails what it was asked then', async () => {
    await ask(stored, { what: 'geometry' });
    const running = (reader as unknown as { running: { thread: { kill(): void } } }).running;
    const lost = ask(stored, { what: 'embedding', method: 'umap' });
    const failed = expect(lost).rejects.toThrow('ended unexpectedly');
    running.thread.kill();
    await failed;
    expect((await ask(stored, { what: 'geometry' })).fields).toHaveLength(4);
  });

  it('ends when nothing is asked of it', async () => {
    const idle = new ReaderHost({ entry: path.join(folder, 'dist', 'reader.js'), idle: 20, log: () => {} });
    await idle.answer(stored, { what: 'geometry' });
    const { running } = idle as unknown as { running: { thread: { ended: Promise<Ending> } } };
    expect((await running.thread.ended).reason).toBe('exit code 0');
    await idle.answer(stored, { what: 'geometry' });
    await idle.dispose();
  });
});
