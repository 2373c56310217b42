/**
 * The time panel, the home of a run: its state and what can be done, when each cluster occurs, how long it lasts and what
 * follows it. Each part is written as markup by a pure function and replaced only when its markup changes, so that
 * focus, open tables and the layout stay while a run goes on; a selection is drawn over the ribbon.
 */
import {
  type RunSnapshot,
  type Selection,
  emptyRun,
  emptySeries,
  noSelection,
} from '../../src/protocol/panel';
import { Host } from '../shared/host';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import {
  describeProgress,
  describeState,
  drawActions,
  drawHeader,
  drawPanelButtons,
  isUnderWay,
  progressShare,
  sendActions,
} from '../shared/runHeader';
import { keepReachable } from '../shared/scrollers';
import { chip, describeSelection, drawClusterTable, type ClusterSummary } from './clusterTable';
import { drawEmptyState } from './emptyState';
import { drawFrequencies, drawFrequencyTable, hasPartial } from './frequency';
import { timeModel } from './model';
import { PAGE } from './page';
import { describeStep } from './ribbon';
import { canSplitByYear } from './ribbonAxis';
import { MOST_BANDS, MOST_BANDS_WITH_AREAS } from './ribbonLayout';
import { RibbonView } from './ribbonView';
import { SpellTable } from './spellTable';
import { type Frequency, countLabels } from './statistics';
import './time.css';
import { addTools } from './tools';
import { drawTransitions, transitionUnits } from './transitions';
import { restoreView, saveView } from './view';

const root = document.querySelector('main')!;
root.innerHTML = PAGE;
const part = <T extends HTMLElement = HTMLElement>(selector: string): T => root.querySelector<T>(selector)!;

let run: RunSnapshot = emptyRun;
let model = timeModel(emptySeries, emptyRun);
let selection: Selection = noSelection;
/** The series has come: until then it is not known whether there is one. */
let heard = false;
/** Warnings that are there at first are shown in full; those that come while the panel is looked at wait for a click. */
let warningsOpen: boolean | undefined;

const view = restoreView();
const save = (): void => saveView(run.runDirectory, view);

const select = (change: Partial<Selection>): void => host.select(change);
const ribbon = new RibbonView(part('#ribbon'), select);
const spells = new SpellTable(part('#spells'), (period) => select({ period }));

function renderRun(): void {
  const empty = run.state === 'empty';
  if (!empty) warningsOpen ??= run.warnings.length > 0;
  root.dataset.state = run.state;
  root.dataset.phase = run.phase;
  redraw(part('#header'), drawHeader(run, model.series, warningsOpen));
  // What is drawn anew is not read out; a place that stays and changes is.
  redraw(part('#spoken'), empty ? '' : escape([describeState(run, model.series), ...run.warnings].join(' ')));
  redraw(part('#actions > div'), empty ? '' : drawActions(run));
  redraw(part('#actions > nav'), empty ? '' : drawPanelButtons('time'));
  // Where the run's files are takes the place of its progress, so that nothing below moves when it ends.
  const progress = isUnderWay(run) ? describeProgress(run) : (run.runDirectory ?? '');
  part('#progress span').textContent = part('#progress span').title = progress;
  part('progress').hidden = !isUnderWay(run);
  part('progress').setAttribute('value', String(progressShare(run)));
  renderEmptyState();
}

/** An ended run whose data were never read, or that never came to a clustering, has no empty pictures. */
function renderEmptyState(): void {
  const ended = ['empty', 'failed', 'interrupted', 'finished'].includes(run.state);
  const nothing = ended && !model.clustered && (heard || run.state === 'empty');
  root.classList.toggle('nothing', nothing);
  part('#empty').hidden = !nothing;
  if (!nothing) return;
  redraw(part('#empty'), drawEmptyState(run));
}

function renderSeries(): void {
  const { axis, clustered, clusters } = model;
  const waiting = axis.count === 0;
  root.classList.toggle('waiting', !clustered);
  const splittable = canSplitByYear(axis);
  // Winters have as many bands as years at most.
  const years = axis.calendar ? axis.dates[axis.count - 1].year - axis.dates[0].year + 1 : 1;
  const layout = view.window ? 'continuous' : (view.layout ?? (years <= MOST_BANDS ? 'years' : 'continuous'));
  const byYear = splittable && layout === 'years';
  part('.choice').hidden = !splittable;
  for (const button of root.querySelectorAll<HTMLElement>('[data-layout]')) {
    button.setAttribute('aria-pressed', String((button.dataset.layout === 'years') === byYear));
  }
  const thin = byYear && years > MOST_BANDS_WITH_AREAS;
  const memberships = part<HTMLInputElement>('#memberships input');
  memberships.disabled = thin;
  memberships.checked = !thin && (view.memberships ?? !byYear);
  part('#memberships').title = thin
    ? 'The bands are too thin for memberships; see them in the continuous view.'
    : '';
  redraw(
    part('.legend'),
    Array.from({ length: clusters }, (_, label) =>
      element(
        'li',
        {},
        element(
          'button',
          { class: 'link', 'data-cluster-button': label, 'aria-label': `Cluster ${label}` },
          chip(label),
          String(label),
        ),
      ),
    ).join(''),
  );
  part('#ribbon').classList.toggle('unread', waiting);
  ribbon.update(axis, clustered?.data ?? null, {
    byYear,
    memberships: memberships.checked,
    window: view.window,
  });
  renderTransitions();
  renderFrequencies();
  renderDetails();
  part('details[data-details="spells"] summary').textContent = clustered
    ? `Table of ${clustered.data.spells.length} spells`
    : 'Table of the spells';
  renderSelection();
}

function summary(): ClusterSummary {
  const { clustered, clusters, axis } = model;
  const { period } = selection;
  const counted = clustered && period && period[1] < axis.count;
  return {
    clusters,
    each: clustered?.each ?? null,
    all: clustered?.all ?? null,
    inPeriod: counted ? countLabels(clustered.series.labels, clusters, ...period) : null,
  };
}

function renderSelection(): void {
  const { axis, clustered } = model;
  redraw(part('#clusters'), drawClusterTable(summary(), axis));
  ribbon.setSelection(selection);
  spells.setPeriod(selection.period);
  const { cluster, period } = selection;
  for (const row of root.querySelectorAll<HTMLElement>('[data-row]')) {
    const selected = row.dataset.row === String(cluster);
    row.classList.toggle('selected', selected);
    row.querySelector('button')!.setAttribute('aria-pressed', String(selected));
  }
  for (const button of root.querySelectorAll<HTMLElement>('[data-cluster-button]')) {
    button.setAttribute('aria-pressed', String(button.dataset.clusterButton === String(cluster)));
  }
  for (const bar of root.querySelectorAll<SVGElement>('.frequencies [data-cluster]')) {
    bar.classList.toggle('faded', cluster !== null && bar.dataset.cluster !== String(cluster));
  }
  const said = describeSelection(selection, axis, (step) =>
    describeStep(clustered?.data ?? null, axis, step),
  );
  redraw(part('#selection span'), said ? `Selected: ${said}` : hint());
  offer({
    zoom: period !== null && period[0] !== period[1] && String(view.window) !== String(period),
    all: view.window !== null,
    clear: said !== '',
  });
}

/** Shows what makes sense now. A button that goes with its own click hands the focus on to the ribbon. */
function offer(buttons: Readonly<Record<'zoom' | 'all' | 'clear', boolean>>): void {
  for (const [name, sensible] of Object.entries(buttons)) {
    const button = part(`[data-view="${name}"]`);
    if (!sensible && button === document.activeElement)
      part('#ribbon [tabindex]').focus({ preventScroll: true });
    button.hidden = !sensible;
  }
}

function hint(): string {
  if (model.axis.count === 0) return 'The time axis appears when the data have been read.';
  if (!model.clustered) return `${model.axis.count} time steps; clusters appear after the warm-up.`;
  const binned = ribbon.stepsPerPixel();
  if (binned > 1) {
    return `Each pixel shows the most frequent of about ${Math.round(binned)} steps; drag over a period to see them one by one.`;
  }
  return 'Fainter is less certain. Click a step or drag over a period to select it; arrow keys and Enter do the same.';
}

function renderTransitions(): void {
  const counts = model.clustered?.transitions ?? null;
  part<HTMLSelectElement>('#transition-unit').value = view.unit;
  redraw(part('#transitions'), drawTransitions(counts, model.clusters, view.unit));
  part('#transitions-section .note').textContent =
    '“Stays” is the probability of the next step to be in the same cluster. Steps across gaps in time do not count.';
  part('.columns').classList.toggle('stacked', model.clusters > 10);
}

function renderFrequencies(): void {
  const { axis, months, years } = model;
  const missing = !axis.calendar
    ? 'The data have no calendar.'
    : months.length < 2
      ? 'The data cover less than two calendar months.'
      : '';
  part('#months-section').classList.toggle('missing', axis.count > 0 && missing !== '');
  part('#years-section').hidden = !canSplitByYear(axis);
  const note = (columns: readonly Frequency[], what: string): string =>
    hasPartial(columns) ? `${what} with fewer steps have narrower bars.` : '';
  part('#months-section > .note').textContent = note(months, 'Months');
  part('#years-section > .note').textContent = note(years, 'Years');
  const draw = (selector: string, columns: readonly Frequency[], label: string): void => {
    const width = Math.floor(part(selector).clientWidth);
    if (width > 0) redraw(part(selector), drawFrequencies(columns, width, label));
  };
  if (axis.count > 0 && missing) redraw(part('#months'), element('p', { class: 'note' }, missing));
  else draw('#months', months, 'Share of each cluster by calendar month');
  if (canSplitByYear(axis)) draw('#years', years, 'Share of each cluster by year');
}

/** Tables can be long: they are written only while they are open. */
function renderDetails(): void {
  const { clustered, axis, clusters } = model;
  for (const details of root.querySelectorAll<HTMLDetailsElement>('[data-details]')) {
    if (!details.open || !clustered) continue;
    const name = details.dataset.details;
    if (name === 'spells') spells.update(clustered.data.spells, axis);
    else {
      const [columns, first] = name === 'months' ? [model.months, 'Month'] : [model.years, 'Year'];
      redraw(details.querySelector('.scroll')!, drawFrequencyTable(columns, clusters, first));
    }
  }
}

root.addEventListener('click', (event) => {
  const target = event.target as Element;
  const layout = target.closest<HTMLElement>('[data-layout]')?.dataset.layout;
  if (layout === 'years' || layout === 'continuous') {
    view.layout = layout;
    view.window = null;
    save();
    renderSeries();
  }
  const row = target.closest<HTMLElement>('[data-row], [data-cluster-button]');
  if (row) {
    const label = Number(row.dataset.row ?? row.dataset.clusterButton);
    select({ cluster: selection.cluster === label ? null : label });
  }
  const action = target.closest<HTMLElement>('[data-view]')?.dataset.view;
  if (action === 'warnings') {
    warningsOpen = !warningsOpen;
    renderRun();
  }
  if (action === 'clear') clear();
  if (action === 'zoom') view.window = selection.period;
  if (action === 'all') view.window = null;
  if (action === 'zoom' || action === 'all') renderSeries();
});

root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') clear();
});

function clear(): void {
  select({ step: null, period: null, cluster: null });
}

part('#memberships input').addEventListener('change', (event) => {
  view.memberships = (event.target as HTMLInputElement).checked;
  save();
  renderSeries();
});

part('#transition-unit').addEventListener('change', (event) => {
  view.unit = transitionUnits.find((unit) => unit === (event.target as HTMLSelectElement).value) ?? 'exits';
  save();
  renderTransitions();
});

for (const details of root.querySelectorAll<HTMLDetailsElement>('[data-details]')) {
  details.open = view.open.includes(details.dataset.details!);
  details.addEventListener('toggle', () => {
    view.open = [...root.querySelectorAll<HTMLDetailsElement>('[data-details]')]
      .filter(({ open }) => open)
      .map(({ dataset }) => dataset.details!);
    save();
    renderDetails();
    spells.setPeriod(selection.period);
  });
}

let drawnWidth = 0;
new ResizeObserver(() => {
  if (root.clientWidth === drawnWidth) return;
  drawnWidth = root.clientWidth;
  renderFrequencies();
  renderSelection();
}).observe(root);

const host = new Host({
  run(snapshot) {
    const changed = snapshot.clusters !== run.clusters && !model.clustered;
    run = snapshot;
    if (changed) {
      model = timeModel(model.series, run, model);
      renderSeries();
    }
    renderRun();
    // All that survives a reload of the window: the host draws the rest from the run's files.
    save();
  },
  series(series) {
    heard = true;
    model = timeModel(series, run, model);
    if (view.window && view.window[1] >= model.axis.count) view.window = null;
    renderRun();
    renderSeries();
  },
  selection(changed) {
    selection = changed;
    renderSelection();
  },
});
sendActions(root, (message) => host.send(message));
keepReachable(root);
addTools(root, host, { model: () => model, summary, ribbon: () => ribbon.markup() });
renderRun();
renderSeries();
