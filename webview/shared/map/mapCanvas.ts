/** One map on the page: its element, its pixels and its cursor. It is drawn by the group that it belongs to. */
import { type ColorScale } from './colorScale';
import { luminance } from './colorTables';
import type { Cells } from './cells';
import type { Camera } from './camera';
import type { Lookup } from './lookup';
import { margins } from './overlay';
import { codesOf, paint, pixelTable } from './raster';
import { type Stipple, stippleDots } from './stipple';
import type { MapTheme } from './theme';

export interface MapContent {
  /** NaN where there is no value. [H*W] */
  readonly values: Float32Array;
  readonly scale: ColorScale;
  /** 1 where dots are drawn. [H*W] */
  readonly significant: Uint8Array | null;
  /** Text alternative: what is shown, and the range of values. */
  readonly label: string;
}

/** What all maps of a group have in common in a frame. */
export interface Scene {
  readonly cells: Cells;
  readonly camera: Camera;
  /** The lookup, and the camera that it was made for: in a gesture it may be an earlier one of the same plane. */
  readonly seen: { readonly lookup: Lookup; readonly camera: Camera };
  readonly overlay: HTMLCanvasElement;
  /** As large as the lookup. */
  readonly scratch: CanvasRenderingContext2D;
  readonly image: ImageData;
  readonly theme: MapTheme;
  /** Device pixels for one of the page. */
  readonly ratio: number;
  readonly stippled: boolean;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Pixels from one line of the hatching to the next. */
const HATCH = 5;

export class MapCanvas {
  /** Focusable; takes the width that the page gives it, its height follows from the domain. */
  readonly element = document.createElement('div');
  private readonly canvas = document.createElement('canvas');
  private readonly halo = document.createElementNS(SVG, 'path');
  private readonly line = document.createElementNS(SVG, 'path');
  private codes: Uint8Array = new Uint8Array(0);
  private dark = new Uint8Array(256);
  /** Whether the map is on the screen, as far as is known. */
  visible = true;
  content: MapContent | undefined;

  constructor() {
    this.element.className = 'map';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-roledescription', 'map');
    this.canvas.setAttribute('role', 'img');
    const cursor = document.createElementNS(SVG, 'svg');
    cursor.setAttribute('class', 'map-cursor');
    cursor.setAttribute('aria-hidden', 'true');
    this.halo.setAttribute('class', 'halo');
    cursor.append(this.halo, this.line);
    this.element.append(this.canvas, cursor);
  }

  setContent(content: MapContent): void {
    const same = this.content?.values === content.values && this.content.scale === content.scale;
    this.content = content;
    if (this.canvas.getAttribute('aria-label') !== content.label) {
      this.canvas.setAttribute('aria-label', content.label);
      this.element.setAttribute('aria-label', content.label);
    }
    if (same) return;
    this.codes = codesOf(content.values, content.scale);
    this.dark = Uint8Array.from({ length: 256 }, (_, code) =>
      code >= 1 && code <= 254 && luminance(content.scale.table[code - 1]) < 0.18 ? 1 : 0,
    );
  }

  /** The outline of a cell, the text of a path; empty for none. */
  setCursor(path: string): void {
    this.halo.setAttribute('d', path);
    this.line.setAttribute('d', path);
  }

  /** Draws cells, then the overlay, then dots. */
  draw({ cells, camera, seen, overlay, scratch, image, theme, ratio, stippled }: Scene): void {
    const { canvas, content } = this;
    if (canvas.width !== overlay.width || canvas.height !== overlay.height) {
      canvas.width = overlay.width;
      canvas.height = overlay.height;
      // Whole pixels: a canvas that is stretched by a fraction of one is blurred.
      canvas.style.width = `${overlay.width / ratio}px`;
      canvas.style.height = `${overlay.height / ratio}px`;
    }
    const context = canvas.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const present = seen.camera === camera;
    if (content && this.codes.length === cells.height * cells.width + 1) {
      this.paint(seen.lookup, image, theme, camera);
      scratch.putImageData(image, 0, 0);
      context.save();
      context.imageSmoothingEnabled = false;
      context.setTransform(ratio, 0, 0, ratio, margins.left * ratio, margins.top * ratio);
      const { width, height } = camera.size;
      if (!present) {
        context.beginPath();
        context.rect(0, 0, width, height);
        context.clip();
      }
      const growth = camera.scale / seen.camera.scale;
      context.drawImage(
        scratch.canvas,
        present ? 0 : camera.originX - seen.camera.originX * growth,
        present ? 0 : camera.originY - seen.camera.originY * growth,
        width * growth,
        height * growth,
      );
      context.restore();
    }
    context.drawImage(overlay, 0, 0);
    if (!stippled || !present) return;
    context.setTransform(ratio, 0, 0, ratio, margins.left * ratio, margins.top * ratio);
    drawDots(context, this.dots(cells, camera, seen.lookup));
  }

  /** Writes the map's pixels. */
  paint(lookup: Lookup, image: ImageData, theme: MapTheme, camera: Camera): void {
    const period = (HATCH * lookup.width) / camera.size.width;
    paint(
      lookup,
      this.codes,
      pixelTable(this.content!.scale.table, theme.missing),
      { color: theme.hatch, period: Math.max(2, period) },
      new Uint32Array(image.data.buffer),
    );
  }

  dots(cells: Cells, camera: Camera, lookup: Lookup): Stipple {
    const significant = this.content?.significant;
    if (!significant) return { onLight: new Float32Array(0), onDark: new Float32Array(0) };
    return stippleDots(cells, camera, lookup, significant, this.codes, this.dark);
  }
}

/** Radius of a dot in pixels. */
export const DOT = 0.95;

function drawDots(context: CanvasRenderingContext2D, { onLight, onDark }: Stipple): void {
  for (const [dots, color] of [
    [onLight, 'rgba(0, 0, 0, 0.8)'],
    [onDark, 'rgba(255, 255, 255, 0.85)'],
  ] as const) {
    context.fillStyle = color;
    context.beginPath();
    for (let i = 0; i < dots.length; i += 2) {
      context.moveTo(dots[i] + DOT, dots[i + 1]);
      context.arc(dots[i], dots[i + 1], DOT, 0, 2 * Math.PI);
    }
    context.fill();
  }
}
