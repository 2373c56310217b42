import type { RunConfig } from '../config';
import { UserError } from '../errors';
import { chooseFields, type ChosenField } from './chooseFields';
import type { Dataset } from './dataset';
import { FieldReader } from './fieldReader';
import type { FieldInfo, Grid, TimeAxis } from './frames';
import { applyCut, cutGrid, gridDifference, readGrid } from './grid';
import { openDataset } from './open';
import { checkOrder, cutTime, readTimeAxis } from './timeAxis';

/** Which fields of which files, and which part of them. */
export type FieldChoice = Pick<RunConfig, 'files' | 'variables' | 'select' | 'time' | 'bbox'>;

/** The fields of a run, read one time step at a time. */
export interface FieldsReader {
  readonly fields: readonly FieldInfo[];
  /** Cut as the configuration says. */
  readonly grid: Grid;
  /** Cut as the configuration says. */
  readonly time: TimeAxis;
  /**
   * One field at one time step, both by index: in the units of the file, NaN where missing. [H*W]
   * Reads from disk only what that needs. Throws a UserError when the data are damaged.
   */
  read(field: number, step: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What `loadFrames` needs besides. */
export interface OpenedFields extends FieldsReader {
  readonly chosen: readonly ChosenField[];
  /** One for each field. */
  readonly readers: readonly FieldReader[];
}

/**
 * Opens the files of a run, chooses its fields and cuts their shared axes: field and step numbers are those of the frames
 * that `loadFrames` gives for the same configuration. Only headers and coordinates are read. The caller closes it.
 * `note` is told what a reader of the log should know. Throws a UserError when fields do not share time and grid, or when
 * nothing is left of a cut.
 */
export async function openFields(
  config: FieldChoice,
  note: (message: string) => void = () => undefined,
): Promise<OpenedFields> {
  const datasets: Dataset[] = [];
  const close = async () => {
    for (const dataset of datasets) await dataset.close();
  };
  try {
    for (const file of config.files) datasets.push(await openDataset(file));
    const { chosen, notes: choices } = await chooseFields(datasets, config.variables, config.select);
    choices.forEach(note);
    const { time: wholeTime, grid: wholeGrid, notes } = await sharedAxes(chosen);
    notes.forEach(note);

    const steps = cutTime(wholeTime, config.time);
    const cut = cutGrid(wholeGrid, config.bbox);
    const time: TimeAxis = {
      ...wholeTime,
      values: wholeTime.values.slice(steps.start, steps.start + steps.count),
      iso: wholeTime.iso.slice(steps.start, steps.start + steps.count),
    };
    const readers = chosen.map(
      ({ dataset, field, selections }) => new FieldReader(dataset, field, selections, steps, cut),
    );
    return {
      chosen,
      readers,
      fields: chosen.map(({ name, field }) => ({ name, longName: field.longName, units: field.units })),
      grid: applyCut(wholeGrid, cut),
      time,
      async read(field, step) {
        if (!(field in readers) || !(step in time.values)) {
          throw new RangeError(`There is no field ${field} at step ${step}.`);
        }
        const reader = readers[field];
        const values = new Float32Array(reader.height * reader.width);
        await reader.read({ firstStep: step, steps: 1, firstRow: 0, rows: reader.height }, values, 0, 0);
        return values;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
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
