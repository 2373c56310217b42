/**
 * Inner products of the rows of a float32 table, in cache-sized blocks and summed in float64. Everything that needs
 * pairwise distances goes through here, so that no n x n matrix has to exist.
 */

/** Rows of one block: the block's rows stay in cache (at 12,000 columns 3 MB) while pairs of rows are streamed against it. */
export const BLOCK_ROWS = 64;

/**
 * `out[(i - i0) * (j1 - j0) + (j - j0)] = x_i . y_j` for the rows i0 <= i < i1 of x and j0 <= j < j1 of y, both of d
 * columns. Every product is summed in the order of the columns, so that equal rows have bitwise equal products.
 */
export function innerProducts(
  x: Float32Array,
  i0: number,
  i1: number,
  y: Float32Array,
  j0: number,
  j1: number,
  d: number,
  out: Float64Array,
): void {
  const width = j1 - j0;
  for (let i = i0; i < i1; i += 2) {
    const a0 = i * d;
    const pairOfRows = i + 1 < i1;
    // The last odd row is computed twice rather than by a second kernel.
    const a1 = pairOfRows ? a0 + d : a0;
    const o0 = (i - i0) * width - j0;
    const o1 = pairOfRows ? o0 + width : o0;
    for (let j = j0; j < j1; j += 2) {
      const b0 = j * d;
      const b1 = j + 1 < j1 ? b0 + d : b0;
      const jNext = j + 1 < j1 ? j + 1 : j;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let k = 0; k < d; k++) {
        const p0 = x[a0 + k];
        const p1 = x[a1 + k];
        const q0 = y[b0 + k];
        const q1 = y[b1 + k];
        s00 += p0 * q0;
        s01 += p0 * q1;
        s10 += p1 * q0;
        s11 += p1 * q1;
      }
      out[o0 + jNext] = s01;
      out[o0 + j] = s00;
      out[o1 + jNext] = s11;
      out[o1 + j] = s10;
    }
  }
}

/**
 * Calls `visit(i0, i1, j0, j1, products)` for the blocks of the upper triangle of X X^T (j0 >= i0), products being
 * [i1 - i0, j1 - j0] and valid during the call only.
 */
export function forEachGramBlock(
  x: Float32Array,
  n: number,
  d: number,
  visit: (i0: number, i1: number, j0: number, j1: number, products: Float64Array) => void,
): void {
  const out = new Float64Array(BLOCK_ROWS * BLOCK_ROWS);
  for (let i0 = 0; i0 < n; i0 += BLOCK_ROWS) {
    const i1 = Math.min(n, i0 + BLOCK_ROWS);
    for (let j0 = i0; j0 < n; j0 += BLOCK_ROWS) {
      const j1 = Math.min(n, j0 + BLOCK_ROWS);
      innerProducts(x, i0, i1, x, j0, j1, d, out);
      visit(i0, i1, j0, j1, out);
    }
  }
}

/** The Gram matrix X X^T of the rows of x: [n, n] in float64. For small n only (8 n^2 bytes). */
export function gramMatrix(x: Float32Array, n: number, d: number): Float64Array {
  const gram = new Float64Array(n * n);
  forEachGramBlock(x, n, d, (i0, i1, j0, j1, products) => {
    const width = j1 - j0;
    for (let i = i0; i < i1; i++) {
      for (let j = j0; j < j1; j++) {
        const value = products[(i - i0) * width + j - j0];
        gram[i * n + j] = value;
        gram[j * n + i] = value;
      }
    }
  });
  return gram;
}

/** ‖x_i‖^2 of every row, summed as {@link innerProducts} does. [n] */
export function squaredNorms(x: Float32Array, n: number, d: number): Float64Array {
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = i * d, end = k + d; k < end; k++) sum += x[k] * x[k];
    norms[i] = sum;
  }
  return norms;
}

/** Mean of every column. [d] */
export function columnMeans(x: Float32Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const row = i * d;
    for (let k = 0; k < d; k++) mean[k] += x[row + k];
  }
  for (let k = 0; k < d; k++) mean[k] /= n;
  return mean;
}
