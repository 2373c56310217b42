/** All maps that are shown, as one picture for a file. */
import { COLOR_BAR_HEIGHT, colorBar, type ColorScale, type MapGroup } from '../shared/map';
import { element, escape } from '../shared/markup';
import { clusterColor, inkOn } from '../shared/palette';
import type { TileView } from './tile';

export interface FigureSection {
  readonly title: string;
  readonly scale: ColorScale;
  readonly scaleTitle: string;
  readonly units: string;
  readonly rows: readonly (readonly { readonly view: TileView; readonly caption: string }[])[];
}

const GAP = 12;
const CAPTION = 22;

/** An SVG with as many columns as the page has; null while there is nothing to show. */
export function figureMarkup(
  group: MapGroup,
  sections: readonly FigureSection[],
  columns: number,
  ink: string,
): string | null {
  const parts: string[] = [];
  let [width, y] = [0, GAP];
  for (const { title, scale, scaleTitle, units, rows } of sections) {
    parts.push(text(GAP, y + 12, title, ink, 14, true));
    y += 20;
    let barred = false;
    for (const row of rows) {
      for (let first = 0; first < row.length; first += columns) {
        let height = 0;
        row.slice(first, first + columns).forEach(({ view, caption }, i) => {
          const whole = group.svg(view.map);
          const x = GAP + i * ((whole?.width ?? 300) + GAP);
          const drawn = group.svg(view.map, x, y + CAPTION);
          parts.push(captionMarkup(view, caption, x, y, ink));
          if (!drawn) return;
          parts.push(drawn.markup);
          height = Math.max(height, drawn.height);
          width = Math.max(width, x + drawn.width + GAP);
        });
        y += CAPTION + height + GAP;
      }
      barred = true;
    }
    if (!barred) continue;
    const bar = colorBar(scale, {
      width: Math.min(420, Math.max(240, width - 2 * GAP)),
      title: scaleTitle,
      units,
      ink,
    });
    parts.push(bar.replace('<svg ', `<svg x="${GAP}" y="${y}" `));
    y += COLOR_BAR_HEIGHT + 2 * GAP;
  }
  if (width === 0) return null;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height: y, viewBox: `0 0 ${width} ${y}` },
    ...parts,
  );
}

function captionMarkup({ tile }: TileView, caption: string, x: number, y: number, ink: string): string {
  const { cluster } = tile;
  if (cluster === null) return text(x, y + 14, caption, ink, 12);
  const color = clusterColor(cluster);
  return (
    element('rect', { x, y: y + 2, width: 24, height: 16, rx: 3, fill: color }) +
    element(
      'text',
      { x: x + 12, y: y + 14, 'text-anchor': 'middle', 'font-size': 12, fill: inkOn(color) },
      String(cluster),
    ) +
    text(x + 30, y + 14, caption, ink, 12)
  );
}

function text(x: number, y: number, content: string, ink: string, size: number, strong = false): string {
  return element(
    'text',
    { x, y, 'font-size': size, fill: ink, 'font-weight': strong ? 600 : undefined },
    escape(content),
  );
}
