import type { Rows } from '../data/rows';
import { centreOf } from './centre';
import type { Products } from './products';
import { affinityFromCoefficients, type SparseAffinity } from './sparse';
import { forEachSquaredDistance } from './squaredDistances';

/**
 * The symmetrised graph of nearest neighbours, (G + G^T) / 2 with G[i, j] = 1 where row j is among the `neighbours` rows
 * nearest to row i (Euclidean; of equally near ones those that come first). Rows are no neighbours of themselves. Memory
 * for the neighbours only, never n x n.
 * @throws CancelledError when the signal is aborted.
 */
export async function neighbourGraph(
  rows: Rows,
  neighbours: number,
  options: { readonly products: Products; readonly signal?: AbortSignal },
): Promise<SparseAffinity> {
  const { n } = rows;
  const m = Math.min(neighbours, n - 1);
  // Each row's nearest so far, ascending.
  const nearest = new Int32Array(n * m).fill(n);
  const distances = new Float64Array(n * m).fill(Infinity);
  const offer = (i: number, j: number, distance: number): void => {
    const first = i * m;
    const after = (at: number): boolean =>
      distances[at] > distance || (distances[at] === distance && nearest[at] > j);
    let at = first + m - 1;
    if (!after(at)) return;
    for (; at > first && after(at - 1); at--) {
      distances[at] = distances[at - 1];
      nearest[at] = nearest[at - 1];
    }
    distances[at] = distance;
    nearest[at] = j;
  };
  const centre = await centreOf(rows, options.signal);
  if (m > 0) {
    await forEachSquaredDistance(rows, centre, options, (i, j, squared) => {
      offer(i, j, squared);
      offer(j, i, squared);
    });
  }
  const row = Int32Array.from(nearest, (_, at) => Math.floor(at / m));
  return affinityFromCoefficients({ row, column: nearest, value: new Float32Array(n * m).fill(0.5) }, n);
}
