import { eofCoefficients } from '../evaluation/eofCoefficients';
import { denseSpectralClustering } from '../evaluation/denseSpectral';
import { leastSquaresSelfExpression } from '../evaluation/leastSquaresSelfExpression';
import { Random } from '../random';
import type { Method } from './method';
import { ALL_ROWS_EQUAL, requireAtMost, requireEnoughRows } from './requirements';

const EOFS = 40;
const PENALTY = 0.1;
/** Rows whose coefficients and affinity take 768 MiB. */
const MOST_ROWS = 8192;

/** Subspace clustering by least-squares regression: each row as a combination of all others. */
export const leastSquaresRegression: Method = {
  id: 'lsr',
  title: 'Least-squares regression subspaces',
  kind: 'classical',
  reference: 'Lu, Min, Zhao, Zhu, Huang and Yan (2012), doi:10.1007/978-3-642-33786-4_26',
  description: `Each row, as ${EOFS} EOF coefficients of unit length, is expressed by all others (ridge regression, λ = ${PENALTY}, in closed form); spectral clustering of |C| + |C^T|.`,
  async fit({ table }, { clusters, seed, products, signal, progress, warn }) {
    const { n } = table;
    requireEnoughRows(n, clusters);
    requireAtMost(MOST_ROWS, n, 'Least-squares regression');
    const random = new Random(seed);
    const { values, dimensions } = await eofCoefficients(table, EOFS, random, { products, signal });
    if (dimensions === 0) {
      warn?.(ALL_ROWS_EQUAL);
      return { labels: new Int32Array(n) };
    }
    progress?.(0.3);
    const c = await leastSquaresSelfExpression(values, n, dimensions, PENALTY, products);
    progress?.(0.5);
    const { labels } = await denseSpectralClustering(c, n, clusters, random, { products, signal });
    return { labels, embedding: { values, dimensions } };
  },
};
