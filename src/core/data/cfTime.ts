import { UserError } from '../errors';
import { dateOfDay, dayExists, dayNumber, daysInYear } from './calendars';

/** The calendars of CF-1.8 (section 4.4.1). */
export type Calendar =
  'standard' | 'proleptic_gregorian' | 'julian' | 'noleap' | 'all_leap' | '360_day' | 'none';

const calendarNames: Readonly<Record<string, Calendar>> = {
  standard: 'standard',
  gregorian: 'standard',
  proleptic_gregorian: 'proleptic_gregorian',
  julian: 'julian',
  noleap: 'noleap',
  '365_day': 'noleap',
  all_leap: 'all_leap',
  '366_day': 'all_leap',
  '360_day': '360_day',
  none: 'none',
};

/** The calendar of that name; `standard` when there is none. Throws a UserError on names that CF does not know. */
export function calendarOf(name: string | undefined): Calendar {
  if (name === undefined || name.trim() === '') return 'standard';
  const calendar = calendarNames[name.trim().toLowerCase()];
  if (calendar === undefined) {
    throw new UserError(
      `The calendar "${name}" is not one of CF's: ${Object.keys(calendarNames).join(', ')}. Correct the time variable's attribute "calendar".`,
    );
  }
  return calendar;
}

const millisecondsPerDay = 86400000;
/** A million years: times beyond are damage, and too far for arithmetic in days to stay exact. */
const farthestDay = 366e6;

/** Milliseconds in one unit, by its lower-case names. */
const unitLengths: readonly (readonly [readonly string[], number])[] = [
  [['microsecond', 'microseconds', 'microsec', 'microsecs', 'us', 'µs'], 1e-3],
  [['millisecond', 'milliseconds', 'millisec', 'millisecs', 'msec', 'msecs', 'ms'], 1],
  [['second', 'seconds', 'sec', 'secs', 's'], 1000],
  [['minute', 'minutes', 'min', 'mins'], 60000],
  [['hour', 'hours', 'hr', 'hrs', 'h'], 3600000],
  [['day', 'days', 'd'], millisecondsPerDay],
  [['week', 'weeks'], 7 * millisecondsPerDay],
  [['common_year', 'common_years'], 365 * millisecondsPerDay],
];
/** Days in a mean tropical year: what UDUNITS, and so CF, means by a year. */
const tropicalYear = 365.242198781;

/** What the units and calendar of a time variable say. */
export interface TimeCoding {
  readonly calendar: Calendar;
  /** Milliseconds in one unit; undefined for times stored as the digits of a date, "day as %Y%m%d.%f". */
  readonly unit: number | undefined;
  /** Whole days ({@link dayNumber}) and milliseconds of the reference time, in UTC. */
  readonly day: number;
  readonly milliseconds: number;
  /** Whether there is a year 0. The standard and Julian calendars have none, unless the reference itself is in it. */
  readonly yearZero: boolean;
  /** What a careful reader should know about the units. */
  readonly warning?: string;
}

/** Whether units are those of a time ("... since ..."). */
export function isTimeUnits(units: unknown): units is string {
  return typeof units === 'string' && (/^\s*\S+\s+since\s+\S/i.test(units) || isDateDigits(units));
}

/** Whether times are the digits of dates, "day as %Y%m%d.%f": differences of such numbers are no spans of time. */
export function isDateDigits(units: string): boolean {
  return /^\s*days?\s+as\s+%Y%m%d(\.%f)?\s*$/i.test(units);
}

/** Parses CF time units, e.g. "hours since 1800-1-1 00:00:0.0". Throws a UserError that quotes what cannot be read. */
export function parseTimeUnits(units: string, calendar: Calendar): TimeCoding {
  if (isDateDigits(units)) return { calendar, unit: undefined, day: 0, milliseconds: 0, yearZero: true };
  const [, name, reference] = /^\s*(\S+)\s+since\s+(.+?)\s*$/i.exec(units) ?? [];
  if (name === undefined) {
    throw new UserError(
      `The time units "${units}" have no reference time. They must read like "days since 1950-01-01".`,
    );
  }
  const { unit, warning } = unitLength(name, calendar, units);
  const { year, month, day, milliseconds } = parseReference(reference, units);
  const yearZero = hasYearZero(calendar) || year === 0;
  const astronomical = yearZero || year > 0 ? year : year + 1;
  if (!dayExists(astronomical, month, day, calendar)) {
    throw new UserError(
      `The time units "${units}" refer to a day that the calendar ${calendar} does not have. Correct the attribute "units" or "calendar".`,
    );
  }
  return {
    calendar,
    unit,
    day: dayNumber(astronomical, month, day, calendar),
    milliseconds,
    yearZero,
    warning,
  };
}

function hasYearZero(calendar: Calendar): boolean {
  return calendar !== 'standard' && calendar !== 'julian' && calendar !== 'none';
}

function unitLength(name: string, calendar: Calendar, units: string): { unit: number; warning?: string } {
  const lower = name.toLowerCase();
  const known = unitLengths.find(([names]) => names.includes(lower));
  if (known) return { unit: known[1] };
  const years = ['year', 'years', 'yr', 'yrs'].includes(lower);
  const months = ['month', 'months', 'mon'].includes(lower);
  if (!years && !months) {
    throw new UserError(
      `The time unit "${name}" (in "${units}") is unknown. Known are microseconds to days, weeks, months and years.`,
    );
  }
  // Calendars whose years are all alike give their own length; for the others UDUNITS' mean is CF's rule.
  const yearLength = { '360_day': 360, noleap: 365, all_leap: 366 }[calendar as string] ?? tropicalYear;
  const exact = yearLength === 360 || (years && yearLength !== tropicalYear);
  const length = years ? yearLength : yearLength / 12;
  return {
    unit: length * millisecondsPerDay,
    warning: exact
      ? undefined
      : `The time units "${units}" count ${years ? 'years' : 'months'} of ${length.toFixed(4)} days each (as CF and UDUNITS define them), so dates drift from the calendar's by up to ${years ? 'a day' : 'two days'}.`,
  };
}

interface ReferenceTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Since the beginning of that day in UTC; may be negative or exceed a day because of the time zone. */
  readonly milliseconds: number;
}

const referencePattern = new RegExp(
  '^([+-]?\\d{1,6})(?:-(\\d{1,2})(?:-(\\d{1,2}))?)?' + // date
    '(?:(?:\\s*T|\\s)\\s*(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2}(?:\\.\\d*)?))?)?)?' + // time
    '\\s*(?:Z|UTC|GMT|([+-])?(\\d{1,2})(?::?(\\d{2}))?)?$', // zone
  'i',
);
const packedPattern = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})?(\d{2}(?:\.\d*)?)?)?\s*(?:Z|UTC|GMT)?$/i;

function parseReference(text: string, units: string): ReferenceTime {
  const match = packedPattern.exec(text) ?? referencePattern.exec(text);
  if (!match) {
    throw new UserError(
      `The reference time "${text}" (in the time units "${units}") cannot be read. It must read like "1950-01-01 00:00:00".`,
    );
  }
  const number = (group: number, otherwise: number) =>
    match[group] === undefined ? otherwise : Number(match[group]);
  const zone = (number(8, 0) * 60 + number(9, 0)) * (match[7] === '-' ? -1 : 1);
  const seconds = number(4, 0) * 3600 + number(5, 0) * 60 + number(6, 0) - zone * 60;
  return {
    year: number(1, 1),
    month: number(2, 1),
    day: number(3, 1),
    milliseconds: Math.round(seconds * 1000),
  };
}

/**
 * Times as ISO 8601 strings without zone (UTC), in the data's own calendar: "2008-02-30T00:00:00" exists with 360_day.
 * Rounded to milliseconds, which are shown where they are not zero. Throws a UserError when a value is not finite.
 */
export function decodeTimes(values: ArrayLike<number>, coding: TimeCoding): string[] {
  return Array.from(values, (value, index) => {
    if (!Number.isFinite(value)) {
      throw new UserError(`The time of step ${index} is missing. Every time step needs a time.`);
    }
    const { day, milliseconds } = instantOf(value, coding);
    if (!(Math.abs(day) < farthestDay)) {
      throw new UserError(
        `The time of step ${index} (${value}) is impossibly far away. The time variable, or its units, are damaged.`,
      );
    }
    const { year, month, day: dayOfMonth } = dateOfDay(day, coding.calendar);
    return formatTime(coding.yearZero || year > 0 ? year : year - 1, month, dayOfMonth, milliseconds);
  });
}

/** A value as whole day and the milliseconds of that day. */
function instantOf(value: number, coding: TimeCoding): { day: number; milliseconds: number } {
  if (coding.unit === undefined) {
    const digits = Math.floor(Math.abs(value));
    const year = Math.floor(digits / 10000) * Math.sign(value);
    const day = dayNumber(year, Math.floor(digits / 100) % 100, digits % 100, coding.calendar);
    return { day, milliseconds: Math.round((Math.abs(value) - digits) * millisecondsPerDay) };
  }
  // Days are split off first: the milliseconds since a distant reference would not all fit into a double.
  const perDay = millisecondsPerDay / coding.unit;
  const days = Math.floor(value / perDay);
  const rest = Math.round((value - days * perDay) * coding.unit + coding.milliseconds);
  const carried = Math.floor(rest / millisecondsPerDay);
  return { day: coding.day + days + carried, milliseconds: rest - carried * millisecondsPerDay };
}

function formatTime(year: number, month: number, day: number, milliseconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const years = (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0');
  const seconds = Math.floor(milliseconds / 1000);
  const fraction = milliseconds % 1000 === 0 ? '' : `.${String(milliseconds % 1000).padStart(3, '0')}`;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${years}-${two(month)}-${two(day)}T${clock}${fraction}`;
}

/** The parts of an ISO 8601 time, complete or cut after any part ("2008", "2008-02", "2008-02-30T12"). */
export function parseIsoTime(iso: string): {
  year: number;
  month: number;
  day: number;
  milliseconds: number;
} {
  const match =
    /^(-?\d{4,6})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d(?:\.\d+)?))?)?)?)?)?Z?$/.exec(
      iso.trim(),
    );
  if (!match) throw new UserError(`"${iso}" is not a time. Write it like 2008-02-28 or 2008-02-28T12:00:00.`);
  const part = (group: number, otherwise: number) => Number(match[group] ?? otherwise);
  const seconds = part(4, 0) * 3600 + part(5, 0) * 60 + part(6, 0);
  return { year: part(1, 0), month: part(2, 1), day: part(3, 1), milliseconds: Math.round(seconds * 1000) };
}

/** Times back to numbers: the inverse of {@link decodeTimes}, within half a millisecond. */
export function encodeTimes(times: readonly string[], coding: TimeCoding): Float64Array {
  return Float64Array.from(times, (iso) => {
    const { year, month, day, milliseconds } = parseIsoTime(iso);
    const astronomical = coding.yearZero || year > 0 ? year : year + 1;
    if (!dayExists(astronomical, month, day, coding.calendar)) {
      throw new UserError(`The calendar ${coding.calendar} has no day ${iso}.`);
    }
    if (coding.unit === undefined) {
      return year * 10000 + Math.sign(year || 1) * (month * 100 + day + milliseconds / millisecondsPerDay);
    }
    const days = dayNumber(astronomical, month, day, coding.calendar) - coding.day;
    return days * (millisecondsPerDay / coding.unit) + (milliseconds - coding.milliseconds) / coding.unit;
  });
}

/** The month (1 to 12) of a decoded time; undefined for plain step numbers. */
export function monthOf(iso: string): number | undefined {
  const match = /^-?\d{4,}-(\d\d)-/.exec(iso);
  return match ? Number(match[1]) : undefined;
}

/** The day of the year (1 to 366) of a decoded time in its calendar; undefined for plain step numbers. */
export function dayOfYear(iso: string, calendar: Calendar): number | undefined {
  if (monthOf(iso) === undefined) return undefined;
  const { year, month, day } = parseIsoTime(iso);
  const astronomical = year < 0 && !hasYearZero(calendar) ? year + 1 : year;
  return dayNumber(astronomical, month, day, calendar) - dayNumber(astronomical, 1, 1, calendar) + 1;
}

export { daysInYear };
