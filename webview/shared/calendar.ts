/**
 * Time axes in the data's own calendar. Times are read from their ISO 8601 text and never become a `Date`: JavaScript
 * knows only one calendar, and 30 February exists in another.
 */

export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Of the day, [0, 1). */
  readonly fraction: number;
}

export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const ISO = /^([+-]?\d{4,})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?/;

/** Undefined when `text` is no ISO time, as with data whose time axis has no calendar. */
export function parseTime(text: string): CalendarTime | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0'] = match;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    fraction: (Number(hours) + (Number(minutes) + Number(seconds) / 60) / 60) / 24,
  };
}

/** Lengths of the twelve months as the axis draws them. */
export type MonthLengths = readonly number[];

/**
 * Every year gets the same axis, so that bands of several years line up: 30-day months if a 30 February occurs, and
 * a 29 February if any year has one.
 */
export function monthLengths(times: readonly CalendarTime[]): MonthLengths {
  const lastOfFebruary = times.reduce(
    (last, { month, day }) => (month === 2 ? Math.max(last, day) : last),
    0,
  );
  if (lastOfFebruary === 30) return Array<number>(12).fill(30);
  return [31, lastOfFebruary === 29 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
}

/** Days since the year began on such an axis, with a fraction. */
export function dayOfYear({ month, day, fraction }: CalendarTime, lengths: MonthLengths): number {
  let days = day - 1 + fraction;
  for (let m = 0; m < month - 1; m++) days += lengths[m];
  return days;
}

/** "14 Mar 2008" or, where the data are finer than a day, "14 Mar 2008 06:00"; other texts as they are. */
export function formatTime(text: string, withHours: boolean): string {
  const time = parseTime(text);
  if (!time) return text;
  const date = `${time.day} ${MONTHS[time.month - 1]} ${time.year}`;
  if (!withHours) return date;
  const minutes = Math.round(time.fraction * 1440);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Whether some steps differ only in their hours. */
export function needsHours(times: readonly string[]): boolean {
  return (
    times.length > 1 && times.slice(1, 10).some((time, i) => time.slice(0, 10) === times[i].slice(0, 10))
  );
}
