import type { SparseAffinity, SparseCoefficients } from '../../../src/core/evaluation/sparse';

/** The entries of a matrix [n, n] that are not zero. */
export function sparseOf(dense: Float32Array): SparseCoefficients {
  const n = Math.round(Math.sqrt(dense.length));
  const entries = [...dense.keys()].filter((at) => dense[at] !== 0);
  return {
    row: Int32Array.from(entries, (at) => Math.floor(at / n)),
    column: Int32Array.from(entries, (at) => at % n),
    value: Float32Array.from(entries, (at) => dense[at]),
  };
}

/** Coefficients as a matrix [n, n]. */
export function denseOf({ row, column, value }: SparseCoefficients, n: number): Float32Array {
  const dense = new Float32Array(n * n);
  value.forEach((v, e) => (dense[row[e] * n + column[e]] = v));
  return dense;
}

/** A matrix [n, n] in compressed rows, whatever it holds. */
export function affinityOf(dense: ArrayLike<number>): SparseAffinity {
  const n = Math.round(Math.sqrt(dense.length));
  const starts = new Int32Array(n + 1);
  const [columns, values]: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (dense[i * n + j] === 0) continue;
      columns.push(j);
      values.push(dense[i * n + j]);
    }
    starts[i + 1] = columns.length;
  }
  return { n, starts, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

/** An affinity as a matrix [n, n]. */
export function denseAffinity({ n, starts, columns, values }: SparseAffinity): Float32Array {
  const dense = new Float32Array(n * n);
  for (let i = 0; i < n; i++)
    for (let e = starts[i]; e < starts[i + 1]; e++) dense[i * n + columns[e]] = values[e];
  return dense;
}
