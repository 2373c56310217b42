import { wardClusters } from '../evaluation/ward';
import type { Method } from './method';
import { requireAtMost, requireEnoughRows } from './requirements';

/** Rows whose distances take 1 GiB. */
const MOST_ROWS = 16_384;

/** Ward's hierarchical clustering of the raw table. */
export const ward: Method = {
  id: 'ward',
  title: 'Ward',
  kind: 'classical',
  reference:
    'Ward (1963), doi:10.1080/01621459.1963.10500845; nearest-neighbour chains, Murtagh (1983), doi:10.1093/comjnl/26.4.354',
  description: 'Merges the two groups by which the spread within groups grows least, until K are left.',
  deterministic: true,
  async fit({ table }, { clusters, products, signal, progress, warn }) {
    requireEnoughRows(table.n, clusters);
    requireAtMost(MOST_ROWS, table.n, 'Ward');
    const labels = await wardClusters(table, clusters, { products, signal, progress });
    const found = new Set(labels).size;
    if (found < clusters)
      warn?.(`There are only ${found} different rows (time steps), and so many clusters.`);
    return { labels };
  },
};
