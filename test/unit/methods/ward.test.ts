import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { adjustedRandIndex } from '../../../src/core/evaluation/matching';
import { ward } from '../../../src/core/methods/ward';
import { missingPython, python } from '../evaluation/python';
import { classicalContext, clouds, rowSamples, syntheticSamples } from './classicalSamples';

const noSklearn = missingPython('sklearn');
describe.skipIf(noSklearn)(`Ward against scikit-learn${noSklearn ? ` (skipped: ${noSklearn})` : ''}`, () => {
  const theirs = (x: Float32Array, n: number, k: number): number[] =>
    python(
      `from sklearn.cluster import AgglomerativeClustering
x = x.reshape(n, -1).astype('f8')
result = AgglomerativeClustering(k, linkage='ward').fit(x).labels_.tolist()`,
      { x },
      { n, k },
    );

  it.each(['G1', 'G2', 'G7'] as const)('the same partition of the fields of %s', async (name) => {
    const { samples, fields } = syntheticSamples(name, 1);
    for (const k of [2, 5, 9]) {
      const { labels } = await ward.fit(samples, classicalContext(k));
      expect(adjustedRandIndex(labels, theirs(fields.frames, fields.length, k))).toBe(1);
    }
  });

  it('the same partition of many rows of few columns', async () => {
    const { samples, values } = clouds(1500, 5, 12, 3, 1);
    const { labels } = await ward.fit(samples, classicalContext(12));
    expect(adjustedRandIndex(labels, theirs(values, 1500, 12))).toBe(1);
  });
});

describe('Ward', () => {
  it('keeps equal rows together and says when there are too few different ones', async () => {
    const values = Float32Array.from({ length: 30 * 4 }, (_, at) => 0.3 * (Math.floor(at / 4) % 3) + 0.1);
    const warnings: string[] = [];
    const context = classicalContext(5, { warn: (message) => warnings.push(message) });
    const { labels } = await ward.fit(rowSamples(values, 30), context);
    expect([...labels]).toEqual(Array.from({ length: 30 }, (_, i) => i % 3));
    expect(warnings.join()).toContain('only 3 different rows');
  });

  it('refuses series whose distances would not fit into memory', async () => {
    const { samples } = clouds(3, 2, 2, 1, 1);
    const table = { ...samples.table, n: 20_000 };
    await expect(ward.fit({ ...samples, table }, classicalContext(2))).rejects.toThrow(UserError);
  });
});
