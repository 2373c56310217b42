/** Draws maps that share a view: what they have in common is computed once, then each is a gather and a copy. */
import type { Camera } from './camera';
import type { Cells } from './cells';
import { createLookup, type Lookup } from './lookup';
import type { MapCanvas, Scene } from './mapCanvas';
import { detailOf, drawOverlay, margins } from './overlay';
import type { MapTheme } from './theme';
import { atlasSoon } from './worldAtlas';

/** Pixels that are computed for all maps together in a frame of a gesture; crisp ones follow when it rests. */
const MOVING_PIXELS = 260_000;

/** From this many cells on, quadrilaterals are not drawn anew in every frame of a gesture. */
const MANY_QUADS = 40_000;

export interface RenderOptions {
  /** A gesture goes on: coarser pixels, fewer lines. */
  readonly moving: boolean;
  readonly stippled: boolean;
  readonly theme: MapTheme;
}

export class MapRenderer {
  private seen: { readonly lookup: Lookup; readonly camera: Camera } | undefined;
  private readonly overlay = document.createElement('canvas');
  private readonly scratch = document.createElement('canvas').getContext('2d')!;
  private image = new ImageData(1, 1);
  private ratio = 0;
  private stale = { lookup: true, overlay: true };
  /** Share of MOVING_PIXELS that this machine can do in a frame. */
  private speed = 1;

  /** `again` is called when more can be drawn than a frame ago. */
  constructor(private readonly again: () => void) {}

  /** The cells of the pixels that are on the screen. */
  get lookup(): Lookup | undefined {
    return this.seen?.lookup;
  }

  /** The view has changed, or only what is drawn over the cells. */
  outdate(what: 'view' | 'overlay'): void {
    this.stale = { lookup: this.stale.lookup || what === 'view', overlay: true };
  }

  render(maps: readonly MapCanvas[], cells: Cells, camera: Camera, options: RenderOptions): void {
    const { moving, stippled, theme } = options;
    const began = performance.now();
    if (this.ratio !== devicePixelRatio) this.outdate('view');
    this.ratio = devicePixelRatio;
    if (!this.seen || (this.stale.lookup && !(moving && this.canMove(cells, camera)))) {
      const density = moving ? this.coarse(camera, maps.length) : this.ratio;
      this.see(createLookup(cells, camera, density), camera);
    }
    if (this.stale.overlay) this.drawOverlay(camera, theme, moving);
    this.stale = { lookup: false, overlay: false };
    const { scratch, image, overlay, ratio, seen } = this;
    const scene: Scene = { cells, camera, seen: seen!, overlay, scratch, image, theme, ratio, stippled };
    for (const map of maps) map.draw(scene);
    if (moving) this.adapt(performance.now() - began);
  }

  private see(lookup: Lookup, camera: Camera): void {
    this.seen = { lookup, camera };
    const { width, height } = lookup;
    this.image = new ImageData(width, height);
    this.scratch.canvas.width = width;
    this.scratch.canvas.height = height;
  }

  /** Whether the picture of before can be moved and stretched instead of being drawn anew. */
  private canMove(cells: Cells, camera: Camera): boolean {
    const { seen } = this;
    if (!seen || cells.kind === 'rectilinear' || cells.height * cells.width < MANY_QUADS) return false;
    const { size, plane } = seen.camera;
    return plane === camera.plane && size.width === camera.size.width && size.height === camera.size.height;
  }

  /** Raster pixels for a pixel of the page while a gesture goes on. */
  private coarse(camera: Camera, maps: number): number {
    const pixels = camera.size.width * camera.size.height * maps;
    return Math.min(this.ratio, Math.max(0.2, Math.sqrt((MOVING_PIXELS * this.speed) / pixels)));
  }

  /** Half of a frame at 60 a second is ours; the browser needs the rest. */
  private adapt(milliseconds: number): void {
    const change = milliseconds > 9 ? 0.85 : milliseconds < 6 ? 1.1 : 1;
    this.speed = Math.max(0.1, Math.min(2, this.speed * change));
  }

  private drawOverlay(camera: Camera, theme: MapTheme, moving: boolean): void {
    const { overlay, ratio } = this;
    const width = Math.round((camera.size.width + margins.left + margins.right) * ratio);
    const height = Math.round((camera.size.height + margins.top + margins.bottom) * ratio);
    if (overlay.width !== width || overlay.height !== height) {
      overlay.width = width;
      overlay.height = height;
    }
    const context = overlay.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const detail = moving && camera.fit.world ? 'coarse' : detailOf(camera);
    // Cells are painted first; the atlas is decoded once, after that.
    const lines = camera.fit.domain.geographic
      ? atlasSoon(detail, () => {
          this.outdate('overlay');
          this.again();
        })
      : undefined;
    drawOverlay(context, camera, lines, theme.ink, moving ? 'moving' : 'crisp');
  }
}
