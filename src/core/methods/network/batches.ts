import { blocksOf, type RowsInMemory, type SharedRows } from '../../data/rows';
import type { Random } from '../../random';

/** Values of a table up to which it is held in memory: 1 GiB. */
const HELD_VALUES = 1 << 28;

/** Rows of a table in any order. */
export interface RowSource {
  readonly n: number;
  readonly d: number;
  /** Fills `target` `[indices.length, d]` with the rows of these numbers. */
  gather(indices: ArrayLike<number>, target: Float32Array): Promise<void>;
}

/** The rows of a table; those of one that is not too large are read once and held. The table is never changed. */
export async function rowSource(table: SharedRows, heldValues = HELD_VALUES): Promise<RowSource> {
  const { n, d } = table;
  const values = await valuesOf(table, heldValues);
  if (!values) {
    return {
      n,
      d,
      async gather(indices, target) {
        const row = (at: number) => target.subarray(at * d, (at + 1) * d);
        await Promise.all(Array.from(indices, (i, at) => table.readInto(row(at), i)));
      },
    };
  }
  return {
    n,
    d,
    gather(indices, target) {
      for (let at = 0; at < indices.length; at++) {
        target.set(values.subarray(indices[at] * d, (indices[at] + 1) * d), at * d);
      }
      return Promise.resolve();
    },
  };
}

async function valuesOf(table: SharedRows, heldValues: number): Promise<Float32Array | undefined> {
  if ('values' in table) return (table as RowsInMemory).values;
  if (table.n * table.d > heldValues) return undefined;
  const values = new Float32Array(table.n * table.d);
  for await (const { first, block } of blocksOf(table)) values.set(block, first * table.d);
  return values;
}

/**
 * Row numbers of mini-batches, all of one size (a compiled step has fixed shapes): one random order of all rows after the
 * other, cut into batches without regard to where one order ends and the next begins, so that all rows are drawn equally
 * often. Tables with fewer rows than a batch make it smaller.
 */
export class Batches {
  readonly size: number;
  /** Batches after which every row was drawn at least once. */
  readonly perEpoch: number;
  private readonly order: Int32Array;
  private next: number;

  constructor(
    private readonly n: number,
    size: number,
    private readonly random: Random,
  ) {
    this.size = Math.min(n, size);
    this.perEpoch = Math.ceil(n / this.size);
    this.order = Int32Array.from({ length: n }, (_, i) => i);
    this.next = n;
  }

  /** The rows of the next batch. `[size]` */
  draw(): Int32Array {
    const batch = new Int32Array(this.size);
    for (let i = 0; i < this.size; i++) {
      if (this.next === this.n) {
        this.random.shuffle(this.order);
        this.next = 0;
      }
      batch[i] = this.order[this.next++];
    }
    return batch;
  }
}
