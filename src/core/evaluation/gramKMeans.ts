import type { Rows } from '../data/rows';
import type { Random } from '../random';
import { forEachGramBlock } from './gramBlocks';
import type { Products } from './products';
import { breathe } from './scan';
import { draw, seedingTrials } from './seeding';

export interface GramKMeansOptions {
  readonly restarts: number;
  readonly maxIterations: number;
  readonly products: Products;
  readonly signal?: AbortSignal;
}

/**
 * k-means of the rows of a table from their inner products alone, as kernel k-means with the linear kernel: the Gram
 * matrix of the centred rows costs n^2 d / 2 multiplications once, and after that no start and no iteration depends on d.
 * Greedy k-means++ seeding, Lloyd's iterations until no row changes, best of several starts; needs 4 n^2 bytes.
 * @param centre the mean of the rows [d]
 * @returns labels [n]
 */
export async function gramKMeans(
  rows: Rows,
  centre: Float64Array,
  k: number,
  random: Random,
  options: GramKMeansOptions,
): Promise<Int32Array> {
  const gram = await gramOf(rows, centre, options);
  let best: Int32Array | undefined;
  let least = Infinity;
  for (let start = 0; start < Math.max(1, options.restarts); start++) {
    await breathe(options.signal);
    const lloyd = new GramLloyd(gram, rows.n, k);
    const inertia = lloyd.iterate(lloyd.seed(random), options.maxIterations);
    if (inertia < least || best === undefined) [least, best] = [inertia, lloyd.labels];
  }
  return best as Int32Array;
}

async function gramOf(
  rows: Rows,
  centre: Float64Array,
  { products, signal }: GramKMeansOptions,
): Promise<Float32Array> {
  const { n } = rows;
  const gram = new Float32Array(n * n);
  const options = { centre, precision: Float32Array, products, signal };
  await forEachGramBlock(rows, options, ({ i0, i1, j0, j1, products: block }) => {
    const width = j1 - j0;
    for (let i = i0; i < i1; i++) {
      const from = (i - i0) * width;
      for (let j = Math.max(j0, i); j < j1; j++) gram[i * n + j] = block[from + j - j0];
    }
    // The mirror image, written along its rows.
    for (let j = j0; j < j1; j++) {
      for (let i = i0, end = Math.min(i1, j); i < end; i++)
        gram[j * n + i] = block[(i - i0) * width + j - j0];
    }
  });
  return gram;
}

/** One start. */
class GramLloyd {
  readonly labels: Int32Array;
  private readonly sizes: Int32Array;
  /** Inner product of each row with the sum of each cluster's rows, kept up to date as rows move. [k, n] */
  private readonly sums: Float64Array;

  constructor(
    private readonly gram: Float32Array,
    private readonly n: number,
    private readonly k: number,
  ) {
    this.labels = new Int32Array(n);
    this.sizes = new Int32Array(k);
    this.sums = new Float64Array(k * n);
  }

  /** k different rows by greedy k-means++, the first at random. */
  seed(random: Random): Int32Array {
    const { n, k } = this;
    const seeds = new Int32Array(k);
    seeds[0] = random.integer(n);
    let nearest = this.distancesTo(seeds[0]);
    for (let c = 1; c < k; c++) {
      const potential = nearest.reduce((sum, value) => sum + value, 0);
      let least = Infinity;
      let best = nearest;
      for (let trial = 0; trial < seedingTrials(k); trial++) {
        const row = draw(nearest, potential, random);
        const candidate = this.distancesTo(row);
        let sum = 0;
        for (let i = 0; i < n; i++) {
          candidate[i] = Math.min(candidate[i], nearest[i]);
          sum += candidate[i];
        }
        if (sum < least) [least, best, seeds[c]] = [sum, candidate, row];
      }
      nearest = best;
    }
    return seeds;
  }

  /** From seeds to convergence; returns the inertia, less a number that is the same for all labellings. */
  iterate(seeds: Int32Array, maxIterations: number): number {
    const { n, k, labels, sizes, sums, gram } = this;
    const nearest = this.distancesTo(seeds[0]);
    for (let c = 1; c < k; c++) {
      const distances = this.distancesTo(seeds[c]);
      for (let i = 0; i < n; i++) if (distances[i] < nearest[i]) [nearest[i], labels[i]] = [distances[i], c];
    }
    for (let i = 0; i < n; i++) {
      sizes[labels[i]]++;
      addRow(gram, i * n, sums, labels[i] * n, n);
    }
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      this.fillEmpty();
      if (this.assign() === 0) break;
    }
    this.fillEmpty();
    return -this.squaredCentres().reduce((sum, square, c) => sum + square * sizes[c], 0);
  }

  /** Gives each row the nearest centre of before; returns how many rows changed. */
  private assign(): number {
    const { n, k, labels, sizes, sums } = this;
    const squares = this.squaredCentres();
    const scale = Float64Array.from(sizes, (size) => (size > 0 ? 2 / size : 0));
    const moves: number[] = [];
    for (let i = 0; i < n; i++) {
      const own = labels[i];
      let to = own;
      let least = squares[own] - scale[own] * sums[own * n + i];
      for (let c = 0; c < k; c++) {
        if (sizes[c] === 0) continue;
        const distance = squares[c] - scale[c] * sums[c * n + i];
        if (distance < least) [least, to] = [distance, c];
      }
      if (to !== own) moves.push(i, to);
    }
    for (let m = 0; m < moves.length; m += 2) this.move(moves[m], moves[m + 1]);
    return moves.length / 2;
  }

  private move(i: number, to: number): void {
    const { n, gram, labels, sizes, sums } = this;
    const from = labels[i];
    sizes[from]--;
    sizes[to]++;
    labels[i] = to;
    moveRow(gram, i * n, sums, from * n, to * n, n);
  }

  /** A cluster without rows takes the row that is farthest from its own centre. */
  private fillEmpty(): void {
    const { n, k, labels, sizes, sums, gram } = this;
    for (let c = 0; c < k; c++) {
      if (sizes[c] > 0) continue;
      const squares = this.squaredCentres();
      let farthest = -1;
      let distance = 0;
      for (let i = 0; i < n; i++) {
        const own = labels[i];
        if (sizes[own] < 2) continue;
        const square = gram[i * n + i] + squares[own] - (2 / sizes[own]) * sums[own * n + i];
        // What is left by rounding is no distance: equal rows must not be torn apart.
        if (square > distance && square > 1e-6 * gram[i * n + i]) [farthest, distance] = [i, square];
      }
      // Fewer different rows than clusters: the cluster stays empty.
      if (farthest >= 0) this.move(farthest, c);
    }
  }

  /** ‖centre‖^2 of each cluster. [k] */
  private squaredCentres(): Float64Array {
    const { n, k, labels, sizes, sums } = this;
    const squares = new Float64Array(k);
    for (let i = 0; i < n; i++) squares[labels[i]] += sums[labels[i] * n + i];
    return squares.map((sum, c) => (sizes[c] > 0 ? sum / sizes[c] ** 2 : 0));
  }

  /** Squared distances of all rows to row s. [n] */
  private distancesTo(s: number): Float64Array {
    const { n, gram } = this;
    const own = gram[s * n + s];
    const distances = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const square = gram[i * n + i] + own - 2 * gram[s * n + i];
      distances[i] = square > 1e-6 * own ? square : 0;
    }
    return distances;
  }
}

function addRow(gram: Float32Array, from: number, sums: Float64Array, to: number, n: number): void {
  for (let i = 0; i < n; i++) sums[to + i] += gram[from + i];
}

function moveRow(
  gram: Float32Array,
  row: number,
  sums: Float64Array,
  from: number,
  to: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const product = gram[row + i];
    sums[from + i] -= product;
    sums[to + i] += product;
  }
}
