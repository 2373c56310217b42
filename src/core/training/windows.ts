import type { Frames } from '../data/frames';
import { blocksOf, type Rows, type SharedRows } from '../data/rows';
import { CancelledError } from '../errors';
import type { Architecture } from '../model/architecture';
import type { Random } from '../random';

/**
 * The windows of a series: standardised (minus the mean field, over one pooled standard deviation, zero where a cell has
 * no data), padded, and laid out time-major for the model. Only the windows that are being used are in memory, besides
 * what the table holds itself.
 */
export class Windows {
  readonly n: number;
  /** Elements of one padded frame, C*Hp*Wp. */
  readonly frameSize: number;

  private constructor(
    private readonly table: SharedRows,
    private readonly a: Architecture,
    /** Mean of each cell over time, padded: [C, Hp, Wp]. */
    readonly mean: Float32Array,
    /** Pooled standard deviation of the anomalies of all valid cells; 1 if they are all constant. */
    readonly deviation: number,
    /** 1 at cells with data, 0 elsewhere and in the padding: [C, Hp, Wp]. */
    readonly mask: Float32Array,
  ) {
    this.n = table.n;
    this.frameSize = mean.length;
  }

  /** Takes the statistics of the series, in one pass over it. Throws a CancelledError when the signal is aborted. */
  static async create(
    { table, valid }: Pick<Frames, 'table' | 'valid'>,
    a: Architecture,
    signal?: AbortSignal,
  ): Promise<Windows> {
    const { n, d } = table;
    const sums = new Float64Array(d);
    const squares = new Float64Array(d);
    for await (const { block } of blocksOf(table)) {
      if (signal?.aborted) throw new CancelledError();
      for (let i = 0; i < block.length; i += d) {
        for (let j = 0; j < d; j++) {
          sums[j] += block[i + j];
          squares[j] += block[i + j] ** 2;
        }
      }
    }
    const mean = new Float32Array(a.variables * a.paddedHeight * a.paddedWidth);
    const mask = new Float32Array(mean.length);
    let variance = 0;
    let cells = 0;
    eachRow(a, (from, to) => {
      for (let x = 0; x < a.width; x++) {
        if (!valid[from + x]) continue;
        const own = sums[from + x] / n;
        mean[to + x] = own;
        mask[to + x] = 1;
        variance += squares[from + x] / n - own * own;
        cells++;
      }
    });
    const deviation = Math.sqrt(Math.max(variance, 0) / Math.max(cells, 1)) || 1;
    return new Windows(table, a, mean, deviation, mask);
  }

  /**
   * Writes a raw frame, [C, H, W] at `base` of `raw`, into `out` at `offset`, shifted by (dy, dx) cells; what enters at the
   * edges is zero.
   */
  writeFrame(raw: Float32Array, base: number, out: Float32Array, offset: number, dy = 0, dx = 0): void {
    const { variables, height, width, paddedHeight, paddedWidth } = this.a;
    const scale = 1 / this.deviation;
    out.fill(0, offset, offset + this.frameSize);
    for (let c = 0; c < variables; c++) {
      for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
        const from = (c * height + y) * width;
        const source = (c * paddedHeight + y) * paddedWidth;
        const to = offset + (c * paddedHeight + y + dy) * paddedWidth + dx;
        for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
          if (this.mask[source + x]) {
            out[to + x] = (raw[base + from + x] - this.mean[source + x]) * scale;
          }
        }
      }
    }
  }

  /** The whole series standardised and padded: rows of C*Hp*Wp (for the EOFs). */
  standardised(): Rows {
    const { table, frameSize } = this;
    let out = new Float32Array(0);
    return {
      n: this.n,
      d: frameSize,
      read: async (first, count) => {
        const raw = await table.read(first, count);
        if (out.length < count * frameSize) out = new Float32Array(count * frameSize);
        for (let i = 0; i < count; i++) this.writeFrame(raw, i * table.d, out, i * frameSize);
        return out.subarray(0, count * frameSize);
      },
    };
  }

  /**
   * Batches of the windows that begin at the given steps, one batch after the other: the next one is read from disk while
   * the caller works on this one, which is good until then.
   */
  async *read(batches: readonly (readonly number[])[]): AsyncGenerator<WindowBatch> {
    const spare: Float32Array[] = [];
    const fetch = (i: number): Promise<WindowBatch> => {
      const batch = this.fetch(batches[i], spare.pop());
      // Whoever waits for it is told; until then a failure is nobody's.
      batch.catch(() => undefined);
      return batch;
    };
    let next: Promise<WindowBatch> | undefined;
    try {
      for (let i = 0; i < batches.length; i++) {
        const batch = await (next ?? fetch(i));
        next = i + 1 < batches.length ? fetch(i + 1) : undefined;
        yield batch;
        spare.push(batch.raw);
      }
    } finally {
      // A read that is under way must not outlive the table.
      await next?.catch(() => undefined);
    }
  }

  /** The windows that begin at `starts`; `spare`: memory of an earlier batch that is not needed any more. */
  async fetch(starts: readonly number[], spare?: Float32Array): Promise<WindowBatch> {
    const window = this.a.steps * this.table.d;
    const size = starts.length * window;
    const raw = spare && spare.length === size ? spare : new Float32Array(size);
    await Promise.all(
      starts.map((start, b) => this.table.readInto(raw.subarray(b * window, (b + 1) * window), start)),
    );
    return new WindowBatch(this, this.a, starts, raw);
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

/** One batch of windows of B starts. */
export class WindowBatch {
  constructor(
    private readonly windows: Windows,
    private readonly a: Architecture,
    readonly starts: readonly number[],
    /** Scaled frames as they were read, [B, T, C, H, W]. */
    readonly raw: Float32Array,
  ) {}

  /** Time steps in time-major order, `[T*B]`. */
  get times(): Int32Array {
    const times = new Int32Array(this.a.steps * this.starts.length);
    this.eachFrame((t, _b, index) => {
      times[index] = t;
    });
    return times;
  }

  /** The batch `[T*B, C, Hp, Wp]`, time-major. */
  clean(): Float32Array {
    const { frameSize } = this.windows;
    const out = new Float32Array(this.a.steps * this.starts.length * frameSize);
    this.eachFrame((_t, _b, index, base) => this.windows.writeFrame(this.raw, base, out, index * frameSize));
    return out;
  }

  /**
   * The same batch augmented: every window shifted by up to `shift` cells, and normal noise of the given standard
   * deviation (relative to the data's) at cells with data.
   */
  augmented(options: { noise: number; shift: number }, random: Random): Float32Array {
    const { frameSize, mask } = this.windows;
    const out = new Float32Array(this.a.steps * this.starts.length * frameSize);
    const span = 2 * options.shift + 1;
    const shifts = this.starts.map(() => [
      random.integer(span) - options.shift,
      random.integer(span) - options.shift,
    ]);
    this.eachFrame((_t, b, index, base) => {
      const offset = index * frameSize;
      this.windows.writeFrame(this.raw, base, out, offset, shifts[b][0], shifts[b][1]);
      if (options.noise > 0) {
        for (let i = 0; i < frameSize; i++) {
          if (mask[i]) out[offset + i] += options.noise * random.normal();
        }
      }
    });
    return out;
  }

  /** Calls back with the time step, window, place in the batch and place in `raw` of each frame, time-major. */
  private eachFrame(callback: (t: number, window: number, index: number, base: number) => void): void {
    const { starts, a } = this;
    const frame = a.variables * a.height * a.width;
    for (let step = 0; step < a.steps; step++) {
      for (let b = 0; b < starts.length; b++) {
        callback(starts[b] + step, b, step * starts.length + b, (b * a.steps + step) * frame);
      }
    }
  }
}

/** Calls back with the offsets of each row of a frame without and with padding. */
function eachRow(a: Architecture, callback: (from: number, to: number) => void): void {
  for (let c = 0; c < a.variables; c++) {
    for (let y = 0; y < a.height; y++) {
      callback((c * a.height + y) * a.width, (c * a.paddedHeight + y) * a.paddedWidth);
    }
  }
}
