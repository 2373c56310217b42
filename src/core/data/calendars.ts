import type { Calendar } from './cfTime';

/** Day numbers of calendars: day 0 is 1 January of year 0 (astronomical numbering: the year before 1 is 0). */

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/** The first day of the Gregorian calendar, as a day number of the proleptic Gregorian one: 1582-10-15. */
const reform = gregorianDay(1582, 10, 15);
/** Between the day numbers of the same day in the Julian and the Gregorian calendar, both counted from their own year 0. */
const julianOffset = -2;

export function isLeapYear(year: number, calendar: Calendar): boolean {
  switch (calendar) {
    case 'noleap':
    case '360_day':
      return false;
    case 'all_leap':
      return true;
    case 'julian':
      return year % 4 === 0;
    case 'proleptic_gregorian':
      return gregorianLeap(year);
    default:
      return year < 1582 ? year % 4 === 0 : gregorianLeap(year);
  }
}

export function daysInYear(year: number, calendar: Calendar): number {
  if (calendar === '360_day') return 360;
  // Ten days were left out in the year of the reform.
  if ((calendar === 'standard' || calendar === 'none') && year === 1582) return 355;
  return isLeapYear(year, calendar) ? 366 : 365;
}

export function daysInMonth(year: number, month: number, calendar: Calendar): number {
  if (calendar === '360_day') return 30;
  if (month === 2) return isLeapYear(year, calendar) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether there is such a day: the standard calendar skips 5 to 14 October 1582. */
export function dayExists(year: number, month: number, day: number, calendar: Calendar): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month, calendar))) return false;
  const mixed = calendar === 'standard' || calendar === 'none';
  return !(mixed && year === 1582 && month === 10 && day > 4 && day < 15);
}

/** The number of a day. Differences between numbers of one calendar are days. */
export function dayNumber(year: number, month: number, day: number, calendar: Calendar): number {
  switch (calendar) {
    case '360_day':
      return year * 360 + (month - 1) * 30 + day - 1;
    case 'noleap':
      return year * 365 + daysBeforeMonth[month - 1] + day - 1;
    case 'all_leap':
      return year * 366 + daysBeforeMonth[month - 1] + (month > 2 ? 1 : 0) + day - 1;
    case 'julian':
      return julianDay(year, month, day);
    case 'proleptic_gregorian':
      return gregorianDay(year, month, day);
    default: {
      const gregorian = gregorianDay(year, month, day);
      return gregorian >= reform ? gregorian : julianDay(year, month, day) + julianOffset;
    }
  }
}

/** Year, month and day of a day number: the inverse of {@link dayNumber}. */
export function dateOfDay(number: number, calendar: Calendar): { year: number; month: number; day: number } {
  const day =
    (calendar === 'standard' || calendar === 'none') && number < reform ? number - julianOffset : number;
  const rules: Calendar =
    calendar === 'standard' || calendar === 'none'
      ? number < reform
        ? 'julian'
        : 'proleptic_gregorian'
      : calendar;
  const meanLength =
    { '360_day': 360, noleap: 365, all_leap: 366, julian: 365.25 }[rules as string] ?? 365.2425;
  let year = Math.floor(day / meanLength);
  while (dayNumber(year, 1, 1, rules) > day) year--;
  while (dayNumber(year + 1, 1, 1, rules) <= day) year++;
  let month = 12;
  while (dayNumber(year, month, 1, rules) > day) month--;
  return { year, month, day: day - dayNumber(year, month, 1, rules) + 1 };
}

function gregorianLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function gregorianDay(year: number, month: number, day: number): number {
  const past = year - 1;
  // + 1: year 0 was a leap year.
  const leaps = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) + 1;
  return year * 365 + leaps + dayInYear(month, day, gregorianLeap(year));
}

function julianDay(year: number, month: number, day: number): number {
  return year * 365 + Math.floor((year - 1) / 4) + 1 + dayInYear(month, day, year % 4 === 0);
}

function dayInYear(month: number, day: number, leap: boolean): number {
  return daysBeforeMonth[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
}
