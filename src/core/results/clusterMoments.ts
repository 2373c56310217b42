import { gapsOf } from '../data/timeAxis';
import type { Frames } from '../data/frames';
import { blocksOf } from '../data/rows';

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

/** Cells that are treated at once within a block: their sums stay in the processor's cache. */
const CACHED_CELLS = 4096;

/**
 * Moments of blocks of cells, in two passes over the values: means, then deviations, which is exact where sums of squares
 * would not be. The memory is that of one block of cells and a few rows; what a call returns is overwritten by the next one.
 */
export class MomentsOfCells {
  /** Bytes that one cell of a block takes. */
  static bytesPerCell = (clusters: number): number => 24 * clusters + 33;

  /** 1 where a step follows the one before without a gap in time. [T] */
  private readonly follows: Uint8Array;
  private readonly previous: { readonly deviation: Float64Array; readonly present: Uint8Array };
  private readonly products: Float64Array;
  private readonly pairs: Float64Array;
  private readonly moments: ClusterMoments;

  constructor(
    private readonly frames: Pick<Frames, 'measured' | 'valid' | 'time'>,
    private readonly labels: Int32Array,
    private readonly clusters: number,
    private readonly blockCells: number,
  ) {
    const perCluster = () => new Float64Array(clusters * blockCells);
    this.follows = new Uint8Array(labels.length).fill(1, 1);
    for (const t of gapsOf(frames.time)) this.follows[t] = 0;
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
  async of(first: number, size: number): Promise<ClusterMoments> {
    const { counts, means, squares } = this.moments;
    const { products, pairs, previous } = this;
    for (const sums of [counts, means, squares, products, pairs]) sums.fill(0);
    previous.deviation.fill(0);
    previous.present.fill(0);
    const valid = this.frames.valid.subarray(first, first + size);
    await this.walk(first, size, (...part) => this.addValues(valid, ...part));
    for (let at = 0; at < means.length; at++) if (counts[at] > 0) means[at] /= counts[at];
    await this.walk(first, size, (...part) => this.addDeviations(valid, ...part));
    this.correlate(size);
    return this.moments;
  }

  /**
   * One pass over the rows, a few at a time, and of those a few cells at a time. `visit` is given a time step, where its
   * value of cell `first` + `from` is in `x`, and the cells from `from` to `to` of the block.
   */
  private async walk(
    first: number,
    size: number,
    visit: (t: number, x: Float32Array, at: number, from: number, to: number) => void,
  ): Promise<void> {
    const { measured } = this.frames;
    for await (const { first: start, count, block } of blocksOf(measured)) {
      for (let from = 0; from < size; from += CACHED_CELLS) {
        const to = Math.min(size, from + CACHED_CELLS);
        for (let i = 0; i < count; i++) visit(start + i, block, i * measured.d + first + from, from, to);
      }
    }
  }

  private addValues(
    valid: Uint8Array,
    t: number,
    x: Float32Array,
    at: number,
    from: number,
    to: number,
  ): void {
    const { counts, means } = this.moments;
    const own = this.labels[t] * this.blockCells;
    for (let i = from; i < to; i++, at++) {
      const value = x[at];
      if (value !== value || !valid[i]) continue;
      counts[own + i]++;
      means[own + i] += value;
    }
  }

  private addDeviations(
    valid: Uint8Array,
    t: number,
    x: Float32Array,
    at: number,
    from: number,
    to: number,
  ): void {
    const { products, pairs } = this;
    const { deviation: before, present } = this.previous;
    const { means, squares } = this.moments;
    const own = this.labels[t] * this.blockCells;
    const follows = this.follows[t];
    for (let i = from; i < to; i++, at++) {
      const value = x[at];
      if (value !== value || !valid[i]) {
        before[i] = present[i] = 0;
        continue;
      }
      const deviation = value - means[own + i];
      squares[own + i] += deviation * deviation;
      if (follows && present[i]) {
        products[i] += deviation * before[i];
        pairs[i]++;
      }
      before[i] = deviation;
      present[i] = 1;
    }
  }

  private correlate(size: number): void {
    const { clusters, blockCells, products, pairs } = this;
    const { counts, squares, autocorrelation } = this.moments;
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
}
