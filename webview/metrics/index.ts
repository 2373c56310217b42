/** The metrics panel: how the training went, what the metrics of the run are, and how other runs of the file compare. */
import type { ComparisonEntry } from '../../src/protocol/comparison';
import { type RunRow, type RunSnapshot, emptyRun } from '../../src/protocol/panel';
import { pictureTools } from '../shared/export';
import { Host } from '../shared/host';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import { drawStrip, isUnderWay, sendActions } from '../shared/runHeader';
import { keepReachable } from '../shared/scrollers';
import { copyTools, drawTable } from '../shared/tables';
import { remember, remembered } from '../shared/vscodeApi';
import { ChartsView } from './chartsView';
import { describePhases, historyTable, lastMetrics, lossSeries, metricSeries, phaseSpans } from './history';
import { comparisonNotes } from './comparison';
import './metrics.css';
import { drawComparison } from './methods';
import { METRICS_NOTE, drawMetrics } from './metrics';
import { type Sorting, describeMarks, drawRuns, newestFirst, runData } from './runTable';

const BODY = `
  <header id="strip"></header>
  <section id="by-epoch" aria-labelledby="by-epoch-title">
    <div class="head"><h2 id="by-epoch-title">Training, epoch by epoch</h2></div>
    <p class="note" id="phases"></p>
    <div class="group">
      <div class="head"><h3 id="losses-title">Losses</h3></div>
      <div class="charts" id="losses" tabindex="0" role="group" aria-labelledby="losses-title" aria-describedby="keys"></div>
    </div>
    <div class="group" id="metrics-by-epoch">
      <div class="head"><h3 id="trend-title">Metrics</h3></div>
      <div class="charts" id="trends" tabindex="0" role="group" aria-labelledby="trend-title" aria-describedby="keys"></div>
    </div>
    <div class="empty-state" id="no-history"><p></p></div>
    <p class="visually-hidden" id="keys">Arrow keys move through the epochs; Escape returns to the last one.</p>
    <p class="visually-hidden" id="spoken" role="status"></p>
    <details id="history"><summary>Table of the epochs</summary><div class="tools"></div><div class="scroll"></div></details>
  </section>
  <section id="values" aria-labelledby="values-title">
    <div class="head"><h2 id="values-title">Metrics of this run</h2></div>
    <div id="metrics"></div>
    <p class="note" id="metrics-note"></p>
  </section>
  <section id="compare" aria-labelledby="compare-title">
    <div class="head"><h2 id="compare-title">Runs side by side</h2></div>
    <p class="note" id="chosen"></p>
    <div id="notes"></div>
    <div class="scroll" id="runs" tabindex="0" role="region" aria-labelledby="compare-title"></div>
    <p class="note" id="legend"></p>
  </section>
  <section id="methods-compared" aria-labelledby="methods-title">
    <div class="head"><h2 id="methods-title">Methods on the same file</h2></div>
    <p class="note">How A-DATSC and other methods do on the same table, with the same K and the same metrics, over several seeds.</p>
    <div id="comparisons"></div>
    <p><button type="button" data-action="compareMethods">Compare Methods…</button></p>
  </section>`;

const root = document.querySelector('main')!;
root.innerHTML = BODY;
const part = (selector: string): HTMLElement => root.querySelector<HTMLElement>(selector)!;

let run: RunSnapshot = emptyRun;
let runs: readonly RunRow[] = [];
let comparisons: readonly ComparisonEntry[] = [];
/** Whether the user has chosen which runs are compared. */
let chosen = false;
let sorting = sortingFrom(remembered());
let epoch: number | undefined;

const losses = new ChartsView(part('#losses'), showEpoch);
const trends = new ChartsView(part('#trends'), showEpoch);

/** The state of a view is unchecked: it may be that of an older version. */
function sortingFrom({ sort, descending }: Readonly<Record<string, unknown>>): Sorting {
  return typeof sort === 'string' ? { key: sort, descending: descending === true } : newestFirst;
}

function save(): void {
  const compared = chosen ? runs.map(({ directory }) => directory) : undefined;
  remember(run.runDirectory, { sort: sorting.key, descending: sorting.descending, compared });
}

function render(): void {
  root.dataset.state = run.state;
  arrange();
  redraw(part('#strip'), drawStrip(run, 'metrics'));
  renderCharts();
  renderValues();
  renderRuns();
  renderComparisons();
}

/**
 * What is of interest comes first: the training of a run that goes on, the values of one that has ended. Decided once, so
 * that nothing changes places when the run ends; the order of the page is that of the Tab key.
 */
function arrange(): void {
  if (run.state === 'empty' || root.dataset.first) return;
  root.dataset.first = isUnderWay(run) || run.state === 'queued' ? 'training' : 'values';
  if (root.dataset.first === 'values') root.append(part('#by-epoch'));
}

function renderCharts(): void {
  const { history, epochs } = run;
  const phases = phaseSpans(history);
  const live = isUnderWay(run) || run.state === 'queued';
  // Charts that were there while it trained keep their places.
  const all = live || (root.dataset.first === 'training' && history.length > 0);
  const trend = metricSeries(history, all);
  const none = !live
    ? 'not measured'
    : history.length > 0
      ? 'comes in a later phase'
      : 'comes with the first epoch';
  part('#phases').textContent =
    history.length > 0
      ? `Phases: ${describePhases(phases)}${epochs > 0 ? `, of ${epochs} epochs in all` : ''}.`
      : '';
  const charted = live || history.length > 0;
  part('#losses').parentElement!.hidden = !charted;
  part('#metrics-by-epoch').hidden = !charted || trend.length === 0;
  part('#history').hidden = history.length === 0;
  part('#no-history').hidden = charted;
  redraw(part('#no-history p'), escape(noHistory(run)));
  losses.update({ series: lossSeries(history, all), epochs, phases, none });
  trends.update({
    series: trend,
    epochs,
    phases,
    dots: true,
    none: live ? 'comes with the first clusters' : none,
  });
  renderHistory();
}

function noHistory({ state, message }: RunSnapshot): string {
  if (state === 'empty' && message) return message;
  if (state === 'empty') return 'Losses and metrics of a run are shown here, while it trains and afterwards.';
  return 'No epoch of this run was completed.';
}

/** The table can be long: it is written only while it is open. */
function renderHistory(): void {
  if ((part('#history') as HTMLDetailsElement).open) {
    redraw(
      part('#history .scroll'),
      drawTable(historyTable(run.history, 'Losses and metrics by epoch'), false),
    );
  }
}

function renderValues(): void {
  const last = lastMetrics(run.history);
  redraw(part('#metrics'), drawMetrics(run.metrics ?? last?.values ?? null));
  const since = !run.metrics && last ? `These are of the labels after epoch ${last.epoch}. ` : '';
  redraw(part('#metrics-note'), escape(since + METRICS_NOTE));
}

function renderRuns(): void {
  part('#compare').hidden = runs.length === 0;
  redraw(
    part('#notes'),
    comparisonNotes(runs)
      .map((note) => element('p', { class: 'note' }, escape(note)))
      .join(''),
  );
  redraw(part('#runs'), drawRuns(runs, run.runDirectory, sorting));
  part('#legend').textContent = describeMarks(runs);
  redraw(
    part('#chosen'),
    chosen
      ? element('span', {}, 'The runs that you chose. ') +
          element('button', { class: 'link', 'data-action': 'allRuns' }, 'Show all runs of this file')
      : '',
  );
}

function showEpoch(next: number | undefined): void {
  if (next === epoch) return;
  epoch = next;
  losses.showEpoch(epoch);
  trends.showEpoch(epoch);
  const record = run.history.find((one) => one.epoch === epoch);
  root.dataset.epoch = epoch === undefined ? '' : String(epoch);
  part('#spoken').textContent = record ? `Epoch ${record.epoch}, ${record.phase}` : '';
  part('#cursor').textContent = record ? `epoch ${record.epoch}, ${record.phase}` : 'last values';
}

function renderComparisons(): void {
  part('#methods-compared').hidden = run.state === 'empty' || run.runDirectory === null;
  redraw(part('#comparisons'), comparisons.map(drawComparison).join(''));
}

const host = new Host({
  comparisons(next) {
    comparisons = next;
    renderComparisons();
  },
  run(next) {
    run = next;
    save();
    render();
  },
  runs(next, areChosen) {
    runs = next;
    chosen = areChosen;
    save();
    renderRuns();
  },
});

const title = (): string => run.name || run.files.join(', ') || 'run';
const head = (selector: string): HTMLElement => part(selector).querySelector<HTMLElement>('.head')!;
const cursorText = element('span', { id: 'cursor', class: 'note' }, 'last values');
head('#by-epoch').insertAdjacentHTML('beforeend', cursorText);
part('#losses')
  .parentElement!.querySelector('.head')!
  .append(
    pictureTools(
      host,
      () => `Losses of ${title()}`,
      () => losses.sheet('Losses by epoch'),
    ),
  );
head('#metrics-by-epoch').append(
  pictureTools(
    host,
    () => `Metrics by epoch of ${title()}`,
    () => trends.sheet('Metrics by epoch'),
  ),
);
head('#compare').append(copyTools(host, () => runData(runs, sorting, `Runs of ${run.files.join(', ')}`)));
part('#history .tools').append(copyTools(host, () => historyTable(run.history, `Epochs of ${title()}`)));
part('#history').addEventListener('toggle', renderHistory);

part('#comparisons').addEventListener('click', (event) => {
  const { comparison } = (event.target as Element).closest<HTMLElement>('button')?.dataset ?? {};
  if (comparison) host.send({ type: 'openComparison', directory: comparison });
});
part('#runs').addEventListener('click', (event) => {
  const { sort, open } = (event.target as Element).closest<HTMLElement>('button')?.dataset ?? {};
  if (open) host.send({ type: 'openRun', directory: open });
  if (!sort) return;
  sorting = { key: sort, descending: sorting.key === sort && !sorting.descending };
  save();
  renderRuns();
});
sendActions(root, (message) => host.send(message));
keepReachable(root);
render();
