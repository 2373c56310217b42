import { formatNumber } from '../format';
import type { Cursor } from './mapGroup';
import { formatLatitude, formatLongitude, prettyUnits } from './ticks';

/** "12.5° N, 40.0° E"; "column 3, row 7" for grids without geography. */
export function formatPlace(longitude: number, latitude: number, geographic: boolean): string {
  if (!geographic) return `column ${longitude}, row ${latitude}`;
  const fine = (value: number) => (Math.abs(value * 10 - Math.round(value * 10)) < 1e-3 ? 1 : 2);
  const decimals = Math.max(fine(longitude), fine(latitude));
  return `${formatLatitude(latitude, decimals)}, ${formatLongitude(longitude, decimals)}`;
}

/** "281.3 K", with a sign where asked; "no value" where there is none. */
export function formatValue(value: number, units: string, signed = false): string {
  if (!Number.isFinite(value)) return 'no value';
  return `${signed && value > 0 ? '+' : ''}${formatNumber(value)} ${prettyUnits(units)}`.trimEnd();
}

/** A small box beside the pointer. One for a page. */
export class MapTooltip {
  private readonly element = document.createElement('div');

  constructor() {
    this.element.className = 'tooltip map-tooltip';
    this.element.hidden = true;
    // Said by the live region of the page, if at all.
    this.element.setAttribute('aria-hidden', 'true');
    document.body.append(this.element);
  }

  show(cursor: Cursor, text: string): void {
    const { element } = this;
    element.textContent = text;
    element.hidden = false;
    const { width, height } = element.getBoundingClientRect();
    const x = cursor.x + 14 + width > innerWidth ? cursor.x - 14 - width : cursor.x + 14;
    const y = cursor.y + 16 + height > innerHeight ? cursor.y - 12 - height : cursor.y + 16;
    element.style.left = `${Math.max(2, x)}px`;
    element.style.top = `${Math.max(2, y)}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
