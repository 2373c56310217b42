/** The affinity panel: which time steps express one another, and where the embedding puts them. */
import {
  type RunSnapshot,
  type Selection,
  type SeriesSnapshot,
  emptyRun,
  emptySeries,
  noSelection,
} from '../../src/protocol/panel';
import { pictureTools } from '../shared/export';
import { Host } from '../shared/host';
import { element, escape } from '../shared/markup';
import { clusterColor, inkOn } from '../shared/palette';
import { redraw } from '../shared/redraw';
import { drawStrip, isUnderWay, sendActions } from '../shared/runHeader';
import { keepReachable } from '../shared/scrollers';
import { type DataTable, copyTools, drawTable } from '../shared/tables';
import { remember, remembered } from '../shared/vscodeApi';
import './affinity.css';
import type { Order } from './affinityPicture';
import { affinityTable, describeAffinity, summarizeAffinity } from './affinityStats';
import { type AffinityData, AffinityView } from './affinityView';
import { embeddingTable } from './embeddingStats';
import { type EmbeddingData, EmbeddingView } from './embeddingView';
import { BODY, HOW_TO_READ } from './page';
import type { Method } from './scatter';
import { Slice, type SliceState } from './slice';
import { onThemeChange } from './theme';

/** More time steps than this are shown as means over blocks, this many along each side. */
const SINGLE_STEPS = 1500;
const BLOCKS = 256;

const root = document.querySelector('main')!;
root.innerHTML = BODY;
const part = (selector: string): HTMLElement => root.querySelector<HTMLElement>(selector)!;

let run: RunSnapshot = emptyRun;
let series: SeriesSnapshot = emptySeries;
let selection: Selection = noSelection;
// The state of a view is unchecked: it may be that of an older version.
const kept = remembered();
let order: Order = kept['order'] === 'time' ? 'time' : 'cluster';
let method: Method = kept['method'] === 'umap' ? 'umap' : 'pca';
let throughTime = kept['throughTime'] === true;

const select = (step: number | null): void => host.select({ step });
const matrix = new AffinityView(part('#affinity .picture'), part('#affinity .readout'), select);
const scatter = new EmbeddingView(part('#embedding .picture'), part('#embedding .readout'), select);

let affinity: AffinityData | undefined;
let embedding: EmbeddingData | undefined;

/** An answer belongs to the labels of its version; those of an ended run do not change any more. */
function labelsFor(version: number, n: number): Int32Array {
  const { labels } = series;
  const fits = labels?.length === n && (version === series.version || !isUnderWay(run));
  if (!fits)
    throw new Error('The clusters have changed meanwhile; the next picture comes with the next epoch.');
  return labels;
}

const affinitySlice = new Slice<AffinityData>(async () => {
  const asked = order;
  const n = series.times.length;
  const size = n <= SINGLE_STEPS ? n : BLOCKS;
  const answer = await host.ask<'affinity'>({ what: 'affinity', order: asked, size });
  const labels = labelsFor(answer.version, answer.order.length);
  return { ...answer, sortedBy: asked, labels, times: series.times };
}, showAffinity);

const embeddingSlice = new Slice<EmbeddingData>(async () => {
  const asked = method;
  const { points, explained, version } = await host.ask<'embedding'>({ what: 'embedding', method: asked });
  const labels = labelsFor(version, points.length / 2);
  const { memberships, clusters, times } = series;
  return { method: asked, points, explained, labels, memberships, clusters, times };
}, showEmbedding);

/** While a run trains, pictures take at most a fifth of the time. */
const REST = 4;

/** Asks for what the pictures need now; at once if the user has asked for another picture. */
function pull(byUser = false): void {
  if (!series.labels) {
    affinitySlice.clear();
    embeddingSlice.clear();
    return;
  }
  const rest = isUnderWay(run) && !byUser ? REST : 0;
  const labelling = `${run.runDirectory ?? ''}|${series.version}`;
  const n = series.times.length;
  affinitySlice.want(`${labelling}|${order}`, affinity?.times.length === n, rest);
  const same = embedding?.method === method && embedding.times.length === n;
  embeddingSlice.want(`${labelling}|${method}`, same, rest);
}

/** Whether there is a picture, and what to say while there is none. */
function showState(name: string, state: SliceState<unknown>, waiting: string): void {
  const has = state.kind === 'there' || (state.kind !== 'none' && state.old !== undefined);
  part(`#${name}`).classList.toggle('has-picture', has);
  const text = state.kind === 'waiting' ? waiting : state.kind === 'refused' ? state.reason : '';
  redraw(part(`#${name} .empty-state p`), escape(state.kind === 'none' ? nothingYet() : text));
  part(`#${name} .status`).textContent = has ? text : '';
  part(`#${name} .picture`).setAttribute('aria-busy', String(state.kind === 'waiting'));
}

function nothingYet(): string {
  switch (run.state) {
    case 'empty':
      return (
        run.message ??
        'The affinity of a run and its embedding are shown here, while it trains and afterwards.'
      );
    case 'queued':
    case 'running':
    case 'cancelling':
      return 'This picture comes with the first clusters, after the warm-up.';
    default:
      return 'The run ended before it had clusters.';
  }
}

function valueOf<T>(state: SliceState<T>): T | undefined {
  return state.kind === 'there' ? state.value : state.kind === 'none' ? undefined : state.old;
}

function showAffinity(state: SliceState<AffinityData>): void {
  affinity = valueOf(state);
  showState('affinity', state, 'Computing the affinity…');
  matrix.update(affinity);
  const summary =
    affinity?.clusters && summarizeAffinity(affinity.clusters, affinity.labels, series.clusters);
  part('#affinity .numbers').textContent = summary ? describeAffinity(summary) : '';
  affinityData = () => (summary ? affinityTable(summary, series.clusters) : undefined);
  renderTexts();
}

function showEmbedding(state: SliceState<EmbeddingData>): void {
  embedding = valueOf(state);
  showState(
    'embedding',
    state,
    method === 'pca' ? 'Computing the components…' : 'Computing UMAP; this can take a while…',
  );
  scatter.update(embedding, throughTime);
  renderTexts();
}

let affinityData: () => DataTable | undefined = () => undefined;
const embeddingData = (): DataTable | undefined => embedding && embeddingTable(embedding);

function renderTexts(): void {
  for (const [name, value] of [
    ['order', order],
    ['method', method],
  ]) {
    for (const button of root.querySelectorAll<HTMLElement>(`[data-choice="${name}"] button`)) {
      button.setAttribute('aria-pressed', String(button.dataset.value === value));
    }
  }
  (part('#through-time') as HTMLInputElement).checked = throughTime;
  // Also before the pictures come, so that nothing moves when they do.
  part('#affinity .note').textContent = `${HOW_TO_READ[affinity?.sortedBy ?? order]} ${matrix.describe()}`;
  part('#embedding .note').textContent = HOW_TO_READ[embedding?.method ?? method];
  renderTable('affinity', affinityData());
  renderTable('embedding', embeddingData());
}

/** Tables are written only while they are open. */
function renderTable(name: string, table: DataTable | undefined): void {
  const details = part(`#${name} details`) as HTMLDetailsElement;
  details.style.visibility = table ? '' : 'hidden';
  if (details.open && table) redraw(part(`#${name} .scroll`), drawTable(table, false));
}

function renderClusters(): void {
  const buttons = Array.from({ length: series.labels ? series.clusters : 0 }, (_, k) =>
    element(
      'button',
      {
        type: 'button',
        'data-cluster': k,
        'aria-pressed': String(selection.cluster === k),
        title: `Cluster ${k}`,
      },
      element(
        'svg',
        { width: 20, height: 16, viewBox: '0 0 20 16', 'aria-hidden': 'true' },
        element('rect', { width: 20, height: 16, rx: 3, fill: clusterColor(k) }),
        element('text', { x: 10, y: 12, 'text-anchor': 'middle', fill: inkOn(clusterColor(k)) }, String(k)),
      ),
      element('span', { class: 'visually-hidden' }, `Cluster ${k}`),
    ),
  );
  redraw(
    part('#clusters'),
    buttons.length > 0 ? `<span class="label">Cluster</span>${buttons.join('')}` : '',
  );
}

function save(): void {
  remember(run.runDirectory, { order, method, throughTime });
}

const host = new Host({
  run(next) {
    const other = next.runDirectory !== run.runDirectory;
    run = next;
    root.dataset.state = run.state;
    redraw(part('#strip'), drawStrip(run, 'affinity'));
    save();
    if (other || !series.labels) pull();
  },
  series(next) {
    series = next;
    renderClusters();
    pull();
  },
  selection(next) {
    selection = next;
    matrix.select(next);
    scatter.select(next);
    renderClusters();
  },
});

const title = (): string => run.name || run.files.join(', ') || 'run';
part('#affinity .head').append(
  pictureTools(
    host,
    () => `Affinity by ${order} of ${title()}`,
    () => matrix.svg(),
  ),
);
part('#embedding .head').append(
  pictureTools(
    host,
    () => `Embedding (${method}) of ${title()}`,
    () => scatter.file(),
  ),
);
part('#affinity .tools').append(copyTools(host, () => affinityData()!));
part('#embedding .tools').append(copyTools(host, () => embeddingData()!));
for (const details of root.querySelectorAll('details')) details.addEventListener('toggle', renderTexts);

root.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('button');
  const cluster = button?.dataset.cluster;
  if (cluster !== undefined) {
    host.select({ cluster: selection.cluster === Number(cluster) ? null : Number(cluster) });
  }
  const value = button?.dataset.value;
  if (value === undefined) return;
  if (value === 'cluster' || value === 'time') order = value;
  else method = value as Method;
  save();
  renderTexts();
  pull(true);
});
root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') host.select({ step: null, period: null, cluster: null });
});
part('#through-time').addEventListener('change', (event) => {
  throughTime = (event.target as HTMLInputElement).checked;
  save();
  scatter.update(embedding, throughTime);
});
onThemeChange(() => {
  matrix.repaint();
  scatter.repaint();
});
sendActions(root, (message) => host.send(message));
keepReachable(root);
redraw(part('#strip'), drawStrip(run, 'affinity'));
renderTexts();
pull();
