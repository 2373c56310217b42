import type { Cell, Table } from './model';

/** A floating table that needs the package `booktabs`; the best values are bold. */
export function latexTable({ title, caption, columns, rows }: Table, label: string): string {
  const arrows = { higher: ' $\\uparrow$', lower: ' $\\downarrow$' };
  const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\`;
  const body = rows.map(({ name, cells, failure }) =>
    line([
      escapeLatex(name),
      ...(failure === undefined
        ? cells.map(cellText)
        : [`\\multicolumn{${columns.length - 1}}{l}{failed: ${escapeLatex(failure)}}`]),
    ]),
  );
  return [
    '\\begin{table*}',
    '  \\centering',
    `  \\caption{${escapeLatex(title)}. ${escapeLatex(caption)}}`,
    `  \\label{tab:${label}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns.length - 1)}}`,
    '    \\toprule',
    line(columns.map((column) => escapeLatex(column.title) + (column.better ? arrows[column.better] : ''))),
    '    \\midrule',
    ...body,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table*}',
    '',
  ].join('\n');
}

function cellText({ text, spread, best }: Cell): string {
  if (!/^-?[\d.]+$/.test(text)) return best ? `\\textbf{${escapeLatex(text)}}` : escapeLatex(text);
  const value = best ? `\\mathbf{${text}}` : text;
  return `$${value}${spread === undefined ? '' : ` \\pm ${spread}`}$`;
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "''",
  '–': '--',
  '±': '$\\pm$',
  '†': '$\\dagger$',
};

/** Text whose characters LaTeX would read as commands. */
export function escapeLatex(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\~^<>|"–±†&%$#_{}]/g, (character) => SPECIAL[character] ?? `\\${character}`);
}
