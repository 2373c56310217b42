/**
 * Pictures that stand alone. On the page an SVG takes its colours and fonts from style sheets and from the theme of VS
 * Code; neither exists in a file, so every style that shows is written into the picture as a presentation attribute.
 */
import { element, escape } from './markup';

/** The part of a DOM element that is read here. */
export interface StyledElement {
  readonly localName: string;
  readonly attributes: ArrayLike<{ readonly name: string; readonly value: string }>;
  readonly childNodes: ArrayLike<unknown>;
}

/** Computed style of an element, by CSS property; as getComputedStyle(...).getPropertyValue. */
export type StyleOf = (element: StyledElement) => (property: string) => string;

/** Properties that are passed on to children, and what they are when nobody sets them. */
const INHERITED: Readonly<Record<string, string>> = {
  fill: '#000000',
  'fill-opacity': '1',
  'fill-rule': 'nonzero',
  stroke: 'none',
  'stroke-opacity': '1',
  'stroke-width': '1',
  'stroke-dasharray': 'none',
  'stroke-linecap': 'butt',
  'stroke-linejoin': 'miter',
  'font-family': '',
  'font-size': '',
  'font-style': 'normal',
  'font-weight': '400',
  'font-variant-numeric': 'normal',
  'letter-spacing': 'normal',
  'text-anchor': 'start',
  'paint-order': 'normal',
  visibility: 'visible',
};

const OWN: Readonly<Record<string, string>> = {
  opacity: '1',
  'dominant-baseline': 'auto',
  'clip-path': 'none',
  'vector-effect': 'none',
  'mix-blend-mode': 'normal',
  'stop-color': '#000000',
  'stop-opacity': '1',
  'image-rendering': 'auto',
};

/** Attributes that mean something only on the page. */
const PAGE_ONLY = /^(class|style|id|role|tabindex|xmlns|xmlns:.*|aria-.*|data-.*|on.*)$/;

/** Elements that others refer to keep their ids. */
const REFERRED = new Set([
  'clipPath',
  'linearGradient',
  'radialGradient',
  'pattern',
  'marker',
  'mask',
  'symbol',
]);

/** Paints, and the properties that take what is translucent in them. */
const PAINTS = [
  ['fill', 'fill-opacity'],
  ['stroke', 'stroke-opacity'],
  ['stop-color', 'stop-opacity'],
] as const;

const ELEMENT = 1;
const TEXT = 3;

type Styles = Readonly<Record<string, string>>;

/**
 * Markup of all below an element, with its styles as attributes. Left out is what is not displayed, what has the
 * attribute `data-page-only` (crosshairs, handles), and titles of parts (they are hover texts).
 */
export function inlineStyles(root: StyledElement, styleOf: StyleOf): string {
  return writeChildren(root, styleOf, INHERITED);
}

function writeChildren(parent: StyledElement, styleOf: StyleOf, inherited: Styles): string {
  let text = '';
  for (let i = 0; i < parent.childNodes.length; i++) {
    const node = parent.childNodes[i] as StyledElement & { nodeType: number; data?: string };
    if (node.nodeType === TEXT) text += escape(node.data ?? '');
    else if (node.nodeType === ELEMENT) text += write(node, styleOf, inherited);
  }
  return text;
}

function write(node: StyledElement, styleOf: StyleOf, inherited: Styles): string {
  const name = node.localName;
  if (['title', 'desc', 'script', 'style'].includes(name)) return '';
  const given = Array.from({ length: node.attributes.length }, (_, i) => node.attributes[i]);
  if (given.some((attribute) => attribute.name === 'data-page-only')) return '';
  const computed = styleOf(node);
  if (computed('display') === 'none' && name !== 'defs' && !REFERRED.has(name)) return '';
  const attributes: Record<string, string> = {};
  for (const { name: key, value } of given) {
    if (key in INHERITED || key in OWN) continue;
    if (!PAGE_ONLY.test(key) || (key === 'id' && REFERRED.has(name))) attributes[key] = value;
  }
  const styles = plain(computed);
  for (const [property, initial] of Object.entries({ ...OWN, ...inherited })) {
    if (styles[property] && styles[property] !== initial) attributes[property] = styles[property];
  }
  const passedOn = Object.fromEntries(
    Object.keys(INHERITED).map((property) => [property, styles[property] ?? inherited[property]]),
  );
  return element(name, attributes, writeChildren(node, styleOf, passedOn));
}

/** Styles as every reader of SVG 1.1 understands them: numbers instead of px, opacities instead of alpha. */
function plain(computed: (property: string) => string): Styles {
  const styles: Record<string, string> = {};
  for (const property of [...Object.keys(INHERITED), ...Object.keys(OWN)]) {
    const value = computed(property);
    if (value) styles[property] = value.replace(/(\d)px\b/g, '$1');
  }
  for (const [paint, opacity] of PAINTS) {
    const color = styles[paint] && opaque(styles[paint]);
    if (!color) continue;
    styles[paint] = color.hex;
    if (color.alpha !== 1) styles[opacity] = String(color.alpha * Number(styles[opacity] ?? 1));
  }
  return styles;
}

/** "rgb(…)", "rgba(…)" and "color(srgb …)" as six hexadecimal digits and alpha; undefined for anything else. */
export function opaque(value: string): { hex: string; alpha: number } | undefined {
  const match = /^(rgba?|color)\((?:srgb )?([^)]+)\)$/.exec(value.trim());
  if (!match) return undefined;
  const parts = match[2]
    .split(/[\s,/]+/)
    .filter(Boolean)
    .map(Number);
  const [r, g, b, alpha = 1] = parts;
  if (parts.length < 3 || parts.some((part) => !Number.isFinite(part))) return undefined;
  const factor = match[1] === 'color' ? 255 : 1;
  const hex = [r, g, b]
    .map((part) => Math.round(Math.min(255, Math.max(0, part * factor))))
    .map((part) => part.toString(16).padStart(2, '0'))
    .join('');
  return { hex: `#${hex}`, alpha };
}

export interface Frame {
  /** Size on paper and screen, px. */
  readonly width: number;
  readonly height: number;
  /** User coordinates: x, y, width, height. */
  readonly viewBox: readonly [number, number, number, number];
  /** CSS colour. */
  readonly background: string;
  readonly title: string;
  readonly description: string;
  readonly fontFamily?: string;
}

/** Characters that XML 1.0 has no place for, which names in files may hold all the same: one would make the file unreadable. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** A whole SVG file around markup. */
export function svgFile(inner: string, frame: Frame): string {
  const [x, y, width, height] = frame.viewBox;
  const file = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: frame.width,
      height: frame.height,
      viewBox: frame.viewBox.map((value) => Math.round(value * 100) / 100).join(' '),
      role: 'img',
      'font-family': frame.fontFamily,
    },
    element('title', {}, escape(frame.title)),
    frame.description ? element('desc', {}, escape(frame.description)) : '',
    element('rect', { x, y, width, height, fill: frame.background }),
    inner,
  );
  return `${file.replace(NOT_XML, '\ufffd')}\n`;
}

/** A picture of pixels, in a file of lines: `pixels` is a data URI, drawn as large as the frame. */
export function imageFile(pixels: string, frame: Frame): string {
  const [x, y, width, height] = frame.viewBox;
  return svgFile(element('image', { x, y, width, height, href: pixels }), frame);
}
