/** The preview of a data file: its header as a tree, and a map of any variable and step. */
import '../shared/theme.css';
import './preview.css';
import type { PreviewHeader, PreviewVariable } from '../../src/core/data/preview';
import type { MapSnapshot, Place } from '../../src/protocol/preview';
import { pictureTools } from '../shared/export';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import { keepReachable } from '../shared/scrollers';
import { drawTable } from '../shared/tables';
import { remember, remembered } from '../shared/vscodeApi';
import { carriedTo, changed, drawControls, stepped } from './controls';
import { formatCount } from './headerTree';
import { MapView } from './mapView';
import { PreviewHost } from './previewHost';
import { tableOf, titleOf } from './readout';
import { readState } from './state';
import { TreeView } from './treeView';

const BODY = `
  <header>
    <h1 id="name"></h1>
    <span id="format"></span>
    <button type="button" class="primary" id="cluster">Cluster...</button>
  </header>
  <section id="failure" hidden>
    <p></p>
    <div class="toolbar">
      <button type="button" id="again">Read Again</button>
      <button type="button" id="log">Show Log</button>
    </div>
  </section>
  <div id="tree"></div>
  <section id="view" aria-label="Map">
    <h2 id="title"></h2>
    <div class="toolbar" id="controls"></div>
    <div id="refusal" hidden></div>
    <div id="drawn">
      <div id="place"><div id="map"></div></div>
      <div id="bar"></div>
      <div id="statistics"></div>
      <div class="toolbar" id="options">
        <label hidden>Projection <select id="projection"><option value="">Fitting the domain</option></select></label>
        <label><input type="checkbox" id="keep"> Same colours for all steps</label>
      </div>
      <ul id="notes"></ul>
      <details id="table"><summary>Values as a table</summary><div class="scroll"></div></details>
    </div>
    <p class="visually-hidden" id="spoken" role="status"></p>
  </section>`;

const root = document.querySelector('main')!;
root.innerHTML = BODY;
const part = <T extends HTMLElement = HTMLElement>(selector: string): T => root.querySelector<T>(selector)!;

const state = readState(remembered());
let header: PreviewHeader | undefined;
let place: Place | undefined = state.place;
let shown: { readonly place: Place; readonly map: MapSnapshot } | undefined;

const host = new PreviewHost({
  header: (name, received) => {
    header = received;
    part('#name').textContent = name;
    part('#format').textContent = `${received.format}, ${bytes(received.bytes)}`;
    root.dataset['state'] = 'header';
    if (part('#failure').contains(document.activeElement)) part('#tree').focus();
    part('#failure').hidden = true;
    tree.show(received);
    const variable = known(place?.variable) ?? firstToDraw(received);
    if (variable) draw(variable, carriedTo(variable, place));
    else
      refuse(
        'Nothing to draw',
        'No variable of this file has two horizontal axes. The header says what it holds.',
      );
  },
  failed: (name, reason) => {
    part('#name').textContent = name;
    part('#format').textContent = '';
    root.dataset['state'] = 'failed';
    part('#failure p').textContent = reason;
    part('#failure').hidden = false;
  },
  map: (of, map) => {
    const variable = known(of.variable);
    if (!variable || place?.variable !== of.variable) return;
    shown = { place: of, map };
    const title = titleOf(variable, of, map);
    part('#title').textContent = title;
    part('#refusal').hidden = true;
    part('#drawn').hidden = false;
    view.show(of.variable, title, map);
    redraw(part('#notes'), map.notes.map((note) => element('li', {}, escape(note))).join(''));
    drawValues();
    fit();
  },
  refused: (of, reason) => {
    if (place?.variable === of.variable) refuse(part('#title').textContent || of.variable, reason, true);
  },
});

const tree = new TreeView(part('#tree'), (name) => {
  const variable = known(name);
  if (!variable) return;
  if (variable.steps !== undefined) return draw(variable, carriedTo(variable, place));
  place = undefined;
  tree.select(name);
  part('#controls').replaceChildren();
  refuse(name, `“${name}” cannot be drawn as a map: ${variable.reason ?? ''}.`);
});

const view = new MapView({
  map: part('#map'),
  bar: part('#bar'),
  statistics: part('#statistics'),
  spoken: part('#spoken'),
  projection: part<HTMLSelectElement>('#projection'),
});
view.projection = state.projection;
view.keepScale = state.keepScale;
part<HTMLInputElement>('#keep').checked = state.keepScale;
const tools = pictureTools(
  { send: (message) => message.type === 'save' && host.send(message) },
  () => part('#title').textContent ?? 'map',
  () => view.picture(),
);
tools.classList.add('end');
part('#options').append(tools);

function known(name: string | undefined): PreviewVariable | undefined {
  return header?.variables.find((variable) => variable.name === name);
}

/** Data before coordinates: the first variable with time, else the first that can be drawn. */
function firstToDraw({ variables }: PreviewHeader): PreviewVariable | undefined {
  return variables.find(({ steps = 0 }) => steps > 1) ?? variables.find(({ steps }) => steps !== undefined);
}

function draw(variable: PreviewVariable, wanted: Place): void {
  if (wanted.variable !== shown?.place.variable) part('#title').textContent = wanted.variable;
  place = wanted;
  tree.select(variable.name);
  drawControlsOf(variable, wanted);
  host.want(wanted);
  save();
}

/** The controls are drawn anew only when they are others: a button that is pressed again keeps the focus. */
function drawControlsOf(variable: PreviewVariable, wanted: Place): void {
  const controls = part('#controls');
  const focused = document.activeElement as HTMLElement | null;
  const selector = focused && controls.contains(focused) ? selectorOf(focused) : undefined;
  if (!redraw(controls, drawControls(variable, wanted))) return;
  if (!selector) return;
  const again = controls.querySelector<HTMLButtonElement>(selector);
  // At the first and last step the button that led there is disabled.
  if (again?.disabled) controls.querySelector<HTMLElement>('#step')?.focus();
  else again?.focus();
}

function selectorOf({ id, dataset }: HTMLElement): string | undefined {
  if (id) return `#${id}`;
  if (dataset['step'] !== undefined) return `[data-step="${dataset['step']}"]`;
  return dataset['axis'] === undefined ? undefined : `[data-axis="${CSS.escape(dataset['axis'])}"]`;
}

function refuse(title: string, reason: string, withLog = false): void {
  shown = undefined;
  part('#title').textContent = title;
  part('#drawn').hidden = true;
  const refusal = part('#refusal');
  refusal.innerHTML = element(
    'div',
    { class: 'empty-state' },
    element('p', {}, escape(reason)),
    withLog ? element('button', { type: 'button', 'data-log': true }, 'Show Log') : '',
  );
  refusal.hidden = false;
}

/** The table is long: it is written only while it is open. */
function drawValues(): void {
  if (!shown || !part<HTMLDetailsElement>('#table').open) return;
  redraw(part('#table .scroll'), drawTable(tableOf(part('#title').textContent ?? '', shown.map)));
}

/** A map of a tall domain is made narrower, so that it can be seen whole. */
function fit(): void {
  const map = part('#map');
  const box = part('#place').getBoundingClientRect();
  const { height, width } = map.getBoundingClientRect();
  if (height === 0 || width === 0) return;
  const room = Math.max(220, root.clientHeight - (box.top - root.getBoundingClientRect().top) - 150);
  const widest = Math.max(220, Math.round((room * width) / height));
  map.style.maxWidth = part('#bar').style.maxWidth = `${widest}px`;
}

function save(): void {
  const projection = part<HTMLSelectElement>('#projection').value;
  remember(null, { place, projection, keepScale: part<HTMLInputElement>('#keep').checked });
}

function move(by: number): void {
  const variable = known(place?.variable);
  const next = variable && place && stepped(variable, place, by);
  if (next) draw(variable, next);
}

root.addEventListener('click', (event) => {
  const button = (event.target as Element).closest('button');
  if (!button) return;
  if (button.dataset['step'] !== undefined) return move(Number(button.dataset['step']));
  if (button.id === 'cluster') return host.send({ type: 'clusterFile' });
  if (button.id === 'again') return host.send({ type: 'reload' });
  if (button.id === 'log' || button.dataset['log'] !== undefined) return host.send({ type: 'showLog' });
});

part('#controls').addEventListener('change', (event) => {
  const input = event.target as HTMLInputElement | HTMLSelectElement;
  const variable = known(place?.variable);
  if (!variable || !place) return;
  const { id, value, dataset } = input;
  const next = changed(variable, place, { id, value, axis: dataset['axis'] });
  if (next) draw(variable, next);
  // What is no step is taken back.
  else if (id === 'step') input.value = String(place.step + 1);
});

part('#view').addEventListener('keydown', (event) => {
  const by = event.key === 'PageUp' ? -1 : event.key === 'PageDown' ? 1 : 0;
  if (by === 0) return;
  event.preventDefault();
  move(by);
});

part('#keep').addEventListener('change', (event) => {
  view.keepScale = (event.target as HTMLInputElement).checked;
  save();
});
part('#projection').addEventListener('change', () => {
  save();
  fit();
});
part('#table').addEventListener('toggle', drawValues);
new ResizeObserver(fit).observe(root);

function bytes(count: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const value = count / 1000 ** power;
  return power === 0 ? `${formatCount(count)} bytes` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

keepReachable(root);
host.send({ type: 'ready' });
