/** The map of a preview, its colour bar and its numbers. */
import type { GridSnapshot } from '../../src/protocol/panel';
import type { MapSnapshot } from '../../src/protocol/preview';
import {
  COLOR_BAR_HEIGHT,
  type ColorScale,
  MapGroup,
  MapTooltip,
  type ProjectionKind,
  areaStatistics,
  colorBar,
  formatPlace,
  formatValue,
  projectionKinds,
  projectionNames,
  sequentialScale,
  withExtent,
} from '../shared/map';
import { element, escape } from '../shared/markup';
import { describeMap, drawStatistics } from './readout';

export interface MapPlaces {
  readonly map: HTMLElement;
  readonly bar: HTMLElement;
  readonly statistics: HTMLElement;
  /** A live region, for the value under the keys. */
  readonly spoken: HTMLElement;
  readonly projection: HTMLSelectElement;
}

export class MapView {
  private readonly tooltip = new MapTooltip();
  private readonly group = new MapGroup({
    wheel: 'always',
    cursor: (cursor) => {
      const { shown } = this;
      if (!cursor || !shown) return this.tooltip.hide();
      const where = formatPlace(cursor.longitude, cursor.latitude, shown.grid.geographic);
      const text = `${formatValue(shown.values[cursor.cell], shown.units)} at ${where}`;
      this.tooltip.show(cursor, text);
      if (!this.places.map.matches(':hover')) this.places.spoken.textContent = text;
    },
  });
  private readonly canvas = this.group.add();
  private shown: MapSnapshot | undefined;
  private title = '';
  private variable = '';
  private grid: GridSnapshot | undefined;
  private scale: ColorScale | undefined;
  private kept = false;

  constructor(private readonly places: MapPlaces) {
    places.map.append(this.canvas.element);
    places.projection.addEventListener('change', () => {
      this.group.setProjection((places.projection.value || null) as ProjectionKind | null);
    });
    new ResizeObserver(() => this.drawBar()).observe(places.bar);
  }

  /** Colours stay the same from step to step. */
  set keepScale(on: boolean) {
    this.kept = on;
    if (!on && this.shown) this.show(this.variable, this.title, this.shown);
  }

  /** Chosen by the user; null for what fits the domain. */
  set projection(kind: string | undefined) {
    const known = projectionKinds.find((one) => one === kind) ?? null;
    this.places.projection.value = known ?? '';
    this.group.setProjection(known);
  }

  show(variable: string, title: string, map: MapSnapshot): void {
    const statistics = areaStatistics(map.values, map.grid);
    if (!this.grid || !sameGrid(this.grid, map.grid)) {
      this.group.setGrid(map.grid);
      this.grid = map.grid;
      this.offerProjections();
    }
    const isEmpty = !Number.isFinite(statistics.low);
    const range = isEmpty ? ([0, 1] as const) : ([statistics.low, statistics.high] as const);
    const keeps = this.kept && this.scale !== undefined && variable === this.variable;
    this.scale = keeps
      ? withExtent(this.scale!, [map.values])
      : sequentialScale({ name: variable, longName: map.longName }, range);
    this.shown = map;
    this.title = title;
    this.variable = variable;
    this.canvas.setContent({
      values: map.values,
      scale: this.scale,
      significant: null,
      label: describeMap(title, statistics, map.units),
    });
    this.group.invalidate();
    this.places.bar.classList.toggle('no-values', isEmpty && !keeps);
    this.drawBar();
    this.places.statistics.innerHTML = drawStatistics(statistics, map);
  }

  /** The map with title and colour bar, for a file. */
  picture(): string | null {
    const { shown, scale } = this;
    const top = 26;
    const map = this.group.svg(this.canvas, 0, top);
    if (!map || !shown || !scale) return null;
    const height = map.height + top + COLOR_BAR_HEIGHT + 8;
    const bar = colorBar(scale, { width: map.width, title: '', units: shown.units });
    return element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        viewBox: `0 0 ${map.width} ${height}`,
        width: map.width,
        height,
        role: 'img',
        'aria-label': this.title,
        fill: 'currentColor',
      },
      element('text', { x: 0, y: 16, 'font-size': 14, fill: 'currentColor' }, escape(this.title)),
      map.markup,
      element('g', { transform: `translate(0 ${map.height + top + 4})` }, bar),
    );
  }

  private drawBar(): void {
    const { scale, shown } = this;
    const { bar } = this.places;
    const width = Math.floor(bar.clientWidth);
    if (!scale || !shown || width < 80) return;
    bar.innerHTML = bar.classList.contains('no-values')
      ? element('p', { class: 'message' }, 'No cell has a value here.')
      : colorBar(scale, { width, title: '', units: shown.units });
  }

  private offerProjections(): void {
    const { projection } = this.places;
    const chosen = projection.value;
    const { projections } = this.group;
    projection.innerHTML = [
      element('option', { value: '' }, 'Fitting the domain'),
      ...projections.map((kind) => element('option', { value: kind }, escape(projectionNames[kind]))),
    ].join('');
    projection.value = projections.some((kind) => kind === chosen) ? chosen : '';
    projection.parentElement!.hidden = projections.length < 2;
  }
}

function sameGrid(a: GridSnapshot, b: GridSnapshot): boolean {
  const same = (u: Float64Array, v: Float64Array): boolean =>
    u.length === v.length && u.every((value, i) => Object.is(value, v[i]));
  return (
    a.kind === b.kind &&
    a.geographic === b.geographic &&
    a.height === b.height &&
    a.width === b.width &&
    same(a.latitude, b.latitude) &&
    same(a.longitude, b.longitude)
  );
}
