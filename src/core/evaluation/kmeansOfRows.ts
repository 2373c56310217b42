import type { Rows } from '../data/rows';
import type { Random } from '../random';
import { squaredDistance } from './clusters';
import { gramKMeans } from './gramKMeans';
import { checkClusters, type KMeansOptions, type KMeansResult } from './kmeans';
import type { Products } from './products';
import { scan } from './scan';
import { streamKMeans } from './streamKMeans';

export interface KMeansOfRowsOptions extends KMeansOptions {
  readonly products: Products;
  readonly signal?: AbortSignal;
}

/** Rows up to which the Gram matrix is kept: 1 GiB. */
const GRAM_ROWS = 16_384;
/** Rows for each column up to which it pays. */
const GRAM_SHARE = 8;

/**
 * k-means of the rows of a table that may be larger than memory: greedy k-means++ seeding, Lloyd's iterations, best of
 * several starts. Few rows of many columns (a series of fields) are clustered by their Gram matrix, many rows of few
 * columns by one pass over the table for each iteration of all starts. Deterministic for a generator's state and a machine.
 * @throws Error when k < 1 or k > n, CancelledError when the signal is aborted.
 */
export async function kmeansOfRows(
  rows: Rows,
  k: number,
  random: Random,
  { restarts = 20, maxIterations = 300, tolerance = 1e-4, products, signal }: KMeansOfRowsOptions,
): Promise<KMeansResult> {
  const { n, d } = rows;
  checkClusters(n, k);
  const mean = new Float64Array(d);
  const sum = (x: Float32Array, at: number) => {
    for (let j = 0; j < d; j++) mean[j] += x[at + j];
  };
  await scan(rows, [sum], signal);
  for (let j = 0; j < d; j++) mean[j] /= n;
  const options = { restarts, maxIterations, products, signal };
  const labels =
    n <= Math.min(GRAM_ROWS, GRAM_SHARE * d)
      ? await gramKMeans(rows, mean, k, random, options)
      : await streamKMeans(rows, mean, k, random, {
          ...options,
          stop: tolerance * (await meanVariance(rows, mean, signal)),
        });
  return { labels, ...(await summary(rows, k, labels, signal)) };
}

/** Mean over the columns of their variance. */
async function meanVariance(rows: Rows, mean: Float64Array, signal?: AbortSignal): Promise<number> {
  let sum = 0;
  const add = (x: Float32Array, at: number) => (sum += squaredDistance(x, at, mean, 0, rows.d));
  await scan(rows, [add], signal);
  return sum / (rows.n * rows.d);
}

/** Centroids and inertia of a labelling. */
async function summary(
  rows: Rows,
  k: number,
  labels: Int32Array,
  signal?: AbortSignal,
): Promise<Pick<KMeansResult, 'centroids' | 'inertia'>> {
  const { d } = rows;
  const centroids = new Float64Array(k * d);
  const sizes = new Int32Array(k);
  const sum = (x: Float32Array, at: number, i: number) => {
    const c = labels[i] * d;
    sizes[labels[i]]++;
    for (let j = 0; j < d; j++) centroids[c + j] += x[at + j];
  };
  await scan(rows, [sum], signal);
  for (let c = 0; c < k; c++) if (sizes[c] > 0) for (let j = 0; j < d; j++) centroids[c * d + j] /= sizes[c];
  let inertia = 0;
  const add = (x: Float32Array, at: number, i: number) =>
    (inertia += squaredDistance(x, at, centroids, labels[i] * d, d));
  await scan(rows, [add], signal);
  return { centroids: Float32Array.from(centroids), inertia };
}
