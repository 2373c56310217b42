import { describe, expect, it } from 'vitest';
import {
  type CalendarTime,
  dayOfYear,
  formatTime,
  monthLengths,
  needsHours,
  parseTime,
} from '../../../webview/shared/calendar';

const time = (text: string): CalendarTime => parseTime(text)!;

describe('times in the data’s own calendar', () => {
  it('reads dates that no Date could hold', () => {
    expect(time('2008-02-30T12:00:00')).toEqual({ year: 2008, month: 2, day: 30, fraction: 0.5 });
    expect(time('-0044-03-15T06:00:00').year).toBe(-44);
    expect(time('12345-01-01T00:00:00').year).toBe(12345);
    expect(parseTime('17')).toBeUndefined();
  });

  it('draws 30-day months when a 30 February occurs', () => {
    expect(monthLengths([time('2008-02-30T00:00:00')]).reduce((a, b) => a + b)).toBe(360);
    expect(monthLengths([time('2008-02-29T00:00:00')]).reduce((a, b) => a + b)).toBe(366);
    expect(monthLengths([time('2007-02-28T00:00:00')]).reduce((a, b) => a + b)).toBe(365);
  });

  it('counts days from the beginning of the year', () => {
    const lengths = monthLengths([time('2008-02-29T00:00:00')]);
    expect(dayOfYear(time('2008-01-01T00:00:00'), lengths)).toBe(0);
    expect(dayOfYear(time('2008-12-31T18:00:00'), lengths)).toBe(365.75);
  });

  it('writes hours only where the data are finer than a day', () => {
    expect(needsHours(['2008-01-01T12:00:00', '2008-01-02T12:00:00'])).toBe(false);
    expect(needsHours(['2008-01-01T00:00:00', '2008-01-01T06:00:00'])).toBe(true);
    expect(formatTime('2008-02-30T06:00:00', true)).toBe('30 Feb 2008 06:00');
    expect(formatTime('2008-02-30T06:00:00', false)).toBe('30 Feb 2008');
    expect(formatTime('step 4', true)).toBe('step 4');
  });
});
