import type { RunConfig } from '../config';
import { CancelledError, UserError } from '../errors';
import type { ChosenField } from './chooseFields';
import type { FieldReader } from './fieldReader';
import type { Frames, Grid, TimeAxis } from './frames';
import { checkMemory } from './memory';
import { openFields, type FieldChoice, type OpenedFields } from './openFields';
import { fillAndScale, type RawStatistics } from './preprocessing';

export { estimateMemory } from './memory';

export type LoadConfig = FieldChoice & Pick<RunConfig, 'memoryLimit' | 'hyperParameters'>;

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
  const notes: string[] = [];
  const note = (message: string) => {
    if (notes.includes(message)) return;
    notes.push(message);
    hooks.note?.(message);
  };
  const opened = await openFields(config, note);
  try {
    return { ...(await load(opened, config, hooks, note)), notes };
  } finally {
    await opened.close();
  }
}

async function load(
  { chosen, readers, fields, time, grid }: OpenedFields,
  { memoryLimit, hyperParameters }: LoadConfig,
  hooks: LoadHooks,
  note: (message: string) => void,
): Promise<Omit<Frames, 'notes'>> {
  const steps = time.iso.length;
  checkMemory({ steps, variables: fields.length, height: grid.height, width: grid.width }, memoryLimit);

  const raw = await readRaw(readers, steps, hooks);
  const missing = summariseMissing(raw, chosen, grid, time, note);
  const { scaling, absent } = fillAndScale(
    raw.values,
    grid.height * grid.width,
    raw.statistics,
    hyperParameters['preprocessing.fill'],
    hyperParameters['preprocessing.scale'],
  );
  return {
    fields,
    time,
    grid,
    values: raw.values,
    valid: Uint8Array.from(raw.statistics.present, (count) => (count > 0 ? 1 : 0)),
    ...(absent && { absent }),
    scaling,
    missing,
  };
}

interface RawFrames {
  /** [T, C, H, W], NaN where missing. */
  readonly values: Float32Array;
  readonly statistics: RawStatistics;
  /** Missing values of each variable at each time step, [T, C]. */
  readonly missing: Uint32Array;
}

async function readRaw(readers: readonly FieldReader[], steps: number, hooks: LoadHooks): Promise<RawFrames> {
  const cells = readers[0].height * readers[0].width;
  const frame = readers.length * cells;
  const values = new Float32Array(steps * frame);
  const statistics: RawStatistics = {
    minimum: new Float32Array(frame).fill(Infinity),
    maximum: new Float32Array(frame).fill(-Infinity),
    present: new Uint32Array(frame),
    sum: new Float64Array(readers.length),
  };
  const missing = new Uint32Array(steps * readers.length);
  const total = steps * readers.length;
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
