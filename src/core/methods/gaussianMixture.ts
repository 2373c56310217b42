import { eofCoefficients } from '../evaluation/eofCoefficients';
import { gaussianMixture as fitMixture, type GaussianMixture } from '../evaluation/gaussianMixture';
import { kmeans } from '../evaluation/kmeans';
import { Random } from '../random';
import type { Method } from './method';
import { ALL_ROWS_EQUAL, requireEnoughRows } from './requirements';

const EOFS = 10;
const STARTS = 10;
/** Of the mean variance of a coefficient. */
const REGULARISATION = 1e-6;

/** Mixture of normal distributions on the leading EOF coefficients. */
export const gaussianMixture: Method = {
  id: 'gaussian-mixture',
  title: 'EOF + Gaussian mixture',
  kind: 'classical',
  reference:
    'Dempster, Laird and Rubin (1977), doi:10.1111/j.2517-6161.1977.tb01600.x; for regimes Smyth, Ide and Ghil (1999), doi:10.1175/1520-0469(1999)056<3704:MRINHH>2.0.CO;2',
  description: `Normal distributions with full covariances on the coefficients of at most ${EOFS} leading EOFs, by expectation maximisation: the most likely of ${STARTS} that start from k-means.`,
  async fit({ table }, { clusters, seed, products, signal, progress, warn }) {
    const { n } = table;
    requireEnoughRows(n, clusters);
    const random = new Random(seed);
    // Two rows for each dimension of each component: with fewer, covariances say nothing.
    const wanted = Math.max(1, Math.min(EOFS, Math.floor(n / (2 * clusters))));
    const { values, dimensions } = await eofCoefficients(table, wanted, random, { products, signal });
    if (dimensions === 0) {
      warn?.(ALL_ROWS_EQUAL);
      return { labels: new Int32Array(n) };
    }
    // EOF coefficients have mean 0.
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    let best: GaussianMixture | undefined;
    for (let start = 0; start < STARTS; start++) {
      const { labels } = kmeans(values, n, dimensions, clusters, random, { restarts: 1 });
      const fit = await fitMixture(values, n, dimensions, clusters, labels, {
        regularisation: REGULARISATION * variance,
        signal,
      });
      if (best === undefined || fit.logLikelihood > best.logLikelihood) best = fit;
      progress?.((start + 1) / STARTS);
    }
    return {
      labels: mostProbable((best as GaussianMixture).responsibilities, n, clusters),
      embedding: { values, dimensions },
    };
  },
};

function mostProbable(responsibilities: Float64Array, n: number, k: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => {
    let label = 0;
    for (let c = 1; c < k; c++) if (responsibilities[i * k + c] > responsibilities[i * k + label]) label = c;
    return label;
  });
}
