/** A look into a file: what its header says, and one map of it. Nothing else is read. */
import { stat } from 'node:fs/promises';
import { isUserError, UserError } from '../errors';
import { textOf } from './axes';
import type { AttributeValue, Dataset, Variable } from './dataset';
import { decoderOf } from './decode';
import { decodeInto } from './decodeInto';
import { extraAxis, longNameOf, mapAxes, selectExtraAxes, type ExtraAxis } from './fields';
import type { Grid } from './frames';
import { readGrid } from './grid';
import { openDataset } from './open';
import { readTimeAxis } from './timeAxis';

/** A further axis of a variable; one place along it is chosen for a map. */
export interface PreviewAxis {
  readonly name: string;
  readonly size: number;
  readonly units: string;
  /** Its coordinates, at most {@link listedValues}; the rest is chosen by index. */
  readonly values: readonly string[];
  /** Whether the first value that is present along it is taken where none is chosen (ERA5's expver). */
  readonly merged: boolean;
}

/** One variable of a file that can be mapped, or why it cannot. */
export interface PreviewVariable {
  readonly name: string;
  readonly type: string;
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: Readonly<Record<string, string>>;
  /** Steps along time (1 where there is no time axis), when it can be drawn as a map. */
  readonly steps?: number;
  /** Further axes, one value of each is to be chosen. */
  readonly extraAxes?: readonly PreviewAxis[];
  /** Why it cannot be drawn. */
  readonly reason?: string;
}

/** The header of a file. */
export interface PreviewHeader {
  readonly format: string;
  readonly bytes: number;
  readonly dimensions: readonly {
    readonly name: string;
    readonly size: number;
    readonly unlimited: boolean;
  }[];
  readonly variables: readonly PreviewVariable[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** One map of a file. */
export interface PreviewMap {
  readonly grid: Grid;
  /** Decoded, NaN where missing. [H*W] */
  readonly values: Float32Array;
  /** ISO 8601 in the data's own calendar; empty without a time axis. */
  readonly time: string;
  /** Whether any step of the axis is at another time of the day than midnight. */
  readonly hasHours: boolean;
  readonly units: string;
  readonly longName: string;
  /** What is odd about it, for people. */
  readonly notes: readonly string[];
}

/** Longer lists of coordinates and attributes are cut: a header is to be looked at. */
const listedValues = 1000;
const listedNumbers = 100;
const listedCharacters = 10_000;

/** Cells that are read for one map: what is read, decoded, sent and drawn takes 30 bytes a cell, in the window's process. */
const MOST_CELLS = 2 ** 25;

/** The header of a file, with what can be drawn of it. Throws a UserError when it cannot be read. */
export async function readHeader(file: string): Promise<PreviewHeader> {
  return withDataset(file, async (dataset) => {
    const axes = new Map<string, PreviewAxis>();
    const variables: PreviewVariable[] = [];
    for (const variable of dataset.variables) variables.push(await describeVariable(dataset, variable, axes));
    return {
      format: dataset.format,
      bytes: (await stat(file)).size,
      dimensions: dataset.dimensions,
      variables,
      attributes: texts(dataset.attributes),
    };
  });
}

/**
 * One map of a variable: of time step `step` (0 where there is no time axis) and, along each further axis, of the place
 * that `select` names, as a coordinate or "#index"; by default the first (ERA5's expver: the first with a value).
 * Throws a UserError when the file, the variable or the place cannot be read.
 */
export async function readPreview(
  file: string,
  variable: string,
  step: number,
  select: Readonly<Record<string, string>>,
): Promise<PreviewMap> {
  return withDataset(file, async (dataset) => {
    const found = dataset.variable(variable);
    const { time, axes, reason } = mapAxes(dataset, found);
    if (!axes) throw new UserError(`The variable "${variable}" cannot be drawn as a map: ${reason}.`);
    const steps = time?.size ?? 1;
    if (!Number.isInteger(step) || step < 0 || step >= steps) {
      throw new UserError(`The variable "${variable}" has no time step ${step}: it has ${steps}.`);
    }
    const { y, x } = axes;
    const start = found.shape.map(() => 0);
    const count = found.shape.map(() => 1);
    const at = (dimension: string): number => found.dimensions.indexOf(dimension);
    if (time) start[at(time.dimension)] = step;
    count[at(y.dimension)] = y.size;
    count[at(x.dimension)] = x.size;
    const listing = { name: found.name, extraAxes: [] as ExtraAxis[] };
    for (const axis of axes.extra) listing.extraAxes.push(await extraAxis(dataset, axis));
    let depth = -1;
    for (const { axis, index } of selectExtraAxes(listing, withDefaults(listing.extraAxes, select))) {
      if (index === 'first present') {
        depth = at(axis.name);
        count[depth] = axis.size;
      } else {
        start[at(axis.name)] = index;
      }
    }
    const cells = count.reduce((product, length) => product * length, 1);
    if (cells > MOST_CELLS) {
      throw new UserError(
        `A map of "${variable}" has ${y.size} x ${x.size} cells, too many for a preview. Cut a region out of the file first, for example with "cdo sellonlatbox" or "ncks -d".`,
      );
    }
    const raw = await dataset.read(found.name, { start, count });
    const decoded = new Float32Array(raw.length);
    decodeInto(raw, decoderOf(found), decoded);
    const grid = await readGrid(dataset, {
      name: found.name,
      axes: { y: y.dimension, x: x.dimension },
    });
    const moment = time ? await timeOf(dataset, time.dimension, step) : noTime([]);
    return {
      grid,
      values: plane(decoded, count, at(y.dimension), at(x.dimension), depth),
      units: textOf(found, 'units'),
      longName: longNameOf(found),
      ...moment,
    };
  });
}

async function withDataset<T>(file: string, body: (dataset: Dataset) => Promise<T>): Promise<T> {
  const dataset = await openDataset(file);
  try {
    return await body(dataset);
  } finally {
    await dataset.close();
  }
}

async function describeVariable(
  dataset: Dataset,
  variable: Variable,
  known: Map<string, PreviewAxis>,
): Promise<PreviewVariable> {
  const { name, type, dimensions, shape } = variable;
  const described = { name, type, dimensions, shape, attributes: texts(variable.attributes) };
  const { time, axes, reason } = mapAxes(dataset, variable);
  if (!axes) return { ...described, reason };
  try {
    for (const axis of axes.extra) {
      if (known.has(axis.dimension)) continue;
      const { name, size, units, values, mustBeSelected } = await extraAxis(dataset, axis);
      const listed = values.slice(0, listedValues).map(String);
      known.set(name, { name, size, units, values: listed, merged: !mustBeSelected });
    }
  } catch (error) {
    // The rest of a file with one damaged coordinate can still be looked at.
    if (!isUserError(error)) throw error;
    return { ...described, reason: error.message };
  }
  return {
    ...described,
    steps: time?.size ?? 1,
    extraAxes: axes.extra.filter(({ size }) => size > 1).map(({ dimension }) => known.get(dimension)!),
  };
}

function withDefaults(
  axes: readonly ExtraAxis[],
  select: Readonly<Record<string, string>>,
): Record<string, string> {
  const first = axes.filter(({ mustBeSelected }) => mustBeSelected).map(({ name }) => [name, '#0']);
  return { ...Object.fromEntries(first), ...select };
}

type Moment = Pick<PreviewMap, 'time' | 'hasHours' | 'notes'>;

function noTime(notes: readonly string[]): Moment {
  return { time: '', hasHours: false, notes };
}

/** A time axis that cannot be understood is no reason not to look at the map. */
async function timeOf(dataset: Dataset, dimension: string, step: number): Promise<Moment> {
  try {
    const { axis, notes } = await readTimeAxis(dataset, dimension);
    const hasHours = axis.iso.some((iso) => iso.includes('T') && !iso.includes('T00:00'));
    return { time: axis.iso[step], hasHours, notes };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return noTime([error.message]);
  }
}

/** Values of a slab in the order (y, x); along the axis `depth`, if there is one, the first that is present. */
function plane(
  values: Float32Array,
  count: readonly number[],
  y: number,
  x: number,
  depth: number,
): Float32Array {
  const strides = count.map((_, d) => count.slice(d + 1).reduce((product, length) => product * length, 1));
  const layers = depth < 0 ? 1 : count[depth];
  const [height, width] = [count[y], count[x]];
  if (layers === 1 && strides[x] === 1 && strides[y] === width) return values;
  const result = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const from = i * strides[y] + j * strides[x];
      let value = values[from];
      for (let k = 1; k < layers && Number.isNaN(value); k++) value = values[from + k * strides[depth]];
      result[i * width + j] = value;
    }
  }
  return result;
}

function texts(attributes: Readonly<Record<string, AttributeValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, textOfValue(value)]));
}

function textOfValue(value: AttributeValue): string {
  if (!Array.isArray(value)) return shortened(String(value));
  const listed = value.slice(0, listedNumbers).map(String).join(', ');
  return shortened(value.length > listedNumbers ? `${listed}, ... (${value.length} values)` : listed);
}

function shortened(text: string): string {
  return text.length <= listedCharacters
    ? text
    : `${text.slice(0, listedCharacters)}... (${text.length} characters)`;
}
