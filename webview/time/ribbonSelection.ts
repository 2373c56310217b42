/** The selection over the ribbon: drawn by itself, so that the steps below need not be drawn again. */
import type { Selection } from '../../src/protocol/panel';
import { coordinate, element } from '../shared/markup';
import type { RibbonBand, RibbonLayout } from './ribbonLayout';

/** Steps outside the period are veiled, the period and the step are framed. */
export function drawSelection(
  layout: RibbonLayout,
  { step, period }: Pick<Selection, 'step' | 'period'>,
): string {
  return element(
    'svg',
    {
      width: layout.width,
      height: layout.height,
      viewBox: `0 0 ${coordinate(layout.width)} ${coordinate(layout.height)}`,
      'aria-hidden': 'true',
    },
    period ? drawPeriod(layout, period) : '',
    step === null ? '' : drawStep(layout, step),
  );
}

function drawPeriod(layout: RibbonLayout, period: readonly [number, number]): string {
  const { bands, left, right } = layout;
  const inside = bands.filter((band) => period[0] <= band.last && period[1] >= band.first);
  if (inside.length === 0) return bands.map((band) => veil(band, left, right)).join('');
  const [top, bottom] = [inside[0], inside[inside.length - 1]];
  const from = Math.max(period[0], top.first);
  const to = Math.min(period[1], bottom.last);
  // A period that goes on beyond a part that is shown is open there.
  const start = period[0] < from ? left : layout.x[from];
  const end = period[1] > to ? right : layout.x[to] + layout.cellWidth[to];
  const veils = bands.map((band) => {
    if (!inside.includes(band)) return veil(band, left, right);
    return (band === top ? veil(band, left, start) : '') + (band === bottom ? veil(band, end, right) : '');
  });
  return veils.join('') + element('path', { class: 'period', d: contour(layout, inside, start, end) });
}

/** The outline of all that lies between `start` in the first of the bands and `end` in the last. */
function contour(
  { left, right }: RibbonLayout,
  bands: readonly RibbonBand[],
  start: number,
  end: number,
): string {
  const [first, last] = [bands[0], bands[bands.length - 1]];
  const rectangle = (band: RibbonBand, from: number, to: number): string =>
    `M${coordinate(from)} ${band.y}H${coordinate(Math.max(to, from + 1))}V${bottomOf(band)}H${coordinate(from)}z`;
  if (first === last) return rectangle(first, start, end);
  if (bands.length === 2 && end <= start) return rectangle(first, start, right) + rectangle(last, left, end);
  return (
    `M${coordinate(start)} ${first.y}H${right}V${bottomOf(bands[bands.length - 2])}` +
    `H${coordinate(end)}V${bottomOf(last)}H${left}V${bands[1].y}H${coordinate(start)}z`
  );
}

function drawStep(layout: RibbonLayout, step: number): string {
  if (step < layout.first || step > layout.last) return '';
  const band = layout.bands[layout.band[step]];
  const width = Math.max(layout.cellWidth[step], 2);
  const x = layout.x[step];
  const frame = { x: x - 1, y: band.y - 1, width: width + 2, height: heightOf(band) + 2 };
  return element('rect', { class: 'step halo', ...frame }) + element('rect', { class: 'step', ...frame });
}

function veil(band: RibbonBand, from: number, to: number): string {
  if (to - from < 0.5) return '';
  return element('rect', { class: 'veil', x: from, y: band.y, width: to - from, height: heightOf(band) });
}

function heightOf({ height, areaHeight }: RibbonBand): number {
  return height + areaHeight;
}

function bottomOf(band: RibbonBand): number {
  return band.y + heightOf(band);
}
