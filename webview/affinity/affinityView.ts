/** The matrix on the page: draws it, names what is under the pointer, and follows the selection. */
import type { AnswerOf, Selection } from '../../src/protocol/panel';
import { noSelection } from '../../src/protocol/panel';
import { formatTime, needsHours } from '../shared/calendar';
import { formatNumber } from '../shared/format';
import { element } from '../shared/markup';
import { redraw } from '../shared/redraw';
import {
  type AffinityPicture,
  type Frame,
  type Order,
  affinityFrame,
  cellAt,
  describeCells,
  drawAffinity,
  poolFor,
  spans,
  stepsOf,
} from './affinityPicture';
import type { BlockedAffinity } from './affinityStats';
import { type Pooled, colorTable, heatPixels, maxPool, scaleTop } from './heat';
import { isDark } from './theme';
import { walk } from './walk';

export interface AffinityData extends BlockedAffinity {
  readonly sortedBy: Order;
  readonly labels: Int32Array;
  readonly times: readonly string[];
  readonly clusters?: AnswerOf<'affinity'>['clusters'];
}

/** Largest side of the matrix on the page, px. */
const SIDE = 640;

export class AffinityView {
  private data: AffinityData | undefined;
  private picture: AffinityPicture | undefined;
  private cells: Pooled = { size: 0, values: new Float32Array(0), from: new Int32Array(0) };
  private frame: Frame = affinityFrame(0);
  private selection: Selection = noSelection;
  /** Position of each time step. [n] */
  private positions = new Int32Array(0);

  constructor(
    private readonly place: HTMLElement,
    private readonly readout: HTMLElement,
    private readonly onSelect: (step: number | null) => void,
  ) {
    new ResizeObserver(() => this.draw()).observe(place);
    place.addEventListener('pointermove', (event) => this.tell(event));
    place.addEventListener('pointerleave', () => this.tellSelected());
    place.addEventListener('click', (event) => this.pick(event));
    place.addEventListener('keydown', (event) => {
      const step = walk(event.key, this.selection.step, this.positions.length);
      if (step === undefined) return;
      event.preventDefault();
      this.onSelect(step);
    });
  }

  update(data: AffinityData | undefined): void {
    if (data === this.data) return;
    this.data = data;
    this.positions = new Int32Array(data?.order.length ?? 0);
    data?.order.forEach((step, position) => (this.positions[step] = position));
    this.repaint();
  }

  /** The theme has changed, or the data. */
  repaint(): void {
    this.picture = undefined;
    this.draw();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.mark();
    this.tellSelected();
  }

  /** What a cell shows, for people. */
  describe(): string {
    return this.picture ? describeCells(this.picture) : '';
  }

  /** For export. */
  svg(): SVGSVGElement | null {
    return this.place.querySelector('svg');
  }

  private draw(): void {
    const width = this.place.clientWidth;
    if (width === 0) return;
    this.frame = affinityFrame(width);
    redraw(this.place, this.data ? drawAffinity(this.paint(this.data, width), width) : '');
    this.mark();
    this.tellSelected();
  }

  /** The picture; its image is made anew only when its cells change. */
  private paint(data: AffinityData, width: number): AffinityPicture {
    const pool = poolFor(data.size, data.order.length, width);
    if (this.picture?.pool !== pool) {
      this.cells = maxPool(data.values, data.size, pool);
      const { values, size } = this.cells;
      const top = scaleTop(values);
      const colors = colorTable(isDark());
      const zoom = Math.max(1, Math.min(4, Math.ceil((SIDE * devicePixelRatio) / size)));
      const image = toImage(heatPixels(values, size, top, colors, zoom), size * zoom);
      this.picture = { ...data, pool, top, colors, image };
    }
    return this.picture;
  }

  /** Lines through the selected step, along the selected period, around the selected cluster. */
  private mark(): void {
    const group = this.place.querySelector('.marks');
    if (!group || !this.data) return;
    const { left, top, side } = this.frame;
    const { order, labels, sortedBy } = this.data;
    const n = order.length;
    const at = (position: number): number => (position / n) * side;
    const { step, period, cluster } = this.selection;
    const parts: string[] = [];
    const block = (from: number, to: number, name: string): void => {
      const size = Math.max(1, at(to) - at(from));
      const place = { x: left + at(from), y: top + at(from), width: size, height: size };
      parts.push(element('rect', { class: 'halo', ...place }), element('rect', { class: name, ...place }));
    };
    if (period && sortedBy === 'time') block(period[0], period[1] + 1, 'period');
    if (cluster !== null && sortedBy === 'cluster') {
      for (const span of spans(order, labels))
        if (span.label === cluster) block(span.from, span.to, 'cluster');
    }
    if (step !== null && step < n) {
      const middle = at(this.positions[step] + 0.5);
      for (const name of ['halo', 'cross']) {
        parts.push(
          element('line', { class: name, x1: left, x2: left + side, y1: top + middle, y2: top + middle }),
          element('line', { class: name, x1: left + middle, x2: left + middle, y1: top, y2: top + side }),
        );
      }
    }
    group.innerHTML = parts.join('');
  }

  /** The block under the pointer; of a cell that shows the largest of several, that one. */
  private blockUnder(event: MouseEvent): { row: number; column: number } | undefined {
    const bounds = this.place.querySelector('svg')?.getBoundingClientRect();
    if (!bounds || !this.data || !this.picture) return undefined;
    const { size } = this.data;
    const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
    const cell = cellAt(this.frame, size / this.picture.pool, x, y);
    if (!cell) return undefined;
    const found = this.cells.from[cell.row * this.cells.size + cell.column];
    return { row: Math.floor(found / size), column: found % size };
  }

  private tell(event: PointerEvent): void {
    const block = this.blockUnder(event);
    if (!block || !this.data) return this.tellSelected();
    const { size, values } = this.data;
    const value = values[block.row * size + block.column];
    const mean = size < this.data.order.length ? 'mean ' : '';
    this.readout.textContent = `${this.nameOf(block.row)} with ${this.nameOf(block.column)}: ${mean}${formatNumber(value)}`;
  }

  /** One time step by its date; several as the first and the last. */
  private nameOf(block: number): string {
    const { order, size, labels } = this.data!;
    const steps = stepsOf(order, size, block);
    const [first, last] = [steps[0], steps[steps.length - 1]];
    const clusters = [...new Set(Array.from(steps, (step) => labels[step]))].sort((a, b) => a - b);
    return `${this.date(first)}${first === last ? '' : ` to ${this.date(last)}`} (cluster ${clusters.join(', ')})`;
  }

  private date(step: number): string {
    const { times } = this.data!;
    return formatTime(times[step], needsHours(times));
  }

  private tellSelected(): void {
    const { step } = this.selection;
    if (!this.data) this.readout.textContent = '';
    else if (step !== null && step < this.data.labels.length) {
      this.readout.textContent = `Selected: ${this.date(step)}, cluster ${this.data.labels[step]}`;
    } else this.readout.textContent = 'Point at the matrix to read it; click to select a time step.';
  }

  private pick(event: MouseEvent): void {
    const block = this.blockUnder(event);
    if (!block || !this.data) return;
    const steps = stepsOf(this.data.order, this.data.size, block.row);
    this.onSelect(steps[steps.length >> 1]);
  }
}

function toImage(pixels: Uint8ClampedArray<ArrayBuffer>, side: number): string {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, side, side), 0, 0);
  return canvas.toDataURL('image/png');
}
