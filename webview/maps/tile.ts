/** A map with its caption: the cluster's number in its colour, how often it occurs, and the value under the cursor. */
import { type MapCanvas, type MapGroup } from '../shared/map';
import { clusterColor, inkOn } from '../shared/palette';
import type { Tile } from './plan';

export class TileView {
  readonly element = document.createElement('figure');
  readonly map: MapCanvas;
  private readonly chip = document.createElement('button');
  private readonly text = document.createElement('span');
  private readonly reading = document.createElement('output');
  private readonly message = document.createElement('p');
  tile: Tile;

  constructor(
    private readonly group: MapGroup,
    tile: Tile,
    select: (tile: Tile) => void,
  ) {
    this.tile = tile;
    this.map = group.add();
    this.element.className = 'tile';
    const caption = document.createElement('figcaption');
    this.chip.type = 'button';
    this.chip.className = 'number-chip';
    this.chip.addEventListener('click', () => select(this.tile));
    this.text.className = 'caption-text';
    this.reading.className = 'reading';
    this.reading.setAttribute('aria-hidden', 'true');
    this.message.className = 'tile-message';
    caption.append(this.chip, this.text, this.reading);
    this.element.append(caption, this.map.element, this.message);
  }

  /** `title` is the caption beside the chip; `message` stands in place of a map where there is none. */
  update(tile: Tile, title: string, selected: boolean, message: string | null): void {
    this.tile = tile;
    const { cluster } = tile;
    this.chip.hidden = cluster === null;
    if (cluster !== null) {
      const color = clusterColor(cluster);
      this.chip.textContent = String(cluster);
      this.chip.style.background = color;
      this.chip.style.color = inkOn(color);
      this.chip.setAttribute('aria-label', `Cluster ${cluster}`);
      this.chip.setAttribute('aria-pressed', String(selected));
    }
    this.text.textContent = title;
    this.text.title = title;
    this.element.classList.toggle('selected', selected);
    this.element.classList.toggle('empty', message !== null);
    this.message.textContent = message ?? '';
  }

  /** The value under the cursor that all maps share; empty without one. */
  read(text: string): void {
    this.reading.textContent = text;
  }

  remove(): void {
    this.group.remove(this.map);
    this.element.remove();
  }
}
