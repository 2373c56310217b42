import { describe, expect, it } from 'vitest';
import {
  calendarOf,
  dayOfYear,
  decodeTimes,
  encodeTimes,
  isTimeUnits,
  monthOf,
  parseTimeUnits,
} from '../../../src/core/data/cfTime';
import { isUserError } from '../../../src/core/errors';
import { hasNetcdf4, runPython } from './reference';

const decode = (value: number, units: string, calendar = 'standard') =>
  decodeTimes([value], parseTimeUnits(units, calendarOf(calendar)))[0];

describe('CF times', () => {
  it.each([
    [1823280, 'hours since 1800-01-01 00:00:0.0', 'standard', '2008-01-01T00:00:00'],
    [1823280, 'hours since 1800-1-1', 'gregorian', '2008-01-01T00:00:00'],
    [1041417000, 'seconds since 1970-01-01', 'proleptic_gregorian', '2003-01-01T10:30:00'],
    [0, 'days since 1900-01-01T00:00:00Z', 'standard', '1900-01-01T00:00:00'],
    [0, 'days since 19000102', 'standard', '1900-01-02T00:00:00'],
    [0, 'days since 1900-01-01 00:00:00 +05:30', 'standard', '1899-12-31T18:30:00'],
    [0, 'days since 1900-01-01 00:00:00 -6', 'standard', '1900-01-01T06:00:00'],
    [0.5, 'weeks since 2000-02-27', 'standard', '2000-03-01T12:00:00'],
    [1, 'days since 1582-10-04', 'standard', '1582-10-15T00:00:00'],
    [1, 'days since 1582-10-04', 'proleptic_gregorian', '1582-10-05T00:00:00'],
    [59, 'days since 2000-01-01', 'noleap', '2000-03-01T00:00:00'],
    [59, 'days since 2001-01-01', 'all_leap', '2001-02-29T00:00:00'],
    [59, 'days since 2008-01-01', '360_day', '2008-02-30T00:00:00'],
    [59.25, 'days since 2008-01-01', '360_day', '2008-02-30T06:00:00'],
    [1 / 86400 / 4, 'days since 2008-01-01', 'standard', '2008-01-01T00:00:00.250'],
    [20080230.5, 'day as %Y%m%d.%f', '360_day', '2008-02-30T12:00:00'],
    [-1, 'days since 0001-01-01', 'standard', '-0001-12-31T00:00:00'],
    [-1, 'days since 0001-01-01', 'proleptic_gregorian', '0000-12-31T00:00:00'],
    [31, 'days since 0000-01-01', 'standard', '0000-02-01T00:00:00'],
    [2, 'months since 2000-01-01', '360_day', '2000-03-01T00:00:00'],
    [2, 'years since 2000-01-01', 'noleap', '2002-01-01T00:00:00'],
  ])('%d %s (%s) is %s', (value, units, calendar, iso) => {
    expect(decode(value, units, calendar)).toBe(iso);
    const coding = parseTimeUnits(units, calendarOf(calendar));
    expect(encodeTimes([iso], coding)[0]).toBeCloseTo(value, 9);
  });

  it('warns of months and years that are means', () => {
    expect(parseTimeUnits('months since 2000-01-01', 'standard').warning).toMatch(/30\.4368 days/);
    expect(parseTimeUnits('days since 2000-01-01', 'standard').warning).toBeUndefined();
    // A tropical year of 365.242198781 days: 5 h 48 min 45.975 s more than 365.
    expect(decode(1, 'years since 2001-01-01')).toBe('2002-01-01T05:48:45.975');
  });

  it('knows month and day of the year', () => {
    expect(monthOf('2008-12-31T00:00:00')).toBe(12);
    expect(dayOfYear('2008-12-31T00:00:00', 'standard')).toBe(366);
    expect(dayOfYear('2008-12-30T00:00:00', '360_day')).toBe(360);
    expect(monthOf('17')).toBeUndefined();
    expect(dayOfYear('17', 'none')).toBeUndefined();
  });

  it.each([
    ['fortnights since 2000-01-01', 'standard', /fortnights.*unknown/],
    ['days since yesterday', 'standard', /cannot be read/],
    ['days since 1582-10-10', 'standard', /day that the calendar standard does not have/],
    ['days since 2001-02-29', 'noleap', /does not have/],
    ['days since 2001-02-31', '360_day', /does not have/],
  ])('refuses %s (%s)', (units, calendar, message) => {
    expect(() => parseTimeUnits(units, calendarOf(calendar))).toThrow(message);
  });

  it('refuses unknown calendars and missing or impossible times', () => {
    expect(() => calendarOf('lunar')).toThrow(/lunar/);
    expect(() => decode(NaN, 'days since 2000-01-01')).toThrow(/missing/);
    // Not an endless search for the year.
    try {
      decode(1e300, 'days since 2000-01-01');
      expect.unreachable();
    } catch (error) {
      expect(isUserError(error)).toBe(true);
    }
  });

  it('tells units of time from others', () => {
    expect(isTimeUnits('hours since 1900-01-01')).toBe(true);
    expect(isTimeUnits('hours')).toBe(false);
    expect(isTimeUnits(3)).toBe(false);
  });
});

describe.skipIf(!hasNetcdf4)(
  `CF times against cftime${hasNetcdf4 ? '' : ' [skipped: /usr/bin/python3 has no cftime]'}`,
  () => {
    const script = `
import cftime, json, sys
rows = []
calendars = ['standard', 'proleptic_gregorian', 'julian', 'noleap', 'all_leap', '360_day']
references = ['1800-1-1 00:00:0.0', '1900-01-01T00:00:00Z', '0001-01-01', '1582-10-15 06:30:00',
    '1970-01-01 00:00:00 +05:30', '2000-2-28 12:00', '1500-03-01', '1948-01-01 00:00:00.5', '-0044-03-15']
units = [('days', 1), ('hours', 24), ('minutes', 1440), ('seconds', 86400), ('milliseconds', 86400000)]
steps = [0, 1, 59, 60, 365, 366, -1, -400 * 365, 77777, 800 * 365.25, 0.5, -0.25, 100.123]
for calendar in calendars:
    for reference in references:
        for unit, perDay in units:
            for step in steps:
                value = step * perDay if unit == 'days' else round(step * perDay)
                try:
                    d = cftime.num2date(value, f'{unit} since {reference}', calendar=calendar)
                except Exception:
                    continue
                seconds = d.hour * 3600 + d.minute * 60 + d.second + d.microsecond / 1e6
                rows.append([value, f'{unit} since {reference}', calendar, d.year, d.month, d.day, seconds, d.dayofyr])
print(json.dumps(rows))
`;
    it('the same dates, and back, for every calendar', () => {
      type Row = [number, string, string, number, number, number, number, number];
      const rows = JSON.parse(runPython(script, '')) as Row[];
      expect(rows.length).toBeGreaterThan(3000);
      for (const [value, units, name, year, month, day, seconds, dayInYear] of rows) {
        const calendar = calendarOf(name);
        const coding = parseTimeUnits(units, calendar);
        const [iso] = decodeTimes([value], coding);
        const context = `${value} ${units} ${name}: ${iso}`;
        const [, y, m, d, hours, minutes, s] = /^(-?\d+)-(\d+)-(\d+)T(\d+):(\d+):([\d.]+)$/
          .exec(iso)!
          .map(Number);
        expect([y, m, d], context).toEqual([year, month, day]);
        expect(Math.abs(hours * 3600 + minutes * 60 + s - seconds), context).toBeLessThan(6e-4);
        // cftime counts the ten days that were left out in 1582.
        if (!(calendar === 'standard' && year === 1582))
          expect(dayOfYear(iso, calendar), context).toBe(dayInYear);
        const unit = coding.unit!;
        expect(Math.abs(encodeTimes([iso], coding)[0] - value) * unit, context).toBeLessThan(1);
      }
    });
  },
);
