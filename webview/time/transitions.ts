/** Where each cluster goes when it ends: the transition matrix as a heat table. */
import { element } from '../shared/markup';
import type { DataTable } from '../shared/tables';
import { chip } from './clusterTable';

export const transitionUnits = ['exits', 'probability', 'count'] as const;
/**
 * What the cells say of a change from cluster i to j: its share of all changes out of i, the probability of a step of i
 * to be followed by one of j, or how often it happened.
 */
export type TransitionUnit = (typeof transitionUnits)[number];

/** Shades of a cell, from none to the strongest: classes of the style sheet, for the policy forbids inline styles. */
const SHADES = 10;

interface Row {
  /** Steps of the cluster that have a next one. */
  readonly total: number;
  readonly exits: number;
  readonly stays: number;
}

function summarise(counts: readonly number[], from: number): Row {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { total, exits: total - counts[from], stays: counts[from] };
}

/** `counts`: how often i is followed by j, [K, K]; null before the first clustering. */
export function drawTransitions(
  counts: readonly (readonly number[])[] | null,
  clusters: number,
  unit: TransitionUnit,
): string {
  const labels = Array.from({ length: clusters }, (_, label) => label);
  const rows = counts?.map(summarise);
  const cell = (from: number, to: number): { text: string; share: number } => {
    const { total, exits } = rows![from];
    const count = counts![from][to];
    const share = exits > 0 ? count / exits : 0;
    if (unit === 'count') return { text: String(count), share };
    if (unit === 'exits') return { text: percent(share), share };
    return { text: total > 0 ? probability(count / total) : '–', share };
  };
  return element(
    'table',
    { class: 'transitions' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        '<th scope="col">From</th><th scope="col" class="figure">Changes</th>' +
          '<th scope="col" class="figure stays">Stays</th>',
        ...labels.map((to) =>
          element('th', { scope: 'col', 'aria-label': `to cluster ${to}` }, chip(to), String(to)),
        ),
      ),
    ),
    element(
      'tbody',
      {},
      ...labels.map((from) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', 'aria-label': `from cluster ${from}` }, chip(from), String(from)),
          element('td', { class: 'figure' }, rows ? String(rows[from].exits) : '–'),
          element('td', { class: 'figure stays' }, rows ? stays(rows[from], unit) : '–'),
          ...labels.map((to) => {
            if (from === to) return element('td', { class: 'figure same' }, '·');
            if (!rows || rows[from].exits === 0) return element('td', { class: 'figure' }, '–');
            const { text, share } = cell(from, to);
            const none = counts![from][to] === 0;
            return element(
              'td',
              {
                class: `figure heat-${Math.ceil(share * SHADES)}`,
                title: `${from} to ${to}: ${counts![from][to]} of ${rows[from].exits} changes, ${rows[from].total} steps`,
              },
              none ? '' : text,
            );
          }),
        ),
      ),
    ),
  );
}

function stays({ total, stays }: Row, unit: TransitionUnit): string {
  if (total === 0) return '–';
  return unit === 'count' ? String(stays) : probability(stays / total);
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? '<1%' : `${Math.round(100 * share)}%`;
}

function probability(value: number): string {
  if (value === 0 || value === 1) return String(value);
  return value < 0.0005 ? '<0.001' : value.toFixed(value < 0.1 ? 3 : 2);
}

/** For the clipboard: counts and probabilities of every pair. */
export function transitionData(counts: readonly (readonly number[])[] | null): DataTable {
  return {
    caption: 'Transitions between clusters',
    columns: [
      { title: 'From', key: 'from' },
      { title: 'To', key: 'to' },
      { title: 'Count', key: 'count', numeric: true },
      { title: 'Probability', key: 'probability', numeric: true },
      { title: 'Share of changes', key: 'share_of_changes', numeric: true },
    ],
    rows: (counts ?? []).flatMap((row, from) => {
      const { total, exits } = summarise(row, from);
      return row.map((count, to) => [
        String(from),
        String(to),
        count,
        total > 0 ? count / total : null,
        from === to || exits === 0 ? null : count / exits,
      ]);
    }),
  };
}
