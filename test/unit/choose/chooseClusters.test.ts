import { describe, expect, it } from 'vitest';
import { criterionNames, type ClusterChoice } from '../../../src/core/choose/choice';
import { choiceCsv, choiceSchema } from '../../../src/core/choose/choiceJson';
import { chooseClusters, type ChooseOptions } from '../../../src/core/choose/chooseClusters';
import type { Points } from '../../../src/core/choose/points';
import { rowsInMemory } from '../../../src/core/data/rows';
import { CancelledError, isUserError } from '../../../src/core/errors';
import { plainProducts } from '../../../src/core/evaluation/products';
import { parseCsv } from '../../../src/core/results/csv';
import { blobs, redNoise } from './fixtures';

const choose = ({ values, n, d }: Points, options: Partial<ChooseOptions> = {}): Promise<ClusterChoice> =>
  chooseClusters(rowsInMemory(values, n, d), { seed: 1, most: 7, products: plainProducts, ...options });

describe('clusters that are there', () => {
  const points = blobs(160, 6, 4, 1);
  const before = points.values.slice();
  const shares: number[] = [];
  let choice: ClusterChoice;

  it('are counted, and it is said that this is clear', async () => {
    choice = await choose(points, { progress: (share) => shares.push(share) });
    const { clusters, certainty, agreeing, support, next, text } = choice.recommendation;
    expect({ clusters, certainty }).toEqual({ clusters: 4, certainty: 'clear' });
    expect(agreeing.length).toBeGreaterThanOrEqual(3);
    expect(support[3]).toBeGreaterThan(0.6);
    expect(support.reduce((sum, vote) => sum + vote, 0)).toBeLessThanOrEqual(1 + 1e-9);
    if (next) expect(next.behind).toBeGreaterThanOrEqual(0.4);
    expect(text[0]).toMatch(/^K = 4, clearly: /);
    for (const name of criterionNames) {
      const { values, errors, score, noise, support: own, p } = choice.criteria[name];
      for (const curve of [values, errors, score, noise.low, noise.middle, noise.high, own])
        expect(curve).toHaveLength(7);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
    }
    expect(choice.criteria.gap.p).toBe(0.01);
    expect(choice.uniformGap.best).toBe(4);
  });

  it('the table is left as it was, and progress only rises', () => {
    expect(points.values).toEqual(before);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  });

  it('the choice is the same again, also through JSON; another seed draws other noise', async () => {
    const [again, other] = await Promise.all([choose(points), choose(points, { seed: 2 })]);
    expect(again).toEqual(choice);
    expect(choiceSchema.parse(JSON.parse(JSON.stringify(choice)))).toEqual(choice);
    expect(other.recommendation.clusters).toBe(4);
    expect(other.criteria.gap.values).not.toEqual(choice.criteria.gap.values);
  });

  it('a CSV file has a row for each K', () => {
    const [head, ...rows] = parseCsv(choiceCsv(choice));
    expect(head.slice(0, 4)).toEqual(['clusters', 'elbow', 'elbow_error', 'elbow_score']);
    expect(rows.map(([k]) => k)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const at = head.indexOf('silhouette');
    expect(rows[0][at]).toBe('');
    expect(Number(rows[3][at])).toBeCloseTo(choice.criteria.silhouette.values[3]!, 4);
  });
});

describe('noise', () => {
  it('has no clusters, whether or not it remembers', async () => {
    for (const memory of [0, 0.8]) {
      const { recommendation, criteria } = await choose(redNoise(200, 5, memory, 4));
      expect(recommendation.certainty).toBe('none');
      expect(recommendation.text[0]).toMatch(/^These data show no clear number of clusters/);
      expect(recommendation.clusters).toBeGreaterThanOrEqual(2);
      expect(criteria.gap.p).toBeGreaterThan(0.05);
    }
  });
});

describe('odd data', () => {
  it('few time steps: fewer K are tried', async () => {
    const { most, block } = await choose(blobs(21, 3, 3, 1), { most: 12 });
    expect({ most, length: block.length }).toEqual({ most: 5, length: 1 });
    expect((await choose(blobs(12, 3, 2, 1))).most).toBe(3);
  });

  it('few different time steps', async () => {
    const states = Float32Array.from({ length: 120 }, (_, i) => Math.floor(i / 10) % 4);
    const choice = await choose({ values: states, n: 120, d: 1 });
    expect(choice.most).toBe(4);
    expect(choiceSchema.safeParse(JSON.parse(JSON.stringify(choice))).success).toBe(true);
  });

  it('columns that never vary change nothing', async () => {
    const few = blobs(60, 4, 3, 2);
    const values = new Float32Array(60 * 500).fill(0.5);
    for (let i = 0; i < 60; i++) values.set(few.values.subarray(4 * i, 4 * i + 4), 500 * i);
    const [narrow, wide] = [await choose(few), await choose({ values, n: 60, d: 500 })];
    expect(wide.eofs).toBe(narrow.eofs);
    expect(wide.recommendation.clusters).toBe(narrow.recommendation.clusters);
    for (const name of ['elbow', 'silhouette'] as const) {
      const [own, other] = [narrow.criteria[name].values, wide.criteria[name].values];
      own.forEach((value, k) => value !== null && expect(other[k]).toBeCloseTo(value, 4));
    }
  });

  it.each([
    ['too few', new Float32Array(11), 11, {}, '11 time steps'],
    ['all equal', new Float32Array(40).fill(3), 40, {}, 'equal'],
    ['only two states', Float32Array.from({ length: 40 }, (_, i) => i % 2), 40, {}, '2 different'],
    ['a range of none', blobs(40, 1, 2, 1).values, 40, { most: 2 }, 'from 3 to 50'],
    ['a range of too many', blobs(40, 1, 2, 1).values, 40, { most: 51 }, 'from 3 to 50'],
  ])('%s: says so', async (_, values, n, options, message) => {
    const error: unknown = await choose({ values, n, d: 1 }, options).catch((thrown: unknown) => thrown);
    expect(isUserError(error)).toBe(true);
    expect((error as Error).message).toContain(message);
  });
});

it('ends soon after it was cancelled', async () => {
  const stop = new AbortController();
  let last = 0;
  const work = choose(blobs(160, 6, 4, 1), {
    signal: stop.signal,
    progress: (share) => {
      last = share;
      if (share > 0.3) stop.abort();
    },
  });
  await expect(work).rejects.toThrow(CancelledError);
  expect(last).toBeLessThan(0.4);
});
