/** The panel of a comparison: methods in a table and in pictures, their cost, their agreement, and best of n apart. */
import * as z from 'zod/mini';
import {
  type ComparisonSnapshot,
  type ComparisonTable,
  type FromComparison,
  type TableSnapshot,
  tableFormats,
  toComparison,
} from '../../src/protocol/comparison';
import { drawComparisonTable } from '../shared/comparisonTable';
import { pictureTools } from '../shared/export';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import { keepReachable } from '../shared/scrollers';
import { vscodeApi } from '../shared/vscodeApi';
import { drawComparisonChart, drawComparisonSheet } from './chart';
import './comparison.css';
import { drawHead } from './head';

// The content security policy forbids code from strings, which zod would otherwise try.
z.config({ jitless: true });

const tableSection = (id: ComparisonTable, note = ''): string => `
  <section id="${id}" aria-labelledby="${id}-title">
    <div class="head"><h2 id="${id}-title"></h2><div class="copy-tools" role="group" aria-label="Copy the table">Copy as${tableFormats
      .map(
        (format) =>
          ` <button type="button" data-copy="${id}" data-format="${format}" aria-label="Copy the table as ${format}">${format}</button>`,
      )
      .join('')}</div></div>
    ${note}
    <div class="scroll"></div>
    <p class="note caption"></p>
  </section>`;

const BODY = `
  <header id="head"></header>
  <div class="empty-state" id="nothing"><p></p></div>
  <div id="figures">
    ${tableSection('means')}
    <div id="failures"></div>
    <section id="seeds" aria-labelledby="seeds-title">
      <div class="head"><h2 id="seeds-title">Seed by seed</h2></div>
      <p class="note">Each dot is a seed, each bar the mean of a method, each line one standard deviation to both sides.</p>
      <div class="charts"></div>
    </section>
    ${tableSection('cost')}
    ${tableSection('agreement')}
    ${tableSection('best', '<p class="warning">Selected, not averaged: it must not be set beside the means above.</p>')}
    <details id="methods"><summary>Where the methods were published</summary><ul></ul></details>
  </div>`;

const root = document.querySelector('main')!;
root.innerHTML = BODY;
const part = (selector: string): HTMLElement => root.querySelector<HTMLElement>(selector)!;
const send = (message: FromComparison): void => vscodeApi.postMessage(message);

let comparison: ComparisonSnapshot | undefined;

function render(): void {
  if (!comparison) return;
  const { state, figures } = comparison;
  root.dataset.state = state;
  redraw(part('#head'), drawHead(comparison));
  part('#nothing').hidden = figures !== null || state === 'missing';
  part('#nothing p').textContent = 'The table begins with the first fit that has ended.';
  part('#figures').hidden = figures === null;
  if (!figures) return;
  renderTable('means', figures.means);
  renderTable('cost', figures.cost);
  renderTable('agreement', figures.agreement);
  part('#best').hidden = figures.best === null;
  if (figures.best) renderTable('best', figures.best);
  redraw(
    part('#failures'),
    figures.failures
      .map(({ title, reason }) =>
        element(
          'p',
          { class: 'warning' },
          element('strong', {}, escape(title)),
          ` failed: ${escape(reason)}`,
        ),
      )
      .join(''),
  );
  redraw(
    part('#methods ul'),
    figures.methods
      .map(({ title, reference }) =>
        element('li', {}, element('strong', {}, escape(title)), `: ${escape(reference)}`),
      )
      .join(''),
  );
  renderCharts();
}

function renderTable(id: ComparisonTable, table: TableSnapshot): void {
  part(`#${id}-title`).textContent = table.title;
  redraw(part(`#${id} .scroll`), drawComparisonTable(table));
  part(`#${id} .caption`).textContent = table.caption;
}

function renderCharts(): void {
  const place = part('#seeds .charts');
  const available = place.clientWidth;
  if (!comparison?.figures || available === 0) return;
  const gap = 24;
  const columns = Math.max(1, Math.min(3, Math.floor((available + gap) / (340 + gap))));
  const width = Math.floor((available - (columns - 1) * gap) / columns);
  redraw(place, comparison.figures.charts.map((chart) => drawComparisonChart(chart, width)).join(''));
}

const name = (): string => `Methods on ${comparison?.files.join(', ') ?? 'data'}`;
part('#seeds .head').append(
  pictureTools({ send: (message) => message.type === 'save' && send(message) }, name, () =>
    comparison?.figures ? drawComparisonSheet(comparison.figures.charts, name()) : null,
  ),
);
new ResizeObserver(renderCharts).observe(part('#seeds .charts'));

root.addEventListener('click', (event) => {
  const { action, copy, format } = (event.target as Element).closest<HTMLElement>('button')?.dataset ?? {};
  // Both ends of the attributes are in this panel, and the host validates what it gets.
  if (copy) send({ type: 'copy', table: copy, format } as FromComparison);
  else if (action) send({ type: action, ...(format && { format }) } as FromComparison);
});
window.addEventListener('message', (event) => {
  const parsed = toComparison.safeParse(event.data);
  if (!parsed.success)
    return console.error('Refused an unknown message', event.data, z.prettifyError(parsed.error));
  comparison = parsed.data.comparison;
  vscodeApi.setState({ directory: comparison.directory });
  render();
});
keepReachable(root);
send({ type: 'ready' });
