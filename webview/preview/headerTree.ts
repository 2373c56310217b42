/** The header of a file as the rows of a tree, and their markup: pure functions. */
import type { PreviewHeader, PreviewVariable } from '../../src/core/data/preview';
import { element, escape } from '../shared/markup';

/** One visible row. */
export interface Row {
  /** Names the row, also after the header has been read again. */
  readonly key: string;
  readonly level: 1 | 2 | 3;
  /** Undefined for a row that has nothing below it. */
  readonly expanded: boolean | undefined;
  readonly kind: 'section' | 'dimension' | 'variable' | 'attribute';
  readonly name: string;
  readonly detail: string;
  /** Place among the rows of the same parent, from 1, and how many there are. */
  readonly position: number;
  readonly siblings: number;
  /** The row that this one is below. */
  readonly parent: string | undefined;
  /** Of a variable: whether it can be drawn. */
  readonly drawable?: boolean;
}

/** Keys of the rows that are open at first. */
export const openAtFirst: readonly string[] = ['dimensions', 'variables'];

/** The rows that can be seen when those of `open` are expanded, from top to bottom. */
export function visibleRows(header: PreviewHeader, open: ReadonlySet<string>): Row[] {
  const attributes = Object.entries(header.attributes);
  const sections = [
    section('dimensions', 'Dimensions', header.dimensions.length, open, () =>
      header.dimensions.map(({ name, size, unlimited }, i) => ({
        ...below('dimensions', `dimension:${name}`, i, header.dimensions.length),
        kind: 'dimension' as const,
        expanded: undefined,
        name,
        detail: `${formatCount(size)}${unlimited ? ', unlimited' : ''}`,
      })),
    ),
    section('variables', 'Variables', header.variables.length, open, () =>
      header.variables.flatMap((variable, i) => variableRows(variable, i, header.variables.length, open)),
    ),
    section('attributes', 'Global attributes', attributes.length, open, () =>
      attributes.map(([name, value], i) => ({
        ...below('attributes', `attribute:${name}`, i, attributes.length),
        kind: 'attribute' as const,
        expanded: undefined,
        name,
        detail: value,
      })),
    ),
  ];
  return sections.flatMap((build, i) => build(i + 1, sections.length));
}

type Build = (position: number, siblings: number) => Row[];

function section(
  key: string,
  name: string,
  count: number,
  open: ReadonlySet<string>,
  children: () => Row[],
): Build {
  const expanded = count > 0 ? open.has(key) : undefined;
  return (position, siblings) => [
    {
      key,
      level: 1,
      expanded,
      kind: 'section',
      name,
      detail: formatCount(count),
      position,
      siblings,
      parent: undefined,
    },
    ...(expanded ? children() : []),
  ];
}

function below(parent: string, key: string, i: number, siblings: number) {
  return { key, level: 2 as const, position: i + 1, siblings, parent };
}

function variableRows(
  variable: PreviewVariable,
  i: number,
  siblings: number,
  open: ReadonlySet<string>,
): Row[] {
  const key = variableKey(variable.name);
  const attributes = Object.entries(variable.attributes);
  const expanded = attributes.length > 0 ? open.has(key) : undefined;
  const row: Row = {
    ...below('variables', key, i, siblings),
    kind: 'variable',
    expanded,
    name: variable.name,
    detail: `${variable.type}${shapeOf(variable)}`,
    drawable: variable.steps !== undefined,
  };
  if (!expanded) return [row];
  return [
    row,
    ...attributes.map(([name, value], n): Row => ({
      key: `${key}:${name}`,
      level: 3,
      expanded: undefined,
      kind: 'attribute',
      name,
      detail: value,
      position: n + 1,
      siblings: attributes.length,
      parent: key,
    })),
  ];
}

export function variableKey(name: string): string {
  return `variable:${name}`;
}

/** " (time 366, lat 10, lon 12)"; empty for a scalar. Names in groups without their groups. */
function shapeOf({ dimensions, shape }: PreviewVariable): string {
  if (dimensions.length === 0) return '';
  const parts = dimensions.map(
    (name, d) => `${name.slice(name.lastIndexOf('/') + 1)} ${formatCount(shape[d])}`,
  );
  return ` (${parts.join(', ')})`;
}

/** Digits in groups of three, with thin spaces. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** Identifier of a row's element: keys hold any character. */
export function rowId(index: number): string {
  return `row-${index}`;
}

/** `selected`: the variable that is drawn. `active`: the row that the keys are on. */
export function drawRows(rows: readonly Row[], selected: string | undefined, active: string): string {
  return rows
    .map((row, index) => {
      const { key, level, expanded, kind, name, detail, position, siblings, drawable } = row;
      const isSelected = kind === 'variable' && key === selected;
      return element(
        'div',
        {
          id: rowId(index),
          role: 'treeitem',
          class: ['row', kind, drawable === false ? 'undrawable' : '', key === active ? 'active' : '']
            .filter(Boolean)
            .join(' '),
          'data-index': String(index),
          'aria-level': String(level),
          'aria-posinset': String(position),
          'aria-setsize': String(siblings),
          'aria-expanded': expanded === undefined ? undefined : String(expanded),
          'aria-selected': kind === 'variable' ? String(isSelected) : undefined,
        },
        element('span', { class: 'twistie', 'aria-hidden': 'true' }, twistie(expanded)),
        element(
          'span',
          { class: 'text' },
          element('span', { class: 'name' }, escape(name)),
          kind === 'attribute' ? ': ' : ' ',
          element('span', { class: 'detail' }, escape(detail)),
        ),
      );
    })
    .join('');
}

function twistie(expanded: boolean | undefined): string {
  if (expanded === undefined) return '';
  const d = expanded ? 'M3,5.5L8,10.5L13,5.5' : 'M5.5,3L10.5,8L5.5,13';
  return element('svg', { viewBox: '0 0 16 16', width: 12, height: 12 }, element('path', { d }));
}

/** Which row a key leads to from the row at `at`: an index, or the row to expand or to collapse. */
export type Move = { readonly to: number } | { readonly toggle: number } | undefined;

/** The keys of a tree after the ARIA Authoring Practices; letters are not among them. */
export function moveBy(rows: readonly Row[], at: number, key: string): Move {
  const row = rows[at];
  if (!row) return rows.length > 0 ? { to: 0 } : undefined;
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(at + 1, rows.length - 1) };
    case 'ArrowUp':
      return { to: Math.max(at - 1, 0) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: rows.length - 1 };
    case 'ArrowRight':
      if (row.expanded === false) return { toggle: at };
      return row.expanded ? { to: at + 1 } : undefined;
    case 'ArrowLeft': {
      if (row.expanded) return { toggle: at };
      const parent = rows.findIndex(({ key: candidate }) => candidate === row.parent);
      return parent < 0 ? undefined : { to: parent };
    }
    default:
      return undefined;
  }
}

/** The next row whose name begins with `text`, from the one at `at` on and around; undefined when there is none. */
export function findRow(rows: readonly Row[], at: number, text: string): number | undefined {
  const wanted = text.toLowerCase();
  // A further letter may still mean the row that is there.
  const first = text.length > 1 ? at : at + 1;
  for (let i = 0; i < rows.length; i++) {
    const index = (first + i) % rows.length;
    const name = rows[index].name.toLowerCase();
    if (name.startsWith(wanted) || name.slice(name.lastIndexOf('/') + 1).startsWith(wanted)) return index;
  }
  return undefined;
}
