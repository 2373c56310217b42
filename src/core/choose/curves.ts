/** What the criteria look at, as a function of K: of all points, and of halves of them. */
import { adjustedRandIndex } from '../evaluation/matching';
import { breathe } from '../evaluation/scan';
import type { Random } from '../random';
import { halves } from './blocks';
import { kneeDistances } from './elbow';
import { assignTo, partitionsOf, subset, upTo, type Partition } from './partitions';
import type { Points } from './points';
import { distancesOf, silhouetteOf } from './silhouettes';
import type { Curve } from './statistics';

/** Each has one number for each K, beginning with K = 1; NaN where there is none. */
export interface Curves {
  /** log W_K of the mean within-cluster square of a time step. */
  readonly logWithin: Curve;
  /** W_K / W_1. */
  readonly share: Curve;
  /** See {@link kneeDistances}. */
  readonly knee: Curve;
  readonly silhouette: Curve;
}

export interface CurvesOfHalves {
  /** Those of each half by itself: two for each split. */
  readonly halves: readonly Curves[];
  /**
   * How much the clusterings of the two halves agree, carried over to all points by the nearest centroid: adjusted Rand
   * index, 1 for equal partitions and 0 for what chance would give. For each split.
   */
  readonly agreement: readonly Curve[];
}

export interface HalvingOptions {
  readonly splits: number;
  /** Time steps of one block. */
  readonly block: number;
  /** Of all points, when silhouettes of the halves are wanted. [n, n] */
  readonly distances?: Float32Array;
  /** The share that is done, 0 to 1. */
  progress?(share: number): void;
}

/** Curves of all points, for K = 1 to `most`. */
export async function curvesOf(
  points: Points,
  most: number,
  random: Random,
  signal?: AbortSignal,
): Promise<{ curves: Curves; distances: Float32Array }> {
  const distances = distancesOf(points);
  const partitions = await partitionsOf(points, upTo(most), random, signal);
  const all = Int32Array.from({ length: points.n }, (_, i) => i);
  return { curves: await describe(partitions, distances, points.n, all, signal), distances };
}

/**
 * Curves of `splits` random halvings in time. Clusterings of two halves share no time step, so that what they agree on is
 * not memory (Lange et al., 2004, doi:10.1162/089976604773717621); blocks of neighbouring steps stay together.
 */
export async function curvesOfHalves(
  points: Points,
  most: number,
  { splits, block, distances, progress }: HalvingOptions,
  random: Random,
  signal?: AbortSignal,
): Promise<CurvesOfHalves> {
  const ofHalves: Curves[] = [];
  const agreement: Curve[] = [];
  for (let split = 0; split < splits; split++) {
    progress?.(split / splits);
    const labels: Int32Array[][] = [];
    for (const rows of halves(points.n, block, random)) {
      const partitions = await partitionsOf(subset(points, rows), upTo(most), random, signal);
      labels.push(partitions.map(({ centroids }) => assignTo(points, centroids)));
      if (distances) ofHalves.push(await describe(partitions, distances, points.n, rows, signal));
    }
    // One cluster is the same everywhere: that says nothing of K = 1.
    agreement.push(labels[0].map((own, i) => (i === 0 ? NaN : adjustedRandIndex(own, labels[1][i]))));
  }
  return { halves: ofHalves, agreement };
}

async function describe(
  partitions: readonly Partition[],
  distances: Float32Array,
  n: number,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<Curves> {
  // Clusters of equal points have no width, and its logarithm would outweigh everything.
  const total = partitions[0].within;
  const within = partitions.map((p) => Math.max(p.within, 1e-9 * total));
  const silhouette = [NaN];
  for (const { labels } of partitions.slice(1)) {
    await breathe(signal);
    silhouette.push(silhouetteOf(distances, n, labels, rows));
  }
  return {
    logWithin: within.map((w) => Math.log(w / rows.length)),
    share: within.map((w) => (total > 0 ? w / total : 1)),
    knee: kneeDistances(within),
    silhouette,
  };
}
