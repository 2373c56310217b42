/** Soft assignment of the whole series and its hard labels. */
export interface Assignment {
  /** [n, K] */
  readonly q: Float32Array;
  /** [n] */
  readonly labels: Int32Array;
}

/** One labelling of the series in the course of a training. */
export interface Labelling extends Assignment {
  /** Counts the labellings of the run, from 1. */
  readonly count: number;
  /** The embeddings that were assigned; not in the checkpoints of old versions. [n, D] */
  readonly z?: Float32Array;
}

/** Labels of largest assignment; the first of equal ones. `q` is [n, K]. */
export function toAssignment(q: Float32Array, clusters: number): Assignment {
  const labels = new Int32Array(q.length / clusters);
  for (let t = 0; t < labels.length; t++) {
    for (let k = 1; k < clusters; k++) {
      if (q[t * clusters + k] > q[t * clusters + labels[t]]) labels[t] = k;
    }
  }
  return { q, labels };
}

/** The rows of a table `[n, d]` at the given time steps, `[times.length, d]`. */
export function rowsOf(table: Float32Array, times: ArrayLike<number>, d: number): Float32Array {
  const rows = new Float32Array(times.length * d);
  for (let i = 0; i < times.length; i++) rows.set(table.subarray(times[i] * d, (times[i] + 1) * d), i * d);
  return rows;
}

/**
 * Mean of what overlapping windows say of every time step. Frames near the ends of a window lack context, so they weigh
 * less (a triangle over the window).
 */
export class WindowAverage {
  private readonly sums: Float32Array;
  private readonly weights: Float32Array;

  constructor(
    n: number,
    private readonly dimensions: number,
    private readonly steps: number,
  ) {
    this.sums = new Float32Array(n * dimensions);
    this.weights = new Float32Array(n);
  }

  /** Adds a batch of windows: the time steps of its frames [T*B], time-major, and a row for each [T*B, D]. */
  add(times: Int32Array, rows: Float32Array): void {
    const d = this.dimensions;
    const windows = times.length / this.steps;
    times.forEach((t, i) => {
      const step = Math.floor(i / windows);
      const weight = Math.min(step + 1, this.steps - step);
      this.weights[t] += weight;
      for (let j = 0; j < d; j++) this.sums[t * d + j] += weight * rows[i * d + j];
    });
  }

  /** [n, D] */
  values(): Float32Array {
    return this.sums.map((sum, i) => sum / this.weights[Math.floor(i / this.dimensions)]);
  }
}
