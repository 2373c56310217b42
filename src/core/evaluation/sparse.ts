/** Coefficients [n, n] that are not (nearly) zero: coefficient i is C[row[i], column[i]]. In row-major order. */
export interface SparseCoefficients {
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly value: Float32Array;
}

/** Relative to the largest: what lies below is left out. */
const NEGLIGIBLE = 1e-6;

/** The coefficients of a dense matrix [n, n] that matter. One of zero stands for a matrix of zeros, as files need one. */
export function sparseCoefficients(dense: Float32Array): SparseCoefficients {
  const n = Math.round(Math.sqrt(dense.length));
  const largest = dense.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const kept = (value: number) => value !== 0 && Math.abs(value) >= NEGLIGIBLE * largest;
  const count = Math.max(
    1,
    dense.reduce((total, value) => total + (kept(value) ? 1 : 0), 0),
  );
  const row = new Int32Array(count);
  const column = new Int32Array(count);
  const value = new Float32Array(count);
  for (let at = 0, i = 0; at < dense.length; at++) {
    if (!kept(dense[at])) continue;
    row[i] = Math.floor(at / n);
    column[i] = at % n;
    value[i++] = dense[at];
  }
  return { row, column, value };
}
