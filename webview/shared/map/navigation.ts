/** What gestures do to a view: pure functions, in pixels of the picture. */
import { type Camera, type Fit, type Size, type View, fitScale, wholeView } from './camera';
import { type Pair, wrap } from './planes';

/** Beyond this a cell of a one-degree grid fills a picture. */
const maximalZoom = 60;

/** The picture follows the pointer: the globe turns where the projection allows it, else the picture moves. */
export function pan(camera: Camera, dx: number, dy: number): View {
  const { view, fit, plane, scale } = camera;
  const { turns, parameters } = plane;
  if (turns === 'both') {
    const perPixel = 180 / Math.PI / scale;
    const latitude = Math.max(-90, Math.min(90, parameters.latitude + dy * perPixel));
    const narrow = Math.max(0.2, Math.cos((latitude * Math.PI) / 180));
    return limited(fit, camera.size, {
      ...view,
      longitude: wrap(view.longitude - (dx * perPixel) / narrow),
      latitude: latitude - fit.plane.parameters.latitude,
    });
  }
  if (turns === 'longitude' && fit.world) {
    const middle: Pair = [0, 0];
    const y = (camera.originY - camera.size.height / 2) / scale;
    const degrees = plane.row!(y, middle) ? middle[0] : 180 / Math.PI;
    return limited(fit, camera.size, {
      ...view,
      longitude: wrap(view.longitude - (dx / scale) * degrees),
      y: view.y + dy / scale / fit.height,
    });
  }
  return limited(fit, camera.size, {
    ...view,
    x: view.x - dx / scale / fit.width,
    y: view.y + dy / scale / fit.height,
  });
}

/** Zooms by a factor; the place under (`x`, `y`) stays where it is, as far as the limits allow. */
export function zoomAt(camera: Camera, factor: number, x: number, y: number): View {
  const { fit, view, size, scale, plane } = camera;
  const zoom = Math.max(minimalZoom(fit, size), Math.min(maximalZoom, view.zoom * factor));
  if (zoom === view.zoom) return view;
  if (plane.turns === 'both') return { ...view, zoom };
  const [fromX, fromY] = [x - size.width / 2, y - size.height / 2];
  const after = (scale / view.zoom) * zoom;
  const shift = (from: number) => from / scale - from / after;
  const moved = { ...view, zoom, y: view.y - shift(fromY) / fit.height };
  if (plane.turns === 'longitude' && fit.world) {
    const row: Pair = [0, 0];
    const degrees = plane.row!((camera.originY - y) / scale, row) ? row[0] : 180 / Math.PI;
    return limited(fit, size, { ...moved, longitude: wrap(view.longitude + shift(fromX) * degrees) });
  }
  return limited(fit, size, { ...moved, x: view.x + shift(fromX) / fit.width });
}

/** The least zoom: twice the domain, or the globe where it can be turned. */
export function minimalZoom(fit: Fit, size: Size): number {
  if (fit.world) return 1;
  if (fit.plane.turns !== 'both') return 0.5;
  return Math.min(1, Math.min(size.width, size.height) / 2 / fitScale(fit, size));
}

/** Keeps the domain in the picture. */
function limited(fit: Fit, size: Size, view: View): View {
  if (fit.plane.turns === 'both') return { ...view, x: 0, y: 0 };
  const scale = fitScale(fit, size) * view.zoom;
  const reach = (extent: number, pixels: number) =>
    Math.max(fit.world ? 0 : 0.15, 0.5 - pixels / scale / extent / 2);
  const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));
  return {
    ...view,
    x: clamp(view.x, reach(fit.width, size.width)),
    y: clamp(view.y, reach(fit.height, size.height)),
  };
}

export function isWhole(view: View): boolean {
  return (Object.keys(wholeView) as (keyof View)[]).every((key) => view[key] === wholeView[key]);
}
