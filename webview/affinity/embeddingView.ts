/** The embedding on the page: points on a canvas, axes and numbers over it, and marks of the selection on top. */
import type { Selection } from '../../src/protocol/panel';
import { noSelection } from '../../src/protocol/panel';
import { formatTime, needsHours } from '../shared/calendar';
import { element } from '../shared/markup';
import { redraw } from '../shared/redraw';
import { clusterColor } from '../shared/palette';
import {
  type Embedding,
  type ScatterLayout,
  confidenceOf,
  drawScatterAxes,
  finder,
  layoutScatter,
  paintDots,
} from './scatter';
import { drawScatterFile } from './scatterFile';
import { walk } from './walk';

export interface EmbeddingData extends Embedding {
  readonly times: readonly string[];
}

/** Farther from a point than this the pointer is beside it, px. */
const REACH = 14;
/** In a file, more points than this are pixels. */
const MOST_SHAPES = 6000;
const FILE_SCALE = 3;

export class EmbeddingView {
  private data: EmbeddingData | undefined;
  private layout: ScatterLayout | undefined;
  private confidence: Float32Array = new Float32Array(0);
  private find: ReturnType<typeof finder> | undefined;
  private selection: Selection = noSelection;
  private throughTime = false;
  private hovered: number | undefined;
  private readonly canvas = document.createElement('canvas');
  private readonly axes = svg('axes');
  private readonly marks = svg('marks');

  constructor(
    private readonly place: HTMLElement,
    private readonly readout: HTMLElement,
    private readonly onSelect: (step: number | null) => void,
  ) {
    this.canvas.setAttribute('role', 'img');
    place.append(this.canvas, this.axes, this.marks);
    new ResizeObserver(() => this.draw()).observe(place.parentElement!);
    place.addEventListener('pointermove', (event) => this.hover(this.stepUnder(event)));
    place.addEventListener('pointerleave', () => this.hover(undefined));
    place.addEventListener('click', (event) => this.onSelect(this.stepUnder(event) ?? null));
    place.addEventListener('keydown', (event) => {
      const step = walk(event.key, this.selection.step, this.data?.labels.length ?? 0);
      if (step === undefined) return;
      event.preventDefault();
      this.onSelect(step);
    });
  }

  update(data: EmbeddingData | undefined, throughTime: boolean): void {
    if (data === this.data && throughTime === this.throughTime) return;
    if (data && data !== this.data) this.confidence = confidenceOf(data);
    this.data = data;
    this.throughTime = throughTime;
    this.hovered = undefined;
    this.place.classList.toggle('none', !data);
    this.draw();
  }

  select(selection: Selection): void {
    const fades = selection.cluster !== this.selection.cluster;
    this.selection = selection;
    // The points are painted again only where they change: walking along time moves marks alone.
    if (fades) this.paint();
    this.mark();
  }

  /** The theme has changed. */
  repaint(): void {
    this.paint();
  }

  /** For export: points as shapes, or as pixels where they are many. */
  file(): string | null {
    if (!this.data || !this.layout) return null;
    const image =
      this.data.labels.length > MOST_SHAPES ? this.pixels(FILE_SCALE).toDataURL('image/png') : undefined;
    return drawScatterFile(this.data, this.layout, this.style(), image);
  }

  private draw(): void {
    const width = this.place.parentElement!.clientWidth;
    if (width === 0 || !this.data) return;
    const { data } = this;
    const layout = layoutScatter(data, Math.min(width, 700));
    this.layout = layout;
    this.find = finder(layout.pixels);
    for (const part of [this.canvas, this.axes, this.marks, this.place]) {
      part.style.width = `${layout.width}px`;
      part.style.height = `${layout.height}px`;
    }
    for (const part of [this.axes, this.marks])
      part.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
    this.canvas.setAttribute('aria-label', describeScatter(data));
    redraw(this.axes, drawScatterAxes(data, layout));
    this.paint();
    this.mark();
  }

  private style(): { line: string; throughTime: boolean; cluster: number | null } {
    const line = getComputedStyle(this.place).color;
    return { line, throughTime: this.throughTime, cluster: this.selection.cluster };
  }

  private paint(): void {
    if (!this.data || !this.layout) return;
    const drawn = this.pixels(devicePixelRatio);
    this.canvas.width = drawn.width;
    this.canvas.height = drawn.height;
    this.canvas.getContext('2d')!.drawImage(drawn, 0, 0);
  }

  private pixels(scale: number): HTMLCanvasElement {
    const { width, height } = this.layout!;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d')!;
    context.scale(scale, scale);
    paintDots(context, this.data!, this.layout!, this.style());
    return canvas;
  }

  /** A ring around the selected step and the one under the pointer, small ones around those of the period. */
  private mark(): void {
    if (!this.data || !this.layout) return;
    const { pixels, radius } = this.layout;
    const { step, period } = this.selection;
    const n = this.data.labels.length;
    const ring = (i: number, name: string, r: number): string =>
      element('circle', { class: 'halo', cx: pixels[2 * i], cy: pixels[2 * i + 1], r }) +
      element('circle', { class: name, cx: pixels[2 * i], cy: pixels[2 * i + 1], r });
    const dot = (i: number): string =>
      element('circle', {
        class: 'shown',
        cx: pixels[2 * i],
        cy: pixels[2 * i + 1],
        r: radius,
        fill: clusterColor(this.data!.labels[i]),
      });
    const parts: string[] = [];
    if (period) parts.push(this.path(period[0], Math.min(period[1], n - 1)));
    if (this.hovered !== undefined)
      parts.push(dot(this.hovered), ring(this.hovered, 'hovered', radius + 2.5));
    if (step !== null && step < n) parts.push(dot(step), ring(step, 'step', radius + 4.5));
    redraw(this.marks, parts.join(''));
    this.tell();
  }

  /** Dots of a period, in one element: it may be long. */
  private path(first: number, last: number): string {
    const { pixels, radius } = this.layout!;
    const r = radius + 1;
    let d = '';
    for (let i = first; i <= last; i++) {
      d += `M${(pixels[2 * i] - r).toFixed(1)},${pixels[2 * i + 1].toFixed(1)}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`;
    }
    return element('path', { class: 'period', d });
  }

  private stepUnder(event: MouseEvent): number | undefined {
    const bounds = this.place.getBoundingClientRect();
    return this.find?.(event.clientX - bounds.left, event.clientY - bounds.top, REACH);
  }

  private hover(step: number | undefined): void {
    if (step === this.hovered) return;
    this.hovered = step;
    this.mark();
  }

  private tell(): void {
    const step = this.hovered ?? this.selection.step;
    if (!this.data) this.readout.textContent = '';
    else if (step !== null && step < this.data.labels.length) {
      const { times, labels, memberships } = this.data;
      const sure = memberships ? `, probability ${this.confidence[step].toFixed(2)}` : '';
      this.readout.textContent =
        `${this.hovered === undefined ? 'Selected: ' : ''}${formatTime(times[step], needsHours(times))}, ` +
        `cluster ${labels[step]}${sure}`;
    } else this.readout.textContent = 'Point at a dot to read it; click to select its time step.';
  }
}

export function describeScatter({ method, labels, clusters }: Embedding): string {
  return (
    `${labels.length} time steps in ${clusters} clusters in the plane of ` +
    `${method === 'pca' ? 'the first two principal components' : 'UMAP'} of the embedding. ` +
    'Place and spread of each cluster are in the table below.'
  );
}

function svg(name: string): SVGSVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  made.setAttribute('class', name);
  made.setAttribute('aria-hidden', 'true');
  return made;
}
