/** When each time step begins and ends: the one axis that all pictures and tables of the panel share. */
import {
  type CalendarTime,
  DataCalendar,
  MONTHS,
  dayOfYear,
  formatTime,
  isMonthly,
  needsHours,
  parseTime,
} from '../shared/calendar';

export interface TimeAxis {
  /** Number of time steps, n. */
  readonly count: number;
  /** Null where the data have no calendar. */
  readonly calendar: DataCalendar | null;
  /** Dates of the steps; empty without a calendar. */
  readonly dates: readonly CalendarTime[];
  /**
   * In days since the year of the first step began, or in the axis's own numbers where there is no calendar. Means of
   * a month begin with their month, whatever day they are dated; days begin at the hour they are dated. [n]
   */
  readonly begin: Float64Array;
  /** Where the next step begins, or a usual step later when steps are missing. [n] */
  readonly end: Float64Array;
  /** 1 where the next step follows without a gap: within one and a half usual steps, or at the same time. [n] */
  readonly joined: Uint8Array;
  /** Median distance of successive steps. */
  readonly usual: number;
  readonly monthly: boolean;
  /** The time of a step, as precisely as the steps are apart. */
  format(step: number): string;
}

/** `times` ascending, ISO 8601 in any calendar, or plain numbers, or any other texts: those are counted from 0. */
export function timeAxis(times: readonly string[]): TimeAxis {
  const parsed = times.map(parseTime);
  const dated = times.length > 0 && parsed.every((time) => time !== undefined);
  return dated ? calendarAxis(times, parsed as CalendarTime[]) : plainAxis(times);
}

function plainAxis(times: readonly string[]): TimeAxis {
  const numbers = Float64Array.from(times, (text) => (text.trim() === '' ? NaN : Number(text)));
  const ascending = numbers.every(
    (value, i) => Number.isFinite(value) && (i === 0 || value > numbers[i - 1]),
  );
  const begin = ascending ? numbers : Float64Array.from(times, (_, i) => i);
  return {
    count: times.length,
    calendar: null,
    dates: [],
    begin,
    ...ends(begin),
    monthly: false,
    format: (step) => (times[step] === String(step) ? `Step ${step}` : `Step ${step} (${times[step]})`),
  };
}

function calendarAxis(times: readonly string[], dates: readonly CalendarTime[]): TimeAxis {
  const calendar = new DataCalendar(dates);
  const monthly = isMonthly(dates);
  const years = dates.map(({ year }) => year);
  const starts = calendar.yearStarts(
    years[0],
    years.reduce((a, b) => Math.max(a, b)),
  );
  const at = (date: CalendarTime): number =>
    starts.get(date.year)! + dayOfYear(date, calendar.monthLengths(date.year));
  // Noon values of days and means of months are drawn over all of their day or month.
  const daily = dates.every(({ fraction }) => fraction === dates[0].fraction);
  const begin = Float64Array.from(dates, (date) =>
    at(monthly ? { ...date, day: 1, fraction: 0 } : daily ? { ...date, fraction: 0 } : date),
  );
  const axis = ends(begin);
  if (monthly) {
    dates.forEach(({ year, month }, i) => {
      axis.end[i] = begin[i] + calendar.monthLengths(year)[month - 1];
    });
  }
  const hours = needsHours(times);
  return {
    count: times.length,
    calendar,
    dates,
    begin,
    ...axis,
    monthly,
    format: (step) =>
      monthly ? `${MONTHS[dates[step].month - 1]} ${dates[step].year}` : formatTime(times[step], hours),
  };
}

function ends(begin: Float64Array): Pick<TimeAxis, 'end' | 'joined' | 'usual'> {
  const distances = begin.slice(1).map((value, i) => value - begin[i]);
  const forward = distances.filter((distance) => distance > 0).sort();
  const usual = forward[forward.length >> 1] ?? 1;
  const joined = new Uint8Array(begin.length);
  distances.forEach((distance, i) => {
    joined[i] = distance >= 0 && distance <= 1.5 * usual ? 1 : 0;
  });
  // A step whose time is repeated by the next one is as long as usual: it has to be seen.
  return {
    end: begin.map((from, i) => (joined[i] && begin[i + 1] > from ? begin[i + 1] : from + usual)),
    joined,
    usual,
  };
}
