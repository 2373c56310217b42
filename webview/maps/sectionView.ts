/** A field on the page: its name, the selected time step beside its cluster, the maps, and their colour bar. */
import type { FieldSnapshot } from '../../src/protocol/panel';
import { type ColorScale, type MapGroup, colorBar } from '../shared/map';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import type { Tile } from './plan';
import { TileView } from './tile';
import { fieldTitle } from './words';

export class SectionView {
  readonly element = document.createElement('section');
  private readonly head = document.createElement('div');
  private readonly bar = document.createElement('div');
  private readonly selected = document.createElement('div');
  private readonly grid = document.createElement('div');
  private views = new Map<string, TileView>();

  constructor(
    private readonly group: MapGroup,
    private readonly select: (tile: Tile) => void,
  ) {
    this.element.className = 'field';
    this.head.className = 'field-head';
    this.bar.className = 'bar';
    this.selected.className = 'tiles selected-step';
    this.selected.setAttribute('role', 'group');
    this.selected.setAttribute('aria-label', 'The selected time step');
    this.grid.className = 'tiles';
    const heading = document.createElement('div');
    heading.className = 'field-line';
    heading.append(this.head, this.bar);
    this.element.append(heading, this.selected, this.grid);
  }

  setHead(field: FieldSnapshot, title: string): void {
    const code = field.name === fieldTitle(field) ? '' : element('code', {}, escape(field.name));
    redraw(
      this.head,
      element('h2', {}, escape(fieldTitle(field)), code) + element('p', { class: 'note' }, escape(title)),
    );
  }

  setScale(scale: ColorScale | null, title: string, units: string): void {
    // Wide enough for ticks, narrow enough for a panel of 400 pixels.
    const width = Math.max(220, Math.min(420, this.element.clientWidth - 8 || 420));
    redraw(this.bar, scale ? colorBar(scale, { width, title, units }) : '');
  }

  /** One view for each tile, in order; those that stay keep their elements. */
  arrange(selected: readonly Tile[], tiles: readonly Tile[]): readonly TileView[] {
    const before = this.views;
    this.views = new Map();
    const place = (parent: HTMLElement, all: readonly Tile[]) => {
      const elements = all.map((tile) => {
        const key = `${tile.role}/${tile.role === 'cluster' ? tile.cluster : ''}`;
        const view = before.get(key) ?? new TileView(this.group, tile, this.select);
        view.tile = tile;
        this.views.set(key, view);
        return view.element;
      });
      const same =
        elements.length === parent.children.length && elements.every((one, i) => one === parent.children[i]);
      if (!same) parent.replaceChildren(...elements);
    };
    place(this.selected, selected);
    place(this.grid, tiles);
    this.selected.hidden = selected.length === 0;
    this.grid.classList.toggle('single', tiles.length === 1 && selected.length === 0);
    for (const [key, view] of before) if (!this.views.has(key)) view.remove();
    return [...this.views.values()];
  }

  get tiles(): readonly TileView[] {
    return [...this.views.values()];
  }

  /** Maps beside each other. */
  get columns(): number {
    return getComputedStyle(this.grid).gridTemplateColumns.split(' ').length;
  }

  remove(): void {
    for (const view of this.views.values()) view.remove();
    this.element.remove();
  }
}
