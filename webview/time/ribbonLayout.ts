/** Where each time step of the ribbon lies on the page. Pure; knows nothing of colours. */
import { type AxisTick, canSplitByYear, continuousAxis, yearAxis } from './ribbonAxis';
import type { TimeAxis } from './timeAxis';

/** One row of the ribbon: a year, or everything. */
export interface RibbonBand {
  readonly label: string;
  /** First and last time step. */
  readonly first: number;
  readonly last: number;
  readonly y: number;
  readonly height: number;
  /** Below it, the memberships; 0 where there is no room for them. */
  readonly areaHeight: number;
}

export interface RibbonTick extends Omit<AxisTick, 'at'> {
  readonly x: number;
}

export interface RibbonLayout {
  readonly width: number;
  readonly height: number;
  /** Left and right end of the bands; their top and bottom. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly bands: readonly RibbonBand[];
  /** Left end, width and band of each time step, of those from `first` to `last`. [n] */
  readonly x: Float64Array;
  readonly cellWidth: Float64Array;
  readonly band: Int32Array;
  readonly first: number;
  readonly last: number;
  /** Steps are narrower than pixels: pictures show what is most frequent at each pixel. */
  readonly binned: boolean;
  /** Of those that follow without a gap. */
  readonly stepsPerPixel: number;
  readonly ticks: readonly RibbonTick[];
}

export interface LayoutChoice {
  readonly byYear: boolean;
  readonly memberships: boolean;
  /** A part of the continuous band: first and last step. */
  readonly window?: readonly [number, number] | null;
}

const AXIS_HEIGHT = 20;
const CHARACTER_WIDTH = 6.4;
/** More bands than this have an axis above as well. */
const TALL = 24;
/** More bands than this are too thin for memberships below each. */
export const MOST_BANDS_WITH_AREAS = 40;
/** More bands than this are drawn in one unless asked for. */
export const MOST_BANDS = 160;

/** Heights of a band, of the memberships below it, and of the gap to the next, in pixels. */
function heights(bands: number, memberships: boolean): { band: number; area: number; gap: number } {
  if (bands === 1) return { band: 48, area: memberships ? 80 : 0, gap: 0 };
  if (memberships && bands <= 12) return { band: 16, area: 16, gap: 8 };
  if (memberships && bands <= MOST_BANDS_WITH_AREAS) return { band: 12, area: 11, gap: 7 };
  if (bands <= 12) return { band: 22, area: 0, gap: 3 };
  if (bands <= MOST_BANDS_WITH_AREAS) return { band: 14, area: 0, gap: 2 };
  return bands <= 120 ? { band: 6, area: 0, gap: 1 } : { band: 4, area: 0, gap: 0 };
}

/** Lays the steps out on a picture `width` pixels wide. */
export function layoutRibbon(axis: TimeAxis, width: number, choice: LayoutChoice): RibbonLayout {
  const split = choice.byYear && canSplitByYear(axis);
  const lines = split ? yearAxis(axis) : continuousAxis(axis, ...(choice.window ?? []));
  const count = lines.bands.length;
  const { band: bandHeight, area, gap } = heights(count, choice.memberships);
  const longest = Math.max(...lines.bands.map(({ label }) => label.length));
  const left = split ? Math.ceil(longest * CHARACTER_WIDTH) + 8 : 0;
  const top = count > TALL ? AXIS_HEIGHT : 0;
  const pitch = bandHeight + area + gap;
  const bottom = top + count * pitch - gap;
  const perUnit = Math.max(1, width - left) / (lines.end - lines.start);
  const toX = (at: number): number => left + (at - lines.start) * perUnit;

  const x = new Float64Array(axis.count);
  const cellWidth = new Float64Array(axis.count);
  const bandOf = new Int32Array(axis.count);
  lines.bands.forEach(({ first, last }, band) => {
    for (let step = first; step <= last; step++) {
      bandOf[step] = band;
      x[step] = toX(lines.begin(step));
      cellWidth[step] = Math.max(0, toX(lines.finish(step)) - x[step]);
    }
  });
  return {
    width,
    height: bottom + AXIS_HEIGHT,
    left,
    right: width,
    top,
    bottom,
    bands: lines.bands.map((span, i) => ({
      ...span,
      y: top + i * pitch,
      height: bandHeight,
      areaHeight: area,
    })),
    x,
    cellWidth,
    band: bandOf,
    first: lines.bands[0].first,
    last: lines.bands[count - 1].last,
    binned: axis.usual * perUnit < 0.75,
    stepsPerPixel: 1 / (axis.usual * perUnit),
    ticks: lines.ticks(perUnit).map(({ at, ...tick }) => ({ ...tick, x: toX(at) })),
  };
}

/** The time step drawn at a point of the picture; undefined where there is none. */
export function stepAt(layout: RibbonLayout, x: number, y: number): number | undefined {
  const band = layout.bands.findIndex((one) => y >= one.y && y <= one.y + one.height + one.areaHeight);
  if (band < 0) return undefined;
  const step = lastBefore(layout, band, x);
  return step !== undefined && x <= layout.x[step] + Math.max(layout.cellWidth[step], 1) ? step : undefined;
}

/** The time step that is nearest to a point: where a period that is drawn with the pointer ends. */
export function nearestStep(layout: RibbonLayout, x: number, y: number): number | undefined {
  if (layout.last < layout.first) return undefined;
  const pitch = layout.bands.length > 1 ? layout.bands[1].y - layout.bands[0].y : Infinity;
  const band = Math.min(Math.max(Math.floor((y - layout.top) / pitch), 0), layout.bands.length - 1);
  return lastBefore(layout, band, x) ?? layout.bands[band].first;
}

/** The last step of a band that begins at or before x, by bisection. */
function lastBefore({ bands, x: starts }: RibbonLayout, band: number, x: number): number | undefined {
  let low = bands[band].first;
  let high = bands[band].last + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low > bands[band].first ? low - 1 : undefined;
}
