/**
 * The cluster maps panel: what each cluster looks like in space, as means, as anomalies from the mean of all time steps, or
 * where clusters differ most. All maps share projection, view and cursor; those of a field share one colour scale.
 */
import {
  type AnswerOf,
  type RunSnapshot,
  type Selection,
  emptyRun,
  emptySeries,
  noSelection,
} from '../../src/protocol/panel';
import { pictureTools } from '../shared/export';
import { Host } from '../shared/host';
import { element, escape } from '../shared/markup';
import { MapGroup, type ProjectionKind, projectionKinds } from '../shared/map';
import { redraw } from '../shared/redraw';
import { drawStrip, sendActions } from '../shared/runHeader';
import { keepReachable } from '../shared/scrollers';
import { copyTools, drawTable } from '../shared/tables';
import { remember, remembered } from '../shared/vscodeApi';
import './maps.css';
import { MapsView } from './mapsView';
import { emptyState } from './emptyState';
import { PAGE, projectionOptions } from './page';
import { type Show, planSections, shows } from './plan';
import { Slices } from './slices';
import { StepSlices } from './stepSlices';
import { SHOW_NAMES, mapTable } from './words';

const root = document.querySelector('main')!;
root.innerHTML = PAGE;
const part = <T extends HTMLElement = HTMLElement>(selector: string): T => root.querySelector<T>(selector)!;

let run: RunSnapshot = emptyRun;
let series = emptySeries;
let selection: Selection = noSelection;
let geometry: AnswerOf<'geometry'> | undefined;

/** How the user has set up the view. */
interface View {
  field: number | 'all';
  show: Show;
  /** Null: what fits the domain. */
  projection: ProjectionKind | null;
  stipple: boolean;
  table: boolean;
}
const view = restore(remembered());
function restore({ field, show, projection, stipple, table }: Readonly<Record<string, unknown>>): View {
  return {
    field:
      field === 'all' || (typeof field === 'number' && Number.isInteger(field) && field >= 0) ? field : 0,
    show: shows.find((one) => one === show) ?? 'mean',
    projection: projectionKinds.find((one) => one === projection) ?? null,
    stipple: stipple !== false,
    table: table === true,
  };
}
function save(): void {
  remember(run.runDirectory, { ...view });
}

const group = new MapGroup({
  cursor: (cursor) => {
    const said = maps.read(cursor);
    part('#readout').textContent = said || hint();
  },
  activate: (map) => {
    const cluster = maps.tileOf(map)?.cluster;
    if (cluster !== undefined && cluster !== null && cluster !== selection.cluster) host.select({ cluster });
  },
  viewChanged: () => {
    part<HTMLButtonElement>('[data-zoom="reset"]').disabled = group.isWhole;
  },
});
group.setProjection(view.projection);
group.stipple = view.stipple;

const slices = new Slices((ask) => host.ask(ask), schedule);
const stepSlices = new StepSlices((key) => host.ask({ what: 'map', ...key }), schedule);
const maps = new MapsView(part('#sections'), group, slices, stepSlices, ({ cluster }) =>
  host.select({ cluster: cluster === selection.cluster ? null : cluster }),
);

let frame = 0;
function schedule(): void {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    render();
  });
}

/** A field that is no longer there (another run) becomes the first one. */
function fieldsShown(count: number): number[] {
  if (view.field === 'all') return Array.from({ length: count }, (_, i) => i);
  return [Math.min(view.field, count - 1)];
}

function render(): void {
  redraw(part('#strip'), drawStrip(run, 'maps'));
  root.dataset.state = run.state;
  const ready = geometry !== undefined && series.labels !== null;
  root.classList.toggle('nothing', !ready);
  renderEmptyState(ready);
  slices.setVersion(series.version);
  if (!geometry || !ready) return askAhead();
  const { fields, grid } = geometry;
  renderControls();
  const shown = fieldsShown(fields.length);
  if (grid.height * grid.width > 200_000 && !view.table)
    slices.keepOnly(({ field }) => shown.includes(field));
  maps.render({ fields, grid, series, selection, show: view.show, stippled: view.stipple, shown });
  renderTable();
  if (!part('#readout').textContent) part('#readout').textContent = hint();
}

/** The maps that will be shown first are on their way while the grid is still awaited. */
function askAhead(): void {
  if (!series.labels || run.fields.length === 0 || refused) return;
  const fields = fieldsShown(run.fields.length);
  for (const section of planSections({ fields, show: view.show, series, step: null }))
    slices.want(section.slices);
}

function pictureName(): string {
  const field = typeof view.field === 'number' ? geometry?.fields[view.field]?.name : undefined;
  return `Maps ${field ?? ''} ${SHOW_NAMES[view.show]}`.replace(/ +/g, ' ');
}

function hint(): string {
  return 'Drag to move, Ctrl + wheel to zoom, arrow keys from cell to cell, Enter selects the cluster.';
}

function renderControls(): void {
  const { fields } = geometry!;
  const options = fields.map(({ name, longName }, i) =>
    element('option', { value: i }, escape(longName && longName !== name ? `${longName} (${name})` : name)),
  );
  if (fields.length > 1) options.push(element('option', { value: 'all' }, 'All fields'));
  redraw(part('#field'), options.join(''));
  part<HTMLSelectElement>('#field').value = String(
    view.field === 'all' && fields.length > 1 ? 'all' : fieldsShown(fields.length)[0],
  );
  redraw(part('#projection'), projectionOptions(group.projections, group.automaticProjection));
  const kept = view.projection && group.projections.includes(view.projection);
  part<HTMLSelectElement>('#projection').value = kept ? view.projection! : 'auto';
  for (const button of root.querySelectorAll<HTMLElement>('[data-show]'))
    button.setAttribute('aria-pressed', String(button.dataset.show === view.show));
  const stipple = part<HTMLInputElement>('#stipple input');
  stipple.checked = view.stipple;
  stipple.disabled = view.show === 'mean';
}

function renderEmptyState(ready: boolean): void {
  part('#empty').hidden = ready;
  if (!ready) redraw(part('#empty'), emptyState(run, series.labels !== null, refused));
}

/** The table is written while it is open, with every field. */
function renderTable(): void {
  if (!view.table || !geometry) return;
  redraw(part('#table .scroll'), drawTable(tableData()));
}
function tableData(): ReturnType<typeof mapTable> {
  return mapTable(view.show, geometry?.fields ?? [], maps.sets(), geometry!.grid);
}

/** Why there is no grid; asked again when the run has changed. */
let refused = '';
let asking = '';
function askGeometry(): void {
  const key = `${run.runDirectory}/${run.state}/${series.version}`;
  if (geometry || !series.labels || run.state === 'empty' || asking === key) return;
  asking = key;
  const directory = run.runDirectory;
  host.ask({ what: 'geometry' }).then(
    (answer) => {
      if (directory !== run.runDirectory) return;
      refused = '';
      geometry = answer;
      group.setGrid(answer.grid);
      schedule();
    },
    (reason: Error) => {
      if (directory !== run.runDirectory) return;
      refused = reason.message;
      schedule();
    },
  );
}

root.addEventListener('click', (event) => {
  const target = event.target as Element;
  const show = shows.find((one) => one === target.closest<HTMLElement>('[data-show]')?.dataset.show);
  if (show) {
    view.show = show;
    part('#readout').textContent = hint();
    save();
    schedule();
  }
  const zoom = target.closest<HTMLElement>('[data-zoom]')?.dataset.zoom;
  if (zoom === 'in') group.zoomBy(1.5);
  if (zoom === 'out') group.zoomBy(1 / 1.5);
  if (zoom === 'reset') group.resetView();
});

root.addEventListener('keydown', (event) => {
  // Escape closes an open menu first.
  if (event.key === 'Escape' && !(event.target instanceof HTMLSelectElement))
    host.select({ step: null, period: null, cluster: null });
});

part('#field').addEventListener('change', (event) => {
  const { value } = event.target as HTMLSelectElement;
  view.field = value === 'all' ? 'all' : Number(value);
  save();
  if (view.field !== 'all') host.select({ field: view.field });
  schedule();
});

part('#projection').addEventListener('change', (event) => {
  const { value } = event.target as HTMLSelectElement;
  view.projection = projectionKinds.find((kind) => kind === value) ?? null;
  group.setProjection(view.projection);
  save();
  schedule();
});

part('#stipple input').addEventListener('change', (event) => {
  view.stipple = (event.target as HTMLInputElement).checked;
  group.stipple = view.stipple;
  save();
  schedule();
});

const table = part<HTMLDetailsElement>('#table');
table.open = view.table;
table.addEventListener('toggle', () => {
  view.table = table.open;
  save();
  renderTable();
});

let drawnWidth = 0;
new ResizeObserver(() => {
  if (root.clientWidth === drawnWidth) return;
  drawnWidth = root.clientWidth;
  schedule();
}).observe(root);

const host = new Host({
  run(snapshot) {
    if (snapshot.runDirectory !== run.runDirectory && run.runDirectory !== null) forget();
    run = snapshot;
    askGeometry();
    schedule();
    save();
  },
  series(snapshot) {
    series = snapshot;
    askGeometry();
    schedule();
  },
  selection(changed) {
    if (changed.field !== null && changed.field !== selection.field && view.field !== 'all') {
      view.field = changed.field;
      save();
    }
    selection = changed;
    schedule();
  },
});

/** Another run takes this one's place. */
function forget(): void {
  geometry = undefined;
  refused = asking = '';
  slices.clear();
  stepSlices.clear();
  maps.clear();
}

sendActions(root, (message) => host.send(message));
keepReachable(root);
part('#tools').append(
  pictureTools(host, pictureName, () => maps.figure(getComputedStyle(document.body).color)),
);
part('.table-tools').append(copyTools(host, () => tableData()));
render();
