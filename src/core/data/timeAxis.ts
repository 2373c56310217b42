import { UserError } from '../errors';
import { axisOf, textOf } from './axes';
import {
  calendarOf,
  decodeTimes,
  encodeTimes,
  isDateDigits,
  isTimeUnits,
  parseTimeUnits,
  type Calendar,
} from './cfTime';
import type { Dataset } from './dataset';
import { decodeDoubles, decoderOf } from './decode';
import type { TimeAxis } from './frames';

export interface TimeAxisRead {
  readonly axis: TimeAxis;
  readonly notes: readonly string[];
}

/**
 * The times along a dimension. Numbers with CF units are decoded; text is taken as ISO 8601; where there are neither, the
 * plain numbers of the coordinate (or 0, 1, 2...) stand for the times, with units "1".
 */
export async function readTimeAxis(dataset: Dataset, dimension: string): Promise<TimeAxisRead> {
  const { coordinate, size } = axisOf(dataset, dimension);
  if (!coordinate || coordinate.type === 'string' || coordinate.type === 'char') {
    const text = await readTextTimes(dataset, dimension, coordinate?.name);
    return text ? { axis: text, notes: [] } : plainTimes(dataset, dimension, indices(size));
  }
  const values = decodeDoubles(await dataset.read(coordinate.name), decoderOf(coordinate));
  const units = coordinate.attributes['units'];
  if (!isTimeUnits(units)) return plainTimes(dataset, dimension, values);

  const calendar = calendarOf(textOf(coordinate, 'calendar') || undefined);
  try {
    const coding = parseTimeUnits(units, calendar);
    const notes = coding.warning ? [coding.warning] : [];
    if (calendar === 'none') {
      notes.push('The calendar is "none": dates are shown as if it were the standard one.');
    }
    return { axis: { values, units, calendar, iso: decodeTimes(values, coding) }, notes };
  } catch (error) {
    if (error instanceof UserError) {
      throw new UserError(`The time axis "${coordinate.name}" of ${dataset.path}: ${error.message}`);
    }
    throw error;
  }
}

function indices(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => i);
}

function plainTimes(dataset: Dataset, dimension: string, values: Float64Array): TimeAxisRead {
  const missing = values.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) {
    throw new UserError(
      `The time axis "${dimension}" of ${dataset.path} has no value at step ${missing}. Every time step needs a time.`,
    );
  }
  return {
    axis: { values, units: '1', calendar: 'none', iso: Array.from(values, String) },
    notes: [
      `The time axis "${dimension}" has no units like "days since 1950-01-01": its steps are shown as plain numbers.`,
    ],
  };
}

/** Times written as text along the dimension, as WRF's Times(Time, DateStrLen) "2000-01-24_12:00:00". */
async function readTextTimes(
  dataset: Dataset,
  dimension: string,
  name?: string,
): Promise<TimeAxis | undefined> {
  const variable = dataset.variables.find((candidate) =>
    name !== undefined
      ? candidate.name === name
      : candidate.dimensions[0] === dimension &&
        ((candidate.type === 'char' && candidate.dimensions.length === 2) ||
          (candidate.type === 'string' && candidate.dimensions.length === 1)),
  );
  if (!variable || (variable.type === 'char' && variable.dimensions.length < 2)) return undefined;
  const iso = (await dataset.readStrings(variable.name)).map((text) => text.trim().replace(/[_ ]/, 'T'));
  if (!iso.every((text) => /^-?\d{4,}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?Z?$/.test(text)))
    return undefined;
  const calendar: Calendar = 'standard';
  const units = `days since ${iso[0].slice(0, 10)}`;
  const coding = parseTimeUnits(units, calendar);
  const values = encodeTimes(iso, coding);
  return { values, units, calendar, iso: decodeTimes(values, coding) };
}

/** The steps of an axis within [first, last] (inclusive, ISO 8601, possibly cut short: "2008" or "2008-03"). */
export function cutTime(
  axis: TimeAxis,
  range: readonly [string, string] | undefined,
): { start: number; count: number } {
  if (!range) return { start: 0, count: axis.iso.length };
  const inside = axis.units === '1' ? plainTest(range) : dateTest(range);
  const first = axis.iso.findIndex((iso, i) => inside(iso, axis.values[i]));
  if (first < 0) {
    throw new UserError(
      `No time step lies within ${range[0]} to ${range[1]}. The data go from ${axis.iso[0]} to ${axis.iso.at(-1)}.`,
    );
  }
  let end = first;
  while (end < axis.iso.length && inside(axis.iso[end], axis.values[end])) end++;
  return { start: first, count: end - first };
}

type Test = (iso: string, value: number) => boolean;

function plainTest([first, last]: readonly [string, string]): Test {
  const [low, high] = [Number(first), Number(last)];
  if (Number.isNaN(low) || Number.isNaN(high)) {
    throw new UserError(
      `The data have plain step numbers instead of dates: give numbers, not ${first}/${last}.`,
    );
  }
  return (_, value) => value >= low && value <= high;
}

function dateTest(range: readonly [string, string]): Test {
  const [first, last] = range.map((given) => {
    const text = given.trim().replace(' ', 'T').replace(/Z$/i, '');
    if (!/^-?\d{4,6}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?)?)?)?$/.test(text)) {
      throw new UserError(`"${given}" is not a time. Write it like 2008-02-28 or 2008-02-28T12:00:00.`);
    }
    return text;
  });
  // Compared part by part, so that "2008-02" as the last time takes in the whole month in every calendar.
  const [low, high] = [partsOf(first), partsOf(last)];
  return (iso) => {
    const parts = partsOf(iso);
    return compareParts(parts, low) >= 0 && compareParts(parts, high) <= 0;
  };
}

function partsOf(iso: string): number[] {
  const [, year, rest] = /^(-?\d+)(.*)$/.exec(iso)!;
  return [Number(year), ...rest.split(/[-T:]/).slice(1).map(Number)];
}

/** Compares as many parts as the bound has. */
function compareParts(parts: readonly number[], bound: readonly number[]): number {
  for (let i = 0; i < bound.length; i++) if (parts[i] !== bound[i]) return parts[i] - bound[i];
  return 0;
}

/** Checks the order of times: unsorted ones are refused; repeated ones and gaps are reported. */
export function checkOrder(axis: TimeAxis, path: string): string[] {
  const repeated: string[] = [];
  for (let t = 1; t < axis.values.length; t++) {
    if (axis.values[t] < axis.values[t - 1]) {
      throw new UserError(
        `The times of ${path} are not in order: step ${t} (${axis.iso[t]}) comes before step ${t - 1} (${axis.iso[t - 1]}). Sort them first, for example with "cdo sorttimestamp IN.nc OUT.nc".`,
      );
    }
    if (axis.values[t] === axis.values[t - 1]) repeated.push(axis.iso[t]);
  }
  const notes: string[] = [];
  if (repeated.length > 0) {
    const some = repeated.slice(0, 3).join(', ') + (repeated.length > 3 ? ', ...' : '');
    notes.push(`${repeated.length} time steps have the same time as the one before (${some}); all are kept.`);
  }
  const gaps = gapsOf(axis);
  if (gaps.length > 0) {
    const [t] = gaps;
    notes.push(
      `The times have ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'} (the first from ${axis.iso[t - 1]} to ${axis.iso[t]}); windows of consecutive steps run across ${gaps.length === 1 ? 'it' : 'them'}.`,
    );
  }
  return notes;
}

/** The steps that follow the one before by more than one and a half times the median distance (months differ by less). */
export function gapsOf(axis: TimeAxis): number[] {
  const values = evenTimes(axis);
  const distances = Float64Array.from(
    { length: Math.max(0, values.length - 1) },
    (_, i) => values[i + 1] - values[i],
  );
  const median = distances.slice().sort()[Math.floor(distances.length / 2)];
  const gaps: number[] = [];
  distances.forEach((distance, i) => distance > 1.5 * median && gaps.push(i + 1));
  return gaps;
}

/** Times whose differences are spans of time: those of the file, or days where the file has the digits of dates. */
function evenTimes({ values, units, calendar, iso }: TimeAxis): Float64Array {
  if (!isDateDigits(units) || iso.length === 0) return values;
  return encodeTimes(iso, parseTimeUnits(`days since ${iso[0].slice(0, iso[0].indexOf('T'))}`, calendar));
}
