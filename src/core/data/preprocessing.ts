import type { HyperParameters } from '../config';
import type { Scaling } from './frames';

/** What is gathered about the raw values [T, C, H, W] (NaN where missing) while they are read. */
export interface RawStatistics {
  /** Of the present values of each cell, [C, H, W]; Infinity and -Infinity where there is none. */
  readonly minimum: Float32Array;
  readonly maximum: Float32Array;
  /** Present values of each cell, [C, H, W]. */
  readonly present: Uint32Array;
  /** Sum of the present values of each variable, [C]. */
  readonly sum: Float64Array;
}

/**
 * Fills and scales raw frames, in the order of the published metrics (method, section 2): missing values become the mean
 * of their variable (`fill` 'variable') or of everything ('dataset'); then each cell of each variable, each variable, or
 * everything is scaled to [0, 1] by its minimum and maximum, filled values included. What does not vary becomes 0, and so
 * do cells that are missing at all times.
 */
export class Preprocessing {
  readonly scaling: Scaling;
  /** 1 where a cell has a value at one time step at least. [C, H, W] */
  readonly valid: Uint8Array;
  /** Whether a cell that has values misses some. */
  readonly hasGaps: boolean;
  /** Maximum minus minimum, Infinity where everything becomes 0. [C, H, W] */
  private readonly range: Float64Array;
  /** What a missing value becomes. [C, H, W] */
  private readonly filled: Float32Array;

  /** `cells`: H * W. `steps`: T. */
  constructor(
    statistics: RawStatistics,
    cells: number,
    steps: number,
    fillBy: HyperParameters['preprocessing.fill'],
    scaleBy: HyperParameters['preprocessing.scale'],
  ) {
    const { present } = statistics;
    const fill = fillValues(statistics, cells, fillBy);
    const { minimum, maximum } = ranges(statistics, cells, steps, fill, scaleBy);
    this.scaling = { kind: scaleBy, minimum, maximum, fill };
    this.valid = Uint8Array.from(present, (count) => (count > 0 ? 1 : 0));
    this.hasGaps = present.some((count) => count > 0 && count < steps);
    this.range = Float64Array.from(minimum, (low, cell) => {
      const range = maximum[cell] - low;
      return range > 0 && present[cell] > 0 ? range : Infinity;
    });
    this.filled = Float32Array.from(
      minimum,
      (low, cell) => (fill[Math.floor(cell / cells)] - low) / this.range[cell],
    );
  }

  /** Fills and scales whole frames in place: `frames` is [count, C, H, W], raw. */
  fillAndScale(frames: Float32Array): void {
    const { filled, range } = this;
    const { minimum } = this.scaling;
    for (let at = 0; at < frames.length; at += range.length) {
      for (let cell = 0; cell < range.length; cell++) {
        const raw = frames[at + cell];
        frames[at + cell] = raw === raw ? (raw - minimum[cell]) / range[cell] : filled[cell];
      }
    }
  }

  /** Only scales them: what is missing stays NaN in cells that have values, and is 0 in those that have none. */
  scale(frames: Float32Array): void {
    const { range, valid } = this;
    const { minimum } = this.scaling;
    for (let at = 0; at < frames.length; at += range.length) {
      for (let cell = 0; cell < range.length; cell++) {
        frames[at + cell] = valid[cell] ? (frames[at + cell] - minimum[cell]) / range[cell] : 0;
      }
    }
  }
}

/** Per variable [C]. */
function fillValues(
  { sum, present }: RawStatistics,
  cells: number,
  fillBy: HyperParameters['preprocessing.fill'],
): Float32Array {
  const counts = Array.from(sum, (_, c) => {
    let count = 0;
    for (let i = 0; i < cells; i++) count += present[c * cells + i];
    return count;
  });
  if (fillBy === 'variable') return Float32Array.from(sum, (total, c) => total / counts[c]);
  const total = sum.reduce((a, b) => a + b, 0);
  const count = counts.reduce((a, b) => a + b, 0);
  return new Float32Array(sum.length).fill(total / count);
}

/** Minimum and maximum [C, H, W] of the filled values, over what `scaleBy` says. */
function ranges(
  { minimum, maximum, present }: RawStatistics,
  cells: number,
  steps: number,
  fill: Float32Array,
  scaleBy: HyperParameters['preprocessing.scale'],
): { minimum: Float32Array; maximum: Float32Array } {
  const low = Float32Array.from(minimum);
  const high = Float32Array.from(maximum);
  for (let cell = 0; cell < low.length; cell++) {
    if (present[cell] < steps) {
      const filled = fill[Math.floor(cell / cells)];
      low[cell] = Math.min(low[cell], filled);
      high[cell] = Math.max(high[cell], filled);
    }
  }
  if (scaleBy === 'cell') return { minimum: low, maximum: high };
  const block = scaleBy === 'variable' ? cells : low.length;
  for (let start = 0; start < low.length; start += block) {
    let [a, b] = [Infinity, -Infinity];
    for (let i = start; i < start + block; i++) {
      a = Math.min(a, low[i]);
      b = Math.max(b, high[i]);
    }
    low.fill(a, start, start + block);
    high.fill(b, start, start + block);
  }
  return { minimum: low, maximum: high };
}
