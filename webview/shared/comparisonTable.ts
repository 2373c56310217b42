/** Tables of a comparison of methods, as the host has made them. */
import type { TableSnapshot } from '../../src/protocol/comparison';
import { element, escape } from './markup';

const minus = (text: string): string => text.replace(/^-(?=\d)/, '−');

/** For the page; the caption is for screen readers where `captioned` is false, since it stands beside the table then. */
export function drawComparisonTable(
  { title, caption, columns, rows }: TableSnapshot,
  captioned = false,
): string {
  const head = columns.map(({ title: name, better }, i) =>
    element(
      'th',
      { scope: 'col', class: i > 0 ? 'figure' : undefined },
      escape(name),
      better
        ? element(
            'span',
            { title: `${better} is better` },
            ` <span aria-hidden="true">${better === 'higher' ? '↑' : '↓'}</span>` +
              element('span', { class: 'visually-hidden' }, `, ${better} is better`),
          )
        : '',
    ),
  );
  const body = rows.map(({ name, cells, failure }) =>
    element(
      'tr',
      { class: failure === undefined ? undefined : 'failure' },
      element('th', { scope: 'row' }, escape(name)),
      ...(failure === undefined
        ? cells.map(({ text, spread, best }) => {
            const value = escape(minus(text));
            return element(
              'td',
              { class: 'figure' },
              best
                ? element('strong', {}, value, element('span', { class: 'visually-hidden' }, ', best'))
                : value,
              spread === undefined ? '' : element('span', { class: 'spread' }, ` ± ${escape(spread)}`),
            );
          })
        : [element('td', { colspan: columns.length - 1 }, 'failed: ', escape(failure))]),
    ),
  );
  return element(
    'table',
    { class: 'methods' },
    element(
      'caption',
      { class: captioned ? undefined : 'visually-hidden' },
      escape(captioned ? caption : title),
    ),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
}
