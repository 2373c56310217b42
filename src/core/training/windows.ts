import type { Frames } from '../data/frames';
import type { Architecture } from '../model/architecture';
import type { Random } from '../random';

/**
 * The windows of a series: standardised (minus the mean field, over one pooled standard deviation, zero where a cell has
 * no data), padded, and laid out time-major for the model.
 */
export class Windows {
  readonly n: number;
  /** Elements of one padded frame, C*Hp*Wp. */
  readonly frameSize: number;
  /** Mean of each cell over time, padded: [C, Hp, Wp]. */
  readonly mean: Float32Array;
  /** Pooled standard deviation of the anomalies of all valid cells; 1 if they are all constant. */
  readonly deviation: number;
  /** 1 at cells with data, 0 elsewhere and in the padding: [C, Hp, Wp]. */
  readonly mask: Float32Array;

  constructor(
    private readonly frames: Frames,
    private readonly a: Architecture,
  ) {
    const { variables: c, height, width, paddedHeight, paddedWidth } = a;
    const cells = c * height * width;
    this.n = frames.values.length / cells;
    this.frameSize = c * paddedHeight * paddedWidth;
    this.mean = new Float32Array(this.frameSize);
    this.mask = new Float32Array(this.frameSize);

    const sums = new Float64Array(cells);
    const squares = new Float64Array(cells);
    for (let t = 0, i = 0; t < this.n; t++) {
      for (let j = 0; j < cells; j++, i++) {
        sums[j] += frames.values[i];
        squares[j] += frames.values[i] ** 2;
      }
    }
    let variance = 0;
    let valid = 0;
    this.eachRow((from, to) => {
      for (let x = 0; x < width; x++) {
        if (!frames.valid[from + x]) continue;
        const mean = sums[from + x] / this.n;
        this.mean[to + x] = mean;
        this.mask[to + x] = 1;
        variance += squares[from + x] / this.n - mean * mean;
        valid++;
      }
    });
    this.deviation = Math.sqrt(Math.max(variance, 0) / Math.max(valid, 1)) || 1;
  }

  /** Calls back with the offsets of each row of a frame without and with padding. */
  private eachRow(callback: (from: number, to: number) => void): void {
    const { variables, height, width, paddedHeight, paddedWidth } = this.a;
    for (let c = 0; c < variables; c++) {
      for (let y = 0; y < height; y++) {
        callback((c * height + y) * width, (c * paddedHeight + y) * paddedWidth);
      }
    }
  }

  /** Writes frame t into `out` at `offset`, shifted by (dy, dx) cells; what enters at the edges is zero. */
  private writeFrame(t: number, out: Float32Array, offset: number, dy = 0, dx = 0): void {
    const { variables, height, width, paddedHeight, paddedWidth } = this.a;
    const { values } = this.frames;
    const base = t * variables * height * width;
    const scale = 1 / this.deviation;
    out.fill(0, offset, offset + this.frameSize);
    for (let c = 0; c < variables; c++) {
      for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
        const from = (c * height + y) * width;
        const source = (c * paddedHeight + y) * paddedWidth;
        const to = offset + (c * paddedHeight + y + dy) * paddedWidth + dx;
        for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
          if (this.mask[source + x]) {
            out[to + x] = (values[base + from + x] - this.mean[source + x]) * scale;
          }
        }
      }
    }
  }

  /** The whole series standardised and padded, `[n, C*Hp*Wp]` (for the EOFs). */
  matrix(): Float32Array {
    const out = new Float32Array(this.n * this.frameSize);
    for (let t = 0; t < this.n; t++) this.writeFrame(t, out, t * this.frameSize);
    return out;
  }

  /** A batch `[T*B, C, Hp, Wp]`, time-major, of the windows that begin at `starts`. */
  batch(starts: readonly number[]): Float32Array {
    const out = new Float32Array(this.a.steps * starts.length * this.frameSize);
    this.eachFrame(starts, (t, _b, index) => this.writeFrame(t, out, index * this.frameSize));
    return out;
  }

  /**
   * The same batch augmented: every window shifted by up to `shift` cells, and normal noise of the given standard
   * deviation (relative to the data's) at cells with data.
   */
  augmentedBatch(
    starts: readonly number[],
    options: { noise: number; shift: number },
    random: Random,
  ): Float32Array {
    const out = new Float32Array(this.a.steps * starts.length * this.frameSize);
    const span = 2 * options.shift + 1;
    const shifts = starts.map(() => [
      random.integer(span) - options.shift,
      random.integer(span) - options.shift,
    ]);
    this.eachFrame(starts, (t, b, index) => {
      const offset = index * this.frameSize;
      this.writeFrame(t, out, offset, shifts[b][0], shifts[b][1]);
      if (options.noise > 0) {
        for (let i = 0; i < this.frameSize; i++) {
          if (this.mask[i]) out[offset + i] += options.noise * random.normal();
        }
      }
    });
    return out;
  }

  /** Time steps of a batch in its time-major order, `[T*B]`. */
  times(starts: readonly number[]): Int32Array {
    const out = new Int32Array(this.a.steps * starts.length);
    this.eachFrame(starts, (t, _b, index) => {
      out[index] = t;
    });
    return out;
  }

  private eachFrame(
    starts: readonly number[],
    callback: (t: number, window: number, index: number) => void,
  ): void {
    for (let step = 0; step < this.a.steps; step++) {
      for (let b = 0; b < starts.length; b++) callback(starts[b] + step, b, step * starts.length + b);
    }
  }

  /**
   * Window starts of one training epoch, in batches: windows laid end to end from a random offset, so that every step
   * comes up about once and at every place in a window over the epochs, in random order; cut to `maxSteps` batches.
   */
  epoch(random: Random, maxSteps: number): number[][] {
    const { steps, batch } = this.a;
    const last = this.n - steps;
    const starts: number[] = [];
    for (let start = random.integer(steps) - steps + 1; start < this.n; start += steps) {
      starts.push(Math.min(Math.max(start, 0), last));
    }
    random.shuffle(starts);
    const batches = Math.min(maxSteps, Math.ceil(starts.length / batch));
    while (starts.length < batches * batch) starts.push(random.integer(last + 1));
    return Array.from({ length: batches }, (_, i) => starts.slice(i * batch, (i + 1) * batch));
  }

  /** Window starts that cover the series every `stride` steps, in batches; the last batch repeats its last window. */
  cover(stride: number): number[][] {
    const { steps, batch } = this.a;
    const last = this.n - steps;
    const starts: number[] = [];
    for (let start = 0; start < last; start += Math.min(stride, steps)) starts.push(start);
    starts.push(last);
    while (starts.length % batch) starts.push(last);
    return Array.from({ length: starts.length / batch }, (_, i) => starts.slice(i * batch, (i + 1) * batch));
  }
}
