import { cholesky, solveLower } from './cholesky';
import { breathe } from './scan';

/** A mixture of k normal distributions in d dimensions, as it was fitted to n rows. */
export interface GaussianMixture {
  /** [k] */
  readonly weights: Float64Array;
  /** [k, d] */
  readonly means: Float64Array;
  /** [k, d, d] */
  readonly covariances: Float64Array;
  /** Probability of each component given the row. [n, k] */
  readonly responsibilities: Float64Array;
  /** Mean over the rows of the logarithm of their density. */
  readonly logLikelihood: number;
  readonly converged: boolean;
}

export interface GaussianMixtureOptions {
  /** Added to the variances of every component, in the square of the data's unit: no component can shrink to a point. */
  readonly regularisation: number;
  /** The iteration ends when the log-likelihood of a row changes by less. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 500. */
  readonly maxIterations?: number;
  readonly signal?: AbortSignal;
}

/**
 * Expectation maximisation (Dempster, Laird and Rubin, 1977) of a mixture of normal distributions with full covariances, from
 * a first partition of the rows.
 * @param x `[n, d]`
 * @param start component of each row to begin with. [n]
 * @throws CancelledError when the signal is aborted.
 */
export async function gaussianMixture(
  x: Float32Array,
  n: number,
  d: number,
  k: number,
  start: Int32Array,
  { regularisation, tolerance = 1e-4, maxIterations = 500, signal }: GaussianMixtureOptions,
): Promise<GaussianMixture> {
  const responsibilities = new Float64Array(n * k);
  start.forEach((component, i) => (responsibilities[i * k + component] = 1));
  let logLikelihood = -Infinity;
  for (let iteration = 1; ; iteration++) {
    await breathe(signal);
    const parameters = maximise(x, n, d, k, responsibilities, regularisation);
    const next = expect(x, n, d, k, parameters, responsibilities);
    const converged = Math.abs(next - logLikelihood) < tolerance;
    logLikelihood = next;
    if (converged || iteration >= maxIterations) {
      return { ...parameters, responsibilities, logLikelihood, converged };
    }
  }
}

type Parameters = Pick<GaussianMixture, 'weights' | 'means' | 'covariances'>;

/** Weights, means and covariances that are most likely given whose each row is. */
function maximise(
  x: Float32Array,
  n: number,
  d: number,
  k: number,
  responsibilities: Float64Array,
  regularisation: number,
): Parameters {
  const weights = new Float64Array(k);
  const means = new Float64Array(k * d);
  const covariances = new Float64Array(k * d * d);
  const difference = new Float64Array(d);
  for (let c = 0; c < k; c++) {
    // A component without rows keeps a weight beyond zero: its logarithm is taken.
    let total = 10 * Number.EPSILON;
    for (let i = 0; i < n; i++) total += responsibilities[i * k + c];
    weights[c] = total / n;
    const mean = means.subarray(c * d, (c + 1) * d);
    for (let i = 0; i < n; i++) {
      const share = responsibilities[i * k + c] / total;
      for (let j = 0; j < d; j++) mean[j] += share * x[i * d + j];
    }
    const covariance = covariances.subarray(c * d * d, (c + 1) * d * d);
    for (let i = 0; i < n; i++) {
      const share = responsibilities[i * k + c] / total;
      if (share === 0) continue;
      for (let j = 0; j < d; j++) difference[j] = x[i * d + j] - mean[j];
      for (let p = 0; p < d; p++) {
        const weighted = share * difference[p];
        for (let q = 0; q <= p; q++) covariance[p * d + q] += weighted * difference[q];
      }
    }
    for (let p = 0; p < d; p++) {
      covariance[p * d + p] += regularisation;
      for (let q = 0; q < p; q++) covariance[q * d + p] = covariance[p * d + q];
    }
  }
  const sum = weights.reduce((s, weight) => s + weight, 0);
  return { weights: weights.map((weight) => weight / sum), means, covariances };
}

/** Fills in the responsibilities and returns the mean log-likelihood of the rows. */
function expect(
  x: Float32Array,
  n: number,
  d: number,
  k: number,
  { weights, means, covariances }: Parameters,
  responsibilities: Float64Array,
): number {
  const difference = new Float64Array(d);
  for (let c = 0; c < k; c++) {
    const factor = cholesky(covariances.subarray(c * d * d, (c + 1) * d * d), d);
    if (!factor) throw new Error('The covariance of a component is singular: more regularisation is needed.');
    let constant = Math.log(weights[c]) - (d / 2) * Math.log(2 * Math.PI);
    for (let p = 0; p < d; p++) constant -= Math.log(factor[p * d + p]);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) difference[j] = x[i * d + j] - means[c * d + j];
      solveLower(factor, d, difference);
      let squared = 0;
      for (let j = 0; j < d; j++) squared += difference[j] * difference[j];
      responsibilities[i * k + c] = constant - squared / 2;
    }
  }
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = responsibilities.subarray(i * k, (i + 1) * k);
    let largest = -Infinity;
    for (let c = 0; c < k; c++) largest = Math.max(largest, row[c]);
    let sum = 0;
    for (let c = 0; c < k; c++) sum += Math.exp(row[c] - largest);
    const logDensity = largest + Math.log(sum);
    for (let c = 0; c < k; c++) row[c] = Math.exp(row[c] - logDensity);
    total += logDensity;
  }
  return total / n;
}
