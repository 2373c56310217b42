/** A section of charts by epoch, with one cursor across all of them. */
import { formatNumber } from '../shared/format';
import { redraw } from '../shared/redraw';
import {
  type ChartOptions,
  type ChartScales,
  CHART_HEIGHT,
  chartColumns,
  chartScales,
  drawChart,
  drawSheet,
} from './chart';
import type { Point, Series } from './history';

const SVG = 'http://www.w3.org/2000/svg';

export interface ChartsState extends Omit<ChartOptions, 'width'> {
  readonly series: readonly Series[];
}

interface DrawnChart {
  readonly svg: SVGSVGElement;
  readonly series: Series;
  readonly scales: ChartScales;
}

/** Draws the charts as wide as there is room, and tells the epoch under the pointer. */
export class ChartsView {
  private state: ChartsState = { series: [], epochs: 0, phases: [] };
  private charts: DrawnChart[] = [];
  private shownEpoch: number | undefined;

  constructor(
    private readonly place: HTMLElement,
    /** Hears of the epoch under the pointer, to move the cursor of other sections. */
    private readonly onEpoch: (epoch: number | undefined) => void,
  ) {
    new ResizeObserver(() => this.draw()).observe(place);
    place.addEventListener('pointermove', (event) => this.onEpoch(this.epochAt(event)));
    place.addEventListener('pointerleave', () => this.onEpoch(undefined));
    place.addEventListener('keydown', (event) => this.onKey(event));
    place.addEventListener('blur', () => this.onEpoch(undefined));
  }

  update(state: ChartsState): void {
    this.state = state;
    this.draw();
  }

  /** The charts in one picture. */
  sheet(label: string): string | null {
    return this.state.series.length > 0 ? drawSheet(this.state.series, this.state, label) : null;
  }

  private draw(): void {
    const available = this.place.clientWidth;
    if (available === 0) return;
    const { series, ...rest } = this.state;
    const options = { ...rest, width: chartColumns(available).width };
    if (!redraw(this.place, series.map((one) => drawChart(one, options)).join(''))) return;
    const svgs = this.place.querySelectorAll<SVGSVGElement>('svg.chart');
    this.charts = series.map((one, i) => ({
      svg: svgs[i],
      series: one,
      scales: chartScales(one.points, options),
    }));
    this.showEpoch(this.shownEpoch);
  }

  /** Moves the cursor; undefined takes it away. */
  showEpoch(epoch: number | undefined): void {
    this.shownEpoch = epoch;
    for (const chart of this.charts) this.mark(chart, epoch);
  }

  private mark({ svg, series, scales }: DrawnChart, epoch: number | undefined): void {
    svg.querySelector('.cursor')?.remove();
    const value = svg.querySelector('.value')!;
    const last = series.points.at(-1);
    if (epoch === undefined) {
      value.textContent = last ? formatNumber(last.value) : '–';
      return;
    }
    const point = series.points.find((one) => one.epoch === epoch);
    value.textContent = point ? formatNumber(point.value) : '–';
    svg.append(cursor(scales.x(epoch), point && scales.y(point.value)));
  }

  private epochAt(event: PointerEvent): number | undefined {
    const svg = (event.target as Element).closest<SVGSVGElement>('svg.chart');
    const chart = this.charts.find((one) => one.svg === svg);
    if (!chart) return undefined;
    const at = event.clientX - chart.svg.getBoundingClientRect().left;
    return nearest(this.epochs(), (epoch) => Math.abs(chart.scales.x(epoch) - at));
  }

  private onKey(event: KeyboardEvent): void {
    const epochs = this.epochs();
    if (epochs.length === 0) return;
    const at = this.shownEpoch === undefined ? epochs.length : epochs.indexOf(this.shownEpoch);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: epochs.length - 1 }[event.key];
    if (to !== undefined) this.onEpoch(epochs[Math.min(epochs.length - 1, Math.max(0, to))]);
    else if (event.key === 'Escape') this.onEpoch(undefined);
    else return;
    event.preventDefault();
  }

  /** Epochs at which anything was measured. */
  private epochs(): number[] {
    const epochs = new Set(
      this.charts.flatMap(({ series }) => series.points.map(({ epoch }: Point) => epoch)),
    );
    return [...epochs].sort((a, b) => a - b);
  }
}

function nearest(epochs: readonly number[], distance: (epoch: number) => number): number | undefined {
  let best: number | undefined;
  for (const epoch of epochs) if (best === undefined || distance(epoch) < distance(best)) best = epoch;
  return best;
}

function cursor(x: number, y: number | undefined): SVGGElement {
  const group = document.createElementNS(SVG, 'g');
  group.setAttribute('class', 'cursor');
  group.setAttribute('data-page-only', '');
  const rule = document.createElementNS(SVG, 'line');
  for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 42, y2: CHART_HEIGHT - 22 })) {
    rule.setAttribute(name, String(value));
  }
  group.append(rule);
  if (y !== undefined) {
    const dot = document.createElementNS(SVG, 'circle');
    for (const [name, value] of Object.entries({ cx: x, cy: y, r: 3.5 }))
      dot.setAttribute(name, String(value));
    group.append(dot);
  }
  return group;
}
