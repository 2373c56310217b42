import { rowsPerBlock, type Rows } from '../data/rows';
import { centreOf } from './centre';
import type { Products } from './products';
import { breathe } from './scan';

/** Units of a map, numbered row by row. */
export interface Lattice {
  readonly rows: number;
  readonly columns: number;
}

/** The most square rectangle of k units; for a prime number a line. */
export function squarestLattice(k: number): Lattice {
  let rows = Math.floor(Math.sqrt(k));
  while (k % rows !== 0) rows--;
  return { rows, columns: k / rows };
}

/** A unit's place on one axis of the lattice, from -1 to 1; 0 where there is one place only. */
export function latticePosition(index: number, length: number): number {
  return length > 1 ? (2 * index) / (length - 1) - 1 : 0;
}

export interface SelfOrganisingMap {
  /** The unit nearest to each row. [n] */
  readonly labels: Int32Array;
  /** What each unit stands for. [k, d] */
  readonly units: Float32Array;
}

/** Passes while the neighbourhood shrinks, and passes without one at most. */
const SHRINKING = 25;
const ALONE = 25;
/** Radius at the end of the shrinking, in units of the lattice: a neighbour then counts 3e-4. */
const LAST_RADIUS = 0.25;

/**
 * Self-organising map in batch form (Kohonen, 2013): in each pass over the table every row goes to its nearest unit, then
 * every unit becomes the mean of all rows, weighted by a Gaussian of the distance on the lattice between it and the row's
 * unit. The radius shrinks geometrically from half of the longer side; at last it is 0, so that each unit is the
 * mean of its own rows, until no row moves. A unit without rows stays where it was and may end empty.
 * @param start first units. [k, d]
 * @throws CancelledError when the signal is aborted.
 */
export async function selfOrganisingMap(
  rows: Rows,
  lattice: Lattice,
  start: Float32Array,
  {
    products,
    signal,
    progress,
  }: {
    readonly products: Products;
    readonly signal?: AbortSignal;
    readonly progress?: (share: number) => void;
  },
): Promise<SelfOrganisingMap> {
  const { mean } = await centreOf(rows, signal);
  const pass = new Pass(
    rows,
    mean,
    start.map((value, at) => value - mean[at % rows.d]),
    products,
  );
  const first = Math.max(lattice.rows, lattice.columns) / 2;
  for (let epoch = 0; epoch < SHRINKING + ALONE; epoch++) {
    const changes = await pass.assign(signal);
    const shrunk = epoch >= SHRINKING;
    if (shrunk && epoch > SHRINKING && changes === 0) break;
    const radius = first * (LAST_RADIUS / first) ** (epoch / (SHRINKING - 1));
    pass.update(shrunk ? undefined : neighbourhood(lattice, radius));
    progress?.(epoch / (SHRINKING + ALONE));
  }
  await pass.assign(signal);
  return { labels: pass.labels, units: pass.units.map((value, at) => value + mean[at % rows.d]) };
}

/** exp(-distance^2 / 2 radius^2) between units. [k, k] */
function neighbourhood({ rows, columns }: Lattice, radius: number): Float64Array {
  const k = rows * columns;
  const weights = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const vertical = Math.floor(a / columns) - Math.floor(b / columns);
      const horizontal = (a % columns) - (b % columns);
      weights[a * k + b] = Math.exp(-(vertical ** 2 + horizontal ** 2) / (2 * radius ** 2));
    }
  }
  return weights;
}

/** The state of a map between passes over the table; all values are relative to the mean of the rows. */
class Pass {
  readonly labels: Int32Array;
  private readonly sums: Float64Array;
  private readonly sizes: Int32Array;

  constructor(
    private readonly rows: Rows,
    private readonly mean: Float64Array,
    readonly units: Float32Array,
    private readonly products: Products,
  ) {
    const k = units.length / rows.d;
    this.labels = new Int32Array(rows.n).fill(-1);
    this.sums = new Float64Array(k * rows.d);
    this.sizes = new Int32Array(k);
  }

  /** Gives each row its nearest unit and sums the rows of each; returns how many rows changed. */
  async assign(signal?: AbortSignal): Promise<number> {
    const { rows, mean, units, sums, sizes, labels } = this;
    const { n, d } = rows;
    const k = sizes.length;
    const squares = Float64Array.from(sizes, (_, u) => {
      let sum = 0;
      for (let j = u * d; j < (u + 1) * d; j++) sum += units[j] * units[j];
      return sum;
    });
    sums.fill(0);
    sizes.fill(0);
    let changes = 0;
    const step = rowsPerBlock(d);
    for (let first = 0; first < n; first += step) {
      await breathe(signal);
      const count = Math.min(step, n - first);
      const x = (await rows.read(first, count)).slice();
      for (let at = 0; at < x.length; at += d) for (let j = 0; j < d; j++) x[at + j] -= mean[j];
      const products = new Float32Array(count * k);
      await this.products.multiply(x, units, d, products);
      for (let i = 0; i < count; i++) {
        let nearest = 0;
        let least = Infinity;
        for (let u = 0; u < k; u++) {
          const distance = squares[u] - 2 * products[i * k + u];
          if (distance < least) [least, nearest] = [distance, u];
        }
        if (labels[first + i] !== nearest) changes++;
        labels[first + i] = nearest;
        sizes[nearest]++;
        for (let j = 0; j < d; j++) sums[nearest * d + j] += x[i * d + j];
      }
    }
    return changes;
  }

  /** Units := means of the rows, by the neighbourhood's weights; of a unit's own rows where there is none. */
  update(weights: Float64Array | undefined): void {
    const { rows, units, sums, sizes } = this;
    const { d } = rows;
    const k = sizes.length;
    for (let u = 0; u < k; u++) {
      const share = Float64Array.from(sizes, (_, c) => (weights ? weights[u * k + c] : c === u ? 1 : 0));
      const total = share.reduce((sum, weight, c) => sum + weight * sizes[c], 0);
      if (total === 0) continue;
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let c = 0; c < k; c++) sum += share[c] * sums[c * d + j];
        units[u * d + j] = sum / total;
      }
    }
  }
}
