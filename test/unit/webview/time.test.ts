import { describe, expect, it } from 'vitest';
import { emptyRun, noSelection } from '../../../src/protocol/panel';
import { toCsv } from '../../../webview/shared/tables';
import {
  type ClusterSummary,
  clusterData,
  describeSelection,
  drawClusterTable,
  formatLength,
  lengthUnit,
} from '../../../webview/time/clusterTable';
import { drawEmptyState } from '../../../webview/time/emptyState';
import {
  drawFrequencies,
  drawFrequencyTable,
  frequencyData,
  hasPartial,
  monthFrequencies,
  yearFrequencies,
} from '../../../webview/time/frequency';
import { timeModel } from '../../../webview/time/model';
import { drawSpell, drawSpellHead, sortSpells, spellData } from '../../../webview/time/spellTable';
import {
  clusterStatistics,
  countLabels,
  countTransitions,
  findSpells,
} from '../../../webview/time/statistics';
import { timeAxis } from '../../../webview/time/timeAxis';
import { drawTransitions, transitionData } from '../../../webview/time/transitions';
import { series } from './recorded';
import { days, gregorian, months, thirtyDays } from './recordedTimes';

/** Ten days, the last three of them after a gap: 0 0 1 1 1 0 0 | 0 2 2 */
const times = [...days(2008, 2008).slice(0, 7), ...days(2008, 2008).slice(20, 23)];
const labels = Int32Array.of(0, 0, 1, 1, 1, 0, 0, 0, 2, 2);
const axis = timeAxis(times);
const probability = Float32Array.of(1, 0.5, 1, 1, 1, 1, 1, 0.5, 0.25, 0.75);
const spells = findSpells(labels, axis, probability);

describe('the time axis', () => {
  it('joins steps, but not across gaps', () => {
    expect([...axis.joined]).toEqual([1, 1, 1, 1, 1, 1, 0, 1, 1, 0]);
    expect(axis.usual).toBe(1);
    expect(axis.end[6] - axis.begin[6]).toBe(1);
  });

  it('joins steps of the same time, as the report does, and draws each of them', () => {
    const twice = timeAxis(
      days(2008, 2008)
        .slice(0, 3)
        .flatMap((time) => [time, time]),
    );
    expect([...twice.joined]).toEqual([1, 1, 1, 1, 1, 0]);
    expect(findSpells(Int32Array.of(0, 0, 0, 1, 1, 1), twice, null)).toHaveLength(2);
    expect([...twice.end].every((end, step) => end > twice.begin[step])).toBe(true);
  });

  it('does not take the end of a short month for a gap', () => {
    expect([...timeAxis(months(2007, 2008)).joined.slice(0, -1)].every(Boolean)).toBe(true);
    expect([...timeAxis(days(2001, 2002, thirtyDays)).joined.slice(0, -1)].every(Boolean)).toBe(true);
  });

  it('writes times as precisely as they are apart', () => {
    expect(axis.format(7)).toBe('21 Jan 2008');
    expect(timeAxis(months(2007, 2008)).format(1)).toBe('Feb 2007');
    const hours = days(2008, 2008, gregorian, { hours: [0, 12] });
    expect(timeAxis(hours).format(1)).toBe('1 Jan 2008 12:00');
    expect(timeAxis(['0', '1']).format(1)).toBe('Step 1');
    expect(timeAxis(['0', '6']).format(1)).toBe('Step 1 (6)');
  });

  it('has no steps without times', () => {
    expect(timeAxis([]).count).toBe(0);
    expect(timeAxis(['2008-01-01T00:00:00']).usual).toBe(1);
  });
});

describe('the statistics of the labels', () => {
  it('find the spells, with their lengths and probabilities', () => {
    expect(spells).toEqual([
      { label: 0, first: 0, last: 1, length: 2, probability: 0.75 },
      { label: 1, first: 2, last: 4, length: 3, probability: 1 },
      { label: 0, first: 5, last: 6, length: 2, probability: 1 },
      { label: 0, first: 7, last: 7, length: 1, probability: 0.5 },
      { label: 2, first: 8, last: 9, length: 2, probability: 0.5 },
    ]);
    expect(findSpells(labels, axis, null)[0].probability).toBeNull();
  });

  it('summarise each cluster and all', () => {
    const { each, all } = clusterStatistics(spells, 4, 10);
    expect(each[0]).toMatchObject({ steps: 5, share: 0.5, spells: 3, probability: 0.8 });
    expect(each[0].meanLength).toBeCloseTo(5 / 3);
    expect(each[1].longest).toBe(spells[1]);
    expect(each[3]).toMatchObject({ steps: 0, spells: 0, longest: null, probability: null });
    expect(all).toMatchObject({ steps: 10, share: 1, spells: 5, meanSteps: 2 });
  });

  it('count transitions of consecutive steps only', () => {
    expect(countTransitions(labels, axis, 3)).toEqual([
      [2, 1, 1],
      [1, 2, 0],
      [0, 0, 1],
    ]);
  });

  it('count labels in a period', () => {
    expect(countLabels(labels, 4)).toEqual([5, 3, 2, 0]);
    expect(countLabels(labels, 3, 4, 8)).toEqual([3, 1, 1]);
  });

  it('are worked out once for each series, on an axis that stays', () => {
    const first = timeModel(series, { clusters: 3 });
    const next = timeModel({ ...series, version: 2, times: [...series.times] }, { clusters: 3 }, first);
    expect(next.axis).toBe(first.axis);
    expect(first.clustered!.all.steps).toBe(366);
    const before = timeModel({ ...series, clusters: 0, labels: null, memberships: null }, { clusters: 4 });
    expect(before.clustered).toBeNull();
    expect(before.clusters).toBe(4);
    expect(before.months.map(({ total }) => total)).toEqual(Array<number>(12).fill(0));
  });
});

describe('the table of the clusters', () => {
  const summary: ClusterSummary = { clusters: 3, ...clusterStatistics(spells, 3, 10), inPeriod: null };
  const waiting: ClusterSummary = { clusters: 3, each: null, all: null, inPeriod: null };

  it('is the same for the same data', () => {
    expect(drawClusterTable({ ...summary, inPeriod: [3, 1, 1] }, axis)).toMatchSnapshot();
  });

  it('has all its rows and columns from the start', () => {
    const cells = (markup: string): number[] => [markup.split('<tr').length, markup.split('<t').length];
    expect(cells(drawClusterTable(waiting, axis))).toEqual(cells(drawClusterTable(summary, axis)));
  });

  it('says when a cluster is empty', () => {
    const four = { clusters: 4, ...clusterStatistics(spells, 4, 10), inPeriod: null };
    expect(drawClusterTable(four, axis)).toContain('<td class="figure">empty</td>');
  });

  it('says lengths in steps and days, once where they are the same', () => {
    const six = timeAxis(days(2008, 2008, gregorian, { hours: [0, 6, 12, 18] }));
    expect([axis, six, timeAxis(['0', '1'])].map(lengthUnit)).toEqual(['days', 'steps (days)', 'steps']);
    expect(formatLength(3, 3, axis)).toBe('3');
    expect(formatLength(3, 3, axis, true)).toBe('3.0');
    expect(formatLength(8, 2, six)).toBe('8 (2.0)');
    expect(formatLength(8.25, 2.0625, six, true)).toBe('8.3 (2.1)');
    expect(formatLength(NaN, NaN, axis, true)).toBe('–');
  });

  it('can be copied', () => {
    expect(toCsv(clusterData(summary, axis)).split('\r\n').slice(0, 2)).toEqual([
      'cluster,steps,share,spells,mean_spell_steps,mean_spell_days,longest_spell_steps,longest_spell_days,mean_probability',
      '0,5,0.5,3,1.6666666666666667,1.6666666666666667,2,2,0.8',
    ]);
  });

  it('is told of what is selected', () => {
    const say = (selection: Partial<typeof noSelection>): string =>
      describeSelection({ ...noSelection, ...selection }, axis, (step) => `step ${step}`);
    expect(say({})).toBe('');
    expect(say({ step: 3, period: [1, 4], cluster: 2 })).toBe(
      'step 3 · 2 Jan 2008 to 5 Jan 2008 (4 steps) · all of cluster 2',
    );
    // A selection of another run may be longer than this one.
    expect(say({ step: 30, period: [1, 40] })).toBe('');
  });
});

describe('the transition matrix', () => {
  const counts = countTransitions(labels, axis, 3);

  it('is the same for the same data', () => {
    expect(drawTransitions(counts, 3, 'exits')).toMatchSnapshot();
  });

  it('says shares of changes, probabilities or counts', () => {
    // After the number of changes out of cluster 0.
    const row = (unit: 'exits' | 'probability' | 'count'): string[] =>
      [...drawTransitions(counts, 3, unit).matchAll(/<td[^>]*>([^<]*)<\/td>/g)]
        .map(([, text]) => text)
        .slice(1, 5);
    expect(row('exits')).toEqual(['0.50', '·', '50%', '50%']);
    expect(row('probability')).toEqual(['0.50', '·', '0.25', '0.25']);
    expect(row('count')).toEqual(['2', '·', '1', '1']);
    expect(transitionData(counts).rows[1]).toEqual(['0', '1', 1, 0.25, 0.5]);
  });

  it('is as large before the first clustering, and has no numbers for a cluster that never ends', () => {
    const cells = (markup: string): number => markup.split('<t').length;
    expect(cells(drawTransitions(null, 3, 'exits'))).toBe(cells(drawTransitions(counts, 3, 'exits')));
    expect(drawTransitions([[4]], 1, 'exits')).toContain('<td class="figure stays">1</td>');
    expect(drawTransitions([[0]], 1, 'probability')).toContain('<td class="figure stays">–</td>');
  });
});

describe('frequencies', () => {
  const winters = days(2000, 2002, gregorian, { months: [12, 1, 2] }).slice(60, -31);
  const winterAxis = timeAxis(winters);
  const winterLabels = Int32Array.from(winters, (time) => (time.slice(5, 7) === '12' ? 1 : 0));

  it('count each month of the season, in its order', () => {
    expect(monthFrequencies(winterLabels, 2, winterAxis)).toEqual([
      { name: 'Dec', counts: [0, 62], total: 62 },
      { name: 'Jan', counts: [62, 0], total: 62 },
      { name: 'Feb', counts: [56, 0], total: 56 },
    ]);
  });

  it('count winters as wholes, and years that have no data as nothing', () => {
    expect(yearFrequencies(winterLabels, 2, winterAxis)).toEqual([
      { name: '2000/01', counts: [59, 31], total: 90 },
      { name: '2001/02', counts: [59, 31], total: 90 },
    ]);
    const holed = [...days(2000, 2000), ...days(2002, 2002)];
    expect(
      yearFrequencies(new Int32Array(holed.length), 1, timeAxis(holed)).map(({ total }) => total),
    ).toEqual([366, 0, 365]);
    expect(yearFrequencies(Int32Array.of(0, 0), 1, timeAxis(['0', '1']))).toEqual([]);
    expect(monthFrequencies(Int32Array.of(0, 0), 1, timeAxis(['0', '1']))).toEqual([]);
  });

  it('draw an incomplete year as a narrower bar', () => {
    const holed = [...days(2000, 2000), ...days(2001, 2001).slice(0, 90)];
    const columns = yearFrequencies(new Int32Array(holed.length), 1, timeAxis(holed));
    expect([hasPartial(columns), hasPartial(columns.slice(0, 1))]).toEqual([true, false]);
    const widths = [...drawFrequencies(columns, 300, '').matchAll(/<rect[^>]* width="([\d.]+)"/g)];
    expect(Number(widths[1][1]) / Number(widths[0][1])).toBeCloseTo(90 / 366, 1);
  });

  it('are a picture and a table of the same numbers', () => {
    const columns = monthFrequencies(winterLabels, 2, winterAxis);
    expect(drawFrequencies(columns, 300, 'By month')).toMatchSnapshot();
    expect(drawFrequencyTable(columns, 2, 'Month')).toContain(
      '<tr><th scope="row">Dec</th><td class="figure">0.0%</td><td class="figure">100.0%</td><td class="figure">62</td></tr>',
    );
    expect(toCsv(frequencyData(columns, 2, 'Clusters by month', 'Month'))).toContain('Dec,0,62,62');
  });
});

describe('the panel without pictures', () => {
  it('says what to do', () => {
    expect(drawEmptyState(emptyRun)).toContain('data-action="clusterFile"');
    expect(drawEmptyState({ ...emptyRun, state: 'interrupted', canResume: true })).toContain('Resume it');
    expect(drawEmptyState({ ...emptyRun, state: 'failed' })).toContain('The log');
  });
});

describe('the table of the spells', () => {
  it('is sorted by a column, equal ones by time', () => {
    const order = sortSpells(spells, { key: 'length', descending: true }).map(({ first }) => first);
    expect(order).toEqual([2, 0, 5, 8, 7]);
    expect(sortSpells(spells, { key: 'label', descending: false }).map(({ first }) => first)).toEqual([
      ...[0, 5, 7, 2, 8],
    ]);
  });

  it('says what each spell is', () => {
    expect(drawSpell(spells[1], 1, axis, true)).toMatchSnapshot();
    expect(drawSpellHead({ key: 'length', descending: true }, axis)).toContain('aria-sort="descending"');
    expect(toCsv(spellData(spells, times, axis)).split('\r\n')[2]).toBe(
      '2008-01-03T00:00:00,2008-01-05T00:00:00,3,3,1,1',
    );
  });
});
