import { stat } from 'node:fs/promises';
import { CancelledError } from '../errors';
import { extent } from '../extent';
import { baseName } from './axes';
import { parseTimeUnits } from './cfTime';
import type { AttributeValue, Dataset, Dimension } from './dataset';
import { FieldReader } from './fieldReader';
import { listFields, type ExtraAxis, type FieldListing, type Selection } from './fields';
import type { Grid, TimeAxis } from './frames';
import { readGrid, wholeGrid } from './grid';
import { openDataset } from './open';
import { checkOrder, gapsOf, readTimeAxis } from './timeAxis';

export interface TimeSummary {
  readonly dimension: string;
  readonly steps: number;
  /** ISO 8601 in the data's calendar, or plain numbers. */
  readonly first: string;
  readonly last: string;
  readonly units: string;
  readonly calendar: string;
  /** The time between steps for people ("1 day", "6 hours", "1 month", "1 day, with 2 gaps"); "irregular" when they differ. */
  readonly step: string;
}

export interface GridSummary {
  /** Names of the y and x dimensions. */
  readonly dimensions: readonly [string, string];
  readonly kind: Grid['kind'];
  readonly geographic: boolean;
  readonly height: number;
  readonly width: number;
  /** Of the first and the last row, degrees north; least and greatest if curvilinear. */
  readonly latitudes?: readonly [number, number];
  readonly longitudes?: readonly [number, number];
  /** Mean distance between rows and between columns, degrees; of rectilinear grids only. */
  readonly resolution?: readonly [number, number];
}

export interface FieldSummary {
  readonly name: string;
  readonly longName: string;
  readonly units: string;
  readonly type: string;
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly extraAxes: readonly ExtraAxis[];
  /** Indices into `times` and `grids` of the file. */
  readonly time: number;
  readonly grid: number;
  /** Share of missing values, 0 to 1; where a value must be chosen along an axis, over all of its values. */
  readonly missingShare: number;
}

/** What `info` tells about a file: plain data, ready for JSON. */
export interface FileSummary {
  readonly path: string;
  readonly format: string;
  readonly bytes: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly dimensions: readonly Dimension[];
  readonly times: readonly TimeSummary[];
  readonly grids: readonly GridSummary[];
  readonly fields: readonly FieldSummary[];
  /** Variables that are no fields, and why. */
  readonly others: readonly { readonly name: string; readonly reason: string }[];
  /** What is peculiar about the times. */
  readonly notes: readonly string[];
}

export interface DescribeHooks {
  progress?(done: number, total: number): void;
  readonly signal?: AbortSignal;
}

/** Describes a file. Reads every field once, block by block, to count what is missing. Throws UserErrors as `openDataset` does. */
export async function describe(path: string, hooks: DescribeHooks = {}): Promise<FileSummary> {
  const dataset = await openDataset(path);
  try {
    return await describeDataset(dataset, hooks);
  } finally {
    await dataset.close();
  }
}

async function describeDataset(dataset: Dataset, hooks: DescribeHooks): Promise<FileSummary> {
  const listings = await listFields(dataset);
  const fields = listings.filter((listing) => listing.axes);
  const times = new Catalogue<TimeSummary>();
  const grids = new Catalogue<GridSummary>();
  const notes = new Set<string>();
  const summaries: FieldSummary[] = [];
  for (const [i, field] of fields.entries()) {
    const { time, y, x } = field.axes!;
    const timeIndex = await times.index(time, async () => {
      const { axis, notes: read } = await readTimeAxis(dataset, time);
      read.forEach((note) => notes.add(note));
      orderNotes(axis, dataset.path).forEach((note) => notes.add(note));
      return summariseTime(time, axis);
    });
    const gridIndex = await grids.index(JSON.stringify([y, x]), async () =>
      summariseGrid(await readGrid(dataset, field)),
    );
    const { name, longName, units, type, dimensions, shape, extraAxes } = field;
    const missingShare = await shareOfMissing(dataset, field, hooks.signal);
    summaries.push({
      name,
      longName,
      units,
      type,
      dimensions,
      shape,
      extraAxes,
      time: timeIndex,
      grid: gridIndex,
      missingShare,
    });
    hooks.progress?.(i + 1, fields.length);
  }
  return {
    path: dataset.path,
    format: dataset.format,
    bytes: (await stat(dataset.path)).size,
    attributes: dataset.attributes,
    dimensions: dataset.dimensions,
    times: times.values,
    grids: grids.values,
    fields: summaries,
    others: listings.filter(({ axes }) => !axes).map(({ name, reason }) => ({ name, reason: reason ?? '' })),
    notes: [...notes],
  };
}

/** Values by key, each made once. */
class Catalogue<T> {
  readonly values: T[] = [];
  private readonly indices = new Map<string, number>();

  async index(key: string, make: () => Promise<T>): Promise<number> {
    const known = this.indices.get(key);
    if (known !== undefined) return known;
    this.indices.set(key, this.values.push(await make()) - 1);
    return this.values.length - 1;
  }
}

/** A file whose times are out of order can be described, though not clustered. */
function orderNotes(axis: TimeAxis, path: string): string[] {
  try {
    return checkOrder(axis, path);
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Counts along every combination of the axes that would have to be selected. */
async function shareOfMissing(dataset: Dataset, field: FieldListing, signal?: AbortSignal): Promise<number> {
  const { axes, shape, dimensions } = field;
  const size = (dimension: string) => shape[dimensions.indexOf(dimension)];
  const steps = size(axes!.time);
  const cut = wholeGrid({ height: size(axes!.y), width: size(axes!.x) });
  let missing = 0;
  let total = 0;
  for (const selections of combinations(field.extraAxes)) {
    const reader = new FieldReader(dataset, field, selections, { start: 0, count: steps }, cut);
    for (const tile of reader.tiles()) {
      if (signal?.aborted) throw new CancelledError('Reading was stopped.');
      const values = new Float32Array(tile.steps * tile.rows * reader.width);
      // The tile is written to the beginning of `values`, as if it began at step 0 and row 0.
      const stepStride = tile.rows * reader.width;
      await reader.read(
        tile,
        values,
        -(tile.firstStep * stepStride + tile.firstRow * reader.width),
        stepStride,
      );
      for (const value of values) if (Number.isNaN(value)) missing++;
      total += values.length;
    }
  }
  return missing / total;
}

function combinations(axes: readonly ExtraAxis[]): Selection[][] {
  let result: Selection[][] = [[]];
  for (const axis of axes) {
    const choices: Selection['index'][] = axis.mustBeSelected
      ? Array.from({ length: axis.size }, (_, i) => i)
      : [axis.size === 1 ? 0 : 'first present'];
    result = result.flatMap((head) => choices.map((index) => [...head, { axis, index }]));
  }
  return result;
}

function summariseTime(dimension: string, axis: TimeAxis): TimeSummary {
  return {
    dimension: baseName(dimension),
    steps: axis.iso.length,
    first: axis.iso[0],
    last: axis.iso[axis.iso.length - 1],
    units: axis.units,
    calendar: axis.calendar,
    step: stepOf(axis),
  };
}

/** The time between steps, for people. */
function stepOf(axis: TimeAxis): string {
  const { values, units, calendar } = axis;
  if (values.length < 2) return 'a single step';
  const differences = Array.from(values.subarray(1), (value, i) => value - values[i]);
  const first = differences[0];
  const even = differences.every((d) => Math.abs(d - first) <= 1e-6 * Math.abs(first));
  if (units === '1') return even ? String(first) : 'irregular';
  const unit = parseTimeUnits(units, calendar).unit;
  const median = Float64Array.from(differences).sort()[Math.floor(differences.length / 2)];
  const gaps = gapsOf(axis).length;
  const evenButGaps =
    gaps > 0 && differences.filter((d) => Math.abs(d - median) <= 1e-6 * median).length + gaps;
  if (unit !== undefined && evenButGaps === differences.length) {
    return `${describeDuration((median * unit) / 1000)}, with ${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`;
  }
  if (even && unit !== undefined) return describeDuration((first * unit) / 1000);
  const days = differences.map((d) => (unit === undefined ? NaN : (d * unit) / 86400000));
  if (days.every((d) => d >= 28 && d <= 31)) return '1 month';
  if (days.every((d) => d >= 360 && d <= 366)) return '1 year';
  return 'irregular';
}

function describeDuration(seconds: number): string {
  for (const [name, length] of [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    const count = Math.round((seconds / length) * 1e6) / 1e6;
    if (Number.isInteger(count) && count > 0) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return `${Math.round(seconds * 1000) / 1000} seconds`;
}

function summariseGrid(grid: Grid): GridSummary {
  const { dimensionNames: dimensions, kind, geographic, height, width } = grid;
  const summary = { dimensions, kind, geographic, height, width };
  if (!geographic) return summary;
  if (kind === 'rectilinear') {
    const latitudes = [grid.latitude[0], grid.latitude[height - 1]] as const;
    const longitudes = [grid.longitude[0], grid.longitude[width - 1]] as const;
    const spacing = ([a, b]: readonly [number, number], n: number) => (n > 1 ? Math.abs(b - a) / (n - 1) : 0);
    return {
      ...summary,
      latitudes,
      longitudes,
      resolution: [spacing(latitudes, height), spacing(longitudes, width)],
    };
  }
  return { ...summary, latitudes: extent(grid.latitude), longitudes: extent(grid.longitude) };
}
