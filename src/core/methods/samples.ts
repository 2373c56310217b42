import type { Frames } from '../data/frames';
import { rowsInMemory, type SharedRows } from '../data/rows';

/**
 * What every method clusters: n rows, each an image of some variables (a time step of the data, a digit, a face). A row
 * without any shape is an image of 1 x d. The values are scaled to [0, 1] and complete; the order of the rows is that of
 * time where they have one.
 */
export interface Samples {
  /** Rows [variables, height, width]. */
  readonly table: SharedRows;
  readonly variables: number;
  readonly height: number;
  readonly width: number;
  /** 1 where a cell has data at all, [variables, height, width]; the table is 0 elsewhere. */
  readonly valid: Uint8Array;
}

/** The samples of a data file: its preprocessed time steps. */
export function samplesOf({ table, fields, grid, valid }: Frames): Samples {
  return { table, variables: fields.length, height: grid.height, width: grid.width, valid };
}

/** Samples from values in [0, 1], `[n, variables, height, width]`. Throws when there are more or fewer values. */
export function samplesInMemory(
  values: Float32Array,
  [n, variables, height, width]: readonly [number, number, number, number],
): Samples {
  const d = variables * height * width;
  return {
    table: rowsInMemory(values, n, d),
    variables,
    height,
    width,
    valid: new Uint8Array(d).fill(1),
  };
}
