import type { Rows } from '../data/rows';
import { centreOf } from './centre';
import type { Products } from './products';
import { breathe } from './scan';
import { forEachSquaredDistance } from './squaredDistances';

/** Two clusters become one: `a` and `b` are rows of either, `height` their squared Ward distance. */
interface Merger {
  readonly a: number;
  readonly b: number;
  readonly height: number;
}

/** Mergers after which other events have their turn. */
const TURN = 64;

/**
 * Agglomerative clustering of the rows of a table by Ward's criterion (1963): always the two clusters are merged by which
 * the sum of squared distances to the clusters' means grows least. All mergers are found by nearest-neighbour chains
 * (Murtagh, 1983) with the update of Lance and Williams (1967) on squared distances, then the tree is cut: n^2
 * operations beyond those for the distances, and 4 n^2 bytes. Equal rows stay together, so that a table with fewer than k
 * different rows has fewer clusters.
 * @returns labels, numbered in the order in which the clusters appear. [n]
 * @throws CancelledError when the signal is aborted.
 */
export async function wardClusters(
  rows: Rows,
  k: number,
  options: {
    readonly products: Products;
    readonly signal?: AbortSignal;
    readonly progress?: (share: number) => void;
  },
): Promise<Int32Array> {
  const distances = await CondensedDistances.of(rows, options);
  const mergers = await wardMergers(distances, options);
  // The chain finds mergers out of order. They never get cheaper along the tree, so that sorting leaves it as it is.
  mergers.sort((p, q) => p.height - q.height);
  return cut(mergers, rows.n, k);
}

/** Squared distances of all pairs. Each pair is kept once, [n (n - 1) / 2]. */
class CondensedDistances {
  private readonly values: Float64Array;
  /** Where pairs (i, j) with j > i begin, less i + 1. [n] */
  private readonly starts: Float64Array;

  private constructor(readonly n: number) {
    this.values = new Float64Array((n * (n - 1)) / 2);
    this.starts = Float64Array.from({ length: n }, (_, i) => i * n - (i * (i + 1)) / 2 - i - 1);
  }

  static async of(
    rows: Rows,
    options: { products: Products; signal?: AbortSignal },
  ): Promise<CondensedDistances> {
    const distances = new CondensedDistances(rows.n);
    const centre = await centreOf(rows, options.signal);
    await forEachSquaredDistance(rows, centre, options, (i, j, squared) => {
      distances.values[distances.starts[i] + j] = squared;
    });
    return distances;
  }

  at(i: number, j: number): number {
    return this.values[i < j ? this.starts[i] + j : this.starts[j] + i];
  }

  set(i: number, j: number, value: number): void {
    this.values[i < j ? this.starts[i] + j : this.starts[j] + i] = value;
  }
}

/** The n - 1 mergers of Ward's tree, in the order in which chains of nearest neighbours end. Uses up the distances. */
async function wardMergers(
  distances: CondensedDistances,
  { signal, progress }: { readonly signal?: AbortSignal; readonly progress?: (share: number) => void },
): Promise<Merger[]> {
  const { n } = distances;
  const sizes = new Float64Array(n).fill(1);
  // A cluster goes by one of its rows; those that are left, ascending.
  const left = Int32Array.from({ length: n }, (_, i) => i);
  let count = n;
  const mergers: Merger[] = [];
  const chain: number[] = [];
  while (count > 1) {
    if (mergers.length % TURN === 0) {
      await breathe(signal);
      progress?.(1 - (count / n) ** 2);
    }
    if (chain.length === 0) chain.push(left[0]);
    for (;;) {
      const end = chain[chain.length - 1];
      // The link before is preferred when it is as near as another: otherwise the chain might run in a circle.
      const before = chain.length > 1 ? chain[chain.length - 2] : -1;
      let nearest = before;
      let least = before >= 0 ? distances.at(end, before) : Infinity;
      for (let at = 0; at < count; at++) {
        const other = left[at];
        if (other === end) continue;
        const distance = distances.at(end, other);
        if (distance < least) [least, nearest] = [distance, other];
      }
      if (nearest !== before) {
        chain.push(nearest);
        continue;
      }
      chain.length -= 2;
      mergers.push({ a: end, b: before, height: least });
      const gone = left.subarray(0, count).indexOf(before);
      left.copyWithin(gone, gone + 1, count--);
      const [na, nb] = [sizes[end], sizes[before]];
      for (let at = 0; at < count; at++) {
        const other = left[at];
        if (other === end) continue;
        const nc = sizes[other];
        const sum =
          (na + nc) * distances.at(end, other) + (nb + nc) * distances.at(before, other) - nc * least;
        distances.set(end, other, sum / (na + nb + nc));
      }
      sizes[end] = na + nb;
      break;
    }
  }
  return mergers;
}

/** Labels after the cheapest mergers: as many as leave k clusters, and all others that cost nothing. */
function cut(mergers: readonly Merger[], n: number, k: number): Int32Array {
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  mergers.forEach(({ a, b, height }, m) => {
    if (m < n - k || height === 0) parent[root(a)] = root(b);
  });
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: n }, (_, i) => {
    const cluster = root(i);
    if (!numbers.has(cluster)) numbers.set(cluster, numbers.size);
    return numbers.get(cluster) as number;
  });
}
