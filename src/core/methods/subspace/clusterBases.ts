import { leadingPairs } from '../../evaluation/denseEigen';
import type { Products } from '../../evaluation/products';
import type { Random } from '../../random';

/**
 * The leading right singular vectors of a cluster's codes, uncentred as subspaces pass through the origin. Random
 * directions of unit length on average where the cluster has fewer members than that.
 *
 * @param codes [n, d]
 * @returns [d, rank]
 */
export async function clusterBasis(
  codes: Float32Array,
  d: number,
  labels: Int32Array,
  cluster: number,
  rank: number,
  { products, random, signal }: { products: Products; random: Random; signal?: AbortSignal },
): Promise<Float32Array> {
  const members = Array.from(labels.keys()).filter((i) => labels[i] === cluster);
  const m = members.length;
  const basis = new Float32Array(d * rank);
  for (let i = 0; i < basis.length; i++) basis[i] = random.normal() / Math.sqrt(d);
  const found = Math.min(rank, m);
  if (found === 0) return basis;
  const rows = new Float32Array(m * d);
  members.forEach((i, at) => rows.set(codes.subarray(i * d, (i + 1) * d), at * d));
  const gram = new Float32Array(m * m);
  await products.multiply(rows, rows, d, gram);
  const { values, vectors } = await leadingPairs(Float64Array.from(gram), m, found, {
    by: 'value',
    products,
    random,
    signal,
  });
  for (let p = 0; p < found; p++) {
    // A direction in which the members do not extend stays random.
    if (!(values[p] > 1e-6 * values[0])) continue;
    const direction = new Float64Array(d);
    for (let at = 0; at < m; at++) {
      const weight = vectors[p * m + at] / Math.sqrt(values[p]);
      for (let j = 0; j < d; j++) direction[j] += weight * rows[at * d + j];
    }
    for (let j = 0; j < d; j++) basis[j * rank + p] = direction[j];
  }
  return basis;
}

/** What the steps against the discriminator are fed, see `clusterInputs`. */
export interface ClusterBatch {
  readonly member: Float32Array;
  readonly mix: Float32Array;
  readonly share: Float32Array;
  [name: string]: Float32Array;
}

/** The membership of each sample, [n, K], 1 or 0. */
export function membership(labels: Int32Array, clusters: number): Float32Array {
  const member = new Float32Array(labels.length * clusters);
  labels.forEach((label, i) => (member[i * clusters + label] = 1));
  return member;
}

/**
 * Of each cluster the ceil(share N_k) samples of least residual are real; as many fakes are convex combinations of them
 * with uniform weights drawn here. An empty cluster has neither.
 */
export function clusterBatch(
  labels: Int32Array,
  clusters: number,
  residual: ArrayLike<number>,
  share: number,
  random: Random,
): ClusterBatch {
  const n = labels.length;
  const real = Array.from({ length: clusters }, (_, k) => {
    const members = Array.from(labels.keys()).filter((i) => labels[i] === k);
    members.sort((i, j) => residual[i] - residual[j] || i - j);
    return members.slice(0, Math.ceil(share * members.length));
  });
  const present = real.filter((samples) => samples.length > 0).length;
  const batch = {
    member: membership(labels, clusters),
    mix: new Float32Array(n * n),
    share: new Float32Array(n),
  };
  for (const samples of real) {
    for (const i of samples) {
      batch.share[i] = 1 / (present * samples.length);
      let sum = 0;
      for (const j of samples) sum += batch.mix[i * n + j] = 1 - random.uniform();
      for (const j of samples) batch.mix[i * n + j] /= sum;
    }
  }
  return batch;
}
