/** The embedding as a table: where the clusters are, and how wide. */
import type { DataTable } from '../shared/tables';
import { type Embedding, clusterMedians, confidenceOf } from './scatter';

export function embeddingTable(embedding: Embedding): DataTable {
  const { points, labels, clusters, method } = embedding;
  const confidence = confidenceOf(embedding);
  const names = method === 'pca' ? ['PC 1', 'PC 2'] : ['UMAP 1', 'UMAP 2'];
  const medians = clusterMedians(points, labels, clusters);
  return {
    caption: `Place and spread of the clusters in the ${method === 'pca' ? 'first two principal components' : 'plane of UMAP'}`,
    columns: [
      { title: 'Cluster', key: 'cluster' },
      { title: 'Steps', key: 'steps', numeric: true },
      { title: `Median ${names[0]}`, key: 'median_1', numeric: true },
      { title: `Median ${names[1]}`, key: 'median_2', numeric: true },
      { title: 'Spread', key: 'spread', numeric: true },
      { title: 'Mean probability', key: 'probability', numeric: true },
    ],
    rows: Array.from({ length: clusters }, (_, label) => {
      const members = [...labels.keys()].filter((i) => labels[i] === label);
      const median = medians.find((one) => one.label === label);
      if (!median) return [String(label), 0, null, null, null, null];
      const mean = (of: (step: number) => number): number =>
        members.reduce((sum, step) => sum + of(step), 0) / members.length;
      const [x, y] = [mean((i) => points[2 * i]), mean((i) => points[2 * i + 1])];
      // Root of the mean squared distance to the mean.
      const spread = Math.sqrt(mean((i) => (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2));
      const sure = embedding.memberships ? mean((i) => confidence[i]) : null;
      return [String(label), members.length, median.x, median.y, spread, sure];
    }),
  };
}
