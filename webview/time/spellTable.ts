/** Every spell as a row of a table that can be sorted. Only the rows in sight are on the page. */
import type { Selection } from '../../src/protocol/panel';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import type { DataTable } from '../shared/tables';
import { chip, lengthUnit, formatLength } from './clusterTable';
import type { Spell } from './statistics';
import type { TimeAxis } from './timeAxis';

export const spellKeys = ['first', 'last', 'length', 'label', 'probability'] as const;
export type SpellKey = (typeof spellKeys)[number];
export interface SpellOrder {
  readonly key: SpellKey;
  readonly descending: boolean;
}

/** Spells in the order of a column; equal ones in the order of time. */
export function sortSpells(spells: readonly Spell[], { key, descending }: SpellOrder): Spell[] {
  const sign = descending ? -1 : 1;
  return [...spells].sort((a, b) => sign * ((a[key] ?? -1) - (b[key] ?? -1)) || a.first - b.first);
}

const HEADS: Readonly<Record<SpellKey, string>> = {
  first: 'From',
  last: 'To',
  length: 'Length',
  label: 'Cluster',
  probability: 'Mean probability',
};

export function drawSpellHead({ key, descending }: SpellOrder, axis: TimeAxis): string {
  return element(
    'tr',
    {},
    ...spellKeys.map((own) =>
      element(
        'th',
        {
          scope: 'col',
          class: own === 'length' || own === 'probability' ? 'figure' : undefined,
          'aria-sort': own === key ? (descending ? 'descending' : 'ascending') : undefined,
        },
        element(
          'button',
          { class: 'link', 'data-sort': own },
          HEADS[own],
          own === 'length' ? ` (${lengthUnit(axis).replace(' (days)', ', days')})` : '',
          own === key ? (descending ? ' ↓' : ' ↑') : '',
        ),
      ),
    ),
  );
}

export function drawSpell(spell: Spell, index: number, axis: TimeAxis, selected: boolean): string {
  const { first, last, label, length, probability } = spell;
  return element(
    'tr',
    {
      class: selected ? 'selectable selected' : 'selectable',
      'data-spell': `${first} ${last}`,
      'aria-rowindex': index + 2,
    },
    element(
      'td',
      {},
      element('button', { class: 'link', 'aria-pressed': String(selected) }, escape(axis.format(first))),
    ),
    element('td', {}, escape(axis.format(last))),
    element('td', { class: 'figure' }, formatLength(last - first + 1, length, axis)),
    element('td', {}, chip(label), String(label)),
    element('td', { class: 'figure' }, probability === null ? '–' : probability.toFixed(2)),
  );
}

/** Height of a row on the page, in pixels: the style sheet has the same. */
const ROW = 28;
/** Rows drawn above and below those in sight. */
const SPARE = 8;

export class SpellTable {
  private readonly scroller = document.createElement('div');
  private readonly head = document.createElement('thead');
  private readonly body = document.createElement('tbody');
  private readonly above = document.createElement('tbody');
  private readonly below = document.createElement('tbody');
  private spells: readonly Spell[] = [];
  private sorted: readonly Spell[] = [];
  private order: SpellOrder = { key: 'first', descending: false };
  private axis: TimeAxis | undefined;
  private period: Selection['period'] = null;

  constructor(container: HTMLElement, select: (period: [number, number]) => void) {
    this.scroller.className = 'scroll spells';
    const table = document.createElement('table');
    table.setAttribute('aria-label', 'Spells');
    for (const spacer of [this.above, this.below]) {
      spacer.setAttribute('aria-hidden', 'true');
      spacer.innerHTML = '<tr><td colspan="5"></td></tr>';
    }
    table.append(this.head, this.above, this.body, this.below);
    this.scroller.append(table);
    container.append(this.scroller);
    this.scroller.addEventListener('scroll', () => this.renderRows());
    this.scroller.addEventListener('click', (event) => {
      const target = event.target as Element;
      const key = target.closest<HTMLElement>('[data-sort]')?.dataset.sort as SpellKey | undefined;
      if (key) return this.sortBy(key);
      const row = target.closest<HTMLElement>('[data-spell]')?.dataset.spell;
      if (row) select(row.split(' ').map(Number) as [number, number]);
    });
  }

  update(spells: readonly Spell[], axis: TimeAxis): void {
    if (spells === this.spells && axis === this.axis) return;
    this.spells = spells;
    this.axis = axis;
    this.sorted = sortSpells(spells, this.order);
    this.renderHead();
    this.renderRows();
  }

  setPeriod(period: Selection['period']): void {
    this.period = period;
    this.renderRows();
  }

  private sortBy(key: SpellKey): void {
    const descending =
      key === this.order.key ? !this.order.descending : key === 'length' || key === 'probability';
    this.order = { key, descending };
    this.sorted = sortSpells(this.spells, this.order);
    this.renderHead();
    this.head.querySelector<HTMLElement>(`[data-sort="${key}"]`)?.focus();
    this.scroller.scrollTop = 0;
    this.renderRows();
  }

  private renderHead(): void {
    redraw(this.head, drawSpellHead(this.order, this.axis!));
    this.head.parentElement!.setAttribute('aria-rowcount', String(this.sorted.length + 1));
  }

  private renderRows(): void {
    if (!this.axis || this.scroller.clientHeight === 0) return;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
    const last = Math.min(
      this.sorted.length,
      Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / ROW) + SPARE,
    );
    const { axis, period } = this;
    redraw(
      this.body,
      this.sorted
        .slice(first, last)
        .map((spell, i) =>
          drawSpell(spell, first + i, axis, period?.[0] === spell.first && period[1] === spell.last),
        )
        .join(''),
    );
    this.space(this.above, first);
    this.space(this.below, this.sorted.length - last);
  }

  private space(spacer: HTMLElement, rows: number): void {
    spacer.hidden = rows === 0;
    spacer.querySelector<HTMLElement>('td')!.style.height = `${rows * ROW}px`;
  }
}

/** For the clipboard: times as in the data. */
export function spellData(spells: readonly Spell[], times: readonly string[], axis: TimeAxis): DataTable {
  const dated = axis.calendar !== null;
  return {
    caption: 'Spells',
    columns: [
      { title: 'From', key: 'from' },
      { title: 'To', key: 'to' },
      { title: 'Steps', key: 'steps', numeric: true },
      ...(dated ? [{ title: 'Days', key: 'days', numeric: true }] : []),
      { title: 'Cluster', key: 'cluster' },
      { title: 'Mean probability', key: 'mean_probability', numeric: true },
    ],
    rows: spells.map(({ first, last, length, label, probability }) => [
      times[first],
      times[last],
      last - first + 1,
      ...(dated ? [length] : []),
      String(label),
      probability,
    ]),
  };
}
