import { rowsAreEqual } from '../evaluation/centre';
import { neighbourGraph } from '../evaluation/neighbourGraph';
import { spectralClustering } from '../evaluation/spectral';
import { Random } from '../random';
import type { Method } from './method';
import { ALL_ROWS_EQUAL, requireEnoughRows } from './requirements';

const NEIGHBOURS = 10;

/** Spectral clustering of the graph of nearest neighbours. */
export const nearestNeighbourSpectral: Method = {
  id: 'knn-spectral',
  title: 'kNN spectral',
  kind: 'classical',
  reference:
    'Ng, Jordan and Weiss (2002), Advances in Neural Information Processing Systems 14; von Luxburg (2007), doi:10.1007/s11222-007-9033-z',
  description: `Normalised spectral clustering of the symmetrised graph of the ${NEIGHBOURS} nearest neighbours (Euclidean) of each row of the raw table.`,
  async fit({ table }, { clusters, seed, products, signal, progress, warn }) {
    requireEnoughRows(table.n, clusters);
    // All would be neighbours of the first few, a graph that falls apart at random.
    if (await rowsAreEqual(table, signal)) {
      warn?.(ALL_ROWS_EQUAL);
      return { labels: new Int32Array(table.n) };
    }
    const graph = await neighbourGraph(table, NEIGHBOURS, { products, signal });
    progress?.(0.5);
    const { labels, embedding } = await spectralClustering(graph, clusters, new Random(seed), { signal });
    return { labels, embedding: { values: embedding, dimensions: clusters } };
  },
};
