/** The ribbon on the page: its width, the step under the pointer, and the keys that move along it. */
import { element, escape } from '../shared/markup';
import { describeStep, drawRibbon, type RibbonData } from './ribbon';
import { layoutRibbon, stepAt, type RibbonLayout } from './ribbonLayout';

/**
 * Behaves as a slider along time: arrows go by one step, Page Up and Down by thirty, Home and End to the ends; the
 * chosen step is spoken as the slider's value and written below the picture.
 */
export class RibbonView {
  private readonly picture = document.createElement('div');
  private readonly cursor = document.createElement('div');
  private readonly caption = document.createElement('p');
  private data: RibbonData = { times: [], labels: null, confidence: null, clusters: 0 };
  private layout: RibbonLayout | undefined;
  /** The times of the layout: they stay the same for the whole run, and long series take a while to lay out. */
  private laidOut: readonly string[] = [];
  private chosen: number | undefined;
  private markup = '';

  constructor(private readonly container: HTMLElement) {
    this.picture.className = 'picture';
    this.picture.tabIndex = 0;
    this.picture.setAttribute('role', 'slider');
    this.picture.setAttribute('aria-valuenow', '0');
    this.picture.setAttribute('aria-label', 'Time ribbon: cluster of each time step');
    this.cursor.className = 'cursor';
    this.cursor.hidden = true;
    this.caption.className = 'caption';
    container.append(this.picture, this.caption);

    this.picture.addEventListener('pointermove', (event) => {
      const box = this.picture.getBoundingClientRect();
      const step = this.layout && stepAt(this.layout, event.clientX - box.left, event.clientY - box.top);
      if (step !== undefined) this.choose(step);
    });
    this.picture.addEventListener('pointerleave', () => {
      if (document.activeElement !== this.picture) this.choose(undefined);
    });
    this.picture.addEventListener('focus', () => this.choose(this.chosen ?? 0));
    this.picture.addEventListener('blur', () => this.choose(undefined));
    this.picture.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.render()).observe(container);
  }

  update(data: RibbonData): void {
    this.data = data;
    this.render();
  }

  private render(): void {
    const { times, labels } = this.data;
    const width = Math.floor(this.container.clientWidth);
    if (width === 0) return;
    if (!this.layout || this.layout.width !== width || !sameTimes(this.laidOut, times)) {
      this.layout = layoutRibbon(times, width);
      this.laidOut = times;
    }
    const markup = drawRibbon(this.data, this.layout);
    if (markup !== this.markup) {
      this.markup = markup;
      this.picture.innerHTML = markup;
      this.picture.append(this.cursor);
    }
    this.picture.setAttribute('aria-valuemin', '0');
    this.picture.setAttribute('aria-valuemax', String(Math.max(times.length - 1, 0)));
    this.picture.setAttribute('aria-disabled', String(!labels));
    this.choose(this.chosen !== undefined && this.chosen < times.length ? this.chosen : undefined);
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.data.times.length - 1;
    if (last < 0) return;
    const from = this.chosen ?? 0;
    const to = {
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      PageUp: from + 30,
      PageDown: from - 30,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(Math.min(Math.max(to, 0), last));
  }

  private choose(step: number | undefined): void {
    this.chosen = step;
    const cell = step === undefined ? undefined : this.layout?.cells[step];
    this.cursor.hidden = !cell;
    if (step === undefined || !cell) {
      this.caption.innerHTML = this.hint();
      this.picture.removeAttribute('aria-valuetext');
      return;
    }
    const { y, height } = this.layout!.bands[cell.band];
    Object.assign(this.cursor.style, {
      left: `${cell.x}px`,
      width: `${Math.max(cell.width, 2)}px`,
      top: `${y}px`,
      height: `${height}px`,
    });
    const text = describeStep(this.data, step);
    this.caption.innerHTML = element('span', {}, escape(text));
    this.picture.setAttribute('aria-valuenow', String(step));
    this.picture.setAttribute('aria-valuetext', text);
  }

  private hint(): string {
    const { times, labels } = this.data;
    if (times.length === 0) return 'The time axis appears when the data have been read.';
    if (!labels) return `${times.length} time steps; clusters appear after the warm-up.`;
    return 'Fainter steps are less certain. Point at a step, or focus the ribbon and use the arrow keys.';
  }
}

/** Whether two snapshots have the same time axis; a run has one, so its ends tell. */
function sameTimes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1);
}
