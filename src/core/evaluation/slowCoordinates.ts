import { symmetricEigen } from './eigen';

export interface SlowCoordinatesOptions {
  /** Steps between the frames that are compared. */
  readonly lags: readonly number[];
  /** Coordinates to keep. */
  readonly count: number;
  /** Added to the diagonal of the covariance, in units of the mean variance. */
  readonly ridge: number;
}

/**
 * The linear combinations of a series' columns that persist longest: time-lagged independent components (Molgedey and
 * Schuster, 1994; Perez-Hernandez et al., 2013, doi:10.1063/1.4811489), the mean of several lagged covariances against the
 * covariance. Each coordinate has unit variance times its autocorrelation (a kinetic map, Noe and Clementi, 2015), so
 * that what varies fast within a regime hardly counts, and what lasts counts whatever its variance.
 *
 * @param x `[n, d]`, in the order of time
 * @returns `[n, count]`; columns that do not persist are 0.
 */
export function slowCoordinates(
  x: Float32Array,
  n: number,
  d: number,
  { lags, count, ridge }: SlowCoordinatesOptions,
): Float32Array {
  const centred = centre(x, n, d);
  const whitening = inverseRoot(regularised(laggedCovariance(centred, n, d, 0), d, ridge), d);
  const lagged = new Float64Array(d * d);
  const used = lags.filter((lag) => lag < n);
  for (const lag of used) {
    const covariance = laggedCovariance(centred, n, d, lag);
    for (let i = 0; i < lagged.length; i++) lagged[i] += covariance[i] / used.length;
  }
  const { values, vectors } = symmetricEigen(product(product(whitening, lagged, d), whitening, d), d);
  const out = new Float32Array(n * count);
  for (let r = 0; r < Math.min(count, d); r++) {
    if (!(values[r] > 0)) continue;
    // The direction in the columns of x: whitening times the eigenvector.
    const direction = new Float64Array(d);
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) direction[i] += whitening[i * d + j] * vectors[r * d + j] * values[r];
    for (let t = 0; t < n; t++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += centred[t * d + i] * direction[i];
      out[t * count + r] = sum;
    }
  }
  return out;
}

function centre(x: Float32Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d] += x[i] / n;
  return Float64Array.from(x, (value, i) => value - mean[i % d]);
}

/** The symmetric part of the mean of x_t x_{t+lag}ᵀ, `[d, d]`. */
function laggedCovariance(x: Float64Array, n: number, d: number, lag: number): Float64Array {
  const sum = new Float64Array(d * d);
  for (let t = 0; t + lag < n; t++) {
    for (let i = 0; i < d; i++) {
      const value = x[t * d + i] / (n - lag);
      for (let j = 0; j < d; j++) sum[i * d + j] += value * x[(t + lag) * d + j];
    }
  }
  return sum.map((value, e) => (value + sum[(e % d) * d + Math.floor(e / d)]) / 2);
}

function regularised(covariance: Float64Array, d: number, ridge: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i];
  return covariance.map((value, e) => (e % (d + 1) === 0 ? value + (ridge * trace) / d : value));
}

/** A^-1/2 of a symmetric, positive semidefinite A; directions without variance are left out. */
function inverseRoot(a: Float64Array, d: number): Float64Array {
  const { values, vectors } = symmetricEigen(a, d);
  const out = new Float64Array(d * d);
  for (let r = 0; r < d; r++) {
    if (!(values[r] > 1e-12 * values[0])) continue;
    const scale = 1 / Math.sqrt(values[r]);
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) out[i * d + j] += scale * vectors[r * d + i] * vectors[r * d + j];
  }
  return out;
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) for (let j = 0; j < d; j++) out[i * d + j] += a[i * d + k] * b[k * d + j];
  return out;
}
