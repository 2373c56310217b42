import type { Random } from '../random';
import { rowsOf } from './series';

/** What one step contrasts its batch with. */
export interface ContrastBatch {
  /** [M, D] */
  readonly memory: Float32Array;
  /** 1 where a remembered frame is near, [frames, M]. */
  readonly positive: Float32Array;
}

/**
 * The deep embedding last seen of every time step, which the temporal contrast compares with (a memory bank, Wu et al.,
 * 2018). It lets a batch of a few windows be contrasted with the whole series.
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

  /** Remembers the embeddings of the whole series, [n, D]. */
  fill(deep: Float32Array): void {
    this.rows.set(deep);
  }

  /** Moves the remembered rows of `times` half-way to the new ones. */
  update(times: ArrayLike<number>, deep: Float32Array): void {
    const d = this.dimensions;
    for (let i = 0; i < times.length; i++) {
      const row = times[i] * d;
      for (let j = 0; j < d; j++) this.rows[row + j] = 0.5 * (this.rows[row + j] + deep[i * d + j]);
    }
  }

  /** Entries for a batch of frames at `times`: all their neighbours within reach, and random others. */
  contrast(times: ArrayLike<number>, random: Random): ContrastBatch {
    const chosen = this.choose(times, random);
    const m = this.size;
    const memory = rowsOf(this.rows, chosen, this.dimensions);
    const positive = new Float32Array(times.length * m);
    for (let i = 0; i < times.length; i++) {
      for (let j = 0; j < m; j++) {
        const distance = Math.abs(times[i] - chosen[j]);
        if (distance > 0 && distance <= this.reach) positive[i * m + j] = 1;
      }
    }
    return { memory, positive };
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
