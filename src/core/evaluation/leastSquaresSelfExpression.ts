import { cholesky, solveLower, solveUpper } from './cholesky';
import type { Products } from './products';

/**
 * Least-squares self-expression of rows of unit length (Lu et al., 2012, equation 9):
 *
 *     min_C ‖Z - C Z‖² + λ ‖C‖²,  C = Z (Z^T Z + λ I)^-1 Z^T,
 *
 * by a system of the order of the columns instead of the rows. C is symmetric.
 * @param z `[n, d]`, rows of any length; they are scaled to unit length here.
 * @returns C. [n, n]
 */
export async function leastSquaresSelfExpression(
  z: Float32Array,
  n: number,
  d: number,
  penalty: number,
  products: Products,
): Promise<Float32Array> {
  const unit = unitRows(z, n, d);
  const normal = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < d; p++) {
      for (let q = 0; q <= p; q++) normal[p * d + q] += unit[i * d + p] * unit[i * d + q];
    }
  }
  for (let p = 0; p < d; p++) normal[p * d + p] += penalty;
  const factor = cholesky(normal, d);
  if (!factor) throw new Error(`The penalty must be greater than 0, it is ${penalty}.`);
  const solved = unit.slice();
  for (let i = 0; i < n; i++) {
    const row = solved.subarray(i * d, (i + 1) * d);
    solveLower(factor, d, row);
    solveUpper(factor, d, row);
  }
  const c = new Float32Array(n * n);
  await products.multiply(Float32Array.from(solved), Float32Array.from(unit), d, c);
  return c;
}

/** Rows of zeros stay so. */
function unitRows(z: Float32Array, n: number, d: number): Float64Array {
  const unit = Float64Array.from(z);
  for (let i = 0; i < n; i++) {
    const row = unit.subarray(i * d, (i + 1) * d);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) for (let j = 0; j < d; j++) row[j] /= norm;
  }
  return unit;
}
