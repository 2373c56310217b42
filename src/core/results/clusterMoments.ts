import { gapsOf } from '../data/timeAxis';
import { isAbsent, type Frames } from '../data/frames';

/** What tests of means need of B cells, over the values that the file has, in the scaled space of the frames. */
export interface ClusterMoments {
  /** Values of each cluster in each cell. [K, B] */
  readonly counts: Float64Array;
  /** Mean of each cluster in each cell; 0 where it has no value. [K, B] */
  readonly means: Float64Array;
  /** Sum of squared deviations from that mean. [K, B] */
  readonly squares: Float64Array;
  /** Lag-1 autocorrelation of the deviations from the cluster means; NaN where nothing deviates. [B] */
  readonly autocorrelation: Float64Array;
}

/**
 * Moments of blocks of cells, two passes over the values of each block: means, then deviations, which is exact where
 * sums of squares would not be. The memory is that of one block; what a call returns is overwritten by the next one.
 */
export class MomentsOfCells {
  /** 1 where a step follows the one before without a gap in time. [T] */
  private readonly follows: Uint8Array;
  private readonly present: Uint8Array;
  private readonly previous: { readonly deviation: Float64Array; readonly present: Uint8Array };
  private readonly products: Float64Array;
  private readonly pairs: Float64Array;
  private readonly moments: ClusterMoments;

  constructor(
    private readonly frames: Frames,
    private readonly labels: Int32Array,
    private readonly clusters: number,
    private readonly blockCells: number,
  ) {
    const perCluster = () => new Float64Array(clusters * blockCells);
    this.follows = new Uint8Array(labels.length).fill(1, 1);
    for (const t of gapsOf(frames.time)) this.follows[t] = 0;
    this.present = new Uint8Array(blockCells);
    this.previous = {
      deviation: new Float64Array(blockCells),
      present: new Uint8Array(blockCells),
    };
    this.products = new Float64Array(blockCells);
    this.pairs = new Float64Array(blockCells);
    this.moments = {
      counts: perCluster(),
      means: perCluster(),
      squares: perCluster(),
      autocorrelation: new Float64Array(blockCells),
    };
  }

  /** Of `size` cells (`blockCells` at most) from `first` on; cluster k, cell first + i is at k * blockCells + i. */
  of(first: number, size: number): ClusterMoments {
    this.gatherMeans(first, size);
    this.gatherDeviations(first, size);
    return this.moments;
  }

  private gatherMeans(first: number, size: number): void {
    const { frames, labels, blockCells, present } = this;
    const { counts, means } = this.moments;
    const { values } = frames;
    const cells = frames.valid.length;
    counts.fill(0);
    means.fill(0);
    for (let t = 0; t < labels.length; t++) {
      this.markPresent(t, first, size);
      const to = labels[t] * blockCells;
      const from = t * cells + first;
      for (let i = 0; i < size; i++) {
        counts[to + i] += present[i];
        means[to + i] += present[i] * values[from + i];
      }
    }
    for (let at = 0; at < means.length; at++) if (counts[at] > 0) means[at] /= counts[at];
  }

  private gatherDeviations(first: number, size: number): void {
    const { frames, labels, clusters, blockCells, present, previous, products, pairs } = this;
    const { counts, means, squares, autocorrelation } = this.moments;
    const { values } = frames;
    const cells = frames.valid.length;
    squares.fill(0);
    products.fill(0);
    pairs.fill(0);
    for (let t = 0; t < labels.length; t++) {
      this.markPresent(t, first, size);
      if (!this.follows[t]) {
        previous.deviation.fill(0);
        previous.present.fill(0);
      }
      const to = labels[t] * blockCells;
      const from = t * cells + first;
      for (let i = 0; i < size; i++) {
        const deviation = present[i] * (values[from + i] - means[to + i]);
        squares[to + i] += deviation * deviation;
        products[i] += deviation * previous.deviation[i];
        pairs[i] += present[i] & previous.present[i];
        previous.deviation[i] = deviation;
        previous.present[i] = present[i];
      }
    }
    for (let i = 0; i < size; i++) {
      let [square, count] = [0, 0];
      for (let at = i; at < clusters * blockCells; at += blockCells) {
        square += squares[at];
        count += counts[at];
      }
      // Without a pair of consecutive steps nothing is known to depend on what came before.
      const covariance = pairs[i] > 0 ? products[i] / pairs[i] : 0;
      autocorrelation[i] = covariance / (square / count);
    }
  }

  private markPresent(t: number, first: number, size: number): void {
    const { frames, present } = this;
    if (!frames.absent) {
      if (t === 0) for (let i = 0; i < size; i++) present[i] = frames.valid[first + i];
      return;
    }
    const from = t * frames.valid.length + first;
    for (let i = 0; i < size; i++) present[i] = isAbsent(frames, from + i) ? 0 : 1;
  }
}
