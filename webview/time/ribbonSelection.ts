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

function drawPeriod(layout: RibbonLayout, [first, last]: readonly [number, number]): string {
  return layout.bands
    .map((band) => {
      const from = Math.max(first, band.first);
      const to = Math.min(last, band.last);
      if (from > to) return veil(band, layout.left, layout.right);
      const start = from === band.first && first < from ? layout.left : layout.x[from];
      const end = to === band.last && last > to ? layout.right : layout.x[to] + layout.cellWidth[to];
      return (
        veil(band, layout.left, start) +
        veil(band, end, layout.right) +
        element('rect', {
          class: 'period',
          x: start,
          y: band.y,
          width: Math.max(end - start, 1),
          height: heightOf(band),
        })
      );
    })
    .join('');
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
