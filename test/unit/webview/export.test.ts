import { describe, expect, it } from 'vitest';
import { fileName } from '../../../webview/shared/export';
import {
  type StyledElement,
  imageFile,
  inlineStyles,
  opaque,
  svgFile,
} from '../../../webview/shared/standaloneSvg';
import { drawTable, latex, toCsv, toLatex, toMarkdown } from '../../../webview/shared/tables';

interface Fake extends StyledElement {
  readonly nodeType: number;
  readonly style: Readonly<Record<string, string>>;
}
const node = (
  localName: string,
  attributes: Record<string, string>,
  style: Record<string, string>,
  ...children: (Fake | string)[]
): Fake => ({
  nodeType: 1,
  localName,
  attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
  style,
  childNodes: children.map((child) => (typeof child === 'string' ? { nodeType: 3, data: child } : child)),
});
const inline = (...children: (Fake | string)[]): string =>
  inlineStyles(
    node('svg', {}, {}, ...children),
    (element) => (property) => (element as Fake).style[property] ?? '',
  );

describe('a picture in a file', () => {
  it('has its styles as attributes, and nothing of the page', () => {
    const text = node(
      'text',
      { x: '1', class: 'a', 'data-b': 'c', 'aria-hidden': 'true' },
      { 'font-size': '11px' },
      '1 < 2',
    );
    expect(inline(text)).toBe('<text x="1" font-size="11">1 &lt; 2</text>');
  });

  it('writes inherited styles once', () => {
    const style = { fill: 'rgb(1, 2, 3)', 'text-anchor': 'end' };
    expect(inline(node('g', {}, style, node('text', {}, style)))).toBe(
      '<g fill="#010203" text-anchor="end"><text></text></g>',
    );
    // What the parent has set must be undone where the child has the initial value.
    expect(inline(node('g', {}, style, node('text', {}, { fill: 'rgb(0, 0, 0)' })))).toContain(
      '<text fill="#000000">',
    );
  });

  it('writes opacities where colours have an alpha', () => {
    expect(inline(node('path', {}, { stroke: 'rgba(255, 0, 0, 0.5)', 'stroke-opacity': '0.5' }))).toBe(
      '<path stroke="#ff0000" stroke-opacity="0.25"></path>',
    );
    expect(opaque('color(srgb 1 0.5 0 / 0.25)')).toEqual({ hex: '#ff8000', alpha: 0.25 });
    expect(opaque('url(#a)')).toBeUndefined();
  });

  it('leaves out crosshairs, what is hidden, and hover texts', () => {
    expect(
      inline(
        node('g', { 'data-page-only': '' }, {}),
        node('path', {}, { display: 'none' }),
        node('title', {}, {}, 'hover'),
        node('style', {}, {}, 'a{}'),
      ),
    ).toBe('');
  });

  it('keeps what others refer to', () => {
    expect(
      inline(node('clipPath', { id: 'a' }, {}), node('g', { id: 'b' }, { 'clip-path': 'url("#a")' })),
    ).toBe('<clipPath id="a"></clipPath><g clip-path="url(&quot;#a&quot;)"></g>');
  });

  it('stands alone', () => {
    const frame = {
      width: 20,
      height: 10,
      viewBox: [0, 0, 40, 20] as const,
      background: '#1f1f1f',
      title: 'A & B',
      description: 'What it shows',
    };
    expect(svgFile('<path></path>', frame)).toMatchSnapshot('file');
    // Names in files may hold what XML must not.
    const odd = svgFile(inline(node('text', {}, {}, 'a\u0001\u0000b\ud800 <c> \u{1f30d} größe')), frame);
    expect(odd).toContain('>a\ufffd\ufffdb\ufffd &lt;c&gt; \u{1f30d} größe<');
    expect(imageFile('data:image/png;base64,AA', frame)).toContain('href="data:image/png;base64,AA"');
  });

  it('has a name that every file system takes', () => {
    expect(fileName('Losses of “été 2008”/a.nc')).toMatch(/^losses-of-e.*te.*-2008-a\.nc$/);
    expect(fileName('../..')).toBe('picture');
  });
});

describe('tables', () => {
  const table = {
    caption: '50% of A_B',
    columns: [
      { title: 'Name', key: 'name' },
      { title: 'x | y ↑', numeric: true },
    ],
    rows: [
      ['a,"b"', { value: -0.123456, strong: true }],
      ['<i> & $c_1$', null],
      [{ value: 61, text: '1 min' }, 1e-7],
      ['two\nlines', NaN],
    ],
  };

  it('are written as CSV with all digits', () => {
    expect(toCsv(table)).toBe(
      'name,x | y ↑\r\n"a,""b""",-0.123456\r\n<i> & $c_1$,\r\n61,1e-7\r\n"two\nlines",\r\n',
    );
  });

  it('are written as Markdown', () => {
    expect(toMarkdown(table)).toBe(
      '| Name | x \\| y ↑ |\n| --- | ---: |\n| a,"b" | **−0.1235** |\n| \\<i\\> & $c\\_1$ | – |\n' +
        '| 1 min | 1.00 × 10⁻⁷ |\n| two lines | – |\n',
    );
  });

  it('are written as LaTeX', () => {
    expect(toLatex(table)).toMatchSnapshot('latex');
    expect(latex('\\{a}~^')).toBe('\\textbackslash{}\\{a\\}\\textasciitilde{}\\textasciicircum{}');
    expect(latex('1.20 × 10⁻⁵')).toBe('1.20 $\\times$ 10$^{-5}$');
  });

  it('are drawn with everything escaped', () => {
    expect(drawTable(table)).toContain('<td>&lt;i&gt; &amp; $c_1$</td><td class="figure">–</td>');
    expect(drawTable(table)).toContain('<strong>−0.1235</strong>');
  });
});
