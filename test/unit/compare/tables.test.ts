import { describe, expect, it } from 'vitest';
import { aggregate } from '../../../src/core/compare/aggregate';
import { agreementBetween, renumber } from '../../../src/core/compare/agreement';
import type { FitRecord, MethodFacts } from '../../../src/core/compare/files';
import { parseSeeds, selectMethods } from '../../../src/core/compare/selection';
import { ranks, statistic } from '../../../src/core/compare/statistic';
import { longCsv } from '../../../src/core/compare/tables/csv';
import { escapeLatex, latexTable } from '../../../src/core/compare/tables/latex';
import { escapeMarkdown, markdownTable } from '../../../src/core/compare/tables/markdown';
import { bestTable, meansTable } from '../../../src/core/compare/tables/model';
import { defaultHyperParameters } from '../../../src/core/config';
import { parseCsv } from '../../../src/core/results/csv';
import { completeMetrics } from '../../../src/core/results/metricsJson';
import { calendar, dice, testMethods } from './support';

describe('statistics', () => {
  it('are mean and standard deviation of the sample', () => {
    expect(statistic([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, sd: Math.sqrt(32 / 7), n: 8 });
    expect(statistic([3])).toEqual({ mean: 3, sd: NaN, n: 1 });
    expect(statistic([])).toEqual({ mean: NaN, sd: NaN, n: 0 });
    // What is left of an undefined one would flatter the method.
    expect(statistic([1, NaN]).mean).toBeNaN();
  });

  it('rank with shared places, undefined ones last', () => {
    expect(ranks([3, 1, 2], 'lower')).toEqual([3, 1, 2]);
    expect(ranks([3, 1, 2], 'higher')).toEqual([1, 3, 2]);
    expect(ranks([1, 2, 1 + 1e-12, NaN], 'lower')).toEqual([1.5, 3, 1.5, 4]);
    expect(ranks([NaN, 1, NaN], 'higher')).toEqual([2.5, 1, 2.5]);
  });
});

describe('labels', () => {
  it('get the numbers of the reference that they match best, and free ones where there is none', () => {
    const reference = Int32Array.of(0, 0, 0, 2, 2, 2);
    expect([...renumber(Int32Array.of(5, 5, 5, 1, 1, 1), reference)]).toEqual([0, 0, 0, 2, 2, 2]);
    expect([...renumber(Int32Array.of(5, 5, 3, 1, 1, 0), reference)]).toEqual([0, 0, 3, 2, 2, 1]);
  });

  it('of a deterministic method stand for all seeds', async () => {
    const a = { id: 'a', deterministic: true, labels: new Map([[1, Int32Array.of(0, 0, 1, 1)]]) };
    const b = {
      id: 'b',
      deterministic: false,
      labels: new Map([
        [1, Int32Array.of(1, 1, 0, 0)],
        [7, Int32Array.of(0, 1, 0, 1)],
      ]),
    };
    const c = { id: 'c', deterministic: false, labels: new Map([[7, Int32Array.of(0, 1, 0, 1)]]) };
    const pairs = await agreementBetween([a, b, c]);
    expect(pairs.map(({ a: x, b: y, ari }) => [x, y, Number(ari.mean.toFixed(9)), ari.n])).toEqual([
      ['a', 'b', 0.25, 2],
      ['a', 'c', -0.5, 1],
      // Only the seed that both have.
      ['b', 'c', 1, 1],
    ]);
  });
});

describe('what is compared', () => {
  it('is chosen by id and by group, each method once', () => {
    const ids = (text: string): string[] =>
      selectMethods(text, [calendar, { ...dice, kind: 'deep' }]).map(({ id }) => id);
    expect(ids('all')).toEqual(['calendar', 'dice']);
    expect(ids('deep, all')).toEqual(['dice', 'calendar']);
    expect(ids('classical')).toEqual(['calendar']);
    const whole = { id: 'a-datsc', kind: 'deep' } as const;
    const half = { id: 'a-datsc-half', kind: 'deep' } as const;
    const named = (text: string): string[] =>
      selectMethods(text, [whole, calendar, half]).map(({ id }) => id);
    expect(named('ablations')).toEqual(['a-datsc', 'a-datsc-half']);
    expect(named('deep')).toEqual(['a-datsc']);
    expect(() => ids('kmeans')).toThrow(/no method "kmeans".*calendar, dice.*classical/);
    expect(() => ids(' , ')).toThrow('at least one method');
    expect(() => selectMethods('paper', testMethods)).toThrow('at least one method');
  });

  it('has seeds by number, list and range', () => {
    expect(parseSeeds('3')).toEqual([1, 2, 3]);
    expect(parseSeeds('7,1, 7')).toEqual([7, 1]);
    expect(parseSeeds('101-103,5')).toEqual([101, 102, 103, 5]);
    expect(parseSeeds('42-42')).toEqual([42]);
    for (const wrong of ['', '0', 'x', '1.5', '-1', '3-1', '1,,2', '4294967296-4294967296', '99999'])
      expect(() => parseSeeds(wrong), wrong).toThrow(/The seeds are/);
  });
});

describe('text', () => {
  it('is escaped for Markdown and for LaTeX', () => {
    expect(escapeMarkdown('a|b_c*<d>\n`e` \\')).toBe('a\\|b\\_c\\*&lt;d&gt; \\`e\\` \\\\');
    expect(escapeLatex('50% of $x_1 & #2 {~^\\} "q" 3–5')).toBe(
      "50\\% of \\$x\\_1 \\& \\#2 \\{\\textasciitilde{}\\textasciicircum{}\\textbackslash{}\\} ''q'' 3--5",
    );
  });
});

describe('tables', () => {
  const facts = (id: string, title: string, deterministic = false): MethodFacts => ({
    id,
    title,
    kind: 'classical',
    reference: '',
    deterministic,
  });
  const record = (
    method: string,
    seed: number,
    labels: number[],
    metrics: Record<string, number>,
  ): FitRecord => ({
    method,
    seed,
    state: 'done',
    warnings: [],
    cost: { seconds: seed, processorSeconds: seed, peakMemory: 100 * seed, memoryBefore: 50 },
    labellings: [{ name: '', labels: Int32Array.from(labels), metrics: completeMetrics(metrics) }],
  });
  const comparison = () =>
    aggregate(
      { seeds: [1, 2], hyperParameters: { ...defaultHyperParameters(), clusters: 3 } },
      [facts('a', 'A_1'), facts('b', 'B & Co', true), facts('c', 'C')],
      [
        record('a', 2, [0, 1, 1, 2], { silhouetteCosine: 0.3, rmse: 12, calinskiHarabasz: 1000 }),
        record('a', 1, [0, 0, 1, 2], { silhouetteCosine: 0.1, rmse: 10, calinskiHarabasz: 2000 }),
        record('b', 1, [0, 0, 1, 1], { silhouetteCosine: -0.25, rmse: 9.5, calinskiHarabasz: 500.5 }),
        { method: 'c', seed: 1, state: 'failed', reason: 'No_way', byUser: true, warnings: [] },
      ],
    );

  it('are as they should be', async () => {
    const table = meansTable(await comparison());
    expect(markdownTable(table)).toMatchSnapshot();
    expect(latexTable(table, 'x')).toMatchSnapshot();
    expect(markdownTable(bestTable(await comparison()))).toMatchSnapshot();
  });

  it('mark figures of fewer clusters, and never as the best', async () => {
    const found = meansTable(await comparison());
    // B has filled two clusters of three.
    expect(found.rows.map(({ name }) => name)).toEqual(['A_1', 'B & Co †', 'C']);
    expect(found.caption).toContain('† Some clusters are empty');
    const rmse = found.columns.findIndex(({ title }) => title === 'RMSE') - 1;
    expect(found.rows[1].cells[rmse]).toEqual({ text: '9.50' });
    expect(found.rows[0].cells[rmse]).toMatchObject({ text: '11.00', best: true });
    expect(latexTable(found, 'x')).toContain('B \\& Co $\\dagger$ &');
  });

  it('keep the best seed apart from the means', async () => {
    const { rows } = await comparison();
    expect(rows[0].best?.seed).toBe(2);
    expect(rows[0].metrics.silhouetteCosine.mean).toBeCloseTo(0.2);
    expect(rows[0].peakMemory).toBe(200);
    expect(rows[0].nonEmpty).toEqual({ least: 3, most: 3 });
    // Of three metrics A is best in two and B in one; in the three undefined ones both share the last place.
    expect(rows[0].rank).toBeCloseTo((1 + 1.5 + 1.5 + 1 + 2 + 1.5) / 6);
    expect(rows[1].rank).toBeCloseTo((2 + 1.5 + 1.5 + 2 + 1 + 1.5) / 6);
  });

  it('hold undefined values as empty cells', async () => {
    const [header, first] = parseCsv(longCsv(await comparison()));
    expect(first[header.indexOf('daviesBouldin')]).toBe('');
    expect(first[header.indexOf('rmse')]).toBe('10');
  });
});
