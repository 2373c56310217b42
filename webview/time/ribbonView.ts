/** The ribbon on the page: its width, the step under the pointer, and what pointer and keys select. */
import { type Selection, noSelection } from '../../src/protocol/panel';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import { type RibbonData, describeRunnerUp, describeStep, drawRibbon } from './ribbon';
import { type LayoutChoice, type RibbonLayout, layoutRibbon, nearestStep, stepAt } from './ribbonLayout';
import { drawSelection } from './ribbonSelection';
import { type TimeAxis, timeAxis } from './timeAxis';

/** A press that moves less than this is a click, in pixels. */
const CLICK = 4;

/**
 * Behaves as a slider along time. The pointer shows a step, a click selects it, and a drag selects a period. Arrows go
 * by one step (up and down to the year above and below), Page Up and Down by thirty, Home and End to the ends; Enter
 * selects the step, with Shift the arrows draw a period, and Escape clears everything.
 */
export class RibbonView {
  private readonly picture = document.createElement('div');
  private readonly base = document.createElement('div');
  private readonly overlay = document.createElement('div');
  private readonly cursor = document.createElement('div');
  private readonly tooltip = document.createElement('div');
  private axis: TimeAxis = timeAxis([]);
  private data: RibbonData | null = null;
  private choice: LayoutChoice = { byYear: true, memberships: true };
  private layout: RibbonLayout | undefined;
  private selection: Selection = noSelection;
  private hovered: number | undefined;
  /** Where a press began. */
  private press: { x: number; y: number; step: number; dragged: boolean } | undefined;
  /** The fixed end of a period drawn by keys. */
  private anchor: number | undefined;

  constructor(
    private readonly container: HTMLElement,
    private readonly select: (change: Partial<Selection>) => void,
  ) {
    this.picture.className = 'picture';
    this.picture.tabIndex = 0;
    this.picture.setAttribute('role', 'slider');
    this.picture.setAttribute('aria-orientation', 'horizontal');
    this.picture.setAttribute('aria-valuenow', '0');
    this.picture.setAttribute('aria-label', 'Time ribbon: cluster of each time step');
    this.overlay.className = 'overlay';
    this.cursor.className = 'cursor';
    this.tooltip.className = 'tooltip';
    this.picture.append(this.base, this.overlay, this.cursor, this.tooltip);
    container.append(this.picture);
    this.show(undefined);

    this.picture.addEventListener('pointerdown', (event) => this.onDown(event));
    this.picture.addEventListener('pointermove', (event) => this.onMove(event));
    this.picture.addEventListener('pointerup', (event) => this.onUp(event));
    this.picture.addEventListener('pointercancel', () => this.endPress());
    this.picture.addEventListener('pointerleave', () => this.show(undefined));
    this.picture.addEventListener('keydown', (event) => this.onKey(event));
    this.picture.addEventListener('focus', () => {
      if (this.picture.matches(':focus-visible'))
        this.show(this.hovered ?? this.selection.step ?? this.firstStep());
    });
    this.picture.addEventListener('blur', () => this.show(undefined));
    new ResizeObserver(() => {
      if (Math.floor(container.clientWidth) !== this.layout?.width) this.render(true);
    }).observe(container);
  }

  /** `axis` is the same object as long as the times are the same. */
  update(axis: TimeAxis, data: RibbonData | null, choice: LayoutChoice): void {
    const moved = axis !== this.axis || JSON.stringify(choice) !== JSON.stringify(this.choice);
    this.axis = axis;
    this.data = data;
    this.choice = choice;
    this.render(moved);
  }

  setSelection(selection: Selection): void {
    this.selection = selection;
    if (!this.press?.dragged) this.renderSelection(selection.period);
    if (this.hovered === undefined) this.show(undefined);
    this.fade();
  }

  /** The picture as it is now, for a file. */
  markup(): string | null {
    return this.data && this.layout ? drawRibbon(this.data, this.layout, { legend: true }) : null;
  }

  /** More than 1 where steps are narrower than pixels. */
  stepsPerPixel(): number {
    return this.layout?.binned ? this.layout.stepsPerPixel : 1;
  }

  private render(moved: boolean): void {
    const width = Math.floor(this.container.clientWidth);
    if (width === 0) return;
    if (!this.layout || moved) this.layout = layoutRibbon(this.axis, width, this.choice);
    redraw(this.base, drawRibbon(this.data, this.layout));
    this.picture.setAttribute('aria-valuemin', '0');
    this.picture.setAttribute('aria-valuemax', String(Math.max(this.axis.count - 1, 0)));
    this.picture.setAttribute('aria-disabled', String(!this.data));
    this.fade();
    this.renderSelection(this.selection.period);
    this.show(this.hovered !== undefined && this.hovered < this.axis.count ? this.hovered : undefined);
  }

  private renderSelection(period: Selection['period']): void {
    const { layout } = this;
    if (!layout) return;
    const { step } = this.selection;
    const exists = (index: number | null): boolean => index !== null && index < this.axis.count;
    const drawn = {
      step: exists(step) ? step : null,
      period: period && exists(period[1]) ? period : null,
    };
    redraw(this.overlay, drawn.step === null && !drawn.period ? '' : drawSelection(layout, drawn));
  }

  private fade(): void {
    const { cluster } = this.selection;
    for (const part of this.base.querySelectorAll<SVGElement>('[data-cluster]')) {
      part.classList.toggle('faded', cluster !== null && part.dataset.cluster !== String(cluster));
    }
  }

  /** What there is to walk through, while no step is pointed at. */
  private describe(): string {
    const { count } = this.axis;
    if (count === 0) return 'No time steps yet';
    const { step } = this.selection;
    if (step !== null && step < count) return `Selected: ${describeStep(this.data, this.axis, step)}`;
    return `${count} time steps, ${this.axis.format(0)} to ${this.axis.format(count - 1)}; arrow keys walk through them`;
  }

  private place(event: PointerEvent): [number, number] {
    const box = this.picture.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0 || !this.layout || this.axis.count === 0) return;
    const [x, y] = this.place(event);
    const step = nearestStep(this.layout, x, y);
    if (step === undefined || y > this.layout.bottom) return;
    this.press = { x, y, step, dragged: false };
    this.anchor = undefined;
    this.picture.setPointerCapture(event.pointerId);
  }

  private onMove(event: PointerEvent): void {
    if (!this.layout || this.axis.count === 0) return;
    const [x, y] = this.place(event);
    const { press } = this;
    if (!press) return this.show(stepAt(this.layout, x, y));
    press.dragged ||= Math.hypot(x - press.x, y - press.y) >= CLICK;
    if (!press.dragged) return;
    const step = nearestStep(this.layout, x, y)!;
    this.show(step);
    this.renderSelection(ordered(press.step, step));
  }

  private onUp(event: PointerEvent): void {
    const { press, layout } = this;
    if (!press || !layout) return;
    const [x, y] = this.place(event);
    const step = press.dragged ? nearestStep(layout, x, y) : stepAt(layout, x, y);
    this.press = undefined;
    if (step === undefined) return;
    if (press.dragged) this.select({ period: ordered(press.step, step) });
    else this.select({ step });
  }

  private endPress(): void {
    this.press = undefined;
    this.renderSelection(this.selection.period);
  }

  private firstStep(): number | undefined {
    return this.axis.count > 0 ? this.layout?.first : undefined;
  }

  private onKey(event: KeyboardEvent): void {
    const { layout } = this;
    if (!layout || this.axis.count === 0) return;
    const from = this.hovered ?? this.selection.step ?? layout.first;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.show(from);
      return this.select({ step: from });
    }
    if (event.key === 'Escape') {
      // Further out Escape clears the selection; here it ends a drag first.
      this.anchor = undefined;
      if (!this.press) return;
      event.stopPropagation();
      return this.endPress();
    }
    const to = this.target(event.key, from, layout);
    if (to === undefined) return;
    event.preventDefault();
    const step = Math.min(Math.max(to, layout.first), layout.last);
    this.show(step);
    if (!event.shiftKey) {
      this.anchor = undefined;
      return;
    }
    this.anchor ??= from;
    this.select({ period: ordered(this.anchor, step) });
  }

  private target(key: string, from: number, layout: RibbonLayout): number | undefined {
    const vertical = (bands: number): number => {
      const band = layout.bands[layout.band[from] + bands];
      if (layout.bands.length === 1) return from - bands;
      return band ? nearestStep(layout, layout.x[from] + layout.cellWidth[from] / 2, band.y)! : from;
    };
    switch (key) {
      case 'ArrowLeft':
        return from - 1;
      case 'ArrowRight':
        return from + 1;
      case 'ArrowUp':
        return vertical(-1);
      case 'ArrowDown':
        return vertical(1);
      case 'PageUp':
        return from + 30;
      case 'PageDown':
        return from - 30;
      case 'Home':
        return layout.first;
      case 'End':
        return layout.last;
      default:
        return undefined;
    }
  }

  /** Points at a step: a frame, and what it is in words. */
  private show(step: number | undefined): void {
    this.hovered = step;
    const { layout } = this;
    const visible = step !== undefined && layout !== undefined && step >= layout.first && step <= layout.last;
    this.cursor.hidden = !visible;
    this.tooltip.hidden = !visible;
    if (!visible) {
      this.picture.setAttribute('aria-valuetext', this.describe());
      return;
    }
    const band = layout.bands[layout.band[step]];
    const x = layout.x[step];
    const width = Math.max(layout.cellWidth[step], 2);
    Object.assign(this.cursor.style, {
      transform: `translate(${x}px, ${band.y}px)`,
      width: `${width}px`,
      height: `${band.height + band.areaHeight}px`,
    });
    const text = describeStep(this.data, this.axis, step);
    const next = this.data ? describeRunnerUp(this.data, step) : '';
    this.tooltip.innerHTML = escape(text) + (next ? element('small', {}, escape(next)) : '');
    // Beside the pointer, and inside of the picture.
    const left = Math.min(
      Math.max(0, x + width / 2 - this.tooltip.offsetWidth / 2),
      layout.width - this.tooltip.offsetWidth,
    );
    this.tooltip.style.transform = `translate(${Math.max(0, left)}px, ${band.y - 8}px) translateY(-100%)`;
    this.picture.setAttribute('aria-valuenow', String(step));
    this.picture.setAttribute('aria-valuetext', next ? `${text}; ${next}` : text);
  }
}

function ordered(a: number, b: number): [number, number] {
  return a < b ? [a, b] : [b, a];
}
