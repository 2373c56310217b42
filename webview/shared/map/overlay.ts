/** What lies over the cells, the same for all maps of a group: lines and degrees. Drawn once a view, then copied. */
import type { Camera } from './camera';
import { type Graticule, createGraticule } from './graticule';
import { type PathContext, PathText, drawGeometry, drawOutline, visibleRegion } from './lines';
import { type WorldLines, within } from './worldLines';

/** Room around a picture for degrees, in pixels. */
export const margins = { left: 40, right: 8, top: 6, bottom: 18 } as const;

/** Colours of a theme that the map cannot take from its data. */
export interface Ink {
  /** Text and frame, CSS colours. */
  readonly text: string;
  readonly background: string;
  readonly font: string;
}

/** The strokes of one kind of line, widest first: a light halo keeps dark lines visible on dark colours. */
const strokes = {
  graticule: [['rgba(110, 110, 110, 0.45)', 0.8]],
  borders: [
    ['rgba(255, 255, 255, 0.35)', 1.6],
    ['rgba(40, 40, 40, 0.7)', 0.6],
  ],
  coasts: [
    ['rgba(255, 255, 255, 0.5)', 2.4],
    ['rgba(15, 15, 15, 0.9)', 1],
  ],
} as const;

/** 1:50 million from this many pixels a degree on; below, the coarse atlas has all that can be seen. */
const FINE = 1.6;

export function detailOf(camera: Camera): 'coarse' | 'fine' {
  return (camera.scale * Math.PI) / 180 >= FINE ? 'fine' : 'coarse';
}

/** Lines are thinner on small pictures of large parts of the world, where they are close to each other. */
function weightOf({ scale }: Camera): number {
  return Math.max(0.55, Math.min(1, (scale * Math.PI) / 180 / 1.6));
}

/** Lines in drawing order, each drawn by calling `draw` with a context. */
function layers(
  camera: Camera,
  atlas: WorldLines | undefined,
  graticule: Graticule,
  hasBorders: boolean,
): { readonly name: keyof typeof strokes; draw(context: PathContext): void }[] {
  const region = atlas && visibleRegion(camera);
  const all = [
    {
      name: 'graticule' as const,
      draw: (context: PathContext) => drawGeometry(camera, graticule.lines, context),
    },
  ];
  if (!atlas || !region) return all;
  // Borders of a small map of the world would be a tangle.
  const bordered = hasBorders && (camera.scale * Math.PI) / 180 >= 0.9;
  return [
    ...all,
    ...(bordered ? (['borders', 'coasts'] as const) : (['coasts'] as const)).map((name) => ({
      name,
      draw: (context: PathContext) => drawGeometry(camera, within(atlas[name], region), context),
    })),
  ];
}

/** Draws the overlay of a picture, margins included, on a context whose unit is a pixel of the page. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  camera: Camera,
  atlas: WorldLines | undefined,
  ink: Ink,
  quality: 'crisp' | 'moving',
): void {
  const { width, height } = camera.size;
  const graticule = createGraticule(camera);
  const weight = weightOf(camera);
  context.save();
  context.translate(margins.left, margins.top);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  context.lineJoin = 'round';
  for (const { name, draw } of layers(camera, atlas, graticule, quality === 'crisp')) {
    context.beginPath();
    draw(context);
    for (const [color, thickness] of quality === 'crisp' ? strokes[name] : strokes[name].slice(-1)) {
      context.strokeStyle = color;
      context.lineWidth = thickness * weight;
      context.stroke();
    }
  }
  context.restore();
  context.strokeStyle = ink.text;
  context.globalAlpha = 0.7;
  context.lineWidth = 1;
  context.beginPath();
  if (hasFrame(camera)) context.rect(0.5, 0.5, width - 1, height - 1);
  else drawOutline(camera, context);
  context.stroke();
  context.globalAlpha = 1;
  drawLabels(context, graticule, ink);
  context.restore();
}

/** A whole world has an outline instead of a frame, until it is zoomed. */
function hasFrame({ fit, view }: Camera): boolean {
  return !fit.world || view.zoom > 1;
}

function drawLabels(context: CanvasRenderingContext2D, { labels }: Graticule, ink: Ink): void {
  context.font = `10px ${ink.font}`;
  context.lineJoin = 'round';
  for (const { x, y, text, anchor, baseline, inside } of labels) {
    context.textAlign = anchor === 'middle' ? 'center' : anchor;
    context.textBaseline = baseline;
    if (inside) {
      context.strokeStyle = 'rgba(255, 255, 255, 0.75)';
      context.lineWidth = 2.5;
      context.strokeText(text, x, y);
    }
    context.fillStyle = inside ? '#222222' : ink.text;
    context.fillText(text, x, y);
  }
}

/** The same overlay as SVG markup, for files; inside a group that is moved by the margins. */
export function overlayParts(
  camera: Camera,
  atlas: WorldLines | undefined,
): { paths: { d: string; color: string; width: number }[]; frame: string; labels: Graticule['labels'] } {
  const graticule = createGraticule(camera);
  const paths = layers(camera, atlas, graticule, true).flatMap(({ name, draw }) => {
    const text = new PathText();
    draw(text);
    const d = text.toString();
    return d === ''
      ? []
      : strokes[name].map(([color, width]) => ({ d, color, width: width * weightOf(camera) }));
  });
  const outline = new PathText();
  if (!hasFrame(camera)) drawOutline(camera, outline);
  const { width, height } = camera.size;
  return {
    paths,
    frame: hasFrame(camera) ? `M0,0H${width}V${height}H0Z` : outline.toString(),
    labels: graticule.labels,
  };
}
