import { describe, expect, it } from 'vitest';
import type { ChartSnapshot, ComparisonSnapshot, TableSnapshot } from '../../../src/protocol/comparison';
import { drawComparisonChart, drawComparisonSheet } from '../../../webview/comparison/chart';
import { comparisonActions, describeComparison, drawHead } from '../../../webview/comparison/head';
import { drawComparison } from '../../../webview/metrics/methods';
import { drawComparisonTable } from '../../../webview/shared/comparisonTable';

const table: TableSnapshot = {
  title: 'Means',
  caption: 'Over <5> seeds.',
  columns: [{ title: 'Method' }, { title: 'DB', better: 'lower' }, { title: 'CH', better: 'higher' }],
  rows: [
    { name: 'k-means', cells: [{ text: '-1.5', spread: '0.2', best: true }, { text: '–' }] },
    { name: 'A & <B>', cells: [{ text: '2.0' }, { text: '10.0', best: true }] },
    { name: 'C', cells: [], failure: 'Too <few> steps.' },
  ],
};

const chart: ChartSnapshot = {
  title: 'DB',
  better: 'lower',
  rows: [
    { name: 'k-means', eligible: true, mean: 2, sd: 1, values: [1, 2, 3] },
    { name: 'A name that is too long <b>', eligible: true, mean: 4, sd: null, values: [4] },
    { name: 'none', eligible: true, mean: null, sd: null, values: [null] },
  ],
};

const snapshot: ComparisonSnapshot = {
  directory: '/data/x.clusters/compare-1',
  state: 'finished',
  files: ['x<1>.nc'],
  data: 'air of x.nc',
  started: '2026-01-31T12:00:00.000Z',
  progress: { done: 4, total: 4, failed: 1, current: null, share: null },
  message: null,
  warnings: ['<script>'],
  figures: null,
  hasFiles: true,
};

describe('the table of methods', () => {
  it('is the same markup for the same data, with everything escaped', () => {
    expect(drawComparisonTable(table)).toMatchSnapshot();
  });

  it('stands in the metrics panel with what was compared, and a way to the rest', () => {
    const drawn = drawComparison({ ...snapshot, state: 'interrupted', means: table });
    expect(drawn).toContain('2026-01-31 12:00 (UTC), interrupted');
    expect(drawn).toContain('data-comparison="/data/x.clusters/compare-1"');
    expect(drawn).toContain('k-means');
    expect(drawComparison({ ...snapshot, means: null })).not.toContain('<table');
  });
});

describe('the chart of a metric', () => {
  it('is the same picture for the same data', () => {
    expect(drawComparisonChart(chart, 400)).toMatchSnapshot();
  });

  it('puts the best where the direction says', () => {
    const best = (drawn: string): string[] =>
      [...drawn.matchAll(/class="name best"[^>]*>([^<]*)/g)].map(([, name]) => name);
    expect(best(drawComparisonChart(chart, 400))).toEqual(['k-means']);
    expect(best(drawComparisonChart({ ...chart, better: 'higher' }, 400))).toEqual(['A name that is to…']);
    // Figures of fewer clusters are never the best.
    const [first, ...others] = chart.rows;
    expect(
      best(drawComparisonChart({ ...chart, rows: [{ ...first, eligible: false }, ...others] }, 400)),
    ).toEqual(['A name that is to…']);
    // One method alone is not the best of anything.
    expect(best(drawComparisonChart({ ...chart, rows: chart.rows.slice(0, 1) }, 400))).toEqual([]);
  });

  it('says in words what it shows', () => {
    expect(drawComparisonChart(chart, 400)).toContain(
      'aria-label="DB, lower is better: k-means: 2.000 ± 1.000; A name that is too long &lt;b&gt;: 4.000; none: no value"',
    );
  });

  it('has room for means that are all the same, and for none', () => {
    const equal = { ...chart, rows: [{ name: 'a', eligible: true, mean: 0, sd: 0, values: [0, 0] }] };
    expect(drawComparisonChart(equal, 300)).not.toMatch(/NaN|Infinity/);
    expect(drawComparisonChart({ ...chart, rows: [chart.rows[2]] }, 300)).not.toMatch(/NaN|Infinity/);
  });

  it('comes in one picture with all others', () => {
    const sheet = drawComparisonSheet([chart, chart, chart], 'Methods');
    expect(sheet.match(/<svg/g)).toHaveLength(4);
    expect(sheet).not.toContain('NaN');
  });
});

describe('the head of a comparison', () => {
  it('is escaped, and says how it stands', () => {
    const drawn = drawHead(snapshot);
    expect(drawn).toContain('Methods compared on x&lt;1&gt;.nc');
    expect(drawn).toContain('&lt;script&gt;');
    expect(drawn).toContain('All 4 fits have ended, 1 of them failed.');
  });

  it.each<[Partial<ComparisonSnapshot>, RegExp, string[]]>([
    [{ state: 'queued', hasFiles: false }, /run is in progress/, ['cancel', 'showLog']],
    [
      {
        state: 'running',
        hasFiles: false,
        progress: { done: 1, total: 4, failed: 0, current: 'DEC, seed 2', share: 0.419 },
      },
      /^1 of 4 fits have ended\. Now: DEC, seed 2 41%\.$/,
      ['cancel', 'revealFiles', 'showLog'],
    ],
    [{ state: 'cancelling', hasFiles: false }, /given up/, ['revealFiles', 'showLog']],
    [
      { state: 'interrupted', hasFiles: false, message: 'The disk is full.' },
      /can still be done\. The disk is full\./,
      ['resume', 'revealFiles', 'showLog'],
    ],
    [{ state: 'elsewhere', hasFiles: false }, /Another window/, ['revealFiles', 'showLog']],
    [{ state: 'missing', hasFiles: false, message: 'Gone.' }, /Gone\./, ['showLog']],
    [{}, /All 4/, ['openTable', 'openTable', 'openTable', 'revealFiles', 'showLog']],
  ])('%j', (change, sentence, actions) => {
    const changed = { ...snapshot, ...change };
    expect(describeComparison(changed)).toMatch(sentence);
    expect(comparisonActions(changed).map(({ type }) => type)).toEqual(actions);
  });
});
