/**
 * The self-expression of a whole series: the optimum that the unrolled iterations of `selfExpression.ts` approach,
 *
 *     min_c ½‖z_t - c Z‖² + (mu_t / sparsity) ‖c‖₁,  c_t = 0,
 *
 * row by row by cyclic coordinate descent over an active set (Friedman et al., 2010).
 *
 * @param z `[n, D]`, rows of any length; they are scaled to unit length here.
 * @returns C `[n, n]` row-major with zero diagonal.
 */
export function seriesSelfExpression(
  z: Float32Array,
  n: number,
  dimensions: number,
  sparsity: number,
): Float32Array {
  const unit = new Float64Array(n * dimensions);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < dimensions; j++) sum += z[i * dimensions + j] ** 2;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let j = 0; j < dimensions; j++) unit[i * dimensions + j] = z[i * dimensions + j] * scale;
  }
  const coefficients = new Float32Array(n * n);
  const residual = new Float64Array(dimensions);
  const c = new Float64Array(n);

  const dot = (row: number): number => {
    let sum = 0;
    const base = row * dimensions;
    for (let j = 0; j < dimensions; j++) sum += unit[base + j] * residual[j];
    return sum;
  };
  /** One coordinate; returns by how much it moved. */
  const update = (s: number, threshold: number): number => {
    const gradient = dot(s) + c[s];
    const next = Math.sign(gradient) * Math.max(Math.abs(gradient) - threshold, 0);
    const change = next - c[s];
    if (change !== 0) {
      const base = s * dimensions;
      for (let j = 0; j < dimensions; j++) residual[j] -= change * unit[base + j];
      c[s] = next;
    }
    return Math.abs(change);
  };

  const TOLERANCE = 1e-5;
  for (let t = 0; t < n; t++) {
    c.fill(0);
    residual.set(unit.subarray(t * dimensions, (t + 1) * dimensions));
    let mu = 0;
    for (let s = 0; s < n; s++) if (s !== t) mu = Math.max(mu, Math.abs(dot(s)));
    const threshold = mu / sparsity;
    if (mu === 0) continue;
    const active = new Set<number>();
    for (let round = 0; round < 50; round++) {
      // A full sweep finds coordinates that want to enter; then the active ones are iterated to convergence.
      let moved = 0;
      for (let s = 0; s < n; s++) {
        if (s === t) continue;
        moved = Math.max(moved, update(s, threshold));
        if (c[s] !== 0) active.add(s);
      }
      if (moved < TOLERANCE) break;
      for (let sweep = 0; sweep < 200; sweep++) {
        let change = 0;
        for (const s of active) {
          change = Math.max(change, update(s, threshold));
        }
        if (change < TOLERANCE) break;
      }
    }
    for (let s = 0; s < n; s++) coefficients[t * n + s] = c[s];
  }
  return coefficients;
}

/** The weights of `selfExpression.ts` on the coefficients of a whole series, in place: C `[n, n]`, q `[n, K]`. */
export function weighCoefficients(
  coefficients: Float32Array,
  q: Float32Array,
  n: number,
  timeScale: number,
): void {
  const clusters = q.length / n;
  for (let t = 0; t < n; t++) {
    for (let s = 0; s < n; s++) {
      if (coefficients[t * n + s] === 0) continue;
      let similarity = 0;
      for (let k = 0; k < clusters; k++) similarity += q[t * clusters + k] * q[s * clusters + k];
      coefficients[t * n + s] *= similarity * Math.exp(-Math.abs(t - s) / timeScale);
    }
  }
}
