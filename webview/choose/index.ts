/** The panel that shows how the number of clusters is chosen. */
import './choose.css';
import * as z from 'zod/mini';
import type { ClusterChoice } from '../../src/core/choose/choice';
import { type ChooseMemory, type ChooseState, type FromChoose, toChoose } from '../../src/protocol/choose';
import { pictureTools } from '../shared/export';
import { element, escape } from '../shared/markup';
import { redraw } from '../shared/redraw';
import { keepReachable } from '../shared/scrollers';
import { copyTools, drawTable } from '../shared/tables';
import { vscodeApi } from '../shared/vscodeApi';
import { drawChart } from './chart';
import { BODY, describeData, drawOptions, drawSentences, drawVerdict, readingNote } from './page';
import { criteria, drawSheet } from './sheet';
import { valuesTable } from './values';

// The content security policy forbids code from strings, which zod would otherwise try.
z.config({ jitless: true });

const root = document.querySelector('main')!;
root.innerHTML = BODY;
const part = <T extends HTMLElement = HTMLElement>(selector: string): T => root.querySelector<T>(selector)!;
const send = (message: FromChoose): void => vscodeApi.postMessage(message);

let state: ChooseState | undefined;
/** The choice whose list of K is shown: a K that the user has picked stays. */
let listed: ChooseState['choice'] = null;

const look = (name: string) => ({ class: name });
const clusters = part<HTMLSelectElement>('#clusters');
const picked = (): number => Number(clusters.value);

part('#cancel').addEventListener('click', () => send({ type: 'cancel' }));
part('#again').addEventListener('click', () => send({ type: 'again' }));
part('#log').addEventListener('click', () => send({ type: 'showLog' }));
part('#cluster').addEventListener('click', () => send({ type: 'cluster', clusters: picked() }));
part('#default').addEventListener('click', () => send({ type: 'setDefault', clusters: picked() }));
clusters.addEventListener('change', () => drawButtons());
new ResizeObserver(() => drawCharts()).observe(part('#charts'));
keepReachable(part('#table .scroll'));

part('#picture-tools').append(
  pictureTools({ send: (message) => send(message as FromChoose) }, 'Number of clusters', () => {
    if (!state?.choice) return null;
    const { markup, width, height } = drawSheet(
      state.choice,
      `Number of clusters of ${describeData(state)}`,
      look,
    );
    return element('svg', { class: 'sheet', width, height, viewBox: `0 0 ${width} ${height}` }, markup);
  }),
);
part('#copy-tools').append(
  copyTools({ send: (message) => send(message as FromChoose) }, () => valuesTable(state!.choice!)),
);

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const parsed = toChoose.safeParse(data);
  if (!parsed.success)
    return console.error('Refused an unknown message', data, z.prettifyError(parsed.error));
  state = parsed.data.state;
  remember(state);
  draw(state);
});
send({ type: 'ready' });

function remember({ data, stage, reason, warnings, choice }: ChooseState): void {
  vscodeApi.setState({ data, stage, reason, warnings, choice } satisfies ChooseMemory);
}

function draw(current: ChooseState): void {
  const { stage, share, reason, choice, warnings } = current;
  root.dataset['stage'] = stage;
  part('#data').textContent = describeData(current);
  const [working, failure] = [part('#working'), part('#failure')];
  const held = [working, failure].find((section) => section.contains(document.activeElement));
  working.hidden = stage !== 'working';
  failure.hidden = stage !== 'failed' && stage !== 'stopped';
  part('#chosen').hidden = choice === null;
  const reading = share < 0.1;
  part('#doing').textContent = reading ? 'Reading the data' : 'Comparing the data with noise:';
  // Apart from what is read aloud, or every percent would be.
  part('#percent').textContent = reading ? '' : `${Math.round(100 * share)}%`;
  part<HTMLProgressElement>('progress').value = share;
  part('#failure p').textContent = reason ?? 'Stopped before there was a result.';
  if (choice) drawChoice(choice, warnings);
  // The button that had the focus is gone: what has come in its place takes it.
  if (held?.hidden) part(working.hidden ? (failure.hidden ? '#clusters' : '#again') : '#cancel').focus();
}

function drawChoice(choice: ClusterChoice, warnings: readonly string[]): void {
  const notes = warnings.map((warning) => element('p', { class: 'warning' }, escape(warning))).join('');
  redraw(part('#words'), drawVerdict(choice) + notes);
  redraw(part('#sentences'), drawSentences(choice));
  part('#reading').textContent = readingNote(choice);
  redraw(part('#table .scroll'), drawTable(valuesTable(choice), false));
  if (JSON.stringify(listed) !== JSON.stringify(choice)) {
    clusters.innerHTML = drawOptions(choice.most, choice.recommendation.clusters);
    listed = choice;
  }
  drawButtons();
  drawCharts();
}

function drawButtons(): void {
  const k = picked();
  part('#cluster').textContent = `Cluster with K = ${k}`;
  const button = part<HTMLButtonElement>('#default');
  button.textContent = `Make K = ${k} the default`;
  const focused = document.activeElement === button;
  button.disabled = state?.setting === k;
  if (focused && button.disabled) clusters.focus();
  const setting = state?.setting ?? null;
  part('#setting').textContent = setting === null ? '' : `The default is ${setting}.`;
}

/** As many charts side by side as there is room for, each as wide as that leaves. */
function drawCharts(): void {
  const place = part('#charts');
  const available = place.clientWidth;
  if (!state?.choice || available === 0) return;
  const { choice } = state;
  const columns = available >= 660 ? 2 : 1;
  const width = Math.floor((available - 32 * (columns - 1)) / columns);
  redraw(place, criteria.map((name) => drawChart(choice, name, { width, look })).join(''));
}
