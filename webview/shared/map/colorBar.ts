/** The legend of a colour scale. */
import { element, escape } from '../markup';
import type { ColorScale } from './colorScale';
import { hexOf } from './colorTables';
import { niceTicks, sharedExponent, tickLabels, unitsLabel } from './ticks';

export interface ColorBarOptions {
  /** Pixels. */
  readonly width: number;
  /** What the numbers are: "Anomaly of air temperature". Empty leaves it out. */
  readonly title: string;
  readonly units: string;
  /** Colour of text and lines. */
  readonly ink?: string;
  /** Anomalies have signs. */
  readonly signed?: boolean;
}

/** Height of the picture, in pixels. */
export const COLOR_BAR_HEIGHT = 44;

const BAR = 10;
const ARROW = 10;

/** A bar with ticks, units, and an arrow at each end that some values exceed. An SVG element, for the page and for files. */
export function colorBar(scale: ColorScale, options: ColorBarOptions): string {
  const { width, title, units, ink = 'currentColor', signed = scale.diverging } = options;
  const [left, right] = [22, width - 22];
  const top = 16;
  const length = right - left;
  const exponent = sharedExponent(scale.low, scale.high);
  const ticks = niceTicks(scale.low, scale.high, Math.max(2, Math.floor(width / 70)));
  const labels = tickLabels(ticks, exponent, signed);
  const x = (value: number) => left + ((value - scale.low) / (scale.high - scale.low)) * length;
  const shown = unitsLabel(units, exponent);
  const heading = [title, shown && `[${shown}]`].filter(Boolean).join(' ');
  const { table } = scale;
  const slices = 127;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'color-bar',
      width,
      height: COLOR_BAR_HEIGHT,
      viewBox: `0 0 ${width} ${COLOR_BAR_HEIGHT}`,
      role: 'img',
      'aria-label': `Colour scale: ${heading}, from ${labels[0]} to ${labels[labels.length - 1]}`,
    },
    element('text', { x: left, y: 10, 'font-size': 11, fill: ink }, escape(heading)),
    ...Array.from({ length: slices }, (_, i) =>
      element('rect', {
        x: left + (i * length) / slices,
        y: top,
        width: length / slices,
        height: BAR,
        fill: hexOf(table[Math.round(((i + 0.5) / slices) * (table.length - 1))]),
        'shape-rendering': 'crispEdges',
      }),
    ),
    scale.below ? arrow(left, -1, top, hexOf(table[0]), ink) : '',
    scale.above ? arrow(right, 1, top, hexOf(table[table.length - 1]), ink) : '',
    element('rect', {
      x: left,
      y: top,
      width: length,
      height: BAR,
      fill: 'none',
      stroke: ink,
      'stroke-opacity': 0.6,
    }),
    ...ticks.flatMap((tick, i) => [
      element('line', {
        x1: x(tick),
        x2: x(tick),
        y1: top + BAR,
        y2: top + BAR + 4,
        stroke: ink,
        'stroke-opacity': 0.6,
      }),
      element(
        'text',
        { x: x(tick), y: top + BAR + 15, 'font-size': 11, 'text-anchor': 'middle', fill: ink },
        labels[i],
      ),
    ]),
  );
}

function arrow(x: number, side: 1 | -1, top: number, color: string, ink: string): string {
  return element('path', {
    d: `M${x},${top}L${x + side * ARROW},${top + BAR / 2}L${x},${top + BAR}Z`,
    fill: color,
    stroke: ink,
    'stroke-opacity': 0.6,
  });
}
