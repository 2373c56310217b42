import type { Dataset, NumericArray, Variable } from './dataset';
import { decoderOf, type Decoder } from './decode';
import { decodeInto } from './decodeInto';
import type { FieldListing, Selection } from './fields';
import type { GridCut } from './grid';

/** Values per read of data in chunks, unless a single chunk is larger: several chunks are unpacked at the same time. */
const tileValuesInChunks = 1 << 22;
/** Values per read of data that need no unpacking: what was read is decoded while it is in the processor's cache. */
const tileValuesPlain = 1 << 18;

/** A block of time steps and rows (indices within the cut). */
export interface Tile {
  readonly firstStep: number;
  readonly steps: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** Reads the frames of one field, block by block: decoded, cut to a part of the grid, extra axes selected, in the order (time, y, x). */
export class FieldReader {
  readonly width: number;
  readonly height: number;
  private readonly variable: Variable;
  private readonly decoder: Decoder;
  private readonly position: { time: number; y: number; x: number };
  /** Position of the axis along which the first present value is taken. */
  private readonly merged: number | undefined;
  private buffer = new Float32Array(0);
  /** For the stored values of the next read. */
  private memory: ArrayBuffer | undefined;

  /** `time`: the steps of the file to read. */
  constructor(
    private readonly dataset: Dataset,
    field: FieldListing,
    private readonly selections: readonly Selection[],
    private readonly time: { readonly start: number; readonly count: number },
    private readonly cut: GridCut,
  ) {
    this.variable = dataset.variable(field.name);
    this.decoder = decoderOf(this.variable);
    const at = (dimension: string) => this.variable.dimensions.indexOf(dimension);
    this.position = { time: at(field.axes!.time), y: at(field.axes!.y), x: at(field.axes!.x) };
    const merge = selections.find(({ index }) => index === 'first present');
    this.merged = merge && at(merge.axis.name);
    this.height = cut.rows.count;
    this.width = cut.columns.reduce((sum, { count }) => sum + count, 0);
  }

  /** The blocks to read one after the other: along the file's chunks, so that each is unpacked once. */
  tiles(): Tile[] {
    const chunk = (d: number) => this.variable.chunks?.[d] ?? 1;
    const depth = this.merged === undefined ? 1 : this.variable.shape[this.merged];
    const chunkSteps = Math.min(chunk(this.position.time), this.time.count);
    const chunkRows = Math.min(chunk(this.position.y), this.height);
    const perRow = this.width * depth;
    const tileValues = this.variable.chunks ? tileValuesInChunks : tileValuesPlain;
    const fitRows = Math.floor(tileValues / (perRow * chunkSteps));
    const rows = fitRows >= this.height ? this.height : Math.max(chunkRows, fitRows - (fitRows % chunkRows));
    const fitSteps = Math.floor(tileValues / (perRow * rows));
    const steps = Math.max(chunkSteps, fitSteps - (fitSteps % chunkSteps));

    const tiles: Tile[] = [];
    for (const t of blocks(this.time, steps, chunkSteps)) {
      for (const y of blocks(this.cut.rows, rows, chunkRows)) {
        tiles.push({ firstStep: t.start, steps: t.count, firstRow: y.start, rows: y.count });
      }
    }
    return tiles;
  }

  /**
   * Reads one block to `target`: step t (within the cut), row y and column x go to `at + t * stepStride + y * width + x`.
   * Missing values are NaN.
   */
  async read(tile: Tile, target: Float32Array, at: number, stepStride: number): Promise<void> {
    const atOnce = Math.max(1, Math.floor(tileValuesPlain / (tile.rows * this.width)));
    if (this.variable.chunks || tile.steps <= atOnce) return this.readAtOnce(tile, target, at, stepStride);
    for (let t = 0; t < tile.steps; t += atOnce) {
      const part = { ...tile, firstStep: tile.firstStep + t, steps: Math.min(atOnce, tile.steps - t) };
      await this.readAtOnce(part, target, at, stepStride);
    }
  }

  private async readAtOnce(tile: Tile, target: Float32Array, at: number, stepStride: number): Promise<void> {
    let firstColumn = 0;
    for (const segment of this.cut.columns) {
      const start = this.variable.shape.map(() => 0);
      const count = [...this.variable.shape];
      for (const { axis, index } of this.selections) {
        if (index === 'first present') continue;
        const d = this.variable.dimensions.indexOf(axis.name);
        start[d] = index;
        count[d] = 1;
      }
      const { time, y, x } = this.position;
      [start[time], count[time]] = [this.time.start + tile.firstStep, tile.steps];
      [start[y], count[y]] = [this.cut.rows.start + tile.firstRow, tile.rows];
      [start[x], count[x]] = [segment.start, segment.count];

      // Taken away while it is in use: another read may begin before this one ends.
      const memory = this.memory;
      this.memory = undefined;
      const raw = await this.dataset.read(this.variable.name, { start, count }, memory);
      const to = at + tile.firstRow * this.width + firstColumn;
      if (time < y && y < x && this.merged === undefined) {
        this.place(raw, tile, segment.count, target, to, stepStride);
      } else {
        if (this.buffer.length < raw.length) this.buffer = new Float32Array(raw.length);
        decodeInto(raw, this.decoder, this.buffer);
        this.scatter(count, tile, target, to, stepStride);
      }
      this.memory = raw.buffer as ArrayBuffer;
      firstColumn += segment.count;
    }
  }

  /** Decodes values in the order (time, y, x) straight to where they belong. */
  private place(
    raw: NumericArray,
    tile: Tile,
    columns: number,
    target: Float32Array,
    at: number,
    stepStride: number,
  ): void {
    // From the longest run of values that lie in both arrays one after the other.
    const rows = columns === this.width ? tile.rows : 1;
    const steps = rows === tile.rows && rows * columns === stepStride ? tile.steps : 1;
    const run = steps * rows * columns;
    let from = 0;
    for (let t = 0; t < tile.steps; t += steps) {
      for (let i = 0; i < tile.rows; i += rows, from += run) {
        const to = at + (tile.firstStep + t) * stepStride + i * this.width;
        decodeInto(raw.subarray(from, from + run), this.decoder, target, to);
      }
    }
  }

  private scatter(
    count: readonly number[],
    tile: Tile,
    target: Float32Array,
    at: number,
    stepStride: number,
  ): void {
    const strides: number[] = [];
    let stride = 1;
    for (let d = count.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= count[d];
    }
    const { time, y, x } = this.position;
    const columns = count[x];
    const depth = this.merged === undefined ? 1 : count[this.merged];
    const depthStride = this.merged === undefined ? 0 : strides[this.merged];
    for (let t = 0; t < tile.steps; t++) {
      for (let i = 0; i < tile.rows; i++) {
        const from = t * strides[time] + i * strides[y];
        const to = at + (tile.firstStep + t) * stepStride + i * this.width;
        for (let j = 0; j < columns; j++) {
          const source = from + j * strides[x];
          let value = this.buffer[source];
          for (let k = 1; k < depth && Number.isNaN(value); k++)
            value = this.buffer[source + k * depthStride];
          target[to + j] = value;
        }
      }
    }
  }
}

/** Blocks of `length` whose borders lie at multiples of `chunk` in the file; starts are relative to the range. */
function blocks(
  range: { readonly start: number; readonly count: number },
  length: number,
  chunk: number,
): { start: number; count: number }[] {
  const result: { start: number; count: number }[] = [];
  let at = 0;
  while (at < range.count) {
    const into = (range.start + at) % chunk;
    const count = Math.min(length - into > 0 ? length - into : length, range.count - at);
    result.push({ start: at, count });
    at += count;
  }
  return result;
}
