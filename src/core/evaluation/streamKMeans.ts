import type { Rows } from '../data/rows';
import type { Random } from '../random';
import { squaredDistance } from './clusters';
import type { Products } from './products';
import { breathe, scan } from './scan';
import { draw, seedingTrials } from './seeding';

export interface StreamKMeansOptions {
  readonly restarts: number;
  readonly maxIterations: number;
  /** A start ends when the squared movement of its centres falls to this. */
  readonly stop: number;
  readonly products: Products;
  readonly signal?: AbortSignal;
}

/** Bytes for the centres of all starts that go on beside each other. */
const MEMORY = 256 * 2 ** 20;

/**
 * k-means of the rows of a table, which is read once for each iteration of all starts together: greedy k-means++ seeding,
 * Lloyd's iterations with the distances of a piece of rows to all centres as one matrix product, best of several starts.
 * Needs n numbers for each start and the centres, never the table.
 * @param centre the mean of the rows [d]
 * @returns labels [n]
 */
export async function streamKMeans(
  rows: Rows,
  centre: Float64Array,
  k: number,
  random: Random,
  options: StreamKMeansOptions,
): Promise<Int32Array> {
  const norms = new Float64Array(rows.n);
  const norm = (x: Float32Array, at: number, i: number) =>
    (norms[i] = squaredDistance(x, at, centre, 0, rows.d));
  await scan(rows, [norm], options.signal);
  const pieces = new Pieces(rows, centre, options.products, options.signal);
  const together = Math.max(1, Math.floor(MEMORY / (k * rows.d * 20)));
  let best: Start | undefined;
  for (let left = Math.max(1, options.restarts); left > 0; left -= together) {
    const starts = Array.from(
      { length: Math.min(left, together) },
      () => new Start(rows.n, rows.d, k, norms),
    );
    await seed(starts, pieces, norms, k, random);
    let running = starts;
    for (let iteration = 0; iteration < options.maxIterations && running.length > 0; iteration++) {
      const passing = running;
      passing.forEach((start) => start.begin());
      await pieces.pass(
        passing.map((start) => start.centres),
        (x, first, count, products, width) =>
          passing.forEach((start, r) => start.assign(x, first, count, products, r * k, width)),
      );
      const open = await Promise.all(passing.map((start) => start.end(pieces, options.stop)));
      running = passing.filter((_, r) => open[r]);
    }
    for (const start of starts) if (!best || start.inertia < best.inertia) best = start;
  }
  return (best as Start).labels;
}

/** The table, centred, piece by piece, and its products with a few vectors. */
class Pieces {
  constructor(
    readonly rows: Rows,
    private readonly centre: Float64Array,
    private readonly products: Products,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Row i, centred. */
  async row(i: number): Promise<Float32Array> {
    return (await this.rows.read(i, 1)).map((value, j) => value - this.centre[j]);
  }

  /** `visit(x, first, count, products, width)` for pieces x [count, d] and their products [count, width] with all vectors. */
  async pass(
    vectors: readonly Float32Array[],
    visit: (x: Float32Array, first: number, count: number, products: Float32Array, width: number) => void,
  ): Promise<void> {
    const { n, d } = this.rows;
    const width = vectors.reduce((sum, { length }) => sum + length, 0) / d;
    const all = new Float32Array(width * d);
    let end = 0;
    for (const vector of vectors) {
      all.set(vector, end);
      end += vector.length;
    }
    const most = Math.min(n, Math.max(1, Math.floor(PIECE_BYTES / (4 * d))));
    const piece = new Float32Array(most * d);
    const out = new Float32Array(most * width);
    for (let first = 0; first < n; first += most) {
      await breathe(this.signal);
      const count = Math.min(most, n - first);
      const x = await this.rows.read(first, count);
      for (let at = 0; at < x.length; at += d) {
        for (let j = 0; j < d; j++) piece[at + j] = x[at + j] - this.centre[j];
      }
      const [a, products] = [piece.subarray(0, count * d), out.subarray(0, count * width)];
      await this.products.multiply(a, all, d, products);
      visit(a, first, count, products, width);
    }
  }
}

const PIECE_BYTES = 32 * 2 ** 20;

/** Greedy k-means++ of all starts: one pass over the table for each centre. */
async function seed(
  starts: readonly Start[],
  pieces: Pieces,
  norms: Float64Array,
  k: number,
  random: Random,
): Promise<void> {
  const { n, d } = pieces.rows;
  let nearest = starts.map(() => new Float64Array(n).fill(Infinity));
  for (let c = 0; c < k; c++) {
    const trials = c === 0 ? 1 : seedingTrials(k);
    const drawn = nearest.map((distances) => {
      const potential = distances.reduce((sum, value) => sum + value, 0);
      return Array.from({ length: trials }, () =>
        c === 0 ? random.integer(n) : draw(distances, potential, random),
      );
    });
    const rows: Float32Array[] = [];
    for (const row of drawn.flat()) rows.push(await pieces.row(row));
    const candidates = drawn.map((of) => of.map(() => new Float64Array(n)));
    await pieces.pass(rows, (_, first, count, products, width) => {
      drawn.forEach((of, s) =>
        of.forEach((row, t) => {
          const distances = candidates[s][t];
          for (let i = 0; i < count; i++) {
            const scale = norms[first + i] + norms[row];
            const squared = scale - 2 * products[i * width + s * trials + t];
            // What is left by rounding is no distance: equal rows must not be torn apart.
            distances[first + i] = Math.min(nearest[s][first + i], squared > 1e-6 * scale ? squared : 0);
          }
        }),
      );
    });
    nearest = candidates.map((of, s) => {
      const potentials = of.map((distances) => distances.reduce((sum, value) => sum + value, 0));
      const chosen = potentials.indexOf(Math.min(...potentials));
      starts[s].centres.set(rows[s * trials + chosen], c * d);
      return of[chosen];
    });
  }
}

/** One start. */
class Start {
  /** Centres, about the mean of all rows. [k, d] */
  readonly centres: Float32Array;
  readonly labels: Int32Array;
  /** Sum of squared distances to the centres of before the last pass, less the rows' own squares. */
  inertia = Infinity;
  private readonly sums: Float64Array;
  private readonly sizes: Float64Array;
  private readonly squares: Float64Array;
  private changes = 0;
  private farthest = -1;
  private distance = 0;

  constructor(
    n: number,
    private readonly d: number,
    private readonly k: number,
    private readonly norms: Float64Array,
  ) {
    this.centres = new Float32Array(k * d);
    this.labels = new Int32Array(n).fill(-1);
    this.sums = new Float64Array(k * d);
    this.sizes = new Float64Array(k);
    this.squares = new Float64Array(k);
  }

  begin(): void {
    this.changes = this.inertia = this.distance = 0;
    this.farthest = -1;
    for (let c = 0; c < this.k; c++) {
      let sum = 0;
      for (let j = c * this.d; j < (c + 1) * this.d; j++) sum += this.centres[j] ** 2;
      this.squares[c] = sum;
    }
  }

  /** The nearest centres of a piece x [count, d]; `products` [count, width] has those with our centres from `base` on. */
  assign(
    x: Float32Array,
    first: number,
    count: number,
    products: Float32Array,
    base: number,
    width: number,
  ): void {
    const { k, d, labels, squares, norms } = this;
    for (let i = 0; i < count; i++) {
      let to = 0;
      let least = Infinity;
      for (let c = 0; c < k; c++) {
        const distance = squares[c] - 2 * products[i * width + base + c];
        if (distance < least) [least, to] = [distance, c];
      }
      this.inertia += least;
      const row = first + i;
      const squared = norms[row] + least;
      if (squared > this.distance && squared > 1e-6 * norms[row]) {
        [this.farthest, this.distance] = [row, squared];
      }
      if (labels[row] !== to) this.move(row, to, x, i * d);
    }
  }

  /** New centres; whether the start goes on. An empty cluster takes the row that was farthest from its centre. */
  async end(pieces: Pieces, stop: number): Promise<boolean> {
    const { k, d, sums, sizes, centres, labels } = this;
    const empty = sizes.indexOf(0);
    if (empty >= 0 && this.farthest >= 0 && sizes[labels[this.farthest]] > 1) {
      this.move(this.farthest, empty, await pieces.row(this.farthest), 0);
    }
    let movement = 0;
    for (let c = 0; c < k; c++) {
      if (sizes[c] === 0) continue;
      for (let j = c * d; j < (c + 1) * d; j++) {
        const next = Math.fround(sums[j] / sizes[c]);
        movement += (next - centres[j]) ** 2;
        centres[j] = next;
      }
    }
    return this.changes > 0 && movement > stop;
  }

  private move(row: number, to: number, x: Float32Array, at: number): void {
    const { d, labels, sums, sizes } = this;
    const from = labels[row];
    if (from >= 0) {
      sizes[from]--;
      for (let j = 0, q = from * d; j < d; j++) sums[q + j] -= x[at + j];
    }
    sizes[to]++;
    for (let j = 0, q = to * d; j < d; j++) sums[q + j] += x[at + j];
    labels[row] = to;
    this.changes++;
  }
}
