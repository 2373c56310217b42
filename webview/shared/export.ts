/** The buttons with which a picture is saved as SVG or PNG. */
import './export.css';
import type { Host } from './host';
import { type Frame, type StyledElement, imageFile, inlineStyles, svgFile } from './standaloneSvg';

/** A picture to be saved: an SVG of the page, the markup of one, or a canvas; null while there is none. */
export type Picture = SVGSVGElement | HTMLCanvasElement | string | null;

/** Pixels of a PNG for each px of the page: sharp in print at half the size. */
const PNG_SCALE = 2;

/**
 * Two small buttons, "SVG" and "PNG", that save what `picture` returns at that moment. `name` names the picture for
 * people ("Ribbon of clusters") and proposes the name of its file; where it changes with the view, give a function. An
 * SVG as markup is laid out beside the buttons for a moment, so that style sheets reach it.
 */
export function pictureTools(
  host: Pick<Host, 'send'>,
  name: string | (() => string),
  picture: () => Picture | Promise<Picture>,
): HTMLElement {
  const tools = document.createElement('div');
  tools.className = 'picture-tools';
  tools.setAttribute('role', 'group');
  const nameOf = typeof name === 'string' ? () => name : name;
  const failure = document.createElement('span');
  failure.setAttribute('role', 'status');
  for (const format of ['svg', 'png'] as const) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = format.toUpperCase();
    button.title = `Save as ${format.toUpperCase()}`;
    button.addEventListener('click', () => {
      button.disabled = true;
      failure.textContent = '';
      save(host, nameOf(), format, picture, tools)
        .catch((error: unknown) => {
          console.error(error);
          failure.textContent = 'The picture could not be made. Try the other format, or a smaller panel.';
        })
        .finally(() => (button.disabled = false));
    });
    tools.append(button);
  }
  const tellName = (): void => {
    tools.setAttribute('aria-label', `Save the picture: ${nameOf()}`);
    for (const button of tools.querySelectorAll('button'))
      button.setAttribute('aria-label', `Save “${nameOf()}” as ${button.textContent}`);
  };
  tellName();
  // The name may have changed since; whoever comes to the buttons hears the present one.
  if (typeof name === 'function') tools.addEventListener('focusin', tellName);
  return tools;
}

async function save(
  host: Pick<Host, 'send'>,
  name: string,
  format: 'svg' | 'png',
  picture: () => Picture | Promise<Picture>,
  place: HTMLElement,
): Promise<void> {
  const drawn = await picture();
  if (drawn === null) return;
  const content =
    format === 'svg'
      ? toSvg(drawn, name, place)
      : await pngBytes(
          drawn instanceof HTMLCanvasElement ? drawn : await rasterize(toSvg(drawn, name, place)),
        );
  host.send({ type: 'save', name: fileName(name), format, content });
}

/** Letters, digits and hyphens: a name that every file system takes. */
export function fileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\p{Letter}\p{Number}.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .toLowerCase();
  return plain || 'picture';
}

/** A picture as the text of an SVG file that needs nothing else. */
export function toSvg(
  picture: SVGSVGElement | HTMLCanvasElement | string,
  name: string,
  place: Element,
): string {
  if (typeof picture !== 'string') {
    return picture instanceof HTMLCanvasElement ? canvasFile(picture, name) : elementFile(picture, name);
  }
  const holder = document.createElement('div');
  holder.className = 'picture-holder';
  holder.innerHTML = picture;
  (place.parentElement ?? document.body).append(holder);
  try {
    return elementFile(holder.querySelector('svg')!, name);
  } finally {
    holder.remove();
  }
}

function elementFile(svg: SVGSVGElement, name: string): string {
  const bounds = svg.getBoundingClientRect();
  const { x, y, width, height } = svg.viewBox.baseVal;
  const hasBox = width > 0 && height > 0;
  const styleOf = (element: StyledElement): ((property: string) => string) => {
    const style = getComputedStyle(element as unknown as Element);
    return (property) => style.getPropertyValue(property);
  };
  return svgFile(inlineStyles(svg as unknown as StyledElement, styleOf), {
    ...page(name, describe(svg)),
    width: bounds.width || width,
    height: bounds.height || height,
    viewBox: hasBox ? [x, y, width, height] : [0, 0, bounds.width, bounds.height],
    fontFamily: getComputedStyle(svg).fontFamily,
  });
}

function canvasFile(canvas: HTMLCanvasElement, name: string): string {
  const { width, height } = canvas.getBoundingClientRect();
  const [w, h] = width > 0 ? [width, height] : [canvas.width, canvas.height];
  return imageFile(canvas.toDataURL('image/png'), {
    ...page(name, describe(canvas)),
    width: w,
    height: h,
    viewBox: [0, 0, w, h],
  });
}

function page(title: string, description: string): Pick<Frame, 'background' | 'title' | 'description'> {
  return { background: getComputedStyle(document.body).backgroundColor, title, description };
}

/** The text alternative that the picture has on the page. */
function describe(element: Element): string {
  return (
    element.getAttribute('aria-label') ??
    element.querySelector(':scope > desc, :scope > title')?.textContent ??
    ''
  );
}

/** Draws the text of an SVG file; the content security policy lets images come from data: URIs alone. */
export async function rasterize(svg: string): Promise<HTMLCanvasElement> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * PNG_SCALE);
  canvas.height = Math.round(image.naturalHeight * PNG_SCALE);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function pngBytes(canvas: HTMLCanvasElement): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The picture is too large to be drawn.');
  return new Uint8Array(await blob.arrayBuffer());
}
