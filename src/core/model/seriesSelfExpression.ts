/** Coordinates that enter a row's working set at a time: those that violate the optimality conditions most. */
const ENTERING = 16;
/** By how much a coefficient may still move, and a condition be violated. */
const TOLERANCE = 1e-5;

/**
 * The self-expression of a whole series: the optimum that the unrolled iterations of `selfExpression.ts` approach,
 *
 *     min_c ½‖z_t - c Z‖² + (mu_t / sparsity) ‖c‖₁,  c_t = 0,
 *
 * row by row: cyclic coordinate descent on a small working set (Friedman et al., 2010), which grows by the coordinates
 * that violate the optimality conditions of the whole problem, until none does. A row has few coefficients other than
 * zero, so that most of the time goes into looking for violations: O(n D) for each extension of the set.
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
  const unit = unitRows(z, n, dimensions);
  const coefficients = new Float32Array(n * n);
  const residual = new Float64Array(dimensions);
  const gradient = new Float64Array(n);
  for (let t = 0; t < n; t++) {
    residual.set(unit.subarray(t * dimensions, (t + 1) * dimensions));
    const largest = slopes(unit, residual, t, gradient);
    if (largest === 0) continue;
    const threshold = largest / sparsity;
    const set = new WorkingSet(unit, dimensions, t);
    // Each round either extends the set, of which there are n - 1 coordinates at most, or ends.
    for (;;) {
      const entering = violations(gradient, threshold + TOLERANCE, set.members);
      if (entering.length === 0) break;
      entering.forEach((s) => set.add(s));
      set.solve(threshold);
      set.residual(residual);
      slopes(unit, residual, t, gradient);
    }
    set.members.forEach((s, i) => (coefficients[t * n + s] = set.values[i]));
  }
  return coefficients;
}

function unitRows(z: Float32Array, n: number, dimensions: number): Float64Array {
  const unit = new Float64Array(n * dimensions);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < dimensions; j++) sum += z[i * dimensions + j] ** 2;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let j = 0; j < dimensions; j++) unit[i * dimensions + j] = z[i * dimensions + j] * scale;
  }
  return unit;
}

/** Inner products of all rows but t with the residual, 0 for t; returns the largest magnitude. */
function slopes(unit: Float64Array, residual: Float64Array, t: number, gradient: Float64Array): number {
  const dimensions = residual.length;
  const whole = dimensions - (dimensions % 4);
  let largest = 0;
  for (let s = 0, at = 0; s < gradient.length; s++) {
    // Four sums beside each other: one alone would wait for each of its additions.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let j = 0;
    for (; j < whole; j += 4, at += 4) {
      a += unit[at] * residual[j];
      b += unit[at + 1] * residual[j + 1];
      c += unit[at + 2] * residual[j + 2];
      d += unit[at + 3] * residual[j + 3];
    }
    for (; j < dimensions; j++) a += unit[at++] * residual[j];
    gradient[s] = s === t ? 0 : a + b + (c + d);
    largest = Math.max(largest, Math.abs(gradient[s]));
  }
  return largest;
}

/** The coordinates outside the set whose slope is beyond `limit`: the largest few, largest first. */
function violations(gradient: Float64Array, limit: number, members: readonly number[]): number[] {
  const known = new Set(members);
  const found: number[] = [];
  let least = limit;
  for (let s = 0; s < gradient.length; s++) {
    const size = Math.abs(gradient[s]);
    if (size <= least || known.has(s)) continue;
    let at = found.length;
    while (at > 0 && Math.abs(gradient[found[at - 1]]) < size) at--;
    found.splice(at, 0, s);
    if (found.length > ENTERING) found.pop();
    if (found.length === ENTERING) least = Math.abs(gradient[found[ENTERING - 1]]);
  }
  return found;
}

/** The problem of one row, restricted to some coordinates. */
class WorkingSet {
  readonly members: number[] = [];
  readonly values: number[] = [];
  /** Inner products of the members with each other, and with the row that is expressed. */
  private readonly products: number[][] = [];
  private readonly targets: number[] = [];

  constructor(
    private readonly unit: Float64Array,
    private readonly dimensions: number,
    private readonly t: number,
  ) {}

  add(s: number): void {
    const row = this.members.map((other) => this.product(s, other));
    this.products.forEach((other, i) => other.push(row[i]));
    this.products.push([...row, this.product(s, s)]);
    this.targets.push(this.product(s, this.t));
    this.members.push(s);
    this.values.push(0);
  }

  /** Coordinate descent to convergence. A coordinate that stays costs nothing but its look. */
  solve(threshold: number): void {
    const { values, products, targets } = this;
    const size = values.length;
    const slopes = targets.map((target, i) =>
      values.reduce((slope, value, j) => slope - products[i][j] * value, target),
    );
    for (let sweep = 0; sweep < 20_000; sweep++) {
      let moved = 0;
      for (let i = 0; i < size; i++) {
        const row = products[i];
        const slope = slopes[i] + row[i] * values[i];
        const next = Math.abs(slope) > threshold ? (slope - Math.sign(slope) * threshold) / row[i] : 0;
        const change = next - values[i];
        if (change === 0) continue;
        for (let j = 0; j < size; j++) slopes[j] -= change * row[j];
        values[i] = next;
        moved = Math.max(moved, Math.abs(change));
      }
      if (moved < TOLERANCE / 1000) return;
    }
  }

  /** z_t less what the members express of it. */
  residual(out: Float64Array): void {
    const { unit, dimensions, t, members, values } = this;
    out.set(unit.subarray(t * dimensions, (t + 1) * dimensions));
    members.forEach((s, i) => {
      if (values[i] === 0) return;
      for (let j = 0; j < dimensions; j++) out[j] -= values[i] * unit[s * dimensions + j];
    });
  }

  private product(a: number, b: number): number {
    const { unit, dimensions } = this;
    let sum = 0;
    for (let j = 0; j < dimensions; j++) sum += unit[a * dimensions + j] * unit[b * dimensions + j];
    return sum;
  }
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
