/** Writes HTML and SVG as strings: pictures are pure functions from data to text, so that tests can compare them. */

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from files and settings must pass through here before it becomes markup. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Coordinates with at most two decimals: more cannot be seen, and fewer digits make shorter pictures. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/**
 * One element. Attribute values are escaped; `children` are markup already. `undefined` and `false` leave an attribute
 * out, `true` writes its name alone.
 */
export function element(name: string, attributes: Attributes = {}, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => {
      if (value === true) return ` ${key}`;
      return ` ${key}="${typeof value === 'number' ? coordinate(value) : escape(String(value))}"`;
    })
    .join('');
  return `<${name}${written}>${children.join('')}</${name}>`;
}
