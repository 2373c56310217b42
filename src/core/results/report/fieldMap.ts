import type { ColourScale } from './colourScale';
import { pictureOf } from './colourScale';
import { graticule } from './graticule';
import type { Markup } from './html';
import { html } from './html';
import { outlinePath, PATH_SCALE } from './outlinePath';
import type { Plane } from './plane';
import { MAP_WIDTH } from './plane';
import { POLAR_MARGIN } from './polarPlane';
import { stipples } from './stipples';
import { outlines } from './topology';

/** Room for names of parallels and meridians. */
const [LEFT, BOTTOM] = [38, 14];

/** What all maps of a report share, drawn once and referred to: coasts, borders, graticule and its names. */
export interface Backdrop {
  /** Must be on the page once, before the first map. */
  readonly definitions: Markup;
  readonly has: { readonly coast: boolean; readonly borders: boolean; readonly graticule: boolean };
}

export function backdrop(plane: Plane): Backdrop {
  const { coasts, borders } = outlines();
  const coast = outlinePath(coasts, plane);
  const border = outlinePath(borders, plane);
  const lines = graticule(plane);
  return {
    has: { coast: coast !== undefined, borders: border !== undefined, graticule: lines !== undefined },
    definitions: html`<svg class="definitions" aria-hidden="true">
      <defs>
        <clipPath id="shape">
          ${
            plane.shape === 'disc'
              ? html`<circle
                  cx="${MAP_WIDTH / 2}"
                  cy="${MAP_WIDTH / 2}"
                  r="${MAP_WIDTH / 2 - POLAR_MARGIN}"
                />`
              : html`<rect width="${MAP_WIDTH}" height="${plane.height}" />`
          }
        </clipPath>
        ${
          (coast ?? border ?? lines) !== undefined &&
          html`<g id="earth" class="${isWide(plane) ? 'wide' : ''}">
            <g transform="scale(${1 / PATH_SCALE})"
              >${lines && html`<path class="graticule" d="${lines.path}" />`}${
                border && html`<path class="border" d="${border}" />`
              }${coast && html`<path class="coast" d="${coast}" />`}</g
            >
          </g>`
        }
        ${lines && html`<g id="degrees">${lines.labels}</g>`}
      </defs>
    </svg>`,
  };
}

/** Whether a picture shows so much of the Earth that its coasts must be thin. */
function isWide({ earth }: Plane): boolean {
  return earth !== undefined && (earth.north - earth.south) * (earth.east - earth.west) > 6000;
}

export interface FieldMap {
  /** [H * W] */
  readonly values: Float32Array;
  /** The values of both ends of the scale. */
  readonly low: number;
  readonly high: number;
  readonly scale: ColourScale;
  /** Where cells are stippled. [H * W] */
  readonly significant?: Uint8Array;
  /** What a reader who cannot see it is told. */
  readonly title: string;
}

/** One map: cells, coasts and borders, graticule, stipples. */
export function fieldMap(plane: Plane, { has }: Backdrop, field: FieldMap): Markup {
  const { values, low, high, scale, significant, title } = field;
  const { height, columns, rows, shape } = plane;
  const positions = plane.pixels(values).map((value) => (value - low) / (high - low));
  const outline =
    shape === 'disc'
      ? (name: string) =>
          html`<circle
            class="${name}"
            cx="${MAP_WIDTH / 2}"
            cy="${MAP_WIDTH / 2}"
            r="${MAP_WIDTH / 2 - POLAR_MARGIN}"
          />`
      : (name: string) => html`<rect class="${name}" width="${MAP_WIDTH}" height="${height}" />`;
  const dots = significant && stipples(plane, significant);
  const left = shape === 'disc' || !has.graticule ? 2 : LEFT;
  const bottom = shape === 'disc' || !has.graticule ? 2 : BOTTOM;
  return html`<svg
    viewBox="${-left} -1 ${left + MAP_WIDTH + 3} ${height + bottom + 1}"
    role="img"
    aria-label="${title}"
  >
    <title>${title}</title>
    ${outline('sea')}
    <image
      href="${pictureOf(positions, columns, rows, scale)}"
      width="${MAP_WIDTH}"
      height="${height}"
      preserveAspectRatio="none"
    />
    ${dots}${(has.coast || has.borders || has.graticule) && html`<g clip-path="url(#shape)"><use href="#earth" /></g>`}
    ${outline('frame')}${has.graticule && html`<use href="#degrees" />`}
  </svg>`;
}
