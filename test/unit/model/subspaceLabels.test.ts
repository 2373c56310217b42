import { describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import { accuracy } from '../../../src/core/evaluation/matching';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import { subspaceLabels } from '../../../src/core/model/subspaceLabels';
import { Random } from '../../../src/core/random';

const [eofs, deep, clusters, n] = [12, 4, 3, 240];
const architecture = { eofs, deep, dimensions: eofs + deep, clusters };
const h = resolveHyperParameters({ clusters });

/** Regimes in spells of 10 to 29 steps, one twice as frequent as the others. */
function regimes(random: Random): Int32Array {
  const labels = new Int32Array(n);
  for (let t = 0, spell = 0; t < n; spell++) {
    const end = Math.min(n, t + 10 + random.integer(20));
    labels.fill([0, 1, 0, 2][spell % 4], t, end);
    t = end;
  }
  return labels;
}

/** z of a series, from what the two parts of a step are. */
function embedding(
  linear: (t: number) => readonly number[],
  deepPart: (t: number) => readonly number[],
): Float32Array {
  return Float32Array.from(Array.from({ length: n }, (_, t) => [...linear(t), ...deepPart(t)]).flat());
}

const vector = (d: number, random: Random): number[] => Array.from({ length: d }, () => random.normal());

async function labelled(z: Float32Array, random: Random) {
  const q = Float32Array.from({ length: n * clusters }, () => random.uniform());
  const found = await subspaceLabels({ z, q }, architecture, h, { seed: 1, products });
  expect(found.coefficients.value.length).toBeGreaterThan(n);
  return found.clusters!;
}

describe('labels of the self-expression of a series', () => {
  it('are those of subspaces, although the deep part knows nothing', async () => {
    const random = new Random(1);
    const truth = regimes(random);
    const bases = Array.from({ length: clusters }, () => [vector(eofs, random), vector(eofs, random)]);
    const z = embedding(
      (t) => {
        const [a, b] = vector(2, random);
        const [u, v] = bases[truth[t]];
        return u.map((value, i) => a * value + b * v[i] + 0.02 * random.normal());
      },
      () => vector(deep, random),
    );
    const { labels, memberships, recurrence } = await labelled(z, random);
    expect(accuracy(labels, truth)).toBeGreaterThan(0.98);
    expect(recurrence.agreement).toBeGreaterThan(0.9);
    for (let t = 0; t < n; t++) {
      const row = memberships.subarray(t * clusters, (t + 1) * clusters);
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(row.indexOf(Math.max(...row))).toBe(labels[t]);
    }
  });

  it('are those of the deep part, although all regimes share one subspace', async () => {
    const random = new Random(2);
    const truth = regimes(random);
    const z = embedding(
      () => vector(eofs, random),
      (t) => Array.from({ length: deep }, (_, i) => (i === truth[t] ? 1 : 0) + 0.15 * random.normal()),
    );
    const { labels, recurrence } = await labelled(z, random);
    expect(accuracy(labels, truth)).toBeGreaterThan(0.98);
    expect(recurrence.agreement).toBeGreaterThan(0.9);
    // From the largest to the smallest.
    const sizes = [0, 1, 2].map((c) => labels.filter((label) => label === c).length);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it('are not claimed to recur where there is nothing', async () => {
    const random = new Random(3);
    const z = embedding(
      () => vector(eofs, random),
      () => vector(deep, random),
    );
    expect((await labelled(z, random)).recurrence.agreement).toBeLessThan(0.6);
  });
});
