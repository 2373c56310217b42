import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, Hyperslab, Variable } from '../data/dataset';
import { decodeDoubles, decoderOf } from '../data/decode';
import { decodeInto } from '../data/decodeInto';
import type { FieldInfo, Grid } from '../data/frames';
import { openDataset } from '../data/open';
import { readTimeAxis } from '../data/timeAxis';
import { UserError } from '../errors';
import { fieldOf, resultLayout, type FieldVariables } from './resultLayout';
import { runFiles } from './runDirectory';
import type { SparseCoefficients } from '../evaluation/sparse';

/**
 * A finished run's result.nc. Everything is read when asked for, one slab at a time. Maps are [H*W], in the units of the
 * file, NaN where there is no value; fields and clusters are given by index. Methods throw a UserError when the file is
 * damaged, and a RangeError on indices that there are not.
 */
export interface ResultReader {
  readonly fields: readonly FieldInfo[];
  readonly grid: Grid;
  readonly clusters: number;
  /** Time steps of each cluster. [K] */
  readonly sizes: Int32Array;
  /** ISO 8601 in the data's own calendar, or plain numbers. [n] */
  readonly times: readonly string[];
  /** Mean over all time steps. */
  overall(field: number): Promise<Float32Array>;
  /** Mean over the time steps of the cluster. */
  mean(field: number, cluster: number): Promise<Float32Array>;
  /** 1 where the cluster's anomaly is significant (see Composites); undefined in results of older versions. [H*W] */
  significant(field: number, cluster: number): Promise<Uint8Array | undefined>;
  /** F statistic of the differences between clusters; undefined in results of older versions. */
  fStatistic(field: number): Promise<Float32Array | undefined>;
  /** 1 where the F statistic is significant; undefined in results of older versions. [H*W] */
  fSignificant(field: number): Promise<Uint8Array | undefined>;
  /** `values` [n, D] */
  embedding(): Promise<{ values: Float32Array; dimensions: number }>;
  /** [n] */
  labels(): Promise<Int32Array>;
  /** [n, K] */
  memberships(): Promise<Float32Array>;
  /** Undefined where the run has none (too many time steps), and in results of older versions. */
  selfExpression(): Promise<SparseCoefficients | undefined>;
  close(): Promise<void>;
}

/**
 * Opens result.nc of a run directory; reads its header and coordinates. The caller closes it.
 * Throws a UserError when there is none, when it is damaged, or when another program wrote it.
 */
export async function openResult(directory: string): Promise<ResultReader> {
  const path = join(directory, runFiles.result);
  if (
    !(await access(path).then(
      () => true,
      () => false,
    ))
  ) {
    throw new UserError(`${directory} has no ${runFiles.result}: only finished runs have one.`);
  }
  const dataset = await openDataset(path);
  try {
    return await readHeader(dataset);
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

async function readHeader(dataset: Dataset): Promise<ResultReader> {
  const { path, attributes } = dataset;
  if (!String(attributes['source'] ?? '').startsWith('Climate Clustering')) {
    throw new UserError(`${path} was not written by Climate Clustering. Choose a run directory of its own.`);
  }
  const { label, membership, embedding, size, maps, coefficients } = resultLayout(dataset);
  const [clusters, height, width] = maps[0].composite.shape;
  const { axis } = await readTimeAxis(dataset, 'time');
  const sizes = (await dataset.read(size.name)) as Int32Array;

  const floats = async (variable: Variable, slab?: Hyperslab): Promise<Float32Array> => {
    const raw = await dataset.read(variable.name, slab);
    const values = new Float32Array(raw.length);
    decodeInto(raw, decoderOf(variable), values);
    return values;
  };
  const flags = async (variable: Variable, slab?: Hyperslab): Promise<Uint8Array> =>
    Uint8Array.from((await dataset.read(variable.name, slab)) as Int8Array);
  const field = (index: number): FieldVariables => {
    if (index in maps) return maps[index];
    throw new RangeError(`${path} has no field ${index}.`);
  };
  const slice = (cluster: number): Hyperslab => {
    if (cluster in sizes) return { start: [cluster, 0, 0], count: [1, height, width] };
    throw new RangeError(`${path} has no cluster ${cluster}.`);
  };
  const optional = async <V, T>(there: V | undefined, read: (there: V) => Promise<T>) =>
    there === undefined ? undefined : read(there);

  return {
    fields: maps.map(({ composite }) => fieldOf(composite)),
    grid: await readGridOf(dataset, maps[0].composite),
    clusters,
    sizes,
    times: axis.iso,
    overall: async (index) => floats(field(index).mean),
    mean: async (index, cluster) => floats(field(index).composite, slice(cluster)),
    significant: async (index, cluster) =>
      optional(field(index).significant, (there) => flags(there, slice(cluster))),
    fStatistic: async (index) => optional(field(index).f, (there) => floats(there)),
    fSignificant: async (index) => optional(field(index).fSignificant, (there) => flags(there)),
    embedding: async () => ({ values: await floats(embedding), dimensions: embedding.shape[1] }),
    labels: async () => (await dataset.read(label.name)) as Int32Array,
    memberships: () => floats(membership),
    selfExpression: () =>
      optional(coefficients, async ([row, column, value]) => ({
        row: (await dataset.read(row.name)) as Int32Array,
        column: (await dataset.read(column.name)) as Int32Array,
        value: await floats(value),
      })),
    close: () => dataset.close(),
  };
}

/** The grid as `encodeResult` writes it: one-dimensional coordinates, or else those that the map's attribute names. */
async function readGridOf(dataset: Dataset, map: Variable): Promise<Grid> {
  const [y, x] = map.dimensions.slice(1);
  const [height, width] = map.shape.slice(1);
  const [latitude, longitude] = String(map.attributes['coordinates'] ?? `${y} ${x}`)
    .split(' ')
    .map((name) => dataset.variable(name));
  const doubles = async (variable: Variable) =>
    decodeDoubles(await dataset.read(variable.name), decoderOf(variable));
  return {
    kind: latitude.dimensions.length === 1 ? 'rectilinear' : 'curvilinear',
    height,
    width,
    latitude: await doubles(latitude),
    longitude: await doubles(longitude),
    geographic: latitude.attributes['standard_name'] === 'latitude',
    dimensionNames: [y, x],
  };
}
