import type { Random } from '../random';
import { rowsOf } from './series';

/** What one step contrasts its batch with. */
export interface ContrastBatch {
  /** [M, D] */
  readonly memory: Float32Array;
  /** [frames, M] */
  readonly positive: Float32Array;
  readonly negative: Float32Array;
}

/**
 * The deep embedding last seen of every time step, as unit rows: the negatives and positives of the temporal contrast
 * (a memory bank, Wu et al., 2018). It lets a batch of a few windows be contrasted with the whole series.
 */
export class Memory {
  /** [n, D] */
  readonly rows: Float32Array;
  /** M: entries given to each step. */
  readonly size: number;

  constructor(
    readonly n: number,
    readonly dimensions: number,
    limit: number,
    private readonly reach: number,
    frames: number,
  ) {
    this.rows = new Float32Array(n * dimensions);
    // Each frame of the batch can bring up to 2 * reach neighbours besides the ones drawn at random.
    this.size = Math.min(n, Math.max(limit, frames * (2 * reach + 1)));
  }

  /** Moves the remembered rows of `times` half-way to the new ones (all the way where nothing was remembered). */
  update(times: ArrayLike<number>, deep: Float32Array): void {
    const d = this.dimensions;
    for (let i = 0; i < times.length; i++) {
      const row = this.rows.subarray(times[i] * d, (times[i] + 1) * d);
      const length = Math.hypot(...deep.subarray(i * d, (i + 1) * d)) || 1;
      let sum = 0;
      for (let j = 0; j < d; j++) {
        row[j] = 0.5 * row[j] + (0.5 * deep[i * d + j]) / length;
        sum += row[j] ** 2;
      }
      const scale = 1 / (Math.sqrt(sum) || 1);
      for (let j = 0; j < d; j++) row[j] *= scale;
    }
  }

  /** Entries for a batch of frames at `times`: all their neighbours within reach, and random others. */
  contrast(times: ArrayLike<number>, random: Random): ContrastBatch {
    const chosen = this.choose(times, random);
    const m = this.size;
    const memory = rowsOf(this.rows, chosen, this.dimensions);
    const positive = new Float32Array(times.length * m);
    const negative = new Float32Array(times.length * m);
    for (let i = 0; i < times.length; i++) {
      for (let j = 0; j < m; j++) {
        const distance = Math.abs(times[i] - chosen[j]);
        if (distance > 3 * this.reach) negative[i * m + j] = 1;
        else if (distance > 0 && distance <= this.reach) positive[i * m + j] = 1;
      }
    }
    return { memory, positive, negative };
  }

  /** Time steps of the M entries that {@link contrast} gives. */
  choose(times: ArrayLike<number>, random: Random): Int32Array {
    if (this.size === this.n) return Int32Array.from({ length: this.n }, (_, i) => i);
    const chosen = new Set<number>();
    for (let i = 0; i < times.length; i++) {
      for (let t = times[i] - this.reach; t <= times[i] + this.reach; t++) {
        if (t >= 0 && t < this.n) chosen.add(t);
      }
    }
    while (chosen.size < this.size) chosen.add(random.integer(this.n));
    return Int32Array.from(chosen);
  }
}
