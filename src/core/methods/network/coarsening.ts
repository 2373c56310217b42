import { blocksOf, rowsInMemory, type RowsInMemory } from '../../data/rows';
import { breathe } from '../../evaluation/scan';
import type { Samples } from '../samples';

/** Images on a coarser grid, in memory. */
export interface CoarseImages {
  /** Rows [variables, height, width]. */
  readonly table: RowsInMemory;
  readonly height: number;
  readonly width: number;
  /** 1 where a block has any cell with data. [variables, height, width] */
  readonly valid: Uint8Array;
  /** Rows and columns of cells that one block spans (less at the edges). */
  readonly factors: readonly [number, number];
}

/**
 * Means over blocks of cells, so that no side is longer than `longest`; cells without data do not count, a block of such
 * cells only is 0. Blocks start at the top left.
 */
export async function coarsen(
  { table, variables, height, width, valid }: Samples,
  longest: number,
  signal?: AbortSignal,
): Promise<CoarseImages> {
  const [down, across] = [Math.ceil(height / longest), Math.ceil(width / longest)];
  const [rows, columns] = [Math.ceil(height / down), Math.ceil(width / across)];
  const d = variables * rows * columns;
  const blockOf = new Int32Array(table.d);
  const counts = new Int32Array(d);
  for (let cell = 0; cell < table.d; cell++) {
    const variable = Math.floor(cell / (height * width));
    const y = Math.floor((cell % (height * width)) / width);
    const x = cell % width;
    blockOf[cell] = (variable * rows + Math.floor(y / down)) * columns + Math.floor(x / across);
    counts[blockOf[cell]] += valid[cell];
  }
  const values = new Float32Array(table.n * d);
  for await (const { first, count, block } of blocksOf(table)) {
    await breathe(signal);
    for (let i = 0; i < count; i++) {
      const [from, to] = [i * table.d, (first + i) * d];
      for (let cell = 0; cell < table.d; cell++) {
        if (valid[cell]) values[to + blockOf[cell]] += block[from + cell] / counts[blockOf[cell]];
      }
    }
  }
  return {
    table: rowsInMemory(values, table.n, d),
    height: rows,
    width: columns,
    valid: Uint8Array.from(counts, (count) => (count > 0 ? 1 : 0)),
    factors: [down, across],
  };
}
