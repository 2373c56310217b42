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
 * Fills and scales raw values in place, in the order of the published metrics (method, section 2): missing values become
 * the mean of their variable (`fill` 'variable') or of everything ('dataset'); then each cell of each variable, each
 * variable, or everything is scaled to [0, 1] by its minimum and maximum, filled values included. What does not vary
 * becomes 0, and so do cells that are missing at all times.
 * `values` [T, C, H, W] with `cells` = H * W. What was missing is gone from `values` then; it is returned as bits (see
 * Frames.absent), unless the cells that are missing at all times are all there is.
 */
export function fillAndScale(
  values: Float32Array,
  cells: number,
  statistics: RawStatistics,
  fillBy: HyperParameters['preprocessing.fill'],
  scaleBy: HyperParameters['preprocessing.scale'],
): { scaling: Scaling; absent: Uint8Array | undefined } {
  const variables = statistics.sum.length;
  const frame = variables * cells;
  const steps = values.length / frame;
  const fill = fillValues(statistics, cells, fillBy);
  const { minimum, maximum } = ranges(statistics, cells, steps, fill, scaleBy);
  const partly = statistics.present.some((count) => count > 0 && count < steps);
  const absent = partly ? new Uint8Array(Math.ceil(values.length / 8)) : undefined;

  for (let t = 0; t < steps; t++) {
    for (let c = 0; c < variables; c++) {
      const filled = fill[c];
      for (let i = 0; i < cells; i++) {
        const cell = c * cells + i;
        const at = t * frame + cell;
        const raw = values[at];
        if (absent && Number.isNaN(raw)) absent[at >>> 3] |= 1 << (at & 7);
        const range = maximum[cell] - minimum[cell];
        const absentAlways = statistics.present[cell] === 0;
        values[at] =
          range > 0 && !absentAlways ? ((Number.isNaN(raw) ? filled : raw) - minimum[cell]) / range : 0;
      }
    }
  }
  return { scaling: { kind: scaleBy, minimum, maximum, fill }, absent };
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
