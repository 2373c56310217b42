import { eofCoefficients } from '../evaluation/eofCoefficients';
import { affinityFromCoefficients } from '../evaluation/sparse';
import { spectralClustering } from '../evaluation/spectral';
import { seriesSelfExpression } from '../model/seriesSelfExpression';
import { Random } from '../random';
import type { Method } from './method';
import { ALL_ROWS_EQUAL, requireEnoughRows } from './requirements';

const EOFS = 40;
/** Of the penalty at which a row's coefficients all vanish, the part that is used. */
const SPARSITY = 20;

/** Sparse subspace clustering: each row as a sparse combination of the others. */
export const sparseSubspace: Method = {
  id: 'ssc',
  title: 'Sparse subspace clustering',
  kind: 'classical',
  reference: 'Elhamifar and Vidal (2013), doi:10.1109/TPAMI.2013.57',
  description: `Each row, as ${EOFS} EOF coefficients of unit length, is expressed by few others (lasso, penalty 1/${SPARSITY} of the one at which nothing is left); spectral clustering of |C| + |C^T|.`,
  async fit({ table }, { clusters, seed, products, signal, progress, warn }) {
    const { n } = table;
    requireEnoughRows(n, clusters);
    const random = new Random(seed);
    const { values, dimensions } = await eofCoefficients(table, EOFS, random, { products, signal });
    if (dimensions === 0) {
      warn?.(ALL_ROWS_EQUAL);
      return { labels: new Int32Array(n) };
    }
    progress?.(0.3);
    const c = await seriesSelfExpression(values, n, dimensions, SPARSITY, { products, signal });
    progress?.(0.8);
    const affinity = affinityFromCoefficients(c, n);
    const { labels } = await spectralClustering(affinity, clusters, random, { signal });
    return { labels, embedding: { values, dimensions } };
  },
};
