import type { Rows } from '../data/rows';
import { scan } from './scan';

/** The mean of the rows of a table, and how exactly differences between rows can be known. */
export interface Centre {
  /** [d] */
  readonly mean: Float64Array;
  /** Squared distance between two rows up to which rounding to float32 may be all that tells them apart. */
  readonly negligible: number;
}

/** Half of the distance between neighbouring float32 numbers, relative to them. */
const ROUNDING = 2 ** -24;

/** One pass over the table. Throws CancelledError when the signal is aborted. */
export async function centreOf(rows: Rows, signal?: AbortSignal): Promise<Centre> {
  const { n, d } = rows;
  const mean = new Float64Array(d);
  let squares = 0;
  const add = (x: Float32Array, at: number): void => {
    for (let j = 0; j < d; j++) {
      const value = x[at + j];
      mean[j] += value;
      squares += value * value;
    }
  };
  await scan(rows, [add], signal);
  for (let j = 0; j < d; j++) mean[j] /= n;
  return { mean, negligible: (ROUNDING ** 2 * squares) / n };
}

/** Whether all rows of a table have the same values. Throws CancelledError when the signal is aborted. */
export async function rowsAreEqual(rows: Rows, signal?: AbortSignal): Promise<boolean> {
  const first = (await rows.read(0, 1)).slice();
  let equal = true;
  const compare = (x: Float32Array, at: number): void => {
    for (let j = 0; equal && j < first.length; j++) equal = x[at + j] === first[j];
  };
  await scan(rows, [compare], signal);
  return equal;
}
