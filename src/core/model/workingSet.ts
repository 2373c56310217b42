/** Sweeps of coordinate descent before each step to the optimum for the signs that they found. */
const SWEEPS = 6;
const ROUNDS = 3000;
/** By how much a coefficient may still move, and a condition be violated. */
export const TOLERANCE = 1e-5;

/** The lasso of one row of unit rows [n, D], restricted to some coordinates (`seriesSelfExpression.ts`). */
export class WorkingSet {
  readonly members: number[] = [];
  readonly values: number[] = [];
  private readonly thresholds: number[] = [];
  /** Inner products of the members with each other, and with the row that is expressed. */
  private readonly products: number[][] = [];
  private readonly targets: number[] = [];

  constructor(
    private readonly unit: Float64Array,
    private readonly dimensions: number,
    private readonly t: number,
  ) {}

  /** Takes in a coordinate, with the weight of its absolute value in the objective. */
  add(s: number, threshold: number): void {
    const row = this.members.map((other) => this.product(s, other));
    this.products.forEach((other, i) => other.push(row[i]));
    this.products.push([...row, this.product(s, s)]);
    this.targets.push(this.product(s, this.t));
    this.members.push(s);
    this.thresholds.push(threshold);
    this.values.push(0);
  }

  /**
   * Coordinate descent finds which coefficients are not zero and their signs; with these known, the optimum is that of
   * linear equations, to which descent alone would creep.
   */
  solve(): void {
    const { values, products, targets } = this;
    const slopes = targets.map((target, i) =>
      values.reduce((slope, value, j) => slope - products[i][j] * value, target),
    );
    for (let round = 0; round < ROUNDS; round++) {
      for (let sweep = 0; sweep < SWEEPS; sweep++) {
        if (this.sweep(slopes) < TOLERANCE / 1000) return;
      }
      this.step(slopes);
    }
  }

  /** One round of coordinate descent; returns the largest change. A coordinate that stays costs nothing but its look. */
  private sweep(slopes: number[]): number {
    const { values, products, thresholds } = this;
    let moved = 0;
    for (let i = 0; i < values.length; i++) {
      const row = products[i];
      const slope = slopes[i] + row[i] * values[i];
      const threshold = thresholds[i];
      const next = Math.abs(slope) > threshold ? (slope - Math.sign(slope) * threshold) / row[i] : 0;
      const change = next - values[i];
      if (change === 0) continue;
      for (let j = 0; j < slopes.length; j++) slopes[j] -= change * row[j];
      values[i] = next;
      moved = Math.max(moved, Math.abs(change));
    }
    return moved;
  }

  /**
   * From the values towards the optimum for their own signs, up to where the first would change its sign (as the
   * feature-sign search of Lee et al., 2007): never further from the optimum of all.
   */
  private step(slopes: number[]): void {
    const { values, products, thresholds } = this;
    const support = [...values.keys()].filter((i) => values[i] !== 0);
    const matrix = support.map((i) => support.map((j) => products[i][j]));
    // How far to go: the slopes there are the thresholds with the values' signs.
    const changes = solvePositive(
      matrix,
      support.map((i) => slopes[i] - Math.sign(values[i]) * thresholds[i]),
    );
    if (!changes) return;
    let length = 1;
    let crossing = -1;
    support.forEach((i, at) => {
      if (values[i] * (values[i] + changes[at]) >= 0) return;
      const until = -values[i] / changes[at];
      if (until < length) [length, crossing] = [until, i];
    });
    support.forEach((i, at) => {
      const change = i === crossing ? -values[i] : length * changes[at];
      values[i] = i === crossing ? 0 : values[i] + change;
      const row = products[i];
      for (let j = 0; j < slopes.length; j++) slopes[j] -= change * row[j];
    });
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

/** x of A x = b for a symmetric, positive definite A, which is overwritten (Cholesky); undefined when A is not. */
function solvePositive(a: number[][], b: number[]): number[] | undefined {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i][j];
      for (let k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
      if (i !== j) a[i][j] = sum / a[j][j];
      else if (sum > SINGULAR) a[i][i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

/** What is left of a unit vector that others express. */
const SINGULAR = 1e-10;
