import type { Frames } from '../data/frames';
import {
  FALSE_DISCOVERY_RATE,
  falseDiscoveries,
  fTail,
  independentShare,
  welchTest,
} from '../evaluation/significance';
import { MomentsOfCells, type ClusterMoments } from './clusterMoments';

/**
 * Mean fields, in the units of the file, and where they differ by more than chance would have it. NaN where a cell has no
 * value at any time, and in clusters without members.
 */
export interface Composites {
  /** Mean over the time steps of each cluster. [K, C, H, W] */
  readonly clusters: Float32Array;
  /** Mean over all time steps. [C, H, W] */
  readonly overall: Float32Array;
  /** Time steps of each cluster. [K] */
  readonly sizes: Int32Array;
  /** 1 where the mean of a cluster differs significantly from that of all other time steps. [K, C, H, W] */
  readonly significant: Uint8Array;
  /** F statistic of the differences between the clusters' means; NaN where it is not defined. [C, H, W] */
  readonly fStatistic: Float32Array;
  /** 1 where it is significant. [C, H, W] */
  readonly fSignificant: Uint8Array;
}

/** Bytes for the sums of the cells that are treated in one pass over the data. */
const BLOCK_BYTES = 256 * 2 ** 20;

/**
 * Composite maps of a clustering, over the values that the file has, with the scaling undone, and their significance:
 *
 * - Each cluster against all other time steps: two-sided t-test in each cell (Welch: variances may differ).
 * - All clusters: F statistic of the one-way analysis of variance in each cell, F = (SSB' / (K - 1)) / (SSW / (n - K)), on
 *   K - 1 and n' - K degrees of freedom, K the clusters that have values there.
 * - Time steps are not independent: sizes are effective ones, n' = n (1 - r) / (1 + r), also those that weigh the clusters
 *   in SSB'; r is the lag-1 autocorrelation in the cell of the deviations from the cluster means, over steps without a gap
 *   between them. Members of a cluster that are not neighbours depend on each other less than that: the test errs on the
 *   side of caution.
 * - A map has many cells: the false discovery rate over the cells of the map is controlled (Wilks 2016).
 *
 * The same data made the clusters, so that this says where a composite stands out, not that the regimes exist. Undefined
 * tests (constant cells, fewer than two independent steps in a cluster) are not significant.
 * `labels` [T], 0 to clusters - 1. Time: two passes over the data, and two more for each further 256 MiB that the sums of
 * all cells and clusters need.
 */
export async function composites(frames: Frames, labels: Int32Array, clusters: number): Promise<Composites> {
  const { valid, scaling, grid } = frames;
  const mapCells = grid.height * grid.width;
  const frame = valid.length;
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label]++;
  const maps = {
    clusters: new Float32Array(clusters * frame),
    overall: new Float32Array(frame),
    significant: new Uint8Array(clusters * frame),
    fStatistic: new Float32Array(frame),
    fSignificant: new Uint8Array(frame),
  };
  const blockCells = Math.min(frame, Math.floor(BLOCK_BYTES / MomentsOfCells.bytesPerCell(clusters)));
  const moments = new MomentsOfCells(frames, labels, clusters, blockCells);
  const pT = Array.from({ length: clusters }, () => new Float64Array(mapCells));
  const pF = new Float64Array(mapCells);
  for (let first = 0; first < frame; first += blockCells) {
    const size = Math.min(blockCells, frame - first);
    const block = await moments.of(first, size);
    for (let i = 0; i < size; i++) {
      const cell = first + i;
      const inMap = cell % mapCells;
      const low = scaling.minimum[cell];
      const range = scaling.maximum[cell] - low;
      const tests = testCell(block, i, clusters, blockCells);
      maps.overall[cell] = low + tests.mean * range;
      maps.fStatistic[cell] = tests.f;
      pF[inMap] = tests.pF;
      for (let k = 0; k < clusters; k++) {
        const at = k * blockCells + i;
        maps.clusters[k * frame + cell] = block.counts[at] > 0 ? low + block.means[at] * range : NaN;
        pT[k][inMap] = tests.pT[k];
      }
      if (inMap < mapCells - 1) continue;
      const map = cell - inMap;
      maps.fSignificant.set(falseDiscoveries(pF, FALSE_DISCOVERY_RATE), map);
      pT.forEach((p, k) => maps.significant.set(falseDiscoveries(p, FALSE_DISCOVERY_RATE), k * frame + map));
    }
  }
  return { ...maps, sizes };
}

/** Bytes that composites of `cells` (C H W) take at their peak, the maps themselves included. */
export function compositeMemory(cells: number, clusters: number): number {
  return Math.min(BLOCK_BYTES, cells * MomentsOfCells.bytesPerCell(clusters)) + cells * (13 * clusters + 9);
}

interface CellTests {
  /** Over all values; NaN where there is none. */
  readonly mean: number;
  /** P values of each cluster against the rest. [K] */
  readonly pT: readonly number[];
  readonly f: number;
  readonly pF: number;
}

/** The tests of cell i of a block of `block` cells. */
function testCell(
  { counts, means, squares, autocorrelation }: ClusterMoments,
  i: number,
  clusters: number,
  block: number,
): CellTests {
  let [count, sum, within, groups] = [0, 0, 0, 0];
  for (let k = 0, at = i; k < clusters; k++, at += block) {
    count += counts[at];
    sum += counts[at] * means[at];
    within += squares[at];
    if (counts[at] > 0) groups++;
  }
  const mean = sum / count;
  const share = independentShare(autocorrelation[i]);
  const pT: number[] = [];
  let between = 0;
  for (let k = 0, own = i; k < clusters; k++, own += block) {
    between += counts[own] * (means[own] - mean) ** 2;
    const others = count - counts[own];
    const othersMean = (sum - counts[own] * means[own]) / others;
    let othersSquares = 0;
    for (let at = i; at < clusters * block; at += block) {
      if (at !== own) othersSquares += squares[at] + counts[at] * (means[at] - othersMean) ** 2;
    }
    pT.push(
      welchTest(
        { mean: means[own], variance: squares[own] / (counts[own] - 1), size: share * counts[own] },
        { mean: othersMean, variance: othersSquares / (others - 1), size: share * others },
      ),
    );
  }
  const degrees = [groups - 1, share * count - groups] as const;
  const defined = degrees[0] > 0 && degrees[1] > 0 && within > 0;
  const f = defined ? (share * between * (count - groups)) / (within * degrees[0]) : NaN;
  return { mean, pT, f, pF: fTail(f, ...degrees) };
}
