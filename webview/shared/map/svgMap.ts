/** A map as SVG, for files: cells as one embedded image, everything else as lines and text. */
import { element, escape } from '../markup';
import type { Camera } from './camera';
import type { Cells } from './cells';
import { createLookup } from './lookup';
import { type MapCanvas, DOT } from './mapCanvas';
import { margins, overlayParts } from './overlay';
import type { MapTheme } from './theme';
import type { WorldLines } from './worldLines';

/** Pixels of the embedded image for one of the page: sharp in print. */
const DENSITY = 3;

export function svgMap(
  map: MapCanvas,
  cells: Cells,
  camera: Camera,
  atlas: WorldLines | undefined,
  theme: MapTheme,
  stippled: boolean,
  x: number,
  y: number,
): { markup: string; width: number; height: number } {
  const lookup = createLookup(cells, camera, DENSITY);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [lookup.width, lookup.height];
  const image = new ImageData(lookup.width, lookup.height);
  map.paint(lookup, image, theme, camera);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  const { onLight, onDark } = stippled
    ? map.dots(cells, camera, lookup)
    : { onLight: new Float32Array(0), onDark: new Float32Array(0) };
  const markup = element(
    'g',
    { transform: `translate(${x + margins.left} ${y + margins.top})` },
    mapParts(camera, atlas, canvas.toDataURL('image/png'), theme.ink.text, [
      [onLight, '#000000'],
      [onDark, '#ffffff'],
    ]),
  );
  return {
    markup,
    width: camera.size.width + margins.left + margins.right,
    height: camera.size.height + margins.top + margins.bottom,
  };
}

/** What a map consists of, from an image of its cells on. */
export function mapParts(
  camera: Camera,
  atlas: WorldLines | undefined,
  cells: string,
  ink: string,
  dots: readonly (readonly [Float32Array, string])[],
): string {
  const { width, height } = camera.size;
  const { paths, frame, labels } = overlayParts(camera, atlas);
  return [
    element('image', { href: cells, x: 0, y: 0, width, height, preserveAspectRatio: 'none' }),
    // A nested SVG clips what reaches over the picture's rim, without an id that pictures on a page would share.
    element(
      'svg',
      { x: 0, y: 0, width, height, overflow: 'hidden' },
      ...paths.map(({ d, color, width: thickness }) =>
        element('path', {
          d,
          fill: 'none',
          stroke: color,
          'stroke-width': thickness,
          'stroke-linejoin': 'round',
        }),
      ),
      ...dots
        .filter(([points]) => points.length > 0)
        .map(([points, color]) => element('path', { d: dotPath(points), fill: color })),
    ),
    element('path', { d: frame, fill: 'none', stroke: ink, 'stroke-opacity': 0.7 }),
    ...labels.map(({ x, y, text, anchor, baseline, inside }) =>
      element(
        'text',
        {
          x,
          // Not every program that reads SVG knows baselines.
          y: y + (baseline === 'top' ? 8 : baseline === 'middle' ? 3.5 : 0),
          'text-anchor': anchor,
          'font-size': 10,
          fill: inside ? '#222222' : ink,
          ...(inside
            ? { stroke: '#ffffff', 'stroke-opacity': 0.75, 'stroke-width': 2.5, 'paint-order': 'stroke' }
            : {}),
        },
        escape(text),
      ),
    ),
  ].join('');
}

function dotPath(points: Float32Array): string {
  const parts: string[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i].toFixed(1), points[i + 1].toFixed(1)];
    parts.push(`M${x},${y}m-${DOT},0a${DOT},${DOT},0,1,0,${2 * DOT},0a${DOT},${DOT},0,1,0,-${2 * DOT},0`);
  }
  return parts.join('');
}
