import type { RunConfig } from '../config';
import { CancelledError, UserError } from '../errors';
import { chooseFields, type ChosenField } from './chooseFields';
import type { Dataset } from './dataset';
import { FieldReader } from './fieldReader';
import type { Frames, Grid, TimeAxis } from './frames';
import { applyCut, cutGrid, gridDifference, readGrid, type GridCut } from './grid';
import { checkMemory } from './memory';
import { openDataset } from './open';
import { fillAndScale, type RawStatistics } from './preprocessing';
import { checkOrder, cutTime, readTimeAxis } from './timeAxis';

export { estimateMemory } from './memory';

export type LoadConfig = Pick<
  RunConfig,
  'files' | 'variables' | 'select' | 'time' | 'bbox' | 'memoryLimit' | 'hyperParameters'
>;

export interface LoadHooks {
  /** Frames of single variables read so far, and in all. */
  progress?(done: number, total: number): void;
  /** Called with each note as soon as it is known; all of them are in `Frames.notes`, too. */
  note?(message: string): void;
  /** When aborted, reading stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

/**
 * Reads, fills and scales the fields of a run: files -> one array [T, C, H, W] of values in [0, 1]. The file is read once,
 * block by block, into the array that is returned; nothing else of its size is held. Throws a UserError when fields do not
 * share time and grid, when nothing is left of a cut, when data are damaged, or when the memory limit is exceeded.
 */
export async function loadFrames(config: LoadConfig, hooks: LoadHooks = {}): Promise<Frames> {
  const datasets: Dataset[] = [];
  try {
    for (const file of config.files) datasets.push(await openDataset(file));
    return await load(datasets, config, hooks);
  } finally {
    for (const dataset of datasets) await dataset.close();
  }
}

async function load(datasets: readonly Dataset[], config: LoadConfig, hooks: LoadHooks): Promise<Frames> {
  const notes: string[] = [];
  const note = (message: string) => {
    if (notes.includes(message)) return;
    notes.push(message);
    hooks.note?.(message);
  };
  const { chosen, notes: choices } = await chooseFields(datasets, config.variables, config.select);
  choices.forEach(note);
  const { time: wholeTime, grid: wholeGrid, notes: timeNotes } = await sharedAxes(chosen);
  timeNotes.forEach(note);

  const steps = cutTime(wholeTime, config.time);
  const cut = cutGrid(wholeGrid, config.bbox);
  const grid = applyCut(wholeGrid, cut);
  const time: TimeAxis = {
    ...wholeTime,
    values: wholeTime.values.slice(steps.start, steps.start + steps.count),
    iso: wholeTime.iso.slice(steps.start, steps.start + steps.count),
  };
  const size = { steps: steps.count, variables: chosen.length, height: grid.height, width: grid.width };
  checkMemory(size, config.memoryLimit);

  const raw = await readRaw(chosen, steps, cut, hooks);
  const missing = summariseMissing(raw, chosen, grid, time, note);
  const { hyperParameters } = config;
  const scaling = fillAndScale(
    raw.values,
    grid.height * grid.width,
    raw.statistics,
    hyperParameters['preprocessing.fill'],
    hyperParameters['preprocessing.scale'],
  );
  return {
    fields: chosen.map(({ name, field }) => ({ name, longName: field.longName, units: field.units })),
    time,
    grid,
    values: raw.values,
    valid: Uint8Array.from(raw.statistics.present, (count) => (count > 0 ? 1 : 0)),
    scaling,
    missing,
    notes,
  };
}

/** The time axis and the grid that all fields share; a UserError that says how they differ when they do not. */
async function sharedAxes(
  chosen: readonly ChosenField[],
): Promise<{ time: TimeAxis; grid: Grid; notes: string[] }> {
  const notes: string[] = [];
  let shared: { by: ChosenField; time: TimeAxis; grid: Grid } | undefined;
  const checked = new Set<string>();
  for (const one of chosen) {
    const { dataset, field } = one;
    const key = JSON.stringify([
      dataset.path,
      field.axes,
      dataset.variable(field.name).attributes['coordinates'],
    ]);
    if (checked.has(key)) continue;
    checked.add(key);
    const { axis, notes: read } = await readTimeAxis(dataset, field.axes!.time);
    notes.push(...read, ...checkOrder(axis, dataset.path));
    const grid = await readGrid(dataset, field);
    if (!shared) {
      shared = { by: one, time: axis, grid };
      continue;
    }
    const names = `"${shared.by.name}" (${shared.by.dataset.path}) and "${one.name}" (${dataset.path})`;
    const times = timeDifference(shared.time, axis);
    if (times) {
      throw new UserError(
        `${names} do not share their times: ${times}. Fields of one run need the same times: cut the files to them (for example with "cdo seldate"), or name other fields with --variables.`,
      );
    }
    const grids = gridDifference(shared.grid, grid);
    if (grids) {
      throw new UserError(
        `${names} are not on the same grid: ${grids}. Bring them to one grid first (for example with "cdo remapbil"), or name other fields with --variables.`,
      );
    }
  }
  if (!shared) throw new UserError('No field was chosen. Name at least one variable.');
  return { time: shared.time, grid: shared.grid, notes };
}

function timeDifference(a: TimeAxis, b: TimeAxis): string | undefined {
  if (a.iso.length !== b.iso.length) {
    const span = (axis: TimeAxis) => `${axis.iso.length} steps from ${axis.iso[0]} to ${axis.iso.at(-1)}`;
    return `${span(a)} against ${span(b)}`;
  }
  const t = a.iso.findIndex((iso, i) => iso !== b.iso[i]);
  if (t >= 0) return `step ${t} is ${a.iso[t]} against ${b.iso[t]}`;
  return a.calendar === b.calendar ? undefined : `the calendars are ${a.calendar} and ${b.calendar}`;
}

interface RawFrames {
  /** [T, C, H, W], NaN where missing. */
  readonly values: Float32Array;
  readonly statistics: RawStatistics;
  /** Missing values of each variable at each time step, [T, C]. */
  readonly missing: Uint32Array;
}

async function readRaw(
  chosen: readonly ChosenField[],
  steps: { start: number; count: number },
  cut: GridCut,
  hooks: LoadHooks,
): Promise<RawFrames> {
  const readers = chosen.map(
    ({ dataset, field, selections }) => new FieldReader(dataset, field, selections, steps, cut),
  );
  const cells = readers[0].height * readers[0].width;
  const frame = readers.length * cells;
  const values = new Float32Array(steps.count * frame);
  const statistics: RawStatistics = {
    minimum: new Float32Array(frame).fill(Infinity),
    maximum: new Float32Array(frame).fill(-Infinity),
    present: new Uint32Array(frame),
    sum: new Float64Array(readers.length),
  };
  const missing = new Uint32Array(steps.count * readers.length);
  const total = steps.count * readers.length;
  let rowsRead = 0;
  for (const [c, reader] of readers.entries()) {
    for (const tile of reader.tiles()) {
      if (hooks.signal?.aborted) throw new CancelledError('Reading was stopped.');
      await reader.read(tile, values, c * cells, frame);
      for (let t = tile.firstStep; t < tile.firstStep + tile.steps; t++) {
        const from = c * cells + tile.firstRow * reader.width;
        missing[t * readers.length + c] += gather(
          values,
          t * frame,
          from,
          from + tile.rows * reader.width,
          c,
          statistics,
        );
      }
      rowsRead += tile.steps * tile.rows;
      hooks.progress?.(Math.min(total, Math.round(rowsRead / reader.height)), total);
    }
  }
  return { values, statistics, missing };
}

/** Adds the values of cells [from, to) of one frame to the statistics; returns how many are missing. */
function gather(
  values: Float32Array,
  frameStart: number,
  from: number,
  to: number,
  c: number,
  { minimum, maximum, present, sum }: RawStatistics,
): number {
  let missing = 0;
  let subtotal = 0;
  for (let cell = from; cell < to; cell++) {
    const value = values[frameStart + cell];
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    subtotal += value;
    present[cell]++;
    if (value < minimum[cell]) minimum[cell] = value;
    if (value > maximum[cell]) maximum[cell] = value;
  }
  sum[c] += subtotal;
  return missing;
}

function summariseMissing(
  { missing, statistics }: RawFrames,
  chosen: readonly ChosenField[],
  grid: Grid,
  time: TimeAxis,
  note: (message: string) => void,
): Frames['missing'] {
  const variables = chosen.length;
  const cells = grid.height * grid.width;
  const steps = time.iso.length;
  const emptySteps = new Set<number>();
  const share = chosen.map(({ name, dataset }, c) => {
    let absent = 0;
    const empty: number[] = [];
    for (let t = 0; t < steps; t++) {
      const count = missing[t * variables + c];
      absent += count;
      if (count === cells) empty.push(t);
    }
    if (absent === steps * cells) {
      throw new UserError(
        `The field "${name}" of ${dataset.path} has no values at all in this part: every one is missing. Leave it out with --variables, or take another time or region.`,
      );
    }
    empty.forEach((t) => emptySteps.add(t));
    if (empty.length > 0) {
      const some = empty.slice(0, 3).map((t) => time.iso[t]);
      note(
        `"${name}" is missing in full at ${empty.length} of ${steps} time steps (${some.join(', ')}${empty.length > 3 ? ', ...' : ''}); they are filled with the mean.`,
      );
    }
    let never = 0;
    let constant = 0;
    for (let cell = c * cells; cell < (c + 1) * cells; cell++) {
      if (statistics.present[cell] === 0) never++;
      else if (statistics.minimum[cell] === statistics.maximum[cell]) constant++;
    }
    if (never > 0)
      note(`"${name}" has no value at any time in ${never} of ${cells} cells; they are masked out.`);
    if (constant > 0) note(`"${name}" never varies in ${constant} of ${cells} cells.`);
    const partly = absent - never * steps - empty.length * (cells - never);
    if (partly > 0) note(`"${name}" has ${partly} further missing values; they are filled with the mean.`);
    return absent / (steps * cells);
  });
  return { share, emptySteps: [...emptySteps].sort((a, b) => a - b) };
}
