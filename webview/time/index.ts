/**
 * The results panel: draws the last snapshot of a run, whole. Each part is written as markup by a pure function and
 * replaced only when its markup changes, so that focus, open tables and the layout stay while a run goes on.
 */
import {
  type FromResultsPanel,
  type RunSnapshot,
  emptyResults,
  fromResultsPanel,
  toResultsPanel,
} from '../../src/protocol/panel';
import { listen, remember, send } from '../shared/rpc';
import { describeProgress, drawActions, drawHeader, isUnderWay, progressShare } from './header';
import { drawLosses, lossTable } from './losses';
import { drawMetrics } from './metrics';
import './results.css';
import { segmentTable } from './ribbon';
import { RibbonView } from './ribbonView';
import { drawSizes } from './sizes';

const BODY = `
  <header id="header"></header>
  <div id="progress"><progress max="1" aria-label="Progress of the training"></progress><span></span></div>
  <div id="actions" role="group" aria-label="Actions"></div>
  <section id="ribbon-section" aria-labelledby="ribbon-title">
    <h2 id="ribbon-title">When each cluster occurs</h2>
    <div id="ribbon"></div>
    <details id="segments"><summary>Table of the segments</summary><div class="scroll"></div></details>
  </section>
  <div class="columns">
    <section aria-labelledby="sizes-title"><h2 id="sizes-title">Cluster sizes</h2><div id="sizes"></div></section>
    <section aria-labelledby="metrics-title"><h2 id="metrics-title">Metrics</h2><div id="metrics"></div></section>
  </div>
  <section id="losses-section" aria-labelledby="losses-title">
    <h2 id="losses-title">Losses by epoch</h2>
    <div id="losses"></div>
    <details id="history"><summary>Table of the losses</summary><div class="scroll"></div></details>
  </section>`;

const root = document.querySelector('main')!;
root.innerHTML = BODY;
const part = (selector: string): HTMLElement => root.querySelector<HTMLElement>(selector)!;
const ribbon = new RibbonView(part('#ribbon'));
let snapshot: RunSnapshot = emptyResults;

const drawn = new Map<HTMLElement, string>();
function draw(target: HTMLElement, markup: string): void {
  if (drawn.get(target) === markup) return;
  drawn.set(target, markup);
  target.innerHTML = markup;
}

function render(): void {
  root.dataset.state = snapshot.state;
  root.dataset.phase = snapshot.phase;
  // An ended run whose data were never read, or of which only the checkpoint is left, has no empty pictures.
  const ended = ['empty', 'failed', 'interrupted'].includes(snapshot.state);
  root.classList.toggle('no-times', ended && snapshot.times.length === 0);
  root.classList.toggle('no-history', ended && snapshot.history.length === 0);
  draw(part('#header'), drawHeader(snapshot));
  draw(part('#actions'), drawActions(snapshot));
  // Where the run's files are takes the place of its progress, so that nothing below moves when it ends.
  part('#progress span').textContent = isUnderWay(snapshot)
    ? describeProgress(snapshot)
    : (snapshot.runDirectory ?? '');
  part('progress').hidden = !isUnderWay(snapshot);
  part('progress').setAttribute('value', String(progressShare(snapshot)));
  ribbon.update(snapshot);
  draw(part('#sizes'), drawSizes(snapshot));
  draw(part('#metrics'), drawMetrics(snapshot));
  draw(part('#losses'), drawLosses(snapshot));
  renderTables();
}

/** Tables can be long: they are written only while they are open. */
function renderTables(): void {
  const open = (selector: string): boolean => (part(selector) as HTMLDetailsElement).open;
  if (open('#segments')) draw(part('#segments .scroll'), segmentTable(snapshot));
  if (open('#history')) draw(part('#history .scroll'), lossTable(snapshot));
}

for (const details of root.querySelectorAll('details')) details.addEventListener('toggle', renderTables);

root.addEventListener('click', (event) => {
  const action = (event.target as Element).closest<HTMLElement>('[data-action]')?.dataset.action;
  if (action) send<FromResultsPanel>(fromResultsPanel.parse({ type: action }));
});

listen(toResultsPanel, (message) => {
  snapshot = message.snapshot;
  // All that survives a reload of the window: the host draws the rest from the run's files.
  remember({ runDirectory: snapshot.runDirectory });
  render();
});

render();
send<FromResultsPanel>({ type: 'ready' });
