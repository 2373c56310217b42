import type { Rows } from '../data/rows';
import type { Centre } from './centre';
import { forEachGramBlock } from './gramBlocks';
import type { Products } from './products';

/** Rounding of inner products in float64, relative to the squared norms of the rows. */
const ROUNDING = 1e-12;

/**
 * Calls `visit` with the squared Euclidean distance of each pair of rows, i < j, computed from inner products of the centred
 * rows in float64; what rounding may have left of the distance of equal rows is given as 0. Blocks of pairs come in any
 * order, always the same one.
 * @throws CancelledError when the signal is aborted.
 */
export async function forEachSquaredDistance(
  rows: Rows,
  { mean, negligible }: Centre,
  { products, signal }: { readonly products: Products; readonly signal?: AbortSignal },
  visit: (i: number, j: number, squared: number) => void,
): Promise<void> {
  const { d } = rows;
  const options = { centre: mean, precision: Float64Array, products, signal };
  await forEachGramBlock(rows, options, ({ i0, i1, j0, j1, products: block, a, b }) => {
    const width = j1 - j0;
    const rowNorms = squaredNorms(a, d);
    const columnNorms = squaredNorms(b, d);
    for (let i = i0; i < i1; i++) {
      const base = (i - i0) * width - j0;
      for (let j = Math.max(j0, i + 1); j < j1; j++) {
        const scale = rowNorms[i - i0] + columnNorms[j - j0];
        const squared = scale - 2 * block[base + j];
        visit(i, j, squared > Math.max(negligible, ROUNDING * scale) ? squared : 0);
      }
    }
  });
}

function squaredNorms(x: Float64Array, d: number): Float64Array {
  const norms = new Float64Array(x.length / d);
  for (let i = 0, at = 0; i < norms.length; i++) {
    for (let j = 0; j < d; j++, at++) norms[i] += x[at] * x[at];
  }
  return norms;
}
