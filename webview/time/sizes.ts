/** How many time steps each cluster has: a table whose bars are a picture of its numbers. */
import type { RunSnapshot } from '../../src/protocol/panel';
import { formatShare } from '../shared/format';
import { element } from '../shared/markup';
import { clusterColor } from '../shared/palette';

/** Time steps in each cluster. */
export function countSizes(labels: readonly number[], clusters: number): number[] {
  const sizes = Array<number>(clusters).fill(0);
  for (const label of labels) sizes[label]++;
  return sizes;
}

export function drawSizes({ labels, clusters }: Pick<RunSnapshot, 'labels' | 'clusters'>): string {
  const sizes = labels ? countSizes(labels, clusters) : Array<number | undefined>(clusters).fill(undefined);
  const largest = Math.max(1, ...sizes.map((size) => size ?? 0));
  const rows = sizes.map((size, label) =>
    element(
      'tr',
      { class: size === 0 ? 'empty' : undefined },
      element('th', { scope: 'row' }, chip(label), ` Cluster ${label}`),
      element('td', { class: 'bar' }, bar((size ?? 0) / largest, clusterColor(label))),
      element('td', { class: 'figure' }, size === undefined ? '–' : String(size)),
      element(
        'td',
        { class: 'figure' },
        size === undefined ? '–' : size === 0 ? 'empty' : formatShare(size / labels!.length),
      ),
    ),
  );
  return element(
    'table',
    { class: 'sizes' },
    element(
      'thead',
      {},
      '<tr><th scope="col">Cluster</th><th class="bar"></th><th class="figure" scope="col">Steps</th>' +
        '<th class="figure" scope="col">Share</th></tr>',
    ),
    element('tbody', {}, ...rows),
  );
}

function chip(label: number): string {
  return element(
    'svg',
    { class: 'chip', width: 12, height: 12, viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    element('rect', { width: 12, height: 12, rx: 2, fill: clusterColor(label) }),
  );
}

function bar(length: number, color: string): string {
  return element(
    'svg',
    { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    element('rect', { width: 100 * length, height: 10, fill: color }),
  );
}
