/** Data without clusters that are like the data in all else that a criterion may take for clusters. */
import { symmetricEigen } from '../evaluation/eigen';
import type { Random } from '../random';
import { inverse, transform } from './fourier';
import type { Points } from './points';

/**
 * Noise with the persistence of the data: a Gaussian series whose coefficients have the spectra and cross-spectra of the
 * data's, and so their variances, autocorrelations and annual cycle, but no regimes. Each frequency of all coefficients is
 * shifted by one random phase (Prichard and Theiler, 1994, doi:10.1103/PhysRevLett.73.951).
 *
 * Weather that is alike from one day to the next lies in lumps also where there are no regimes; independent draws do not,
 * so that almost any daily series looks clustered beside them. Red noise as the null hypothesis of weather regimes:
 * Michelangeli, Vautard and Legras (1995), Christiansen (2007).
 */
export function persistentNoise({ values, n, d }: Points): (random: Random) => Points {
  // Two coefficients are one complex series: the phases are those of a real filter, which keeps its parts apart.
  const pairs = Array.from({ length: Math.ceil(d / 2) }, (_, pair) => {
    const [real, imaginary] = [new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < n; i++) {
      real[i] = values[i * d + 2 * pair];
      if (2 * pair + 1 < d) imaginary[i] = values[i * d + 2 * pair + 1];
    }
    transform(real, imaginary);
    return { real, imaginary };
  });
  return (random) => {
    const [cosine, sine] = phases(n, random);
    const noise = new Float32Array(n * d);
    pairs.forEach((spectrum, pair) => {
      const [real, imaginary] = [new Float64Array(n), new Float64Array(n)];
      for (let f = 0; f < n; f++) {
        real[f] = spectrum.real[f] * cosine[f] - spectrum.imaginary[f] * sine[f];
        imaginary[f] = spectrum.real[f] * sine[f] + spectrum.imaginary[f] * cosine[f];
      }
      inverse(real, imaginary);
      for (let i = 0; i < n; i++) {
        noise[i * d + 2 * pair] = real[i];
        if (2 * pair + 1 < d) noise[i * d + 2 * pair + 1] = imaginary[i];
      }
    });
    return { values: noise, n, d };
  };
}

/** Cosine and sine of a random phase for each frequency; that of n - f is the opposite of that of f. */
function phases(n: number, random: Random): [Float64Array, Float64Array] {
  const [cosine, sine] = [new Float64Array(n).fill(1), new Float64Array(n)];
  for (let f = 1; 2 * f < n; f++) {
    const phase = 2 * Math.PI * random.uniform();
    cosine[f] = cosine[n - f] = Math.cos(phase);
    sine[f] = Math.sin(phase);
    sine[n - f] = -sine[f];
  }
  if (n % 2 === 0 && random.uniform() < 0.5) cosine[n / 2] = -1;
  return [cosine, sine];
}

/**
 * Independent draws, uniform in the box around the data that is aligned with their principal components: the reference
 * distribution of Tibshirani, Walther and Hastie (2001, section 3b).
 */
export function uniformBox({ values, n, d }: Points): (random: Random) => Points {
  const axes = principalAxes(values, n, d);
  const low = new Float64Array(d).fill(Infinity);
  const high = new Float64Array(d).fill(-Infinity);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < d; p++) {
      let score = 0;
      for (let j = 0; j < d; j++) score += values[i * d + j] * axes[p * d + j];
      low[p] = Math.min(low[p], score);
      high[p] = Math.max(high[p], score);
    }
  }
  return (random) => {
    const draws = new Float32Array(n * d);
    const score = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      for (let p = 0; p < d; p++) score[p] = low[p] + (high[p] - low[p]) * random.uniform();
      for (let j = 0; j < d; j++) {
        let value = 0;
        for (let p = 0; p < d; p++) value += score[p] * axes[p * d + j];
        draws[i * d + j] = value;
      }
    }
    return { values: draws, n, d };
  };
}

/** Principal axes of the points, a row each: of a subset of a series its EOFs are correlated a little. [d, d] */
function principalAxes(values: Float32Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j] += values[i * d + j] / n;
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < d; p++) {
      const a = values[i * d + p] - mean[p];
      for (let q = 0; q < d; q++) covariance[p * d + q] += a * (values[i * d + q] - mean[q]);
    }
  }
  return symmetricEigen(covariance, d).vectors;
}
