import { breathe } from '../evaluation/scan';
import type { Products } from '../evaluation/products';
import type { SparseCoefficients } from '../evaluation/sparse';
import { TOLERANCE, WorkingSet } from './workingSet';

/** Rows that are solved beside each other, and their slopes: 64 MiB. */
const MOST_ROWS = 256;
const SLOPES = 2 ** 23;
/** Coordinates that enter a row's working set at a time: those that violate the optimality conditions most. */
const ENTERING = 16;

/** Embeddings that tell which rows are alike, and how much that counts. */
export interface Guidance {
  /** `[n, dimensions]`, rows of any length: their cosines count. */
  readonly embedding: Float32Array;
  readonly dimensions: number;
  /** kappa: the threshold of a pair is multiplied by exp(kappa (1 - cosine)); 0 for no guidance. */
  readonly strength: number;
}

export interface SelfExpressionOptions {
  readonly products: Products;
  readonly guidance?: Guidance;
  readonly signal?: AbortSignal;
}

/**
 * The self-expression of a whole series: the optimum that the unrolled iterations of `selfExpression.ts` approach,
 *
 *     min_c ½‖z_t - c Z‖² + (mu_t / sparsity) Σ_s w_ts |c_s|,  c_t = 0,
 *
 * row by row: cyclic coordinate descent on a small working set (Friedman et al., 2010), which grows by the coordinates
 * that violate the optimality conditions of the whole problem, until none does. A row has few coefficients other than
 * zero, so that most of the time goes into looking for violations, O(n D) for each extension of the set: a matrix product
 * for some hundred rows at once. Needs no n x n.
 *
 * @param z `[n, D]`, rows of any length; they are scaled to unit length here.
 * @returns C `[n, n]` with zero diagonal: its coefficients other than zero, of which a row has few.
 * @throws CancelledError when the signal is aborted.
 */
export async function seriesSelfExpression(
  z: Float32Array,
  n: number,
  dimensions: number,
  sparsity: number,
  { products, guidance, signal }: SelfExpressionOptions,
): Promise<SparseCoefficients> {
  const unit = unitRows(z, n, dimensions);
  const guide = guidance && guidance.strength > 0 ? new Guide(guidance, n) : undefined;
  const found = new Found();
  const block = Math.max(1, Math.min(n, MOST_ROWS, Math.floor(SLOPES / n)));
  const residuals = new Float64Array(block * dimensions);
  const slopes = new Float64Array(block * n);
  for (let first = 0; first < n; first += block) {
    await breathe(signal);
    const last = Math.min(n, first + block);
    const weights = await guide?.weights(first, last, products);
    const rows: Row[] = [];
    for (let t = first; t < last; t++) {
      const own = weights?.subarray((t - first) * n, (t - first + 1) * n);
      rows.push(new Row(unit, dimensions, n, t, own));
    }
    // Each round either extends a row's set, of which there are n - 1 coordinates at most, or ends with the row.
    for (let open = rows; open.length > 0;) {
      open.forEach((row, i) => row.residual(residuals.subarray(i * dimensions, (i + 1) * dimensions)));
      const used = slopes.subarray(0, open.length * n);
      await products.multiply(residuals.subarray(0, open.length * dimensions), unit, dimensions, used);
      open = open.filter((row, i) => row.advance(used.subarray(i * n, (i + 1) * n), sparsity));
    }
    for (const row of rows) found.add(row);
  }
  return found.coefficients();
}

/** The weights w_ts = exp(kappa (1 - cosine)) of some rows at a time. */
class Guide {
  private readonly unit: Float64Array;
  private readonly strength: number;
  private readonly dimensions: number;

  constructor({ embedding, dimensions, strength }: Guidance, n: number) {
    this.unit = unitRows(embedding, n, dimensions);
    this.strength = strength;
    this.dimensions = dimensions;
  }

  /** Of the rows from `first` to before `last`, `[last - first, n]`. */
  async weights(first: number, last: number, products: Products): Promise<Float64Array> {
    const { unit, dimensions, strength } = this;
    const cosines = new Float64Array((last - first) * (unit.length / dimensions));
    await products.multiply(unit.subarray(first * dimensions, last * dimensions), unit, dimensions, cosines);
    return cosines.map((cosine) => Math.exp(strength * (1 - cosine)));
  }
}

/** The coefficients of the rows that are done, in arrays that grow. */
class Found {
  private count = 0;
  private row = new Int32Array(1024);
  private column = new Int32Array(1024);
  private value = new Float32Array(1024);

  add({ t, set: { members, values } }: Row): void {
    const order = [...members.keys()].filter((i) => values[i] !== 0);
    order.sort((i, j) => members[i] - members[j]);
    while (this.count + order.length > this.row.length) {
      [this.row, this.column, this.value] = [grown(this.row), grown(this.column), grown(this.value)];
    }
    for (const i of order) {
      this.row[this.count] = t;
      this.column[this.count] = members[i];
      this.value[this.count++] = values[i];
    }
  }

  coefficients(): SparseCoefficients {
    const { count } = this;
    return {
      row: this.row.slice(0, count),
      column: this.column.slice(0, count),
      value: this.value.slice(0, count),
    };
  }
}

function grown<T extends Int32Array | Float32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}

/** One row on its way to the optimum. */
class Row {
  readonly set: WorkingSet;
  private threshold: number | undefined;

  constructor(
    unit: Float64Array,
    dimensions: number,
    private readonly n: number,
    readonly t: number,
    /** w_ts, all 1 if absent. [n] */
    private readonly weights: Float64Array | undefined,
  ) {
    this.set = new WorkingSet(unit, dimensions, t);
  }

  residual(out: Float64Array): void {
    this.set.residual(out);
  }

  /**
   * Takes in what violates the conditions and solves again.
   * @param slopes `[n]` inner products of all rows with the residual
   * @returns whether anything was taken in
   */
  advance(slopes: Float64Array, sparsity: number): boolean {
    slopes[this.t] = 0;
    if (this.threshold === undefined) {
      let largest = 0;
      for (let s = 0; s < this.n; s++) largest = Math.max(largest, Math.abs(slopes[s]));
      if (largest === 0) return false;
      this.threshold = largest / sparsity;
    }
    const { threshold, weights } = this;
    const limit = weights ? (s: number) => threshold * weights[s] : () => threshold;
    const entering = violations(slopes, limit, this.set.members);
    if (entering.length === 0) return false;
    entering.forEach((s) => this.set.add(s, limit(s)));
    this.set.solve();
    return true;
  }
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

/** The coordinates outside the set whose slope is beyond their limit: the few that are furthest beyond, furthest first. */
function violations(
  gradient: Float64Array,
  limit: (s: number) => number,
  members: readonly number[],
): number[] {
  const known = new Set(members);
  const found: number[] = [];
  const excess: number[] = [];
  let least = TOLERANCE;
  for (let s = 0; s < gradient.length; s++) {
    const beyond = Math.abs(gradient[s]) - limit(s);
    if (beyond <= least || known.has(s)) continue;
    let at = found.length;
    while (at > 0 && excess[at - 1] < beyond) at--;
    found.splice(at, 0, s);
    excess.splice(at, 0, beyond);
    if (found.length > ENTERING) {
      found.pop();
      excess.pop();
    }
    if (found.length === ENTERING) least = excess[ENTERING - 1];
  }
  return found;
}

/**
 * The weights of `selfExpression.ts` on the coefficients of a whole series.
 * @param q `[n, K]`
 */
export function weighCoefficients(
  { row, column, value }: SparseCoefficients,
  q: Float32Array,
  n: number,
  timeScale: number,
): SparseCoefficients {
  const clusters = q.length / n;
  const weighted = value.map((coefficient, e) => {
    const [t, s] = [row[e] * clusters, column[e] * clusters];
    let similarity = 0;
    for (let k = 0; k < clusters; k++) similarity += q[t + k] * q[s + k];
    return coefficient * similarity * Math.exp(-Math.abs(row[e] - column[e]) / timeScale);
  });
  return { row, column, value: weighted };
}
