import { describe, expect, it } from 'vitest';
import {
  type CalendarTime,
  DataCalendar,
  dayOfYear,
  formatTime,
  isMonthly,
  needsHours,
  parseTime,
  sum,
} from '../../../webview/shared/calendar';

const time = (text: string): CalendarTime => parseTime(text)!;
const calendar = (...texts: string[]): DataCalendar => new DataCalendar(texts.map(time));
const days = (of: DataCalendar, year: number): number => sum(of.monthLengths(year));

describe('times in the data’s own calendar', () => {
  it('reads dates that no Date could hold', () => {
    expect(time('2008-02-30T12:00:00')).toEqual({ year: 2008, month: 2, day: 30, fraction: 0.5 });
    expect(time('-0044-03-15T06:00:00').year).toBe(-44);
    expect(time('12345-01-01T00:00:00').year).toBe(12345);
    expect(parseTime('17')).toBeUndefined();
  });

  it('tells the calendar from the dates', () => {
    const gregorian = calendar('2000-02-29T00:00:00');
    expect([1900, 2000, 2001, 2004].map((year) => days(gregorian, year))).toEqual([365, 366, 365, 366]);
    const julian = calendar('1900-02-29T00:00:00');
    expect([1900, 2000, 2001].map((year) => days(julian, year))).toEqual([366, 366, 365]);
    expect(days(calendar('2001-02-29T00:00:00'), 2003)).toBe(366);
    expect(days(calendar('2004-02-28T00:00:00', '2004-03-01T00:00:00'), 2004)).toBe(365);
    expect(days(calendar('2001-02-30T00:00:00'), 2003)).toBe(360);
  });

  it('knows 30-day months where no February tells', () => {
    expect(days(calendar('2001-07-29T00:00:00', '2001-07-30T00:00:00', '2001-08-01T00:00:00'), 2001)).toBe(
      360,
    );
    expect(days(calendar('2001-07-30T00:00:00', '2001-07-31T00:00:00', '2001-08-01T00:00:00'), 2001)).toBe(
      365,
    );
  });

  it('draws all years on the axis of the longest', () => {
    expect(sum(calendar('2008-02-29T00:00:00', '2009-02-28T00:00:00').aligned)).toBe(366);
    expect(sum(calendar('2009-02-28T00:00:00').aligned)).toBe(365);
  });

  it('counts days from the beginning of the year, and years from the first', () => {
    const lengths = calendar('2008-02-29T00:00:00').aligned;
    expect(dayOfYear(time('2008-01-01T00:00:00'), lengths)).toBe(0);
    expect(dayOfYear(time('2008-12-31T18:00:00'), lengths)).toBe(365.75);
    expect([...calendar('2000-02-29T00:00:00').yearStarts(2000, 2002)]).toEqual([
      [2000, 0],
      [2001, 366],
      [2002, 731],
    ]);
  });

  it('writes hours only where the data are finer than a day', () => {
    expect(needsHours(['2008-01-01T12:00:00', '2008-01-02T12:00:00'])).toBe(false);
    expect(needsHours(['2008-01-01T00:00:00', '2008-01-01T06:00:00'])).toBe(true);
    expect(formatTime('2008-02-30T06:00:00', true)).toBe('30 Feb 2008 06:00');
    expect(formatTime('2008-02-30T06:00:00', false)).toBe('30 Feb 2008');
    expect(formatTime('step 4', true)).toBe('step 4');
  });

  it('knows means of months by their dates', () => {
    const monthly = (...months: string[]): boolean =>
      isMonthly(months.map((month) => time(`${month}-16T12:00:00`)));
    expect(monthly('2000-11', '2000-12', '2001-01')).toBe(true);
    expect(monthly('2000-12', '2001-01', '2001-02', '2001-12', '2002-01', '2002-02')).toBe(true);
    expect(monthly('2000-01', '2000-04', '2000-07')).toBe(false);
    expect(monthly('2000-01', '2000-01', '2000-02')).toBe(false);
  });
});
