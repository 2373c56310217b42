/** A piece of markup that is safe to put into a page. Only {@link html} and {@link raw} make them. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | undefined | false | readonly Content[];

/** Markup from a template; everything put into it is escaped, unless it is markup itself. Works for HTML and SVG. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  let text = strings[0];
  contents.forEach((content, i) => (text += render(content) + strings[i + 1]));
  return new Markup(text);
}

/** Text that is markup already: our own constants only, never anything from a file. */
export function raw(text: string): Markup {
  return new Markup(text);
}

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(render).join('');
  return escapeHtml(String(content));
}

/** Text with what HTML gives a meaning replaced, also inside quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
