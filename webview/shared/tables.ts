/** Tables as data: drawn on the page, and written as CSV, Markdown and LaTeX. */
import './export.css';
import { formatNumber } from './format';
import type { Host } from './host';
import { element, escape } from './markup';

/** A number is written with sensible digits on the page and with all of its digits in CSV; null is "no value". */
export type CellValue = string | number | null;
/** `text` is how people read it, where that differs; `strong` marks the best value of its column. CSV has the value. */
export type Cell =
  CellValue | { readonly value: CellValue; readonly text?: string; readonly strong?: boolean };

export interface DataTable {
  readonly caption: string;
  /** Columns of numbers are set flush right; `key` is the name of the column in CSV, where it is not the title. */
  readonly columns: readonly { readonly title: string; readonly key?: string; readonly numeric?: boolean }[];
  /** As many cells a row as there are columns. */
  readonly rows: readonly (readonly Cell[])[];
}

const valueOf = (cell: Cell): CellValue => (typeof cell === 'object' && cell !== null ? cell.value : cell);
const isStrong = (cell: Cell): boolean => typeof cell === 'object' && cell !== null && cell.strong === true;

/** For the page. A caption that repeats what stands above the table is hidden: only screen readers say it. */
export function drawTable({ caption, columns, rows }: DataTable, captioned = true): string {
  const of = (i: number): string | undefined => (columns[i].numeric ? 'figure' : undefined);
  return element(
    'table',
    { class: 'data' },
    element('caption', { class: captioned ? undefined : 'visually-hidden' }, escape(caption)),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...columns.map(({ title }, i) => element('th', { scope: 'col', class: of(i) }, escape(title))),
      ),
    ),
    element(
      'tbody',
      {},
      ...rows.map((row) =>
        element(
          'tr',
          {},
          ...row.map((cell, i) => {
            const text = escape(shown(cell));
            return element('td', { class: of(i) }, isStrong(cell) ? element('strong', {}, text) : text);
          }),
        ),
      ),
    ),
  );
}

/** A cell for people. */
function shown(cell: Cell): string {
  if (typeof cell === 'object' && cell?.text !== undefined) return cell.text;
  const value = valueOf(cell);
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '–';
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value).replace('-', '−') : formatNumber(value);
}

/** RFC 4180: lines end in CR LF; fields with commas, quotes or line breaks are quoted. Numbers keep all digits. */
export function toCsv({ columns, rows }: DataTable): string {
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const written = (value: CellValue): string =>
    value === null || (typeof value === 'number' && !Number.isFinite(value)) ? '' : field(String(value));
  return [
    columns.map(({ title, key }) => field(key ?? title)),
    ...rows.map((row) => row.map((cell) => written(valueOf(cell)))),
  ]
    .map((fields) => `${fields.join(',')}\r\n`)
    .join('');
}

/** A table of GitHub's Markdown. */
export function toMarkdown({ columns, rows }: DataTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [
    line(columns.map(({ title }) => markdown(title))),
    line(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...rows.map((row) =>
      line(
        row.map((cell) => {
          const text = markdown(shown(cell));
          return isStrong(cell) ? `**${text}**` : text;
        }),
      ),
    ),
  ].join('');
}

function markdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|~#]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}

/** A table environment with the rules of the package booktabs. */
export function toLatex({ caption, columns, rows }: DataTable): string {
  const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\\n`;
  return [
    '% \\usepackage{booktabs}\n',
    '\\begin{table}\n  \\centering\n',
    `  \\caption{${latex(caption)}}\n`,
    `  \\begin{tabular}{${columns.map(({ numeric }) => (numeric ? 'r' : 'l')).join('')}}\n`,
    '    \\toprule\n',
    line(columns.map(({ title }) => latex(title))),
    '    \\midrule\n',
    ...rows.map((row) =>
      line(
        row.map((cell) => {
          const text = latex(shown(cell));
          return isStrong(cell) ? `\\textbf{${text}}` : text;
        }),
      ),
    ),
    '    \\bottomrule\n  \\end{tabular}\n\\end{table}\n',
  ].join('');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '−': '$-$',
  '–': '--',
  '—': '---',
  '…': '\\ldots{}',
  '×': '$\\times$',
  '°': '$^\\circ$',
  '·': '$\\cdot$',
  '↑': '$\\uparrow$',
  '↓': '$\\downarrow$',
  '‖': '$\\Vert$',
  '“': '``',
  '”': "''",
  '’': "'",
};

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Text with the characters that mean something to LaTeX, and those its fonts lack, written out. */
export function latex(text: string): string {
  return text
    .replace(/[\\{}$&#%_^~<>|−–—…×°·↑↓‖“”’]|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (found) => {
      if (found in LATEX) return LATEX[found];
      const digits = [...found].map((digit) => (digit === '⁻' ? '-' : String(SUPERSCRIPTS.indexOf(digit))));
      return `$^{${digits.join('')}}$`;
    })
    .replace(/\s*[\r\n]+\s*/g, ' ');
}

const FORMATS = [
  { title: 'CSV', write: toCsv },
  { title: 'Markdown', write: toMarkdown },
  { title: 'LaTeX', write: toLatex },
];

/** Three small buttons that copy what `table` returns at that moment as CSV, Markdown or LaTeX. */
export function copyTools(host: Pick<Host, 'send'>, table: () => DataTable): HTMLElement {
  const tools = document.createElement('div');
  tools.className = 'copy-tools';
  tools.setAttribute('role', 'group');
  tools.setAttribute('aria-label', 'Copy the table');
  tools.append('Copy as');
  for (const { title, write } of FORMATS) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = title;
    button.setAttribute('aria-label', `Copy the table as ${title}`);
    button.addEventListener('click', () => {
      const data = table();
      host.send({ type: 'copy', text: write(data), what: `${data.caption} (${title})` });
    });
    tools.append(button);
  }
  return tools;
}
