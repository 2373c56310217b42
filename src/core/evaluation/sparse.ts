/**
 * Coefficients [n, n] of which few are not zero: coefficient e is C[row[e], column[e]]. In row-major order, no place
 * twice.
 */
export interface SparseCoefficients {
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly value: Float32Array;
}

/** Relative to the largest: what lies below is left out. */
const NEGLIGIBLE = 1e-6;

/** The coefficients that matter. One of zero stands for a matrix of zeros, as files need one. */
export function withoutNegligible({ row, column, value }: SparseCoefficients): SparseCoefficients {
  const largest = value.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const kept = (_: number, e: number): boolean =>
    value[e] !== 0 && Math.abs(value[e]) >= NEGLIGIBLE * largest;
  if (largest === 0) return { row: new Int32Array(1), column: new Int32Array(1), value: new Float32Array(1) };
  return { row: row.filter(kept), column: column.filter(kept), value: value.filter(kept) };
}

/** A symmetric, non-negative matrix [n, n] in compressed rows: row i has the entries starts[i] <= e < starts[i + 1]. */
export interface SparseAffinity {
  readonly n: number;
  /** [n + 1] */
  readonly starts: Int32Array;
  /** Ascending in each row. */
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** |C| + |C^T| of self-expression coefficients [n, n], the affinity of subspace clustering, without its diagonal. */
export function affinityFromCoefficients(c: SparseCoefficients, n: number): SparseAffinity {
  // A counting sort by column, then by row, leaves each row's entries in the order of their columns.
  const { row: rows, column: columns, value: values } = c;
  const entries = 2 * values.length;
  const from = new Int32Array(entries);
  const to = new Int32Array(entries);
  const size = new Float64Array(entries);
  let count = 0;
  for (let e = 0; e < values.length; e++) {
    if (rows[e] === columns[e] || values[e] === 0) continue;
    [from[count], to[count], size[count++]] = [rows[e], columns[e], Math.abs(values[e])];
    [from[count], to[count], size[count++]] = [columns[e], rows[e], Math.abs(values[e])];
  }
  const byColumn = orderBy(
    to,
    Int32Array.from({ length: count }, (_, e) => e),
    n,
  );
  const order = orderBy(from, byColumn, n);
  const starts = new Int32Array(n + 1);
  const outColumns = new Int32Array(count);
  const outValues = new Float64Array(count);
  let at = -1;
  let row = -1;
  for (const e of order) {
    if (from[e] !== row || to[e] !== outColumns[at]) outColumns[++at] = to[e];
    outValues[at] += size[e];
    row = from[e];
    starts[row + 1] = at + 1;
  }
  for (let i = 1; i <= n; i++) starts[i] = Math.max(starts[i], starts[i - 1]);
  return { n, starts, columns: outColumns.slice(0, at + 1), values: outValues.slice(0, at + 1) };
}

/** `items` in the order of their keys 0..n-1, those of one key as they were. */
function orderBy(keys: Int32Array, items: Int32Array, n: number): Int32Array {
  const next = new Int32Array(n + 1);
  for (const item of items) next[keys[item] + 1]++;
  for (let key = 0; key < n; key++) next[key + 1] += next[key];
  const ordered = new Int32Array(items.length);
  for (const item of items) ordered[next[keys[item]]++] = item;
  return ordered;
}
