import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowsInMemory, type RowsInMemory } from '../../../src/core/data/rows';
import type { Frames } from '../../../src/core/data/frames';
import { openDataset } from '../../../src/core/data/open';
import { isUserError } from '../../../src/core/errors';
import { Random } from '../../../src/core/random';
import { composites } from '../../../src/core/results/composites';
import {
  encodeNetcdf,
  type ClassicArray,
  type ClassicAttribute,
} from '../../../src/core/results/netcdfWriter';
import { openResult } from '../../../src/core/results/readResult';
import type { ClusteringResult } from '../../../src/core/results/result';
import { type SparseCoefficients, withoutNegligible } from '../../../src/core/evaluation/sparse';
import { sample } from '../data/reference';
import { sparseOf } from '../evaluation/sparseTables';
import { sampleFrames, sampleInfo, sampleResult, type SampleOptions, encoded } from './sampleRun';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();

/** A run directory with a result.nc. */
function directoryWith(name: string, bytes: Uint8Array): string {
  const directory = join(folder, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'result.nc'), bytes);
  return directory;
}

/** A self-expression with a few coefficients in each row, one of them negligible. */
function withSelfExpression(result: ClusteringResult): ClusteringResult {
  const n = result.labels.length;
  const selfExpression = new Float32Array(n * n);
  for (let t = 0; t < n; t++) {
    selfExpression[t * n + ((t + 1) % n)] = 0.5 + t / 100;
    selfExpression[t * n + ((t + 5) % n)] = -0.25;
    selfExpression[t * n + ((t + 9) % n)] = 1e-8;
  }
  return { ...result, selfExpression: sparseOf(selfExpression) };
}

/** Noise instead of the smooth sample, about means that differ between clusters in every other cell. */
function withSignal(frames: Frames, labels: Int32Array): Frames {
  const random = new Random(21);
  const cells = frames.valid.length;
  const { n, values: smooth } = frames.table as RowsInMemory;
  const values = smooth.map((_, at) => {
    const signal = at % 2 === 0 ? 0.2 * labels[Math.floor(at / cells)] : 0;
    return frames.valid[at % cells] * (signal + 0.1 * random.uniform());
  });
  const table = rowsInMemory(values, n, cells);
  return { ...frames, table, measured: table };
}

async function expectEverything(options: SampleOptions, directoryName: string): Promise<void> {
  const smooth = sampleFrames(options).frames;
  const result = withSelfExpression(sampleResult(smooth));
  const frames = withSignal(smooth, result.labels);
  const reader = await openResult(directoryWith(directoryName, await encoded(frames, result, sampleInfo)));
  const maps = await composites(frames, result.labels, 4);
  const [fields, cells] = [frames.fields.length, 20];
  expect(reader.fields).toEqual(frames.fields);
  expect(reader.times).toEqual(frames.time.iso);
  expect([reader.clusters, reader.sizes]).toEqual([4, maps.sizes]);
  for (let c = 0; c < fields; c++) {
    const plane = [c * cells, (c + 1) * cells];
    expect(await reader.overall(c)).toEqual(maps.overall.slice(...plane));
    expect(await reader.fStatistic(c)).toEqual(maps.fStatistic.slice(...plane));
    expect(await reader.fSignificant(c)).toEqual(maps.fSignificant.slice(...plane));
    for (let k = 0; k < 4; k++) {
      const at = (k * fields + c) * cells;
      expect(await reader.mean(c, k)).toEqual(maps.clusters.slice(at, at + cells));
      expect(await reader.significant(c, k)).toEqual(maps.significant.slice(at, at + cells));
    }
  }
  // The comparison would be empty otherwise.
  expect(maps.significant).toContain(1);
  expect(maps.fSignificant).toContain(1);
  expect(await reader.labels()).toEqual(result.labels);
  expect(await reader.memberships()).toEqual(result.softAssignment);
  expect(await reader.embedding()).toEqual({ values: result.embedding, dimensions: 3 });
  const coefficients = await reader.selfExpression();
  expect(coefficients).toEqual(withoutNegligible(result.selfExpression as SparseCoefficients));
  expect(coefficients?.value).toHaveLength(80);
  const { dimensionNames: _, ...grid } = frames.grid;
  expect(reader.grid).toMatchObject(grid);
  await reader.close();
}

describe('what was written', () => {
  it('is read again', () => expectEverything({}, 'plain'));

  it('with two-dimensional coordinates', () => expectEverything({ kind: 'curvilinear' }, 'curvilinear'));

  it('with names that clash with others of the file', () =>
    expectEverything(
      {
        names: [
          'label',
          't2m',
          't2m_composite',
          't2m_mean',
          'group/t2m',
          't2m_significant',
          'nonzero',
          'été é',
        ],
      },
      'clashes',
    ));

  it('with dimensions that clash, steps without dates and cells without coordinates', async () => {
    const { frames } = sampleFrames({ names: ['label', 'membership'] });
    const values = Float64Array.from({ length: 40 }, (_, t) => t);
    const odd = {
      ...frames,
      time: { values, units: '1', calendar: 'none', iso: Array.from(values, String) },
      grid: {
        ...frames.grid,
        geographic: false,
        latitude: Float64Array.of(0, 1, 2, 3),
        longitude: Float64Array.of(0, 1, 2, 3, 4),
        dimensionNames: ['cluster', 'label'],
      },
    } as const;
    const result = sampleResult(odd);
    const reader = await openResult(directoryWith('odd', await encoded(odd, result, sampleInfo)));
    expect(reader.times.slice(0, 3)).toEqual(['0', '1', '2']);
    expect(reader.grid).toMatchObject({ ...odd.grid, dimensionNames: ['cluster_2', 'label'] });
    expect(reader.fields).toEqual(odd.fields);
    expect(await reader.labels()).toEqual(result.labels);
    expect(await reader.selfExpression()).toBeUndefined();
    await reader.close();
  });

  it('and indices that there are not are refused', async () => {
    const { frames } = sampleFrames();
    const bytes = await encoded(frames, sampleResult(frames), sampleInfo);
    const reader = await openResult(directoryWith('indices', bytes));
    await expect(reader.mean(2, 0)).rejects.toThrow('no field 2');
    await expect(reader.mean(0, 4)).rejects.toThrow('no cluster 4');
    await expect(reader.significant(0, -1)).rejects.toThrow('no cluster -1');
    await reader.close();
  });
});

describe('a self-expression', () => {
  it('of zeros has one coefficient, of zero', () => {
    expect(withoutNegligible(sparseOf(new Float32Array(9)))).toEqual({
      row: Int32Array.of(0),
      column: Int32Array.of(0),
      value: Float32Array.of(0),
    });
  });
});

describe('results of older versions', () => {
  /** The file without what the first versions did not write. */
  async function older(bytes: Uint8Array): Promise<Uint8Array> {
    const path = join(folder, 'newer.nc');
    writeFileSync(path, bytes);
    const dataset = await openDataset(path);
    const { attributes } = dataset;
    const clean = (given: typeof attributes) =>
      Object.fromEntries(
        Object.entries(given).flatMap(([name, value]): [string, ClassicAttribute][] =>
          /^(field_|ancillary)/.test(name)
            ? []
            : [[name, Array.isArray(value) ? Float64Array.from(value as number[]) : value]],
        ),
      );
    const variables = await Promise.all(
      dataset.variables
        .filter(({ name }) => !/significant$|_f_statistic$|^self_/.test(name))
        .map(async ({ name, dimensions, attributes: own }) => ({
          name,
          dimensions,
          attributes: clean(own),
          data: (await dataset.read(name)) as ClassicArray,
        })),
    );
    const dimensions = Object.fromEntries(
      dataset.dimensions.filter(({ name }) => name !== 'nonzero').map(({ name, size }) => [name, size]),
    );
    await dataset.close();
    return encodeNetcdf({ dimensions, attributes: clean(attributes), variables });
  }

  it('are read, without what they lack', async () => {
    const { frames } = sampleFrames();
    const result = withSelfExpression(sampleResult(frames));
    const bytes = await older(await encoded(frames, result, sampleInfo));
    const reader = await openResult(directoryWith('older', bytes));
    expect(reader.fields).toEqual(frames.fields);
    expect(reader.clusters).toBe(4);
    const maps = await composites(frames, result.labels, 4);
    expect(await reader.mean(1, 2)).toEqual(maps.clusters.slice(5 * 20, 6 * 20));
    expect(await reader.overall(1)).toEqual(maps.overall.slice(20));
    expect(await reader.labels()).toEqual(result.labels);
    const absent = [
      reader.significant(1, 2),
      reader.fStatistic(0),
      reader.fSignificant(0),
      reader.selfExpression(),
    ];
    expect(await Promise.all(absent)).toEqual([undefined, undefined, undefined, undefined]);
    await reader.close();
  });
});

describe('what is no result', () => {
  const refusal = async (directory: string): Promise<string> => {
    const error: unknown = await openResult(directory).catch((caught: unknown) => caught);
    expect(isUserError(error)).toBe(true);
    return (error as Error).message;
  };

  it('is refused: no file, another program, a part of a file, a file with a variable missing', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(await refusal(empty)).toContain('only finished runs have one');

    expect(existsSync(sample)).toBe(true);
    expect(await refusal(directoryWith('other', readFileSync(sample)))).toContain(
      'not written by Climate Clustering',
    );

    const { frames } = sampleFrames();
    const bytes = await encoded(frames, sampleResult(frames), sampleInfo);
    expect(await refusal(directoryWith('cut', bytes.slice(0, -1000)))).toMatch(/cut off|shorter|ends/);
    expect(await refusal(directoryWith('nothing', bytes.slice(0, 0)))).toMatch(/empty/);

    const source = { source: 'Climate Clustering (A-DATSC) 0.1.0' };
    const bare = encodeNetcdf({ dimensions: { time: 2 }, attributes: source, variables: [] });
    expect(await refusal(directoryWith('bare', bare))).toContain('no composite maps');
    const maps = encodeNetcdf({
      dimensions: { cluster: 1, y: 1, x: 1 },
      attributes: source,
      variables: [
        { name: 'a', dimensions: ['cluster', 'y', 'x'], attributes: {}, data: Float32Array.of(1) },
        { name: 'b', dimensions: ['y', 'x'], attributes: {}, data: Float32Array.of(1) },
      ],
    });
    expect(await refusal(directoryWith('maps', maps))).toContain('no labels');
  });
});
