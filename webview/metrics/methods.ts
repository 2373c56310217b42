/** The comparisons of methods on the data files of the run. */
import type { ComparisonEntry } from '../../src/protocol/comparison';
import { drawComparisonTable } from '../shared/comparisonTable';
import { element, escape } from '../shared/markup';

/** One comparison: what was compared on what, its table, and the way to all of it. */
export function drawComparison({ directory, data, started, state, means }: ComparisonEntry): string {
  const when = started.slice(0, 16).replace('T', ' ');
  return element(
    'div',
    { class: 'comparison' },
    element(
      'div',
      { class: 'head' },
      element('h3', {}, escape(`${when} (UTC)${state === 'finished' ? '' : `, ${state}`}`)),
      element(
        'button',
        { type: 'button', class: 'link', 'data-comparison': directory },
        'Seeds, stability, cost, agreement',
      ),
    ),
    element('p', { class: 'note' }, escape(data)),
    means
      ? element(
          'div',
          { class: 'wide', tabindex: 0, role: 'group', 'aria-label': `Methods compared, ${when}` },
          drawComparisonTable(means),
        )
      : '',
    means ? element('p', { class: 'note' }, escape(means.caption)) : '',
  );
}
