import { describe, expect, it } from 'vitest';
import { decodeTimes, parseTimeUnits } from '../../../src/core/data/cfTime';
import type { TimeAxis } from '../../../src/core/data/frames';
import { parseCsv, shortFloat } from '../../../src/core/results/csv';
import { formatLabels, labelsByTime, parseLabels } from '../../../src/core/results/labelsCsv';
import { sampleFrames, sampleResult } from './sampleRun';

function axis(values: number[], units: string, calendar: TimeAxis['calendar'] = 'standard'): TimeAxis {
  const array = Float64Array.from(values);
  const iso = units === '1' ? values.map(String) : decodeTimes(array, parseTimeUnits(units, calendar));
  return { values: array, units, calendar, iso };
}
const days = axis([0, 1, 2, 3], 'days since 2008-02-28');
const noons = axis([0.5, 1.5, 2.5, 3.5], 'days since 2008-02-28');
const match = (text: string, time: TimeAxis) => [...labelsByTime(parseLabels(text, 'l.csv'), time, 'l.csv')];

describe('CSV', () => {
  it('knows quotes, line ends, byte order marks and separators', () => {
    expect(parseCsv('\ufeffa,b\r\n"x, ""y""",2\r\n\r\n "z" ,\n')).toEqual([
      ['a', 'b'],
      ['x, "y"', '2'],
      ['z ', ''],
    ]);
    expect(parseCsv('a;b\n1,5;2')).toEqual([
      ['a', 'b'],
      ['1,5', '2'],
    ]);
  });

  it('writes floats short, and so that they read back the same', () => {
    for (const value of [0.1, 1 / 3, 1e-20, 123456.789, 0, 1, 16777217].map(Math.fround)) {
      expect(Math.fround(Number(shortFloat(value)))).toBe(value);
    }
    expect(shortFloat(Math.fround(0.1))).toBe('0.1');
    expect(shortFloat(NaN)).toBe('');
  });
});

describe('labels.csv', () => {
  it('reads back what was written', () => {
    const { frames } = sampleFrames();
    const { labels, softAssignment, clusters } = sampleResult(frames);
    const text = formatLabels(frames.time.iso, labels, softAssignment, clusters);
    const lines = text.split('\n');
    expect(lines[0]).toBe('time,label,probability,q0,q1,q2,q3');
    expect(lines.length).toBe(42);
    const table = parseLabels(text, 'labels.csv');
    expect(table.times).toEqual(frames.time.iso);
    expect(table.labels).toEqual(labels);
    expect(table.softAssignment).toEqual(softAssignment);
    expect(labelsByTime(table, frames.time, 'labels.csv')).toEqual(labels);
    expect(lines[1].split(',')[2]).toBe(lines[1].split(',')[3 + labels[0]]);
  });

  it.each<[string, string, TimeAxis]>([
    ['dates', 'time,label\n2008-03-02,3\n2008-02-28,0\n2008-02-29,1\n2008-03-01,2\n', days],
    [
      'dates for steps at noon',
      'time,label\n2008-03-02,3\n2008-02-28,0\n2008-02-29,1\n2008-03-01,2\n',
      noons,
    ],
    [
      'times in several spellings, other columns and rows',
      'note,Label,TIME\n"a,b",0,2008-02-28 00:00\n,1,2008-02-29T00:00:00Z\n,2,2008-03-01T00:00:00.000\n,3,2008-03-02T00\n,9,2009-01-01\n',
      days,
    ],
    ['positions from 0', 'time,label\n0,0\n1,1\n2,2\n3,3\n', days],
    ['positions from 1, in any order', 'time,label\n2,1\n1,0\n3,2\n4,3\n', days],
    ['plain step numbers', 'time,label\n40,3\n10,0\n20,1\n30,2\n', axis([10, 20, 30, 40], '1', 'none')],
    [
      '30 February',
      'time,label\n2008-02-29,0\n2008-02-30,1\n2008-03-01,2\n2008-03-02,3\n',
      axis([0, 1, 2, 3], 'days since 2008-02-29', '360_day'),
    ],
  ])('matches rows by %s', (_, text, time) => {
    expect(match(text, time)).toEqual([0, 1, 2, 3]);
  });

  it('numbers words and negative labels in sorted order', () => {
    const { labels, names } = parseLabels('time,label\na,NAO+\nb,Block\nc,NAO+\n', 'l.csv');
    expect([...labels]).toEqual([1, 0, 1]);
    expect(names).toEqual(['Block', 'NAO+']);
    expect(parseLabels('time,label\na,10\nb,-1\nc,2\n', 'l.csv')).toMatchObject({
      labels: Int32Array.of(2, 0, 1),
      names: ['-1', '2', '10'],
    });
  });

  it.each<[string, string, string]>([
    ['an empty file', '', 'is empty'],
    ['a header alone', 'time,label\n', 'no rows'],
    [
      'no label column',
      'time,cluster\n2008-02-28,1\n',
      'has no column "label". Its columns are: time, cluster',
    ],
    ['a missing label', 'time,label\n2008-02-28,\n', 'no label in row 1'],
    ['a fractional label', 'time,label\n2008-02-28,1.5\n', '"1.5" of row 1 is not a whole number'],
    [
      'unmatched times',
      'time,label\n2008-02-28,1\n2008-02-29,1\n',
      "no label for 2 of the data's 4 time steps (2008-03-01",
    ],
    ['repeated times', 'time,label\n2008-02-28,1\n2008-02-28T00:00:00,1\n', 'twice, in rows 1 and 2'],
    ['unreadable times', 'time,label\n28.2.2008,1\n', 'the time "28.2.2008" of row 1 cannot be read'],
    ['too few positions', 'time,label\n0,1\n1,1\n', 'the data have 4 time steps'],
    ['positions with gaps', 'time,label\n0,1\n1,1\n2,1\n4,1\n', 'neither a date nor a position'],
    ['a membership that is no number', 'time,label,q0\n2008-02-28,0,x\n', 'q0 of row 1'],
  ])('explains %s', (_, text, message) => {
    expect(() => match(text, days)).toThrow(expect.objectContaining({ name: 'UserError' }));
    expect(() => match(text, days)).toThrow(message);
  });
});
