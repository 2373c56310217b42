import type { Samples } from '../../../src/core/methods/samples';
import { samplesInMemory } from '../../../src/core/methods/samples';

/** Samples whose classes are known. */
export interface Dataset {
  readonly samples: Samples;
  /** Class of each row, 0 to classes - 1. [n] */
  readonly truth: Int32Array;
  readonly classes: number;
  /** Rows over which the scores are taken, where the published ones are those of a test set. By default all. */
  readonly scored?: Int32Array;
}

/** Class numbers from 0 on, in the order of their names. */
export function numberClasses(names: ArrayLike<string | number>): { truth: Int32Array; classes: number } {
  const known = [...new Set(Array.from(names))].sort((a, b) => (a < b ? -1 : 1));
  const numberOf = new Map(known.map((name, i) => [name, i]));
  return { truth: Int32Array.from(Array.from(names), (name) => numberOf.get(name)!), classes: known.length };
}

/** A data set of images (one variable) or plain rows (height 1), values in [0, 1]. */
export function dataset(
  values: Float32Array,
  shape: { readonly n: number; readonly height: number; readonly width: number },
  names: ArrayLike<string | number>,
): Dataset {
  const { n, height, width } = shape;
  return { samples: samplesInMemory(values, [n, 1, height, width]), ...numberClasses(names) };
}

/** Each column scaled to [0, 1] over all rows; a constant one becomes 0. `[n, d]` */
export function scaleColumns(values: Float32Array, n: number, d: number): Float32Array {
  const scaled = new Float32Array(n * d);
  for (let j = 0; j < d; j++) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      low = Math.min(low, values[i * d + j]);
      high = Math.max(high, values[i * d + j]);
    }
    if (high > low) {
      for (let i = 0; i < n; i++) scaled[i * d + j] = (values[i * d + j] - low) / (high - low);
    }
  }
  return scaled;
}

/** Rows of a data set, in their order there. */
export function rowsOf(
  { samples, truth, classes }: Dataset,
  rows: Int32Array,
  values: Float32Array,
): Dataset {
  const { variables, height, width } = samples;
  const d = variables * height * width;
  const part = new Float32Array(rows.length * d);
  rows.forEach((row, i) => part.set(values.subarray(row * d, (row + 1) * d), i * d));
  return {
    samples: samplesInMemory(part, [rows.length, variables, height, width]),
    truth: rows.map((row) => truth[row]),
    classes,
  };
}
