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

/** Lengths of the twelve months. */
export type MonthLengths = readonly number[];

const THIRTY: MonthLengths = Array<number>(12).fill(30);
const COMMON: MonthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LEAP: MonthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The calendar of dates, told from the dates themselves: months have 30 days if a 30 February occurs, or if no month has a
 * 31st although a 30th is followed by a 1st; without any 29 February no year is a leap year; otherwise those of the
 * Gregorian calendar are, and of the Julian or the all-leap one if a 29 February says so.
 */
export class DataCalendar {
  /** One axis for all years, so that bands of several years line up: the longest length of each month. */
  readonly aligned: MonthLengths;
  private readonly thirty: boolean;
  private readonly isLeap: (year: number) => boolean;

  constructor(dates: readonly CalendarTime[]) {
    const leapDays = dates.filter(({ month, day }) => month === 2 && day >= 29);
    this.thirty =
      leapDays.some(({ day }) => day === 30) ||
      (!dates.some(({ day }) => day === 31) &&
        dates.some(
          ({ month, day }, i) =>
            day === 30 && COMMON[month - 1] === 31 && dates[i + 1]?.day === 1 && dates[i + 1].month !== month,
        ));
    const gregorian = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const odd = leapDays.find(({ year }) => !gregorian(year));
    if (leapDays.length === 0) this.isLeap = () => false;
    else if (!odd) this.isLeap = gregorian;
    else if (leapDays.every(({ year }) => year % 4 === 0)) this.isLeap = (year) => year % 4 === 0;
    else this.isLeap = () => true;
    this.aligned = this.thirty ? THIRTY : leapDays.length > 0 ? LEAP : COMMON;
  }

  monthLengths(year: number): MonthLengths {
    if (this.thirty) return THIRTY;
    return this.isLeap(year) ? LEAP : COMMON;
  }

  /** Days from the beginning of `from` to that of `year`. */
  yearStarts(from: number, to: number): Map<number, number> {
    const starts = new Map<number, number>();
    let days = 0;
    for (let year = from; year <= to; year++) {
      starts.set(year, days);
      days += sum(this.monthLengths(year));
    }
    return starts;
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Days since the year began, with a fraction, where months are as long as `lengths` says. */
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

/** Whether each step is another calendar month, and most follow on the one before. */
export function isMonthly(dates: readonly CalendarTime[]): boolean {
  if (dates.length < 2) return false;
  const number = ({ year, month }: CalendarTime): number => 12 * year + month;
  const steps = dates.slice(1).map((date, i) => number(date) - number(dates[i]));
  return steps.every((step) => step >= 1) && steps.filter((step) => step === 1).length * 2 > steps.length;
}
