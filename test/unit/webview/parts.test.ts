import { describe, expect, it } from 'vitest';
import { emptyResults } from '../../../src/protocol/results';
import {
  actionsFor,
  describeProgress,
  describeState,
  drawHeader,
  progressShare,
} from '../../../webview/results/header';
import {
  drawLossChart,
  drawLosses,
  lossSeries,
  lossTable,
  phaseStarts,
} from '../../../webview/results/losses';
import { drawMetrics } from '../../../webview/results/metrics';
import { drawSizes } from '../../../webview/results/sizes';
import { formatDuration, formatNumber } from '../../../webview/shared/format';
import { element, escape } from '../../../webview/shared/markup';
import { running } from './recorded';

const types = (snapshot: typeof running): string[] => actionsFor(snapshot).map(({ type }) => type);

describe('markup', () => {
  it('never lets text become markup', () => {
    expect(escape(`<img src=x onerror="a('b')">`)).toBe(
      '&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;',
    );
    const header = drawHeader({ ...running, files: ['<b>.nc'], fields: ['<i>'], warnings: ['<u>'] });
    expect(header).not.toMatch(/<[biu]>/);
    expect(element('a', { b: '"', c: undefined, d: true, e: 1 / 3 })).toBe('<a b="&quot;" d e="0.33"></a>');
  });
});

describe('numbers for people', () => {
  it.each([
    [528.41, '528.4'],
    [-0.12134, '−0.1213'],
    [0, '0'],
    [12345.6, '12346'],
    [0.000012, '1.20 × 10⁻⁵'],
    [null, '–'],
    [NaN, '–'],
  ])('writes %s as %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it('writes durations', () => {
    expect([8.4, 80, 7500].map(formatDuration)).toEqual(['8 s', '1 min 20 s', '2 h 5 min']);
  });
});

describe('the state of a run', () => {
  it('is told in words', () => {
    expect(describeState(running)).toBe('Joint training: embeddings and clusters together.');
    expect(describeState({ ...running, state: 'finished' })).toBe('366 time steps in 3 clusters.');
    expect(describeState({ ...running, state: 'failed', message: 'No time axis.' })).toBe('No time axis.');
    expect(describeState({ ...running, state: 'interrupted', canResume: true })).toContain(
      'after epoch 3 of 6',
    );
    expect(describeState({ ...running, state: 'interrupted', message: 'Another process works on it.' })).toBe(
      'Another process works on it.',
    );
    expect(describeProgress(running)).toBe('epoch 4 of 6 · step 2 of 8 · about 1 min 20 s left');
    expect(progressShare(running)).toBeCloseTo(3.25 / 6);
  });

  it('offers what makes sense', () => {
    expect(types(emptyResults)).toEqual(['clusterFile']);
    expect(types(running)).toEqual(['cancel', 'showLog']);
    expect(types({ ...running, state: 'interrupted', canResume: true })).toEqual([
      'resume',
      'revealFiles',
      'showLog',
    ]);
    expect(types({ ...running, state: 'finished', hasReport: true })).toContain('openReport');
  });
});

describe('sizes, metrics and losses', () => {
  it('are the same pictures for the same data', () => {
    expect(drawSizes(running)).toMatchSnapshot('sizes');
    expect(drawMetrics(running)).toMatchSnapshot('metrics');
    expect(drawLosses(running)).toMatchSnapshot('losses');
  });

  it('have all their rows from the start', () => {
    const rows = (markup: string): number => markup.split('<tr').length;
    expect(rows(drawSizes({ labels: null, clusters: 3 }))).toBe(rows(drawSizes(running)));
    expect(rows(drawMetrics({ metrics: null }))).toBe(rows(drawMetrics(running)));
  });

  it('say when a cluster is empty', () => {
    expect(drawSizes({ labels: [0, 0, 2], clusters: 3 })).toContain('<td class="figure">empty</td>');
  });

  it('put a term that comes later at its own epochs', () => {
    const [total, , target] = lossSeries(running.history);
    expect(total.points).toHaveLength(3);
    expect(target).toEqual({ name: 'target', points: [{ epoch: 3, value: 0.1 }] });
    expect(phaseStarts(running.history)).toEqual([2]);
    expect(lossTable(running)).toContain('<td class="figure">–</td>');
  });

  it('use a logarithmic scale for values that span decades', () => {
    const points = [1, 0.1, 0.001].map((value, i) => ({ epoch: i, value }));
    const y = (svg: string): number => Number(/cy="([\d.]+)"/.exec(svg)![1]);
    const middle = drawLossChart({ name: 'a', points: [...points, { epoch: 3, value: 0.0316 }] }, 4, []);
    // The geometric mean of 0.001 and 1 lies in the middle between the top (8) and the bottom (100).
    expect(y(middle)).toBeCloseTo(54, 0);
  });
});
