import { SingularValueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../random';

const MOST_ROUNDS = 30;
/** Starts from other rows, of which the closest rotation is kept: one alone may miss a cluster. */
const STARTS = 20;

/**
 * Labels from the rows of spectral eigenvectors by the rotation that brings them closest to indicator vectors (Yu and
 * Shi, 2003, doi:10.1109/ICCV.2003.1238361; as scikit-learn's `discretize`, which starts once), the best of several
 * starts. A cluster may stay empty; rows of zeros get the cluster 0.
 *
 * @param vectors eigenvectors one after another, [k, n]
 */
export function discretize(vectors: Float64Array, n: number, k: number, random: Random): Int32Array {
  const rows = normalisedRows(vectors, n, k);
  let best: ReturnType<typeof rotate> = { fit: -Infinity, labels: new Int32Array(n) };
  for (let start = 0; start < STARTS; start++) {
    const found = rotate(rows, n, k, initialRotation(rows, n, k, random));
    // Equal fits differ in rounding only: the first one then stays, whatever the machine.
    if (found.fit > best.fit + 1e-9 * n) best = found;
  }
  return best.labels;
}

/** Alternates labels and the rotation that fits them best; `fit` is what Yu and Shi's iteration raises. */
function rotate(
  rows: Float64Array,
  n: number,
  k: number,
  rotation: Float64Array,
): { fit: number; labels: Int32Array } {
  const labels = new Int32Array(n);
  let last = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (let i = 0; i < n; i++) labels[i] = closestAxis(rows, i, rotation, k);
    const sums = Matrix.zeros(k, k);
    for (let i = 0; i < n; i++)
      for (let p = 0; p < k; p++) sums.set(labels[i], p, sums.get(labels[i], p) + rows[i * k + p]);
    const svd = new SingularValueDecomposition(sums, { autoTranspose: true });
    const fit = svd.diagonal.reduce((sum, value) => sum + value, 0);
    if (Math.abs(fit - last) < 1e-12 * n) break;
    last = fit;
    const turned = svd.rightSingularVectors.mmul(svd.leftSingularVectors.transpose());
    for (let p = 0; p < k; p++) for (let c = 0; c < k; c++) rotation[p * k + c] = turned.get(p, c);
  }
  return { fit: last, labels };
}

/** Columns of length sqrt(n), then rows of length 1. [n, k] */
function normalisedRows(vectors: Float64Array, n: number, k: number): Float64Array {
  const rows = new Float64Array(n * k);
  for (let p = 0; p < k; p++) {
    let square = 0;
    for (let i = 0; i < n; i++) square += vectors[p * n + i] ** 2;
    const scale = square > 0 ? Math.sqrt(n / square) : 0;
    for (let i = 0; i < n; i++) rows[i * k + p] = vectors[p * n + i] * scale;
  }
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let p = 0; p < k; p++) square += rows[i * k + p] ** 2;
    if (square > 0) for (let p = 0; p < k; p++) rows[i * k + p] /= Math.sqrt(square);
  }
  return rows;
}

/** Columns are rows of the table: a random one, then each time the one least like those before. [k, k] */
function initialRotation(rows: Float64Array, n: number, k: number, random: Random): Float64Array {
  const rotation = new Float64Array(k * k);
  const likeness = new Float64Array(n);
  let chosen = random.integer(n);
  for (let c = 0; c < k; c++) {
    for (let p = 0; p < k; p++) rotation[p * k + c] = rows[chosen * k + p];
    let least = 0;
    for (let i = 0; i < n; i++) {
      let product = 0;
      for (let p = 0; p < k; p++) product += rows[i * k + p] * rows[chosen * k + p];
      likeness[i] += Math.abs(product);
      if (likeness[i] < likeness[least]) least = i;
    }
    chosen = least;
  }
  return rotation;
}

function closestAxis(rows: Float64Array, i: number, rotation: Float64Array, k: number): number {
  let best = 0;
  let most = -Infinity;
  for (let c = 0; c < k; c++) {
    let value = 0;
    for (let p = 0; p < k; p++) value += rows[i * k + p] * rotation[p * k + c];
    if (value > most) {
      most = value;
      best = c;
    }
  }
  return best;
}
