import { rowsInMemory } from '../data/rows';
import { eofCoefficients } from '../evaluation/eofCoefficients';
import { kmeansOfRows } from '../evaluation/kmeansOfRows';
import { Random } from '../random';
import type { Method } from './method';
import { ALL_ROWS_EQUAL, requireEnoughRows } from './requirements';

const EOFS = 10;
/** As many as for k-means of the raw table, so that only the space differs. */
const RESTARTS = 100;

/** k-means on the leading EOF coefficients: how weather regimes are most often defined. */
export const eofKMeans: Method = {
  id: 'eof-k-means',
  title: 'EOF + k-means',
  kind: 'classical',
  reference: 'Michelangeli, Vautard and Legras (1995), doi:10.1175/1520-0469(1995)052<1237:WRRAQS>2.0.CO;2',
  description: `k-means on the coefficients of the ${EOFS} leading EOFs (principal components), best of ${RESTARTS} starts.`,
  async fit({ table }, { clusters, seed, products, signal, progress, warn }) {
    const { n } = table;
    requireEnoughRows(n, clusters);
    const random = new Random(seed);
    const { values, dimensions } = await eofCoefficients(table, EOFS, random, { products, signal });
    if (dimensions === 0) {
      warn?.(ALL_ROWS_EQUAL);
      return { labels: new Int32Array(n) };
    }
    progress?.(0.5);
    const { labels } = await kmeansOfRows(rowsInMemory(values, n, dimensions), clusters, random, {
      restarts: RESTARTS,
      products,
      signal,
    });
    return { labels, embedding: { values, dimensions } };
  },
};
