/** The axes that a ribbon can have, before they are scaled to pixels: one long band, or one for each year. */
import { MONTHS, dayOfYear, sum } from '../shared/calendar';
import { coveredMonths } from './months';
import type { TimeAxis } from './timeAxis';

export interface AxisTick {
  readonly at: number;
  readonly label: string;
  /** Ticks without a line, as years in the middle of their bands, do not occur; major ones begin a year. */
  readonly major: boolean;
}

export interface BandSpan {
  readonly label: string;
  /** First and last time step. */
  readonly first: number;
  readonly last: number;
}

export interface RibbonAxis {
  readonly start: number;
  readonly end: number;
  readonly bands: readonly BandSpan[];
  /** Where a step begins and ends along its band. */
  begin(step: number): number;
  finish(step: number): number;
  ticks(pixelsPerUnit: number): AxisTick[];
}

/** Room that the label of a tick needs, in pixels. */
const LABEL_WIDTH = 46;
/** A span up to this many days is one band, even across New Year. */
const ONE_BAND_DAYS = 400;
/** Steps longer than this have too few of them a year for bands. */
const LONGEST_STEP = 62;

/** Whether a band for each year is a choice. */
export function canSplitByYear({ count, calendar, begin, end, usual }: TimeAxis): boolean {
  return calendar !== null && count > 1 && usual <= LONGEST_STEP && end[count - 1] - begin[0] > ONE_BAND_DAYS;
}

/** All steps from `first` to `last` along one line. */
export function continuousAxis(axis: TimeAxis, first = 0, last = axis.count - 1): RibbonAxis {
  const start = axis.count > 0 ? axis.begin[first] : 0;
  const end = Math.max(axis.count > 0 ? axis.end[last] : 1, start + 1e-6);
  return {
    start,
    end,
    bands: [{ label: '', first, last }],
    begin: (step) => axis.begin[step],
    finish: (step) => axis.end[step],
    ticks: (pixels) =>
      axis.calendar ? dateTicks(axis, start, end, pixels) : numberTicks(start, end, pixels),
  };
}

/**
 * One band a year, all with the same months below each other. Data of a season have only its months on the axis, and a
 * winter stays in one piece: its band begins in the year before.
 */
export function yearAxis(axis: TimeAxis): RibbonAxis {
  const lengths = axis.calendar!.aligned;
  const yearLength = sum(lengths);
  const months = coveredMonths(axis.dates);
  const offset = sum(lengths.slice(0, months[0]));
  const wraps = months[months.length - 1] < months[0];
  const bandYear = (step: number): number => {
    const { year, month } = axis.dates[step];
    return wraps && month - 1 < months[0] ? year - 1 : year;
  };
  const bands: { label: string; year: number; first: number; last: number }[] = [];
  for (let step = 0; step < axis.count; step++) {
    const year = bandYear(step);
    const last = bands.at(-1);
    if (last?.year === year) last.last = step;
    else bands.push({ label: wraps ? winterName(year) : String(year), year, first: step, last: step });
  }
  const fraction = (step: number): number => axis.begin[step] - Math.floor(axis.begin[step]);
  const begin = (step: number): number => {
    const date = axis.dates[step];
    const own = { ...date, day: axis.monthly ? 1 : date.day, fraction: fraction(step) };
    return (dayOfYear(own, lengths) - offset + yearLength) % yearLength;
  };
  const end = months.reduce((total, month) => total + lengths[month], 0);
  return {
    start: 0,
    end,
    bands,
    begin,
    finish: (step) => {
      // 28 February reaches to 1 March where the year has no leap day, though the axis has.
      const follows = axis.joined[step] && bandYear(step + 1) === bandYear(step);
      return Math.min(follows ? begin(step + 1) : begin(step) + axis.end[step] - axis.begin[step], end);
    },
    ticks: (pixels) => {
      const stride = monthStride(pixels * 30);
      let at = 0;
      return months
        .map((month, i) => {
          const tick = { at, label: MONTHS[month], major: i > 0 && month === 0 };
          at += lengths[month];
          return tick;
        })
        .filter((_, i) => i % stride === 0);
    },
  };
}

/** The name of a season that begins in `year` and ends in the next: "1980/81". */
export function winterName(year: number): string {
  return `${year}/${String((year + 1) % 100).padStart(2, '0')}`;
}

function numberTicks(start: number, end: number, pixels: number): AxisTick[] {
  const stride = niceStride(LABEL_WIDTH / pixels, [1, 2, 5]);
  const ticks: AxisTick[] = [];
  for (let i = Math.ceil(start / stride); i * stride < end; i++) {
    ticks.push({ at: i * stride, label: String(i * stride), major: false });
  }
  return ticks;
}

/** Years, months or days, whichever are as close as their labels allow. */
function dateTicks(axis: TimeAxis, start: number, end: number, pixels: number): AxisTick[] {
  const calendar = axis.calendar!;
  const firstYear = axis.dates[0].year;
  const lastYear = axis.dates[axis.count - 1].year + 1;
  const starts = calendar.yearStarts(firstYear, lastYear);
  const inside = (tick: AxisTick): boolean => tick.at >= start && tick.at < end;
  const perYear = pixels * 365;
  if (perYear < 3 * LABEL_WIDTH) {
    const stride = niceStride(LABEL_WIDTH / perYear, [1, 2, 5]);
    return [...starts]
      .filter(([year]) => year % stride === 0)
      .map(([year, at]) => ({ at, label: String(year), major: true }))
      .filter(inside);
  }
  const stride = monthStride(pixels * 30);
  const months = [...starts]
    .flatMap(([year, at]) => {
      let days = at;
      return calendar.monthLengths(year).map((length, month) => {
        const tick = { at: days, label: MONTHS[month], major: month === 0, month, year };
        days += length;
        return tick;
      });
    })
    .filter((tick) => inside(tick) && tick.month % stride === 0);
  if (months.length >= 3) {
    return months.map(({ at, label, major, year }, i) => ({
      at,
      label: i === 0 || major ? `${label} ${year}` : label,
      major,
    }));
  }
  return dayTicks(axis, starts, start, end, niceStride((LABEL_WIDTH * 1.8) / pixels, [1, 2, 5]));
}

function dayTicks(
  axis: TimeAxis,
  starts: ReadonlyMap<number, number>,
  start: number,
  end: number,
  stride: number,
): AxisTick[] {
  const ticks: AxisTick[] = [];
  for (let at = Math.ceil(start); at < end; at += stride) {
    const [year, first] = [...starts].filter(([, begin]) => begin <= at).at(-1)!;
    let left = Math.floor(at - first);
    let month = 0;
    const lengths = axis.calendar!.monthLengths(year);
    while (left >= lengths[month]) left -= lengths[month++];
    const day = `${left + 1} ${MONTHS[month]}`;
    ticks.push({ at, label: ticks.length === 0 ? `${day} ${year}` : day, major: month === 0 && left === 0 });
  }
  return ticks;
}

function monthStride(pixelsPerMonth: number): number {
  return [1, 2, 3, 6, 12].find((stride) => stride * pixelsPerMonth >= LABEL_WIDTH) ?? 12;
}

/**
 * Which of the names of years (or of winters, after their first year) have labels, when each needs `room` times the
 * distance of two: all, or those of even, fifth, tenth... years.
 */
export function labelledYears(names: readonly string[], room: number): boolean[] {
  const stride = niceStride(room, [1, 2, 5]);
  return names.map((name) => parseInt(name, 10) % stride === 0);
}

/** The smallest of 1, 2, 5, 10, 20... (with the given mantissas) that is at least `least`. */
function niceStride(least: number, mantissas: readonly number[]): number {
  for (let decade = 1; ; decade *= 10) {
    const found = mantissas.find((mantissa) => mantissa * decade >= least);
    if (found) return found * decade;
  }
}
