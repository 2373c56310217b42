/** Where each time step of the ribbon lies. Pure; knows nothing of colours. */
import {
  type CalendarTime,
  type MonthLengths,
  MONTHS,
  dayOfYear,
  monthLengths,
  parseTime,
} from '../shared/calendar';

/** One time step as a rectangle of its band. */
export interface RibbonCell {
  readonly step: number;
  readonly band: number;
  readonly x: number;
  readonly width: number;
}
/** One row of the ribbon: a year, or everything. */
export interface RibbonBand {
  readonly label: string;
  readonly y: number;
  readonly height: number;
}
export interface RibbonTick {
  readonly x: number;
  readonly label: string;
}
export interface RibbonLayout {
  readonly width: number;
  readonly height: number;
  /** Left and right end of the bands. */
  readonly left: number;
  readonly right: number;
  /** Where the bands end and the axis begins. */
  readonly bottom: number;
  readonly bands: readonly RibbonBand[];
  /** One for each time step, in order. */
  readonly cells: readonly RibbonCell[];
  readonly ticks: readonly RibbonTick[];
}

/** A span up to this many days is one band, even across New Year. */
const ONE_BAND_DAYS = 400;
const AXIS_HEIGHT = 20;
const YEAR_LABEL_WIDTH = 40;
/** Room that a month's label needs. */
const LABEL_WIDTH = 44;

/** Position of a step along its band, in days (or steps), before it is scaled to pixels. */
interface Position {
  readonly band: number;
  readonly at: number;
}

interface Axis {
  readonly labels: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly positions: readonly Position[];
  ticks(pixelsPerUnit: number): { at: number; label: string }[];
}

/** Lays `times` (ISO 8601, ascending) out on a picture `width` pixels wide. */
export function layoutRibbon(times: readonly string[], width: number): RibbonLayout {
  const axis = chooseAxis(times);
  const count = axis.labels.length;
  const left = count > 1 ? YEAR_LABEL_WIDTH : 0;
  const bandHeight = count === 1 ? 52 : count <= 12 ? 20 : count <= 40 ? 11 : 6;
  const gap = count === 1 ? 0 : count <= 40 ? 3 : 1;
  const bottom = count * (bandHeight + gap) - gap;
  const perUnit = Math.max(1, width - left) / (axis.end - axis.start);
  const x = (at: number): number => left + (at - axis.start) * perUnit;

  const typical = typicalStep(axis.positions);
  const cells = axis.positions.map(({ band, at }, step) => {
    const next = axis.positions[step + 1];
    const gapToNext = next?.band === band ? next.at - at : Infinity;
    // A hole in the data stays a hole; the last step of a band is as long as usual.
    const length = gapToNext > 0 && gapToNext <= 1.5 * typical ? gapToNext : typical;
    const from = x(at);
    return { step, band, x: from, width: Math.max(0, Math.min(x(at + length), width) - from) };
  });
  return {
    width,
    height: bottom + AXIS_HEIGHT,
    left,
    right: width,
    bottom,
    bands: axis.labels.map((label, i) => ({ label, y: i * (bandHeight + gap), height: bandHeight })),
    cells,
    ticks: axis.ticks(perUnit).map(({ at, label }) => ({ x: x(at), label })),
  };
}

/** The time step drawn at a point of the picture. */
export function stepAt(layout: RibbonLayout, x: number, y: number): number | undefined {
  const band = layout.bands.findIndex((one) => y >= one.y && y <= one.y + one.height);
  if (band < 0) return undefined;
  // The last cell of the band that begins at or before x, by bisection: cells are ordered by band, then by x.
  let low = 0;
  let high = layout.cells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const cell = layout.cells[middle];
    if (cell.band < band || (cell.band === band && cell.x <= x)) low = middle + 1;
    else high = middle;
  }
  const cell = layout.cells[low - 1];
  return cell?.band === band && x <= cell.x + Math.max(cell.width, 1) ? cell.step : undefined;
}

function chooseAxis(times: readonly string[]): Axis {
  const parsed = times.map(parseTime);
  if (times.length === 0 || parsed.some((time) => time === undefined)) return indexAxis(times.length);
  const known = parsed as CalendarTime[];
  const lengths = monthLengths(known);
  const yearLength = lengths.reduce((sum, days) => sum + days, 0);
  const firstYear = known[0].year;
  const days = known.map((time) => (time.year - firstYear) * yearLength + dayOfYear(time, lengths));
  const span = days[days.length - 1] - days[0];
  return span <= ONE_BAND_DAYS
    ? spanAxis(days, firstYear, lengths, yearLength)
    : yearAxis(known, lengths, yearLength);
}

/** Times without a calendar: steps are numbered from 0. */
function indexAxis(count: number): Axis {
  const end = Math.max(count, 1);
  return {
    labels: [''],
    start: 0,
    end,
    positions: Array.from({ length: count }, (_, at) => ({ band: 0, at })),
    ticks: (perStep) => {
      const stride = niceStride(LABEL_WIDTH / perStep, [1, 2, 5]);
      return Array.from({ length: Math.ceil(end / stride) }, (_, i) => ({
        at: i * stride,
        label: String(i * stride),
      }));
    },
  };
}

/** Up to about a year in one band. */
function spanAxis(
  days: readonly number[],
  firstYear: number,
  lengths: MonthLengths,
  yearLength: number,
): Axis {
  const positions = days.map((at) => ({ band: 0, at }));
  const start = days[0];
  const end = Math.max(days[days.length - 1] + typicalStep(positions), start + 1e-6);
  return {
    labels: [''],
    start,
    end,
    positions,
    ticks: (perDay) => {
      const months = monthStarts(lengths).flatMap((at, month) =>
        [0, 1, 2].map((year) => ({ at: at + year * yearLength, month, year: firstYear + year })),
      );
      const inside = months.filter(({ at }) => at >= start && at < end).sort((a, b) => a.at - b.at);
      if (inside.length >= 3) {
        const stride = monthStride(perDay * 30);
        return inside
          .filter(({ month }) => month % stride === 0)
          .map(({ at, month, year }, i) => ({
            at,
            label: i === 0 || month === 0 ? `${MONTHS[month]} ${year}` : MONTHS[month],
          }));
      }
      const stride = niceStride((LABEL_WIDTH * 1.8) / perDay, [1, 2, 5]);
      const ticks: { at: number; label: string }[] = [];
      for (let at = Math.ceil(start); at < end; at += stride) {
        const year = firstYear + Math.floor(at / yearLength);
        const day = dayLabel(at % yearLength, lengths);
        ticks.push({ at, label: ticks.length === 0 ? `${day} ${year}` : day });
      }
      return ticks;
    },
  };
}

/** One band a year, January to December. */
function yearAxis(times: readonly CalendarTime[], lengths: MonthLengths, yearLength: number): Axis {
  const years = [...new Set(times.map(({ year }) => year))];
  const bandOf = new Map(years.map((year, band) => [year, band]));
  return {
    labels: years.map(String),
    start: 0,
    end: yearLength,
    positions: times.map((time) => ({ band: bandOf.get(time.year)!, at: dayOfYear(time, lengths) })),
    ticks: (perDay) => {
      const stride = monthStride(perDay * 30);
      return monthStarts(lengths)
        .map((at, month) => ({ at, label: MONTHS[month], month }))
        .filter(({ month }) => month % stride === 0);
    },
  };
}

function monthStarts(lengths: MonthLengths): number[] {
  let start = 0;
  return lengths.map((length) => (start += length) - length);
}

function monthStride(pixelsPerMonth: number): number {
  return [1, 2, 3, 6, 12].find((stride) => stride * pixelsPerMonth >= LABEL_WIDTH) ?? 12;
}

/** The smallest of 1, 2, 5, 10, 20... (with the given mantissas) that is at least `least`. */
function niceStride(least: number, mantissas: readonly number[]): number {
  for (let decade = 1; ; decade *= 10) {
    const found = mantissas.find((mantissa) => mantissa * decade >= least);
    if (found) return found * decade;
  }
}

function dayLabel(day: number, lengths: MonthLengths): string {
  let month = 0;
  let left = Math.floor(day);
  while (left >= lengths[month]) left -= lengths[month++];
  return `${left + 1} ${MONTHS[month]}`;
}

/** Median distance of neighbouring steps of the same band. */
function typicalStep(positions: readonly Position[]): number {
  const steps = positions
    .slice(1)
    .map(({ band, at }, i) => (band === positions[i].band ? at - positions[i].at : NaN))
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 1;
}
