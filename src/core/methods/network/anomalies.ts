import type { Rows } from '../../data/rows';
import { scan } from '../../evaluation/scan';

/** What turns rows into anomalies: their mean, and one length for all columns. */
export interface AnomalyScale {
  /** Mean over the rows. [d] */
  readonly mean: Float32Array;
  /** Root mean square of the anomalies over all rows and valid columns; 1 where the rows are all the same. */
  readonly deviation: number;
}

/**
 * Mean and deviation of a table, by which a network sees anomalies of unit variance; a squared error of them is relative
 * to the variance of the data, and can be weighed against other terms whatever the data.
 * @param valid 1 where a column has data. [d]
 */
export async function anomalyScale(
  rows: Rows,
  valid: Uint8Array,
  signal?: AbortSignal,
): Promise<AnomalyScale> {
  const { n, d } = rows;
  const sum = new Float64Array(d);
  const add = (x: Float32Array, at: number) => {
    for (let j = 0; j < d; j++) sum[j] += x[at + j];
  };
  await scan(rows, [add], signal);
  const mean = Float32Array.from(sum, (s) => s / n);
  let squares = 0;
  const addSquares = (x: Float32Array, at: number) => {
    for (let j = 0; j < d; j++) squares += (x[at + j] - mean[j]) ** 2;
  };
  await scan(rows, [addSquares], signal);
  const columns = valid.reduce((count, v) => count + v, 0);
  const deviation = Math.sqrt(squares / (n * Math.max(1, columns)));
  // Equal rows have a mean that is not exactly theirs.
  return { mean, deviation: deviation > 1e-6 ? deviation : 1 };
}
