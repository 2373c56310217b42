import { describe, expect, it } from 'vitest';
import { rowsInMemory } from '../../../src/core/data/rows';
import { accuracy, adjustedRandIndex } from '../../../src/core/evaluation/matching';
import { neighbourGraph } from '../../../src/core/evaluation/neighbourGraph';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import { nearestNeighbourSpectral } from '../../../src/core/methods/nearestNeighbourSpectral';
import { Random } from '../../../src/core/random';
import { missingPython, python } from '../evaluation/python';
import { denseAffinity } from '../evaluation/sparseTables';
import { classicalContext, rowSamples, syntheticSamples } from './classicalSamples';

/** Two rings, one in the other, in the plane. */
function rings(n: number): { values: Float32Array; truth: Int32Array } {
  const random = new Random(1);
  const truth = Int32Array.from({ length: n }, (_, i) => i % 2);
  const values = new Float32Array(2 * n);
  truth.forEach((ring, i) => {
    const [radius, angle] = [0.2 + 0.25 * ring + 0.02 * random.normal(), 2 * Math.PI * random.uniform()];
    values[2 * i] = 0.5 + radius * Math.cos(angle);
    values[2 * i + 1] = 0.5 + radius * Math.sin(angle);
  });
  return { values, truth };
}

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(
  `Graph of nearest neighbours against scikit-learn${noSklearn ? ` (skipped: ${noSklearn})` : ''}`,
  () => {
    it('the same graph', async () => {
      const { fields } = syntheticSamples('G2', 1, { length: 200 });
      const rows = rowsInMemory(fields.frames, 200, fields.frames.length / 200);
      const ours = denseAffinity(await neighbourGraph(rows, 10, { products }));
      const theirs = python<number[]>(
        `from sklearn.neighbors import kneighbors_graph
g = kneighbors_graph(x.reshape(200, -1).astype('f8'), 10)
result = (0.5 * (g + g.T)).toarray().ravel().tolist()`,
        { x: fields.frames },
      );
      expect([...ours]).toEqual(theirs);
    });

    it('the same clusters of fields whose regimes are clear', async () => {
      const { samples, fields } = syntheticSamples('G2', 3, { delta: 1 });
      const { labels } = await nearestNeighbourSpectral.fit(samples, classicalContext(5));
      const theirs = python<number[]>(
        `from sklearn.cluster import SpectralClustering
result = SpectralClustering(5, affinity='nearest_neighbors', n_neighbors=10, random_state=0).fit_predict(
    x.reshape(n, -1).astype('f8')).tolist()`,
        { x: fields.frames },
        { n: fields.length },
      );
      expect(adjustedRandIndex(labels, theirs)).toBe(1);
      expect(accuracy(labels, fields.labels)).toBe(1);
    });
  },
);

describe('kNN spectral', () => {
  it('finds rings, which no mean stands for', async () => {
    const { values, truth } = rings(400);
    const { labels } = await nearestNeighbourSpectral.fit(rowSamples(values, 400), classicalContext(2));
    expect(accuracy(labels, truth)).toBe(1);
  });

  it('has neighbours in order where distances are equal, and none of its own', async () => {
    const equal = rowsInMemory(new Float32Array(5 * 3).fill(0.5), 5, 3);
    const graph = denseAffinity(await neighbourGraph(equal, 2, { products }));
    // Of rows at no distance the first two are the nearest.
    const first = [0, 1, 1, 0.5, 0.5];
    const second = [1, 0, 1, 0.5, 0.5];
    const third = [1, 1, 0, 0, 0];
    expect([...graph]).toEqual([
      ...first,
      ...second,
      ...third,
      ...[0.5, 0.5, 0, 0, 0],
      ...[0.5, 0.5, 0, 0, 0],
    ]);
  });
});
