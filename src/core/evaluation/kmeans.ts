import type { Random } from '../random';
import { columnMeans } from './gram';
import { draw, seedingTrials } from './seeding';

export interface KMeansOptions {
  /** Independent starts, of which the one with the smallest inertia is kept. Default 20. */
  readonly restarts?: number;
  /** Iterations of one start. Default 300. */
  readonly maxIterations?: number;
  /** A start ends when the centres' squared movement falls to this share of the mean column variance. Default 1e-4. */
  readonly tolerance?: number;
}

export interface KMeansResult {
  /** [n]; all k clusters have members when the table has k different rows. */
  readonly labels: Int32Array;
  /** [k, d] */
  readonly centroids: Float32Array;
  /** Sum of squared distances to the own centroid. */
  readonly inertia: number;
}

/**
 * k-means of the rows of x [n, d]: greedy k-means++ seeding (Arthur and Vassilvitskii, 2007), Lloyd's iterations with
 * Elkan's bounds (Elkan, 2003), empty clusters re-seeded with the row farthest from its centre, best of several starts.
 *
 * Our own, although there is `ml-kmeans`: that one draws from its own generator, starts once, seeds without trials, and
 * takes rows as nested arrays. For embeddings: tables with many columns are `kmeansOfRows`' part.
 * Throws when k < 1 or k > n.
 */
export function kmeans(
  x: Float32Array,
  n: number,
  d: number,
  k: number,
  random: Random,
  { restarts = 20, maxIterations = 300, tolerance = 1e-4 }: KMeansOptions = {},
): KMeansResult {
  if (x.length !== n * d) throw new Error(`A table of ${n} x ${d} cannot have ${x.length} values.`);
  checkClusters(n, k);
  const state = new Lloyd(x, n, d, k);
  const stop = tolerance * meanVariance(x, n, d);
  let best: Int32Array | undefined;
  let inertia = Infinity;
  for (let start = 0; start < Math.max(1, restarts); start++) {
    state.seed(random);
    const value = state.iterate(maxIterations, stop);
    if (value < inertia || best === undefined) {
      inertia = value;
      best = state.labels.slice();
    }
  }
  const labels = best as Int32Array;
  return { labels, ...summary(x, n, d, k, labels) };
}

export function checkClusters(n: number, k: number): void {
  if (!(k >= 1 && k <= n)) throw new Error(`${n} rows cannot be split into ${k} clusters.`);
}

/** Mean over the columns of their variance. */
function meanVariance(x: Float32Array, n: number, d: number): number {
  const mean = columnMeans(x, n, d);
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) sum += (x[i * d + j] - mean[j]) ** 2;
  return sum / (n * d);
}

/** Centroids and inertia of a labelling, in the original columns. */
function summary(x: Float32Array, n: number, d: number, k: number, labels: Int32Array) {
  const centroids = new Float64Array(k * d);
  const sizes = new Int32Array(k);
  for (let i = 0; i < n; i++) {
    sizes[labels[i]]++;
    for (let j = 0, c = labels[i] * d, p = i * d; j < d; j++, c++, p++) centroids[c] += x[p];
  }
  for (let c = 0; c < k; c++) if (sizes[c] > 0) for (let j = 0; j < d; j++) centroids[c * d + j] /= sizes[c];
  let inertia = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0, c = labels[i] * d, p = i * d; j < d; j++, c++, p++) inertia += (x[p] - centroids[c]) ** 2;
  }
  return { centroids: Float32Array.from(centroids), inertia };
}

/** One start of k-means: centres, labels, and Elkan's bounds on the distances between them. */
class Lloyd {
  readonly labels: Int32Array;
  private readonly centres: Float64Array;
  private readonly sizes: Int32Array;
  /** Upper bound on the distance to the own centre. [n] */
  private readonly upper: Float64Array;
  /** Lower bounds on the distance to every centre. [n, k] */
  private readonly lower: Float64Array;

  constructor(
    private readonly x: Float32Array,
    private readonly n: number,
    private readonly d: number,
    private readonly k: number,
  ) {
    this.labels = new Int32Array(n);
    this.centres = new Float64Array(k * d);
    this.sizes = new Int32Array(k);
    this.upper = new Float64Array(n);
    this.lower = new Float64Array(n * k);
  }

  /**
   * Centres by greedy k-means++: each next centre is the best of 2 + ln k rows drawn with probability proportional to
   * their squared distance from the centres so far.
   */
  seed(random: Random): void {
    const { x, n, d, k, centres } = this;
    const take = (row: number, centre: number) => {
      for (let j = 0; j < d; j++) centres[centre * d + j] = x[row * d + j];
    };
    take(random.integer(n), 0);
    let nearest = new Float64Array(n);
    for (let i = 0; i < n; i++) nearest[i] = this.squared(i, 0);
    const trials = seedingTrials(k);
    for (let c = 1; c < k; c++) {
      const potential = nearest.reduce((sum, value) => sum + value, 0);
      let best: Float64Array | undefined;
      let bestRow = 0;
      let bestPotential = Infinity;
      for (let trial = 0; trial < trials; trial++) {
        const row = draw(nearest, potential, random);
        take(row, c);
        const candidate = new Float64Array(n);
        let sum = 0;
        for (let i = 0; i < n; i++) {
          candidate[i] = Math.min(nearest[i], this.squared(i, c));
          sum += candidate[i];
        }
        if (sum < bestPotential) [best, bestRow, bestPotential] = [candidate, row, sum];
      }
      take(bestRow, c);
      nearest = best as Float64Array<ArrayBuffer>;
    }
  }

  /** Iterates to convergence and returns the inertia. */
  iterate(maxIterations: number, stop: number): number {
    const { n, d, k, labels, upper, lower, centres } = this;
    for (let i = 0; i < n; i++) {
      let own = 0;
      for (let c = 0; c < k; c++) {
        lower[i * k + c] = Math.sqrt(this.squared(i, c));
        if (lower[i * k + c] < lower[i * k + own]) own = c;
      }
      labels[i] = own;
      upper[i] = lower[i * k + own];
    }
    const moved = new Float64Array(k);
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      const before = centres.slice();
      this.updateCentres();
      let movement = 0;
      for (let c = 0; c < k; c++) {
        let squared = 0;
        for (let j = c * d; j < (c + 1) * d; j++) squared += (centres[j] - before[j]) ** 2;
        movement += squared;
        moved[c] = Math.sqrt(squared);
      }
      for (let i = 0; i < n; i++) {
        upper[i] += moved[labels[i]];
        for (let c = 0; c < k; c++) lower[i * k + c] = Math.max(0, lower[i * k + c] - moved[c]);
      }
      const changes = this.assign();
      if (changes === 0 || movement <= stop) break;
    }
    // The last assignment may have moved rows: the inertia is that of the final labels about their own means.
    this.updateCentres();
    let inertia = 0;
    for (let i = 0; i < n; i++) inertia += this.squared(i, labels[i]);
    return inertia;
  }

  /** Gives each row its nearest centre, skipping those that the bounds rule out; returns how many rows changed. */
  private assign(): number {
    const { n, k, labels, upper, lower, centres, d } = this;
    const half = new Float64Array(k * k);
    const nearestHalf = new Float64Array(k).fill(Infinity);
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) {
        if (a === b) continue;
        let squared = 0;
        for (let j = 0; j < d; j++) squared += (centres[a * d + j] - centres[b * d + j]) ** 2;
        half[a * k + b] = Math.sqrt(squared) / 2;
        nearestHalf[a] = Math.min(nearestHalf[a], half[a * k + b]);
      }
    }
    let changes = 0;
    for (let i = 0; i < n; i++) {
      let own = labels[i];
      if (upper[i] <= nearestHalf[own]) continue;
      let exact = false;
      for (let c = 0; c < k; c++) {
        if (c === own || upper[i] <= lower[i * k + c] || upper[i] <= half[own * k + c]) continue;
        if (!exact) {
          upper[i] = lower[i * k + own] = Math.sqrt(this.squared(i, own));
          exact = true;
          if (upper[i] <= lower[i * k + c] || upper[i] <= half[own * k + c]) continue;
        }
        const distance = Math.sqrt(this.squared(i, c));
        lower[i * k + c] = distance;
        if (distance < upper[i]) {
          own = c;
          upper[i] = distance;
        }
      }
      if (own !== labels[i]) {
        labels[i] = own;
        changes++;
      }
    }
    return changes;
  }

  /** Centres := means of their rows; a cluster without rows takes the row that is farthest from its own centre. */
  private updateCentres(): void {
    const { x, n, d, k, labels, centres, sizes } = this;
    sizes.fill(0);
    for (let i = 0; i < n; i++) sizes[labels[i]]++;
    for (let c = 0; c < k; c++) {
      if (sizes[c] > 0) continue;
      let farthest = -1;
      let distance = 0;
      for (let i = 0; i < n; i++) {
        if (sizes[labels[i]] < 2) continue;
        const squared = this.squared(i, labels[i]);
        if (squared > distance) [farthest, distance] = [i, squared];
      }
      // Fewer different rows than clusters: the cluster stays empty.
      if (farthest < 0) continue;
      sizes[labels[farthest]]--;
      sizes[c] = 1;
      labels[farthest] = c;
      this.upper[farthest] = Infinity;
    }
    for (let c = 0; c < k; c++) if (sizes[c] > 0) centres.fill(0, c * d, (c + 1) * d);
    for (let i = 0; i < n; i++) {
      for (let j = 0, c = labels[i] * d, p = i * d; j < d; j++, c++, p++) centres[c] += x[p];
    }
    for (let c = 0; c < k; c++)
      if (sizes[c] > 0) for (let j = c * d; j < (c + 1) * d; j++) centres[j] /= sizes[c];
  }

  /** ‖x_i - centre_c‖^2 */
  private squared(i: number, c: number): number {
    const { x, centres, d } = this;
    let s0 = 0;
    let s1 = 0;
    let p = i * d;
    let q = c * d;
    const end = p + d;
    for (; p + 1 < end; p += 2, q += 2) {
      const a = x[p] - centres[q];
      const b = x[p + 1] - centres[q + 1];
      s0 += a * a;
      s1 += b * b;
    }
    if (p < end) s0 += (x[p] - centres[q]) ** 2;
    return s0 + s1;
  }
}
