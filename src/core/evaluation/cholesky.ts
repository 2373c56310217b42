/**
 * The lower triangle L of A = L L^T, row-major with zeros above the diagonal; undefined when A [d, d], of which the lower
 * triangle is read, is not positive definite.
 */
export function cholesky(a: Float64Array, d: number): Float64Array | undefined {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j];
      for (let q = 0; q < j; q++) sum -= l[i * d + q] * l[j * d + q];
      if (i !== j) l[i * d + j] = sum / l[j * d + j];
      else if (sum > 0) l[i * d + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return l;
}

/** Solves L y = b in place, b being `d` entries of `b`. */
export function solveLower(l: Float64Array, d: number, b: Float64Array): void {
  for (let i = 0; i < d; i++) {
    let sum = b[i];
    for (let q = 0; q < i; q++) sum -= l[i * d + q] * b[q];
    b[i] = sum / l[i * d + i];
  }
}

/** Solves L^T y = b in place. */
export function solveUpper(l: Float64Array, d: number, b: Float64Array): void {
  for (let i = d - 1; i >= 0; i--) {
    let sum = b[i];
    for (let q = i + 1; q < d; q++) sum -= l[q * d + i] * b[q];
    b[i] = sum / l[i * d + i];
  }
}
