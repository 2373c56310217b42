/** The affinity as a picture: a matrix of pixels with axes, the clusters along its sides and a scale of colours. */
import { scaleLinear } from 'd3';
import { element, escape } from '../shared/markup';
import { clusterColor } from '../shared/palette';
import { blockStarts } from './affinityStats';
import { type ColorTable, colorAt, heatShare } from './heat';
import { timeTicks } from './timeTicks';

export type Order = 'time' | 'cluster';

export interface AffinityPicture {
  /** The matrix as an image, a data URI. */
  readonly image: string;
  readonly sortedBy: Order;
  /** Blocks along each side. */
  readonly size: number;
  /** Blocks along each side of a cell, the largest of which it shows. */
  readonly pool: number;
  /** The time step at each position. [n] */
  readonly order: Int32Array;
  readonly labels: Int32Array;
  readonly times: readonly string[];
  /** Value of the last colour. */
  readonly top: number;
  readonly colors: ColorTable;
}

const MARGIN = { top: 30, right: 58, bottom: 26, left: 66 };
const BAR = 9;
const GAP = 3;

/** Where the matrix is within a picture of a width, px. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Of the matrix. */
  readonly side: number;
}

export function affinityFrame(width: number): Frame {
  const side = Math.max(80, Math.min(640, width - MARGIN.left - MARGIN.right));
  return {
    width: side + MARGIN.left + MARGIN.right,
    height: side + MARGIN.top + MARGIN.bottom,
    left: MARGIN.left,
    top: MARGIN.top,
    side,
  };
}

/** Runs of the same cluster along an order: first position, and the one after the last. */
export function spans(
  order: Int32Array,
  labels: Int32Array,
): { readonly label: number; readonly from: number; readonly to: number }[] {
  const found: { label: number; from: number; to: number }[] = [];
  for (let p = 0; p < order.length; p++) {
    const label = labels[order[p]];
    const current = found.at(-1);
    if (current?.label === label) current.to = p + 1;
    else found.push({ label, from: p, to: p + 1 });
  }
  return found;
}

export function drawAffinity(picture: AffinityPicture, width: number): string {
  const frame = affinityFrame(width);
  const { left, top, side } = frame;
  const n = picture.order.length;
  const at = scaleLinear([0, n], [0, side]);
  const clusters = spans(picture.order, picture.labels);
  const cells = Math.ceil(picture.size / picture.pool);
  const drawn = (side * cells * picture.pool) / picture.size;
  return element(
    'svg',
    {
      class: 'affinity',
      width: frame.width,
      height: frame.height,
      viewBox: `0 0 ${frame.width} ${frame.height}`,
      role: 'img',
      'aria-label': describePicture(picture),
    },
    // The last cells may reach beyond the matrix; they are cut off.
    element(
      'svg',
      { x: left, y: top, width: side, height: side },
      element('image', { width: drawn, height: drawn, preserveAspectRatio: 'none', href: picture.image }),
    ),
    element('rect', { class: 'frame', x: left, y: top, width: side, height: side }),
    drawBars(clusters, frame, at),
    picture.sortedBy === 'cluster' ? drawClusters(clusters, frame, at) : drawTimes(picture.times, frame, at),
    drawScale(picture, frame),
    element('g', { class: 'marks', 'data-page-only': '' }),
  );
}

type Positions = (position: number) => number;
type Spans = ReturnType<typeof spans>;

/** Colours of the clusters along the left and the top side. */
function drawBars(clusters: Spans, { left, top }: Frame, at: Positions): string {
  // One path a cluster: thousands of short spells are two paths for each.
  const paths = new Map<number, [string, string]>();
  for (const { label, from, to } of clusters) {
    const [start, length] = [round(at(from)), round(at(to) - at(from))];
    const [rows, columns] = paths.get(label) ?? ['', ''];
    const y = top - GAP - BAR;
    paths.set(label, [
      `${rows}M${left - GAP - BAR},${round(top + start)}h${BAR}v${length}h${-BAR}z`,
      `${columns}M${round(left + start)},${y}h${length}v${BAR}h${-length}z`,
    ]);
  }
  return [...paths]
    .map(([label, [rows, columns]]) => element('path', { d: rows + columns, fill: clusterColor(label) }))
    .join('');
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Numbers of the clusters beside their blocks, and lines between the blocks. */
function drawClusters(clusters: Spans, { left, top, side }: Frame, at: Positions): string {
  let lastLabel = -Infinity;
  return clusters
    .map(({ label, from, to }, i) => {
      const middle = (at(from) + at(to)) / 2;
      const hasRoom = middle - lastLabel >= 11;
      if (hasRoom) lastLabel = middle;
      const [x, y] = [left + at(from), top + at(from)];
      return (
        (i > 0
          ? element('line', { class: 'border', x1: x, x2: x, y1: top, y2: top + side }) +
            element('line', { class: 'border', x1: left, x2: left + side, y1: y, y2: y })
          : '') +
        (hasRoom
          ? tick(left - GAP - BAR - 5, top + middle + 3.5, String(label), 'end') +
            tick(left + middle, top - GAP - BAR - 5, String(label), 'middle')
          : '')
      );
    })
    .join('')
    .concat(
      element(
        'text',
        {
          class: 'tick',
          transform: `translate(12 ${top + side / 2}) rotate(-90)`,
          'text-anchor': 'middle',
        },
        'cluster, and time within it',
      ),
    );
}

function drawTimes(times: readonly string[], { left, top, side }: Frame, at: Positions): string {
  const rows = timeTicks(times, Math.max(2, Math.floor(side / 32)));
  const columns = timeTicks(times, Math.max(2, Math.floor(side / 62)));
  return (
    rows
      .map(({ step, label }) => {
        const y = top + at(step);
        return (
          element('line', { class: 'mark', x1: left - GAP - BAR - 4, x2: left - GAP - BAR, y1: y, y2: y }) +
          tick(left - GAP - BAR - 6, y + 3.5, label, 'end')
        );
      })
      .join('') +
    columns
      .map(({ step, label }) => {
        const x = left + at(step);
        const end = x + 22 > left + side + MARGIN.right - 14;
        return (
          element('line', { class: 'mark', x1: x, x2: x, y1: top + side, y2: top + side + 4 }) +
          tick(x, top + side + 16, label, end ? 'end' : 'middle')
        );
      })
      .join('')
  );
}

function tick(x: number, y: number, label: string, anchor: string): string {
  return element('text', { class: 'tick', x, y, 'text-anchor': anchor }, escape(label));
}

const SCALE_STEPS = 60;

/** The scale of colours, evenly spaced in colour: its numbers stand as the cube root has them. */
function drawScale({ colors, top: highest }: AffinityPicture, { left, top, side }: Frame): string {
  if (highest === 0) return '';
  const height = Math.min(side, 240);
  const x = left + side + 12;
  const bottom = top + height;
  const step = height / SCALE_STEPS;
  const linear = scaleLinear([0, highest], [0, 1]);
  let lastY = Infinity;
  const ticks = [...new Set([0, highest / 1000, highest / 100, highest / 10, highest].map((v) => nice(v)))]
    .filter((value) => value <= highest)
    .flatMap((value) => {
      const y = bottom - height * heatShare(linear(value), 1);
      if (lastY - y < 13) return [];
      lastY = y;
      return [
        element('line', { class: 'mark', x1: x + 11, x2: x + 14, y1: y, y2: y }),
        tick(x + 17, y + 3.5, scaleNumber(value), 'start'),
      ];
    });
  return (
    tick(left + side + MARGIN.right - 1, top - 10, '|C| + |Cᵀ|', 'end') +
    // From the top, each down to the bottom: colours that only touched would show seams.
    Array.from({ length: SCALE_STEPS }, (_, i) =>
      element('rect', {
        x,
        y: top + i * step,
        width: 11,
        height: height - i * step,
        fill: colorAt(colors, (SCALE_STEPS - i - 0.5) / SCALE_STEPS),
      }),
    ).join('') +
    element('rect', { class: 'frame', x, y: top, width: 11, height }) +
    ticks.join('')
  );
}

function scaleNumber(value: number): string {
  return value > 0 && value < 0.001 ? value.toExponential().replace('-', '−') : String(value);
}

/** The largest number of one digit that is not above `value`. */
function nice(value: number): number {
  if (value === 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return Number((Math.floor(value / power + 1e-9) * power).toPrecision(1));
}

function describePicture({ sortedBy, order, ...rest }: AffinityPicture): string {
  return [
    `Matrix of the affinity between ${order.length} time steps ordered by ${sortedBy}.`,
    describeCells({ order, ...rest }),
    'Means between clusters are in the table below.',
  ]
    .filter(Boolean)
    .join(' ');
}

/** What one cell of the picture shows. */
export function describeCells({
  size,
  pool,
  order,
}: Pick<AffinityPicture, 'size' | 'pool' | 'order'>): string {
  const n = order.length;
  const side = Math.round(n / size);
  if (size < n) return `Each cell is the mean over about ${side} × ${side} pairs of steps.`;
  return pool > 1 ? `Each cell is the largest of ${pool} × ${pool} pairs of steps.` : '';
}

/** Cells smaller than this are hard to see, px. */
const CELL = 2.2;

/** How many blocks a cell takes together along each side, in a picture of a width. Means are never pooled. */
export function poolFor(size: number, n: number, width: number): number {
  return size < n ? 1 : Math.max(1, Math.ceil((CELL * size) / affinityFrame(width).side - 0.3));
}

/** The cell under a point of the picture, of `across` along each side (a part of one at the end); undefined beside it. */
export function cellAt(
  frame: Frame,
  across: number,
  x: number,
  y: number,
): { readonly row: number; readonly column: number } | undefined {
  const column = Math.floor(((x - frame.left) / frame.side) * across);
  const row = Math.floor(((y - frame.top) / frame.side) * across);
  return row >= 0 && row < across && column >= 0 && column < across ? { row, column } : undefined;
}

/** The time steps of a block, in the order of their positions. */
export function stepsOf(order: Int32Array, size: number, block: number): Int32Array {
  const starts = blockStarts(order.length, size);
  return order.subarray(starts[block], starts[block + 1]);
}
