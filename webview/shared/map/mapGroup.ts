import './map.css';
import type { GridSnapshot } from '../../../src/protocol/panel';
import { type Camera, type Fit, type View, aspectOf, createCamera, fitProjection, wholeView } from './camera';
import { type Cells, cellsOf } from './cells';
import { listen } from './gestures';
import { MapCanvas } from './mapCanvas';
import { isWhole, pan, zoomAt } from './navigation';
import { neighbour } from './neighbour';
import { cellOutline } from './cellOutline';
import { detailOf, margins } from './overlay';
import type { Pair, ProjectionKind } from './planes';
import { defaultProjection, projectionsFor } from './projections';
import { MapRenderer } from './renderer';
import { svgMap } from './svgMap';
import { type MapTheme, onThemeChange, readTheme } from './theme';
import { atlas } from './worldAtlas';

/** The cell under the pointer or the keys. */
export interface Cursor {
  readonly cell: number;
  /** Its centre, in degrees (column and row for grids without geography). */
  readonly longitude: number;
  readonly latitude: number;
  /** The map that has it; the others of the group show it, too. */
  readonly map: MapCanvas;
  /** Pixels of the page's window, for a tooltip. */
  readonly x: number;
  readonly y: number;
}

export interface MapGroupOptions {
  /** Wheel zooms only a focused map (or with Ctrl) on pages that scroll; see gestures.ts. */
  readonly wheel?: 'focused' | 'always';
  /** The cursor moved; null when it left. */
  cursor?(cursor: Cursor | null): void;
  /** A map was clicked, or Enter was pressed on it. */
  activate?(map: MapCanvas): void;
  /** Projection, zoom or position changed. */
  viewChanged?(): void;
}

/** Milliseconds after which a gesture is over, and maps are drawn crisp. */
const REST = 140;

/** Maps of the same grid and size that share projection, view, lookup, lines and cursor. */
export class MapGroup {
  private readonly maps = new Map<Element, MapCanvas>();
  private cells: Cells | undefined;
  private fit: Fit | undefined;
  private chosen: ProjectionKind | null = null;
  private current: View = wholeView;
  private camera: Camera | undefined;
  private width = 0;
  private dots = true;
  private theme: MapTheme | undefined;
  private cursor: Cursor | null = null;
  private readonly renderer = new MapRenderer(() => this.invalidate());
  private frame = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private moving = false;
  private readonly sizes = new ResizeObserver((entries) => this.resized(entries));
  private readonly seen = new IntersectionObserver((entries) => this.intersected(entries), {
    rootMargin: '200px',
  });

  constructor(private readonly options: MapGroupOptions = {}) {
    onThemeChange(() => {
      this.theme = undefined;
      this.renderer.outdate('overlay');
      this.invalidate();
    });
  }

  /** The grid of all maps. The view stays where the grid is the same. */
  setGrid(grid: GridSnapshot): void {
    this.cells = cellsOf(grid);
    this.refit();
  }

  /** Null chooses what fits the domain. */
  setProjection(kind: ProjectionKind | null): void {
    if (kind === this.chosen) return;
    this.chosen = kind;
    this.current = wholeView;
    if (this.cells) this.refit();
  }

  /** The projection that is shown. */
  get projection(): ProjectionKind {
    return this.fit?.kind ?? 'plain';
  }

  /** Those that the domain can be shown in; empty before there is a grid. */
  get projections(): ProjectionKind[] {
    return this.cells ? projectionsFor(this.cells.domain) : [];
  }

  /** The one that fits the domain. */
  get automaticProjection(): ProjectionKind {
    return this.cells ? defaultProjection(this.cells.domain) : 'plain';
  }

  get view(): View {
    return this.current;
  }

  set view(view: View) {
    if (view === this.current) return;
    this.current = view;
    this.moved();
  }

  get isWhole(): boolean {
    return isWhole(this.current);
  }

  resetView(): void {
    this.view = wholeView;
  }

  /** Zooms about the middle. */
  zoomBy(factor: number): void {
    if (!this.camera) return;
    const { width, height } = this.camera.size;
    this.view = zoomAt(this.camera, factor, width / 2, height / 2);
  }

  set stipple(on: boolean) {
    if (this.dots === on) return;
    this.dots = on;
    this.invalidate();
  }

  /** A new map of the group: put its element on the page, and give it content with `setContent`, then `invalidate`. */
  add(): MapCanvas {
    const map = new MapCanvas();
    this.maps.set(map.element, map);
    this.sizes.observe(map.element);
    this.seen.observe(map.element);
    listen(map.element, this.gesturesOf(map), this.options.wheel ?? 'focused');
    map.element.addEventListener('blur', () => this.setCursor(null));
    return map;
  }

  remove(map: MapCanvas): void {
    this.sizes.unobserve(map.element);
    this.seen.unobserve(map.element);
    this.maps.delete(map.element);
    map.element.remove();
    if (this.cursor?.map === map) this.setCursor(null);
  }

  /** Gives maps that have just come to the page their height at once: what is below them must not be seen to move. */
  settle(): void {
    if (this.width === 0) {
      for (const map of this.maps.values()) this.width ||= map.element.clientWidth;
      if (this.width > 0) this.moved(false);
    }
    this.layOut();
  }

  /** Draws all maps at the next frame: after new content. */
  invalidate(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** A map as it is shown now, as the markup of an SVG element at a place in a larger picture. Null while there is none. */
  svg(map: MapCanvas, x = 0, y = 0): { markup: string; width: number; height: number } | null {
    const { cells, camera } = this;
    if (!cells || !camera || !map.content) return null;
    const lines = camera.fit.domain.geographic ? atlas(detailOf(camera)) : undefined;
    return svgMap(map, cells, camera, lines, this.themeNow(map.element), this.dots, x, y);
  }

  private refit(): void {
    const { cells } = this;
    if (!cells) return;
    const offered = projectionsFor(cells.domain);
    const kind = this.chosen && offered.includes(this.chosen) ? this.chosen : defaultProjection(cells.domain);
    const before = this.fit;
    this.fit = fitProjection(cells, kind);
    if (before && before.kind !== kind) this.current = wholeView;
    this.setCursor(null);
    this.layOut();
    this.moved(false);
  }

  /** Every map is as high as the domain needs. */
  private layOut(): void {
    if (!this.fit || this.width === 0) return;
    const inner = Math.max(40, this.width - margins.left - margins.right);
    const height = Math.round(inner / aspectOf(this.fit)) + margins.top + margins.bottom;
    for (const map of this.maps.values()) {
      const css = `${height}px`;
      if (map.element.style.height !== css) map.element.style.height = css;
    }
  }

  private resized(entries: readonly ResizeObserverEntry[]): void {
    const width = Math.floor(entries.map((entry) => entry.contentRect.width).find((value) => value > 0) ?? 0);
    if (width === 0) return;
    const changed = width !== this.width;
    this.width = width;
    this.layOut();
    if (changed) this.moved(false);
    else this.invalidate();
  }

  private intersected(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const map = this.maps.get(target);
      if (map) map.visible = isIntersecting;
    }
    this.invalidate();
  }

  /** The view is another one: everything is drawn anew, coarsely while it goes on changing. */
  private moved(gesture = true): void {
    this.renderer.outdate('view');
    this.moving = gesture;
    clearTimeout(this.rest);
    if (gesture) {
      this.rest = setTimeout(() => {
        this.moving = false;
        this.renderer.outdate('view');
        this.invalidate();
      }, REST);
    }
    this.updateCamera();
    this.outlineCursor();
    this.invalidate();
    this.options.viewChanged?.();
  }

  private updateCamera(): void {
    if (!this.fit || this.width === 0) return;
    const inner = Math.max(40, this.width - margins.left - margins.right);
    const size = { width: inner, height: Math.round(inner / aspectOf(this.fit)) };
    this.camera = createCamera(this.fit, size, this.current);
  }

  private draw(): void {
    this.frame = 0;
    const { cells, camera, moving, dots } = this;
    const shown = [...this.maps.values()].filter((map) => map.visible);
    if (!cells || !camera || shown.length === 0) return;
    const theme = this.themeNow(shown[0].element);
    this.renderer.render(shown, cells, camera, { moving, stippled: dots, theme });
  }

  private themeNow(element: Element): MapTheme {
    return (this.theme ??= readTheme(element));
  }

  private gesturesOf(map: MapCanvas): Parameters<typeof listen>[1] {
    const inPicture = (x: number, y: number): Pair => [x - margins.left, y - margins.top];
    return {
      pan: (dx, dy) => {
        if (!this.camera) return;
        this.setCursor(null);
        this.view = pan(this.camera, dx, dy);
      },
      zoom: (factor, x, y) => {
        if (this.camera) this.view = zoomAt(this.camera, factor, ...inPicture(x, y));
      },
      zoomMiddle: (factor) => this.zoomBy(factor),
      reset: () => this.resetView(),
      hover: (x, y) => this.hover(map, ...inPicture(x, y)),
      leave: () => this.setCursor(null),
      step: (dx, dy) => this.step(map, dx, dy),
      activate: () => this.options.activate?.(map),
    };
  }

  private hover(map: MapCanvas, x: number, y: number): void {
    const { camera, cells } = this;
    const { lookup } = this.renderer;
    if (!camera || !lookup || !cells || this.moving) return;
    const { width, height } = camera.size;
    const inside = x >= 0 && x < width && y >= 0 && y < height;
    const column = Math.floor((x * lookup.width) / width);
    const row = Math.floor((y * lookup.height) / height);
    const cell = inside ? lookup.cells[row * lookup.width + column] : -1;
    this.point(map, cell, x, y);
  }

  private step(map: MapCanvas, dx: number, dy: number): void {
    const { camera, cells, cursor } = this;
    const { lookup } = this.renderer;
    if (!camera || !lookup || !cells) return;
    const { width, height } = camera.size;
    const cell = cursor
      ? neighbour(cells, camera, cursor.cell, dx, dy)
      : lookup.cells[Math.floor(lookup.height / 2) * lookup.width + Math.floor(lookup.width / 2)];
    const at: Pair = [width / 2, height / 2];
    if (cell < cells.height * cells.width) {
      cells.centre(cell, at);
      camera.toScreen(at[0], at[1], at);
    }
    this.point(map, cell, at[0], at[1]);
  }

  private point(map: MapCanvas, cell: number, x: number, y: number): void {
    const { cells } = this;
    if (!cells || cell < 0 || cell >= cells.height * cells.width) return this.setCursor(null);
    const at: Pair = [0, 0];
    cells.centre(cell, at);
    const bounds = map.element.getBoundingClientRect();
    this.setCursor({
      cell,
      longitude: at[0],
      latitude: at[1],
      map,
      x: bounds.left + margins.left + x,
      y: bounds.top + margins.top + y,
    });
  }

  private setCursor(cursor: Cursor | null): void {
    if (!cursor && !this.cursor) return;
    const sameCell = cursor?.cell === this.cursor?.cell;
    this.cursor = cursor;
    if (!sameCell || !cursor) this.outlineCursor();
    this.options.cursor?.(cursor);
  }

  private outlineCursor(): void {
    const { cursor, camera, cells } = this;
    const path = cursor && camera && cells ? cellOutline(cells, camera, cursor.cell) : '';
    for (const map of this.maps.values()) map.setCursor(path);
  }
}
