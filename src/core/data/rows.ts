/**
 * A table of n rows of d numbers that is read piece by piece, so that it may be larger than memory: one row a time step,
 * as the metrics, k-means and the result's maps see the scaled data.
 */
export interface Rows {
  readonly n: number;
  readonly d: number;
  /**
   * Rows [first, first + count) as one array [count, d]. It belongs to the table and may be overwritten by the next call
   * of `read`: use it up, or copy it, before that. Throws a UserError when the disk fails.
   */
  read(first: number, count: number): Promise<Float32Array>;
}

/** A table in memory. Its pieces are views, so nothing is copied. Throws when x is not [n, d]. */
export function rowsInMemory(x: Float32Array, n: number, d: number): Rows {
  if (x.length !== n * d) throw new Error(`A table of ${n} x ${d} cannot have ${x.length} values.`);
  return { n, d, read: (first, count) => Promise.resolve(x.subarray(first * d, (first + count) * d)) };
}
