import { kmeansOfRows } from '../evaluation/kmeansOfRows';
import { Random } from '../random';
import type { Method } from './method';
import { requireEnoughRows } from './requirements';

/** Starts of which the best is kept; 100 leave little to chance. */
const RESTARTS = 100;

/** k-means on the raw table: the practical ceiling of RMSE and Calinski-Harabasz, which are its own objective. */
export const kMeans: Method = {
  id: 'k-means',
  title: 'k-means',
  kind: 'classical',
  reference:
    'Lloyd (1982), doi:10.1109/TIT.1982.1056489; greedy k-means++ seeding, Arthur and Vassilvitskii (2007)',
  description: `Compact clusters of the raw fields, best of ${RESTARTS} starts.`,
  async fit({ table }, { clusters, seed, products, signal }) {
    requireEnoughRows(table.n, clusters);
    const { labels } = await kmeansOfRows(table, clusters, new Random(seed), {
      restarts: RESTARTS,
      products,
      signal,
    });
    return { labels };
  },
};
