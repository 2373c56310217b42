import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Architecture } from '../model/architecture';
import type { Random } from '../random';

/**
 * The discriminator's first bases: of each cluster, the leading right singular vectors of its latents (uncentred: the
 * subspaces pass through the origin). Random where a cluster has fewer than r members.
 *
 * @param z `[n, D]`
 * @returns `[K, D, r]`
 */
export function initialBases(
  z: Float32Array,
  labels: Int32Array,
  a: Architecture,
  random: Random,
): Float32Array {
  const { clusters, dimensions: d, rank } = a;
  const bases = new Float32Array(clusters * d * rank);
  for (let k = 0; k < clusters; k++) {
    const gram = new Float64Array(d * d);
    let members = 0;
    labels.forEach((label, t) => {
      if (label !== k) return;
      members++;
      const row = z.subarray(t * d, (t + 1) * d);
      for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) gram[i * d + j] += row[i] * row[j];
    });
    const offset = k * d * rank;
    if (members < rank) {
      for (let i = 0; i < d * rank; i++) bases[offset + i] = random.normal();
      continue;
    }
    const matrix = Matrix.zeros(d, d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        matrix.set(i, j, gram[i * d + j]);
        matrix.set(j, i, gram[i * d + j]);
      }
    }
    // Eigenvalues come in ascending order.
    const vectors = new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).eigenvectorMatrix;
    for (let i = 0; i < d; i++) {
      for (let r = 0; r < rank; r++) bases[offset + i * rank + r] = vectors.get(i, d - 1 - r);
    }
  }
  return bases;
}

/** Share of a subspace that lies in another one from which on both count as the same. */
const SAME_SUBSPACE = 0.9;

/**
 * Clusters whose subspace has become that of an earlier cluster: ‖U_iᵀU_j‖² / r beyond {@link SAME_SUBSPACE} for unit
 * columns. They need a new start.
 * @param bases `[K, D, r]`
 */
export function claimedTwice(
  bases: Float32Array,
  a: Pick<Architecture, 'clusters' | 'dimensions' | 'rank'>,
): number[] {
  const { clusters, dimensions: d, rank } = a;
  const column = (k: number, r: number): Float64Array => {
    const values = Float64Array.from({ length: d }, (_, i) => bases[(k * d + i) * rank + r]);
    const length = Math.hypot(...values) || 1;
    return values.map((value) => value / length);
  };
  const columns = Array.from({ length: clusters }, (_, k) =>
    Array.from({ length: rank }, (_, r) => column(k, r)),
  );
  const overlap = (i: number, j: number): number => {
    let sum = 0;
    for (const u of columns[i]) {
      for (const v of columns[j]) sum += u.reduce((inner, value, c) => inner + value * v[c], 0) ** 2;
    }
    return sum / rank;
  };
  const claimed: number[] = [];
  for (let j = 1; j < clusters; j++) {
    for (let i = 0; i < j; i++) {
      if (!claimed.includes(i) && overlap(i, j) > SAME_SUBSPACE) {
        claimed.push(j);
        break;
      }
    }
  }
  return claimed;
}
