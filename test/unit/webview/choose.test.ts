import { describe, expect, it } from 'vitest';
import type { ClusterChoice } from '../../../src/core/choose/choice';
import {
  afterReload,
  type ChooseMemory,
  chooseMemory,
  type ChooseState,
  fromChoose,
  toChoose,
} from '../../../src/protocol/choose';
import { drawChart, type Part } from '../../../webview/choose/chart';
import {
  BODY,
  describeData,
  drawOptions,
  drawSentences,
  drawVerdict,
  readingNote,
} from '../../../webview/choose/page';
import { choiceSvg, criteria, wrapped } from '../../../webview/choose/sheet';
import { valuesTable } from '../../../webview/choose/values';
import { drawTable, toCsv } from '../../../webview/shared/tables';
import { recordedChoice } from '../choose/recorded';

const options = { width: 320, look: (part: Part) => ({ class: part }) };

/** An element a line: a difference can be read, and is found quickly. */
const lines = (markup: string): string => markup.replaceAll('><', '>\n<');

describe('the charts', () => {
  it.each(criteria)('of %s', (name) => {
    expect(lines(drawChart(recordedChoice, name, options))).toMatchSnapshot();
  });

  it('say in words what they show', () => {
    const label = (name: (typeof criteria)[number]): string =>
      /aria-label="([^"]*)"/.exec(drawChart(recordedChoice, name, options))![1];
    expect(label('silhouette')).toBe(
      'Silhouette for K = 1 to 6: prefers K = 3, where it is 0.6000; so do 90% of the halves of the series; more than noise shows.',
    );
    expect(label('elbow')).toContain('no more than noise shows');
    expect(label('stability')).toBe('Stability for K = 1 to 6: prefers no K; no more than noise shows.');
  });

  it('have room for many K, and draw nothing that is no number', () => {
    const many = (values: readonly (number | null)[]) => Array.from({ length: 50 }, (_, k) => values[k % 6]);
    const { gap } = recordedChoice.criteria;
    const wide: ClusterChoice = {
      ...recordedChoice,
      most: 50,
      criteria: {
        ...recordedChoice.criteria,
        gap: {
          ...gap,
          values: many(gap.values),
          errors: many(gap.errors),
          noise: { low: many(gap.noise.low), middle: many(gap.noise.middle), high: many(gap.noise.high) },
          support: Array.from({ length: 50 }, () => 0.02),
        },
      },
    };
    const drawn = drawChart(wide, 'gap', options);
    expect(drawn).not.toMatch(/NaN|Infinity|null/);
    const labels = [...drawn.matchAll(/text-anchor="middle">(\d+)</g)].map(([, k]) => Number(k));
    expect(labels).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  });
});

describe('the picture as a file', () => {
  const file = choiceSvg(recordedChoice, 'Number of clusters of <a & b>.nc');

  it('is whole, with its colours, title and description', () => {
    expect(file).toMatch(/^<svg xmlns=/);
    expect(file).toContain('<title>Number of clusters of &lt;a &amp; b&gt;.nc</title>');
    expect(file).not.toContain('<a & b>');
    expect(file).not.toMatch(/var\(|class="(?!chart)|NaN/);
    expect(file.match(/data-criterion=/g)).toHaveLength(4);
    expect(lines(file)).toMatchSnapshot();
  });

  it('breaks long lines', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('unbreakable', 3)).toEqual(['unbreakable']);
  });
});

describe('the page', () => {
  it('begins with the verdict, and has the rest of the words below', () => {
    const verdict = drawVerdict(recordedChoice);
    expect(verdict).toContain('<strong>K = 3</strong>');
    expect(verdict).toContain('likely');
    expect(drawSentences(recordedChoice).match(/<li>/g)).toHaveLength(
      recordedChoice.recommendation.text.length - 1,
    );
    expect(readingNote(recordedChoice)).toContain('99 series');
  });

  it('lists every K that was tried, the recommended one marked', () => {
    expect(drawOptions(4, 3)).toBe(
      '<option value="2">2</option><option value="3" selected>3 (recommended)</option><option value="4">4</option>',
    );
  });

  it('names the data as text', () => {
    const data = { files: ['/data/a.nc'], fields: ['air', 'slp'] };
    expect(describeData({ files: ['a.nc', 'b.nc'], data })).toBe('a.nc, b.nc: air, slp');
    expect(describeData({ files: ['a.nc'], data: { ...data, fields: [] } })).toBe('a.nc');
  });

  it('has no style or handler in its markup', () => {
    const markup = [BODY, ...criteria.map((name) => drawChart(recordedChoice, name, options))].join('');
    expect(markup).not.toMatch(/\sstyle=|\son\w+=/);
  });

  it('has all values in a table', () => {
    const table = valuesTable(recordedChoice);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    const [head, , , third] = toCsv(table).split('\r\n');
    expect(head).toContain('silhouette,silhouette_error,silhouette_noise_low');
    expect(third.split(',').slice(0, 3)).toEqual(['3', '0.3', '0.05']);
    expect(drawTable(table, false)).toContain('<strong>0.600</strong>');
  });
});

describe('messages', () => {
  const state: ChooseState = {
    data: { files: ['/data/a.nc'], fields: [] },
    files: ['a.nc'],
    stage: 'done',
    share: 1,
    reason: null,
    warnings: [],
    choice: recordedChoice,
    setting: 7,
  };

  it('arrive as they were sent, and only if they are whole', () => {
    expect(toChoose.parse({ type: 'state', state })).toEqual({ type: 'state', state });
    expect(toChoose.safeParse({ type: 'state', state: { ...state, stage: 'asleep' } }).success).toBe(false);
    expect(
      toChoose.safeParse({ type: 'state', state: { ...state, choice: { ...recordedChoice, criteria: {} } } })
        .success,
    ).toBe(false);
  });

  it.each([
    { type: 'cluster' },
    { type: 'cluster', clusters: 1 },
    { type: 'setDefault', clusters: 51 },
    { type: 'run' },
  ])('%j is refused', (message) => expect(fromChoose.safeParse(message).success).toBe(false));
});

describe('what the panel remembers over a reload', () => {
  const memory: ChooseMemory = {
    data: {
      files: ['/data/a.nc'],
      fields: ['air'],
      select: { level: '850' },
      time: ['2008-01-01', '2008-06-30'],
      bbox: [-30, 35, 40, 70],
      most: 6,
    },
    stage: 'done',
    reason: null,
    warnings: ['2 time steps have no value.'],
    choice: recordedChoice,
  };
  const { criteria: recorded } = recordedChoice;

  it('is all that it shows, and survives as JSON', () => {
    expect(chooseMemory.parse(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
    expect(afterReload(memory)).toBe(memory);
  });

  it('is stopped where it was at work, and keeps why it failed', () => {
    const working: ChooseMemory = { ...memory, stage: 'working', choice: null };
    expect(afterReload(chooseMemory.parse(working) as ChooseMemory)).toEqual({
      ...working,
      stage: 'stopped',
      reason: 'The window was closed before there was a result.',
    });
    const failed: ChooseMemory = { ...working, stage: 'failed', reason: 'The disk is full.' };
    expect(afterReload(failed)).toBe(failed);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['of another panel', { directory: '/data/a.clusters/compare-1' }],
    ['without files', { ...memory, data: { ...memory.data, files: [] } }],
    ['with an area of three sides', { ...memory, data: { ...memory.data, bbox: [1, 2, 3] } }],
    ['done without a choice', { ...memory, choice: null }],
    ['at work with a choice', { ...memory, stage: 'working' }],
    ['with a list of a billion K', { ...memory, choice: { ...recordedChoice, most: 1e9 } }],
    ['with curves that are too short', { ...memory, choice: { ...recordedChoice, most: 7 } }],
    [
      'with a curve that is too long',
      {
        ...memory,
        choice: {
          ...recordedChoice,
          criteria: { ...recorded, gap: { ...recorded.gap, score: [...recorded.gap.score, 1] } },
        },
      },
    ],
    [
      'with a K that was not tried',
      {
        ...memory,
        choice: { ...recordedChoice, recommendation: { ...recordedChoice.recommendation, clusters: 7 } },
      },
    ],
  ])('%s is refused', (_, state) => expect(chooseMemory.safeParse(state).success).toBe(false));
});
