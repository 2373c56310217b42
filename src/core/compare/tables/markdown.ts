import type { Cell, Table } from './model';

/** A table with its heading and caption, in GitHub's Markdown; the best values are bold. */
export function markdownTable({ title, caption, columns, rows }: Table, level = 2): string {
  const arrows = { higher: ' ↑', lower: ' ↓' };
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map(({ name, cells, failure }) =>
    line([
      escapeMarkdown(name),
      ...(failure === undefined
        ? cells.map(cellText)
        : columns.slice(1).map((_, i) => (i === 0 ? `failed: ${escapeMarkdown(failure)}` : ''))),
    ]),
  );
  return [
    `${'#'.repeat(level)} ${escapeMarkdown(title)}`,
    '',
    escapeMarkdown(caption),
    '',
    line(
      columns.map((column) => escapeMarkdown(column.title) + (column.better ? arrows[column.better] : '')),
    ),
    line(columns.map((_, i) => (i === 0 ? ':--' : '--:'))),
    ...body,
    '',
  ].join('\n');
}

function cellText({ text, spread, best }: Cell): string {
  const value = escapeMarkdown(text);
  return (best ? `**${value}**` : value) + (spread === undefined ? '' : ` ± ${spread}`);
}

/** Text that Markdown would read as markup or as the end of a cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\`*_[\]<>|~#]/g, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
    );
}
