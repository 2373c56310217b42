/** The embedding in two dimensions: where each time step is, and how it is drawn. */
import { quadtree, scaleLinear } from 'd3';
import { element, escape } from '../shared/markup';
import { clusterColor, inkOn } from '../shared/palette';

export type Method = 'pca' | 'umap';

export interface Embedding {
  readonly method: Method;
  /** [n, 2] */
  readonly points: Float32Array;
  /** Shares of variance along both axes (PCA). */
  readonly explained: readonly [number, number] | null;
  readonly labels: Int32Array;
  /** [n, K] */
  readonly memberships: Float32Array | null;
  readonly clusters: number;
}

/** Where everything is, px. */
export interface ScatterLayout {
  readonly width: number;
  readonly height: number;
  /** [n, 2] */
  readonly pixels: Float32Array;
  /** Radius of a point. */
  readonly radius: number;
  readonly plot: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
  /** Ticks in the units of the embedding, the same along both axes; none for UMAP. */
  readonly ticks: readonly { readonly axis: 'x' | 'y'; readonly at: number; readonly label: string }[];
}

const MARGIN = { top: 10, right: 12, bottom: 40, left: 48 };

/** Both axes have one scale: distances in the picture are distances in the plane of the embedding. */
export function layoutScatter({ points, method }: Embedding, width: number): ScatterLayout {
  const height = Math.round(Math.min(520, Math.max(260, width * 0.8)));
  const plot = {
    left: MARGIN.left,
    top: MARGIN.top,
    right: width - MARGIN.right,
    bottom: height - MARGIN.bottom,
  };
  const n = points.length / 2;
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    x0 = Math.min(x0, points[2 * i]);
    x1 = Math.max(x1, points[2 * i]);
    y0 = Math.min(y0, points[2 * i + 1]);
    y1 = Math.max(y1, points[2 * i + 1]);
  }
  const radius = n < 1000 ? 3.4 : n < 6000 ? 2.4 : 1.6;
  const inner = 10;
  const scale = Math.min(
    (plot.right - plot.left - 2 * inner) / Math.max(x1 - x0, 1e-12),
    (plot.bottom - plot.top - 2 * inner) / Math.max(y1 - y0, 1e-12),
  );
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [px, py] = [(plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2];
  const toX = (x: number): number => px + (x - cx) * scale;
  const toY = (y: number): number => py - (y - cy) * scale;
  const pixels = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    pixels[2 * i] = toX(points[2 * i]);
    pixels[2 * i + 1] = toY(points[2 * i + 1]);
  }
  const ticks: { axis: 'x' | 'y'; at: number; label: string }[] = [];
  if (method === 'pca' && n > 0) {
    const xs = scaleLinear([cx + (plot.left - px) / scale, cx + (plot.right - px) / scale], [0, 1]);
    const ys = scaleLinear([cy - (plot.bottom - py) / scale, cy - (plot.top - py) / scale], [0, 1]);
    const xTicks = xs.ticks(5);
    const step = xTicks[1] - xTicks[0];
    const text = (value: number): string =>
      value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))).replace('-', '−');
    for (const value of xTicks) ticks.push({ axis: 'x', at: toX(value), label: text(value) });
    // The same step along both, as the scale is the same.
    for (let i = Math.ceil(ys.domain()[0] / step); i * step <= ys.domain()[1]; i++) {
      ticks.push({ axis: 'y', at: toY(i * step), label: text(i * step) });
    }
  }
  return { width, height, pixels, radius, plot, ticks };
}

/** Probability of the own cluster, 1 where it is not known. [n] */
export function confidenceOf({ labels, memberships, clusters }: Embedding): Float32Array {
  return Float32Array.from(labels, (label, i) => (memberships ? memberships[i * clusters + label] : 1));
}

/** Levels of opacity: a canvas is fast when it changes colours seldom. */
const LEVELS = 6;

const FADED = 0.14;

/** The sure ones are opaque, the least sure still visible. */
export function opacityOf(level: number): number {
  return 0.35 + (0.6 * level) / (LEVELS - 1);
}

export interface Dots {
  readonly color: string;
  readonly opacity: number;
  readonly steps: readonly number[];
}

/** The points by colour and opacity, the least sure first. Beside a chosen cluster, all others fade. */
export function groupDots(embedding: Embedding, chosen: number | null): Dots[] {
  const { labels, clusters } = embedding;
  const confidence = confidenceOf(embedding);
  const groups = Array.from({ length: LEVELS * clusters }, (): number[] => []);
  for (let i = 0; i < labels.length; i++) {
    const level = Math.round((LEVELS - 1) * Math.min(1, Math.max(0, confidence[i])));
    groups[level * clusters + labels[i]].push(i);
  }
  const fades = (at: number): boolean => chosen !== null && at % clusters !== chosen;
  return groups
    .map((steps, at) => ({
      color: clusterColor(at % clusters),
      opacity: fades(at) ? FADED : opacityOf(Math.floor(at / clusters)),
      steps,
    }))
    .filter(({ steps }) => steps.length > 0)
    .sort((a, b) => Number(a.opacity > FADED) - Number(b.opacity > FADED));
}

/** What is needed of a canvas. */
type Context = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'moveTo' | 'lineTo' | 'arc' | 'rect' | 'fill' | 'stroke' | 'clearRect'
> & { fillStyle: unknown; strokeStyle: unknown; globalAlpha: number; lineWidth: number };

export interface ScatterStyle {
  /** Colour of the line through time. */
  readonly line: string;
  readonly throughTime: boolean;
  readonly cluster: number | null;
}

export function paintDots(
  context: Context,
  embedding: Embedding,
  { pixels, radius, width, height }: ScatterLayout,
  { line, throughTime, cluster }: ScatterStyle,
): void {
  context.clearRect(0, 0, width, height);
  const n = embedding.labels.length;
  if (throughTime) {
    context.beginPath();
    for (let i = 0; i < n; i++) {
      if (i === 0) context.moveTo(pixels[0], pixels[1]);
      else context.lineTo(pixels[2 * i], pixels[2 * i + 1]);
    }
    context.strokeStyle = line;
    context.lineWidth = n > 5000 ? 0.4 : 0.7;
    context.globalAlpha = n > 5000 ? 0.25 : 0.5;
    context.stroke();
  }
  for (const { color, opacity, steps } of groupDots(embedding, cluster)) {
    context.fillStyle = color;
    context.globalAlpha = opacity;
    context.beginPath();
    for (const i of steps) {
      const [x, y] = [pixels[2 * i], pixels[2 * i + 1]];
      // Squares cannot be told from discs at this size, and are painted several times faster.
      if (radius < 2) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      else {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
    }
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Axes, and the number of each cluster at the median of its points: what is drawn over the points. */
export function drawScatterAxes(embedding: Embedding, layout: ScatterLayout): string {
  const { plot, ticks } = layout;
  const { method, explained } = embedding;
  const share = (axis: 0 | 1): string =>
    explained ? ` (${(100 * explained[axis]).toFixed(1)}% of variance)` : '';
  const names = method === 'pca' ? [`PC 1${share(0)}`, `PC 2${share(1)}`] : ['UMAP 1', 'UMAP 2'];
  const middle = { x: (plot.left + plot.right) / 2, y: (plot.top + plot.bottom) / 2 };
  return [
    element('rect', {
      class: 'frame',
      x: plot.left,
      y: plot.top,
      width: plot.right - plot.left,
      height: plot.bottom - plot.top,
    }),
    ...ticks.map(({ axis, at, label }) =>
      axis === 'x'
        ? element('line', { class: 'mark', x1: at, x2: at, y1: plot.bottom, y2: plot.bottom + 4 }) +
          element('text', { class: 'tick', x: at, y: plot.bottom + 16, 'text-anchor': 'middle' }, label)
        : element('line', { class: 'mark', x1: plot.left - 4, x2: plot.left, y1: at, y2: at }) +
          element('text', { class: 'tick', x: plot.left - 7, y: at + 3.5, 'text-anchor': 'end' }, label),
    ),
    element(
      'text',
      { class: 'name', x: middle.x, y: layout.height - 6, 'text-anchor': 'middle' },
      escape(names[0]),
    ),
    element(
      'text',
      {
        class: 'name',
        'text-anchor': 'middle',
        transform: `translate(12 ${Math.round(middle.y)}) rotate(-90)`,
      },
      escape(names[1]),
    ),
    ...drawNumbers(embedding, layout),
  ].join('');
}

const NUMBER_RADIUS = 9;

function drawNumbers(embedding: Embedding, layout: ScatterLayout): string[] {
  const medians = clusterMedians(layout.pixels, embedding.labels, embedding.clusters);
  return spread(medians, 2 * NUMBER_RADIUS + 1, layout.plot).map(({ label, x, y, from }) => {
    const moved = Math.hypot(x - from.x, y - from.y) > NUMBER_RADIUS;
    return (
      (moved ? element('line', { class: 'leader', x1: from.x, y1: from.y, x2: x, y2: y }) : '') +
      element('circle', { class: 'number', cx: x, cy: y, r: NUMBER_RADIUS, fill: clusterColor(label) }) +
      element(
        'text',
        { class: 'number', x, y: y + 4, 'text-anchor': 'middle', fill: inkOn(clusterColor(label)) },
        String(label),
      )
    );
  });
}

interface Placed {
  readonly label: number;
  readonly x: number;
  readonly y: number;
}

/** Median of the points of each cluster that has any, coordinate by coordinate. */
export function clusterMedians(points: Float32Array, labels: Int32Array, clusters: number): Placed[] {
  return Array.from({ length: clusters }, (_, label) => label).flatMap((label) => {
    const members = [...labels.keys()].filter((i) => labels[i] === label);
    const median = (axis: 0 | 1): number => {
      const sorted = Float32Array.from(members, (i) => points[2 * i + axis]).sort();
      const half = sorted.length >> 1;
      return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    };
    return members.length === 0 ? [] : [{ label, x: median(0), y: median(1) }];
  });
}

/** Moves numbers that would overlap apart; they keep within the plot. */
function spread(
  places: readonly Placed[],
  distance: number,
  plot: ScatterLayout['plot'],
): (Placed & { from: Placed })[] {
  const moved = places.map((place) => ({ ...place, from: place }));
  for (let round = 0; round < 60; round++) {
    let settled = true;
    for (let i = 0; i < moved.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [moved[i], moved[j]];
        // Two numbers at one place part along a direction of their own.
        const dx = a.x - b.x || Math.cos(i) * 0.01;
        const dy = a.y - b.y || Math.sin(i) * 0.01;
        const gap = Math.hypot(dx, dy);
        if (gap >= distance) continue;
        const push = (distance - gap) / 2 / gap;
        moved[i] = { ...a, x: a.x + dx * push, y: a.y + dy * push };
        moved[j] = { ...b, x: b.x - dx * push, y: b.y - dy * push };
        settled = false;
      }
    }
    if (settled) break;
  }
  const inside = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  return moved.map((place) => ({
    ...place,
    x: inside(place.x, plot.left + distance / 2, plot.right - distance / 2),
    y: inside(place.y, plot.top + distance / 2, plot.bottom - distance / 2),
  }));
}

/** Finds the time step nearest to a point, within a distance. */
export function finder(pixels: Float32Array): (x: number, y: number, within: number) => number | undefined {
  const tree = quadtree<number>()
    .x((i) => pixels[2 * i])
    .y((i) => pixels[2 * i + 1])
    .addAll([...Array(pixels.length / 2).keys()]);
  return (x, y, within) => tree.find(x, y, within);
}
