import { dirname } from 'node:path';
import type { RunConfig } from '../config';
import { UserError } from '../errors';
import type { ChosenField } from './chooseFields';
import type { Frames, Grid, TimeAxis } from './frames';
import { largestBlock, planMemory, type FramesSize } from './memory';
import { openFields, type FieldChoice, type OpenedFields } from './openFields';
import { Preprocessing } from './preprocessing';
import { readRaw, storeInMemory, storeOnDisk, type RawSummary, type ReadHooks } from './readRaw';
import { ScratchFile } from './scratchFile';
import { tablesInMemory, tablesOnDisk } from './tables';

export { estimateMemory } from './memory';

export interface LoadConfig extends FieldChoice, Pick<RunConfig, 'memoryLimit' | 'hyperParameters'> {
  /** How data that do not fit into memory are streamed from disk; without it they are refused. */
  readonly streaming?: {
    /** Where the working copy may be, best first. */
    readonly folders: readonly string[];
    /** MiB that must be left for what is done with the data. May throw a UserError, before anything is read. */
    memoryBeside?(size: FramesSize): number;
  };
}

export interface LoadHooks extends ReadHooks {
  /** Called with each note as soon as it is known; all of them are in `Frames.notes`, too. */
  note?(message: string): void;
}

/**
 * Reads, fills and scales the fields of a run: files -> a table of frames [C, H, W] of values in [0, 1]. The files are read
 * once, block by block, into one array or, where that would not fit, into a working copy on disk; nothing else of their
 * size is held. The caller closes the table. Throws a UserError when fields do not share time and grid, when nothing is
 * left of a cut, when data are damaged, or when the memory limit is exceeded or the disk full.
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
  { memoryLimit, hyperParameters: h, streaming }: LoadConfig,
  hooks: LoadHooks,
  note: (message: string) => void,
): Promise<Omit<Frames, 'notes'>> {
  const [steps, variables, cells] = [time.iso.length, fields.length, grid.height * grid.width];
  const size = { steps, variables, height: grid.height, width: grid.width, block: largestBlock(readers) };
  const streams = planMemory(
    size,
    memoryLimit,
    streaming && h['data.streaming'],
    streaming?.memoryBeside?.(size),
  );
  const prepared = ({ statistics, missing }: RawSummary): [Preprocessing, Frames['missing']] => [
    new Preprocessing(statistics, cells, steps, h['preprocessing.fill'], h['preprocessing.scale']),
    summariseMissing({ statistics, missing }, chosen, grid, time, note),
  ];
  const framesOf = (preprocessing: Preprocessing, missing: Frames['missing']) => {
    const { valid, scaling } = preprocessing;
    return { fields, time, grid, valid, scaling, missing };
  };

  if (!streams) {
    const values = new Float32Array(steps * variables * cells);
    const [preprocessing, missing] = prepared(
      await readRaw(readers, steps, storeInMemory(values, variables, cells), hooks),
    );
    return { ...framesOf(preprocessing, missing), ...tablesInMemory(values, steps, preprocessing) };
  }
  const bytes = 4 * steps * variables * cells;
  const file = await ScratchFile.create(streaming!.folders, bytes);
  try {
    note(
      `The data are streamed from disk, through a working copy of ${(bytes / 2 ** 30).toFixed(2)} GiB in ${dirname(file.path)}.`,
    );
    const [preprocessing, missing] = prepared(
      await readRaw(readers, steps, storeOnDisk(file, variables, grid), hooks),
    );
    return { ...framesOf(preprocessing, missing), ...tablesOnDisk(file, steps, preprocessing) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function summariseMissing(
  { missing, statistics }: RawSummary,
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
