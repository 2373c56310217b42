/** The panel's fixed parts. */
import { projectionNames } from '../shared/map';
import { element } from '../shared/markup';
import { shows } from './plan';
import { SHOW_NAMES } from './words';

const SHOW_TITLES = {
  mean: 'The mean field of the time steps of each cluster',
  anomaly: 'The mean of each cluster minus the mean of all time steps',
  difference: 'Where clusters differ most: the F statistic of a one-way analysis of variance',
} as const;

export const PAGE = [
  element('h1', { class: 'visually-hidden' }, 'Cluster maps'),
  element('div', { id: 'strip' }),
  element('div', { id: 'empty', class: 'empty-state', hidden: true }),
  element(
    'div',
    { id: 'controls', class: 'toolbar', role: 'group', 'aria-label': 'How the maps are shown' },
    element('label', {}, 'Field', element('select', { id: 'field' })),
    element(
      'div',
      { class: 'choice', role: 'group', 'aria-label': 'What the maps show' },
      ...shows.map((show) =>
        element('button', { type: 'button', 'data-show': show, title: SHOW_TITLES[show] }, SHOW_NAMES[show]),
      ),
    ),
    element('label', {}, 'Projection', element('select', { id: 'projection' })),
    element(
      'label',
      {
        id: 'stipple',
        title:
          'Dots where a cluster differs significantly: two-sided test, false discovery rate over all cells, effective sample size',
      },
      element('input', { type: 'checkbox' }),
      'Significance',
    ),
    element(
      'span',
      { class: 'zoom' },
      element(
        'button',
        { type: 'button', 'data-zoom': 'out', 'aria-label': 'Zoom out', title: 'Zoom out (−)' },
        '−',
      ),
      element(
        'button',
        { type: 'button', 'data-zoom': 'in', 'aria-label': 'Zoom in', title: 'Zoom in (+)' },
        '+',
      ),
      element(
        'button',
        { type: 'button', 'data-zoom': 'reset', title: 'Show the whole domain (0)' },
        'Reset view',
      ),
    ),
    element('span', { id: 'tools', class: 'end' }),
  ),
  element('p', { id: 'readout', role: 'status' }),
  element('p', { id: 'refusal', class: 'message', hidden: true }),
  element('div', { id: 'sections' }),
  element(
    'details',
    { id: 'table' },
    element('summary', {}, 'Table of the maps'),
    element('div', { class: 'table-tools' }),
    element('div', { class: 'scroll' }),
  ),
].join('');

/** The menu of projections: what fits by itself, then all that the domain can be shown in. */
export function projectionOptions(
  offered: readonly (keyof typeof projectionNames)[],
  automatic: keyof typeof projectionNames,
): string {
  return [
    element('option', { value: 'auto' }, `Automatic: ${projectionNames[automatic]}`),
    ...offered.map((kind) => element('option', { value: kind }, projectionNames[kind])),
  ].join('');
}
