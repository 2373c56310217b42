import { describe, expect, it } from 'vitest';
import { emptyRun } from '../../../src/protocol/panel';
import {
  actionsFor,
  describeProgress,
  describeState,
  drawHeader,
  drawStrip,
  progressShare,
} from '../../../webview/shared/runHeader';
import { formatDuration, formatNumber } from '../../../webview/shared/format';
import { element, escape } from '../../../webview/shared/markup';
import { running, series } from './recorded';

const types = (snapshot: typeof running): string[] => actionsFor(snapshot).map(({ type }) => type);

describe('markup', () => {
  it('never lets text become markup', () => {
    expect(escape(`<img src=x onerror="a('b')">`)).toBe(
      '&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;',
    );
    const header = drawHeader({ ...running, files: ['<b>.nc'], fields: ['<i>'], warnings: ['<u>'] }, series);
    const strip = drawStrip({ ...running, name: '<b>', state: 'failed', message: '<i>' }, 'maps');
    expect(strip).not.toMatch(/<[biu]>/);
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
    expect(describeState(running, series)).toBe('Joint training: embeddings and clusters together.');
    expect(describeState({ ...running, state: 'finished' }, series)).toBe('366 time steps in 3 clusters.');
    expect(describeState({ ...running, state: 'failed', message: 'No time axis.' }, series)).toBe(
      'No time axis.',
    );
    expect(describeState({ ...running, state: 'interrupted', canResume: true }, series)).toContain(
      'after epoch 3 of 6',
    );
    expect(
      describeState({ ...running, state: 'interrupted', message: 'Another process works on it.' }, series),
    ).toBe('Another process works on it.');
    expect(describeProgress(running)).toBe('epoch 4 of 6 · step 2 of 8 · about 1 min 20 s left');
    expect(progressShare(running)).toBeCloseTo(3.25 / 6);
  });

  it('offers what makes sense', () => {
    expect(types(emptyRun)).toEqual(['clusterFile']);
    expect(types(running)).toEqual(['cancel', 'showLog']);
    expect(types({ ...running, state: 'interrupted', canResume: true })).toEqual([
      'resume',
      'revealFiles',
      'showLog',
    ]);
    expect(types({ ...running, state: 'finished', hasReport: true })).toContain('openReport');
  });

  it('fits one line in the other panels, with the way to each of them', () => {
    const strip = drawStrip(running, 'maps');
    expect(strip).toContain('epoch 4 of 6 · step 2 of 8');
    expect([...strip.matchAll(/data-panel="(\w+)"/g)].map(([, panel]) => panel)).toEqual([
      'time',
      'metrics',
      'affinity',
    ]);
    expect(drawStrip({ ...running, name: 'With pressure' })).toContain('<strong title="With pressure">');
    // The line of progress keeps its place when there is nothing to show.
    expect(drawStrip({ ...running, state: 'finished' })).toContain('class="idle"');
    expect(drawStrip(emptyRun)).toContain('data-action="clusterFile"');
  });
});
