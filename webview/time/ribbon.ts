/** The ribbon: which cluster each time step belongs to, along the calendar. */
import { coordinate, element, escape } from '../shared/markup';
import { clusterColor, inkOn } from '../shared/palette';
import { drawMemberships } from './memberships';
import { toPixels } from './pixels';
import { labelledYears } from './ribbonAxis';
import type { RibbonBand, RibbonLayout } from './ribbonLayout';
import type { Labelled, Spell } from './statistics';
import type { TimeAxis } from './timeAxis';

/** What the ribbon shows of a clustered series. */
export interface RibbonData {
  readonly series: Labelled;
  /** Of the label of each step. [n] */
  readonly probability: Float32Array | null;
  readonly spells: readonly Spell[];
}

/** Few steps of opacity: cells of one colour and opacity are one path, so that 40,000 steps are some hundred elements. */
const OPACITIES = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** On cells at least as opaque as this numbers are black or white, and else as other text, with the background around. */
const SOLID = 0.8;

/**
 * Opacity for the probability of a label: 1/K (a guess) is faint, 1 is solid. It grows with the root of the certainty in
 * between: soft assignments are seldom near 1, and their colours have to be told apart, too. Unknown counts as certain.
 */
export function opacityOf(probability: number | null | undefined, clusters: number): number {
  if (probability === null || probability === undefined || Number.isNaN(probability)) return 1;
  const guess = 1 / Math.max(clusters, 2);
  const certainty = Math.min(Math.max((probability - guess) / (1 - guess), 0), 1);
  return OPACITIES[Math.round(Math.sqrt(certainty) * (OPACITIES.length - 1))];
}

/**
 * The picture as SVG. Bands without labels yet are drawn empty, at the size they will have. `legend`: with the colours
 * of the clusters below, for a file that stands alone.
 */
export function drawRibbon(
  data: RibbonData | null,
  layout: RibbonLayout,
  { legend = false }: { readonly legend?: boolean } = {},
): string {
  const rows = legend && data ? legendRows(data.series.clusters, layout) : [];
  const height = layout.height + rows.length * LEGEND_ROW;
  return element(
    'svg',
    {
      class: data ? 'ribbon' : 'ribbon waiting',
      xmlns: 'http://www.w3.org/2000/svg',
      width: layout.width,
      height,
      viewBox: `0 0 ${coordinate(layout.width)} ${coordinate(height)}`,
      'data-steps': data?.series.labels.length ?? 0,
      'aria-label': 'Cluster of each time step; fainter where it is less certain.',
      'aria-hidden': 'true',
    },
    drawBands(layout),
    data ? drawCells(data, layout) : '',
    data?.series.memberships
      ? layout.bands.map((band) => drawMemberships(data.series, layout, band)).join('')
      : '',
    drawAxis(layout),
    data && !layout.binned ? drawNumbers(data, layout) : '',
    ...rows,
  );
}

const LEGEND_ROW = 20;
const LEGEND_ENTRY = 42;

function legendRows(clusters: number, { left, width, height }: RibbonLayout): string[] {
  const perRow = Math.max(1, Math.floor((width - left) / LEGEND_ENTRY));
  const text = (x: number, y: number, words: string): string =>
    element('text', { class: 'tick', x, y: y + 6, 'dominant-baseline': 'central' }, words);
  const rows = Array.from({ length: Math.ceil(clusters / perRow) }, (_, row) =>
    Array.from({ length: Math.min(perRow, clusters - row * perRow) }, (_, i) => {
      const label = row * perRow + i;
      const x = left + i * LEGEND_ENTRY;
      const y = height + row * LEGEND_ROW + 4;
      return (
        element('rect', { x, y, width: 12, height: 12, fill: clusterColor(label) }) +
        text(x + 16, y, String(label))
      );
    }).join(''),
  );
  const y = height + rows.length * LEGEND_ROW + 4;
  return [
    ...rows,
    drawOpacityKey(left, y) +
      text(left + KEY_WIDTH + 6, y, 'probability of the label: from a guess to certain'),
  ];
}

function drawBands({ bands, left, right }: RibbonLayout): string {
  const pitch = bands.length > 1 ? bands[1].y - bands[0].y : Infinity;
  const labelled = labelledYears(
    bands.map(({ label }) => label),
    12 / pitch,
  );
  return bands
    .map(({ label, y, height, areaHeight }, i) => {
      const all = height + areaHeight;
      const band = element('rect', { class: 'band', x: left, y, width: right - left, height: all });
      if (!label || !labelled[i]) return band;
      return (
        band +
        element(
          'text',
          {
            class: 'tick',
            x: left - 6,
            y: y + all / 2,
            'text-anchor': 'end',
            'dominant-baseline': 'central',
          },
          escape(label),
        )
      );
    })
    .join('');
}

function drawCells(data: RibbonData, layout: RibbonLayout): string {
  const paths = new Map<string, string[]>();
  const add = (label: number, opacity: number, { y, height }: RibbonBand, from: number, to: number): void => {
    const key = `${label} ${opacity}`;
    if (!paths.has(key)) paths.set(key, []);
    const width = coordinate(to - from);
    paths.get(key)!.push(`M${coordinate(from)} ${y}h${width}v${height}h-${width}z`);
  };
  for (const band of layout.bands) (layout.binned ? addPixels : addSteps)(data, layout, band, add);
  return [...paths]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([key, cells]) => {
      const [label, opacity] = key.split(' ').map(Number);
      return element('path', {
        class: 'cell',
        fill: clusterColor(label),
        'fill-opacity': opacity,
        'shape-rendering': 'crispEdges',
        'data-cluster': label,
        d: cells.join(''),
      });
    })
    .join('');
}

type AddBlock = (label: number, opacity: number, band: RibbonBand, from: number, to: number) => void;

/** Neighbouring steps that look the same are one block. */
function addSteps(
  { series, probability }: RibbonData,
  layout: RibbonLayout,
  band: RibbonBand,
  add: AddBlock,
): void {
  const { labels, clusters } = series;
  let [from, to, label, opacity] = [NaN, NaN, -1, 0];
  for (let step = band.first; step <= band.last; step++) {
    const x = layout.x[step];
    const own = opacityOf(probability?.[step], clusters);
    if (labels[step] !== label || own !== opacity || x - to > 0.1) {
      if (label >= 0) add(label, opacity, band, from, to);
      [from, label, opacity] = [x, labels[step], own];
    }
    to = x + layout.cellWidth[step];
  }
  if (label >= 0) add(label, opacity, band, from, to);
}

function addPixels({ series }: RibbonData, layout: RibbonLayout, band: RibbonBand, add: AddBlock): void {
  const { start, count, shares, steps, labels } = toPixels(series, layout, band);
  for (let pixel = 0; pixel < count; pixel++) {
    if (steps[pixel] === 0) continue;
    const label = labels[pixel];
    const opacity = opacityOf(shares[pixel * series.clusters + label], series.clusters);
    add(label, opacity, band, start + pixel, start + pixel + 1);
  }
}

/** The number of the cluster on every spell that has room for it: colour is never the only sign. */
function drawNumbers({ series, spells }: RibbonData, layout: RibbonLayout): string {
  return spells
    .flatMap((spell) => splitAtBands(spell, layout).map(([first, last]) => ({ spell, first, last })))
    .map(({ spell, first, last }) => {
      const { y, height } = layout.bands[layout.band[first]];
      const width = layout.x[last] + layout.cellWidth[last] - layout.x[first];
      const text = String(spell.label);
      if (height < 11 || width < 5 + 7 * text.length) return '';
      const solid = opacityOf(spell.probability, series.clusters) >= SOLID;
      return element(
        'text',
        {
          class: solid ? 'number' : 'number on-background',
          x: layout.x[first] + width / 2,
          y: y + height / 2,
          'text-anchor': 'middle',
          'dominant-baseline': 'central',
          'data-cluster': spell.label,
          fill: solid ? inkOn(clusterColor(spell.label)) : undefined,
        },
        text,
      );
    })
    .join('');
}

/** The parts of a spell in the bands that are drawn. */
function splitAtBands({ first, last }: Spell, layout: RibbonLayout): [number, number][] {
  const parts: [number, number][] = [];
  for (let from = Math.max(first, layout.first); from <= Math.min(last, layout.last);) {
    const to = Math.min(last, layout.bands[layout.band[from]].last);
    parts.push([from, to]);
    from = to + 1;
  }
  return parts;
}

function drawAxis({ ticks, top, bottom, right }: RibbonLayout): string {
  let end = -Infinity;
  return ticks
    .map(({ x, label, major }) => {
      const width = 7 * label.length;
      // A label that would leave the picture is drawn to the left of its tick instead, if there is room.
      const fits = x + width < right;
      const start = fits ? x + 3 : x - 3 - width;
      const shown = start >= end;
      if (shown) end = start + width;
      const text = (y: number): string =>
        element(
          'text',
          { class: 'tick', x: fits ? x + 3 : x - 3, y, 'text-anchor': fits ? 'start' : 'end' },
          escape(label),
        );
      return (
        element('line', {
          class: major ? 'axis major' : 'axis',
          x1: x,
          x2: x,
          y1: Math.max(0, top - 5),
          y2: bottom + 5,
        }) +
        (shown && top > 0 ? text(top - 7) : '') +
        (shown ? text(bottom + 14) : '')
      );
    })
    .join('');
}

/** One step in words: what hovering shows and what a screen reader says. */
export function describeStep(data: RibbonData | null, axis: TimeAxis, step: number): string {
  const time = axis.format(step);
  if (!data) return `${time}: not clustered yet`;
  const probability = data.probability?.[step];
  return (
    `${time}: cluster ${data.series.labels[step]}` +
    (probability === undefined || Number.isNaN(probability) ? '' : `, probability ${probability.toFixed(2)}`)
  );
}

/** The next likely cluster of a step, where it is more than a trace. */
export function describeRunnerUp({ series }: RibbonData, step: number): string {
  const { memberships, clusters, labels } = series;
  if (!memberships) return '';
  let best = -1;
  for (let k = 0; k < clusters; k++) {
    if (k === labels[step]) continue;
    if (best < 0 || memberships[step * clusters + k] > memberships[step * clusters + best]) best = k;
  }
  const share = best < 0 ? 0 : memberships[step * clusters + best];
  return share >= 0.005 ? `next: cluster ${best}, ${share.toFixed(2)}` : '';
}

/** From a guess to certainty, as the ribbon's opacities show it. */
export function drawOpacityKey(x = 0, y = 0): string {
  return OPACITIES.map((opacity, i) =>
    element('rect', {
      class: 'opacity',
      x: x + i * KEY_CELL,
      y,
      width: KEY_CELL,
      height: 12,
      'fill-opacity': opacity,
      'shape-rendering': 'crispEdges',
    }),
  ).join('');
}

export const KEY_CELL = 12;
export const KEY_WIDTH = KEY_CELL * OPACITIES.length;
