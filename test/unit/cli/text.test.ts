import { describe, expect, it } from 'vitest';
import { metricsTable } from '../../../src/cli/metricsTable';
import { clock, closest, columns, figure, wrap } from '../../../src/cli/text';

describe('text', () => {
  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [65, '1:05'],
    [3599, '59:59'],
    [7300, '2:01:40'],
  ])('%d s is %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  it.each([
    [0, '0'],
    [0.012345, '0.01235'],
    [-0.5, '-0.5000'],
    [528.4321, '528.4'],
    [123456, '123456'],
    [1.234e-7, '1.23e-7'],
    [-2.5e9, '-2.50e+9'],
    [NaN, '-'],
    [Infinity, 'Infinity'],
  ])('%d is written %s', (value, text) => expect(figure(value)).toBe(text));

  it('aligns columns', () => {
    expect(
      columns(
        [
          ['a', '1'],
          ['bcd', '23'],
        ],
        [1],
      ),
    ).toBe('a     1\nbcd  23');
  });

  it('wraps at spaces', () => {
    expect(wrap('one two three', 9, 2)).toBe('  one two\n  three');
  });

  it.each([
    ['trainign.learningRate', 'training.learningRate'],
    ['widthFactor', 'model.widthFactor'],
    ['Clusters', 'clusters'],
    ['nonsense', undefined],
  ])('for %s suggests %s', (word, meant) => {
    expect(
      closest(word, ['clusters', 'model.widthFactor', 'training.learningRate', 'training.clipNorm']),
    ).toBe(meant);
  });
});

it('the table of metrics points to where better is', () => {
  const table = metricsTable({
    silhouetteCosine: -0.121,
    silhouetteEuclidean: 0.385,
    daviesBouldin: 1.028,
    calinskiHarabasz: 528.4,
    rmse: 4.666,
    variance: 0.0662,
    interClusterDistance: 2.401,
    centroidDistance: NaN,
  });
  expect(table).toMatchInlineSnapshot(`
    "Metric                           Value  Better
    Silhouette (cosine)            -0.1210  ↑ higher
    Silhouette (Euclidean)          0.3850  ↑ higher
    Davies-Bouldin index             1.028  ↓ lower
    Calinski-Harabasz index          528.4  ↑ higher
    RMSE (root inertia per step)     4.666  ↓ lower
    Variance within clusters       0.06620  ↓ lower
    Inter-cluster distance (I-CD)    2.401  ↑ higher
    Distance to nearest centroid         -  ↑ higher"
  `);
});
