/** The state of the run in words, and what can be done about it. */
import type { FromPanel, PanelKind, RunSnapshot, SeriesSnapshot } from '../../src/protocol/panel';
import { formatDuration } from './format';
import { element, escape } from './markup';

const PHASES: Readonly<Record<string, string>> = {
  reading: 'Reading the data',
  preparing: 'Preparing the model',
  'warm-up': 'Warm-up: learning to reconstruct the fields',
  joint: 'Joint training: embeddings and clusters together',
  adversarial: 'Adversarial training: clusters against sampled embeddings',
  evaluating: 'Computing the metrics',
  writing: 'Writing the results',
  done: 'Done',
};

const STATES: Readonly<Record<RunSnapshot['state'], string>> = {
  empty: 'No run',
  queued: 'Waiting',
  running: 'Running',
  cancelling: 'Stopping',
  finished: 'Finished',
  interrupted: 'Interrupted',
  failed: 'Failed',
};

/** What the panels of a run are called on buttons. */
export const PANEL_NAMES: Readonly<Record<PanelKind, string>> = {
  time: 'Time',
  maps: 'Maps',
  metrics: 'Metrics',
  affinity: 'Affinity',
};

/** What the run is doing, or how it ended, in one sentence. */
export function describeState(run: RunSnapshot, series: Pick<SeriesSnapshot, 'times'>): string {
  const { state, phase, epoch, epochs } = run;
  switch (state) {
    case 'empty':
      return (
        run.message ??
        'Right-click a NetCDF or HDF5 file in the explorer and choose “Cluster File...”, or choose one here.'
      );
    case 'queued':
      return 'Another run is in progress; this one starts when it has ended.';
    case 'running':
      return `${PHASES[phase] ?? 'Starting'}.`;
    case 'cancelling':
      return 'Stopping after the current step; the checkpoint is being written.';
    case 'finished':
      return `${series.times.length} time steps in ${run.clusters} clusters.`;
    case 'interrupted':
      return run.canResume
        ? `Stopped after epoch ${epoch} of ${epochs || '?'}; it can be resumed from there.`
        : (run.message ?? 'Stopped before the first checkpoint; start it again.');
    case 'failed':
      return run.message ?? 'The log has the reason.';
  }
}

/** Whether the run has a progress to show. */
export function isUnderWay({ state }: Pick<RunSnapshot, 'state'>): boolean {
  return state === 'running' || state === 'cancelling';
}

/** Progress in numbers. */
export function describeProgress({ epoch, epochs, step, steps, secondsLeft }: RunSnapshot): string {
  const parts = [];
  if (epochs > 0) parts.push(`epoch ${Math.min(epoch + 1, epochs)} of ${epochs}`);
  if (steps > 0) parts.push(`step ${step} of ${steps}`);
  if (secondsLeft !== null) parts.push(`about ${formatDuration(secondsLeft)} left`);
  return parts.join(' · ');
}

/** Share of the training that is done, [0, 1]. */
export function progressShare({ epoch, epochs, step, steps }: RunSnapshot): number {
  if (epochs === 0) return 0;
  return Math.min(1, (epoch + (steps > 0 ? Math.min(step / steps, 1) : 0)) / epochs);
}

/** The name that the user gave the run, else that of its data. */
export function runTitle({ name, files }: Pick<RunSnapshot, 'name' | 'files'>): string {
  return name || files.join(', ') || 'Find the regimes in climate fields';
}

interface Action {
  readonly type: FromPanel['type'];
  readonly label: string;
  readonly primary?: boolean;
}

/** The buttons that make sense now; the one to press first is primary. */
export function actionsFor({ state, canResume, hasReport, runDirectory }: RunSnapshot): Action[] {
  const actions: Action[] = [];
  if (state === 'empty') actions.push({ type: 'clusterFile', label: 'Cluster File…', primary: true });
  if (state === 'running' || state === 'queued') actions.push({ type: 'cancel', label: 'Cancel' });
  if (canResume) actions.push({ type: 'resume', label: 'Resume', primary: true });
  if (hasReport) actions.push({ type: 'openReport', label: 'Open Report', primary: true });
  if (runDirectory && state !== 'running') actions.push({ type: 'revealFiles', label: 'Show Files' });
  if (state !== 'empty') actions.push({ type: 'showLog', label: 'Show Log' });
  return actions;
}

/**
 * Title, fields, state and warnings of a run: the head of the time panel. Closed warnings are a button in the line of the
 * state (`data-view="warnings"`): one that comes in mid-run moves nothing.
 */
export function drawHeader(
  run: RunSnapshot,
  series: Pick<SeriesSnapshot, 'times'>,
  warningsOpen = true,
): string {
  const { state, files, fields, engine, warnings } = run;
  const subtitle = [
    run.name ? files.join(', ') : '',
    fields.length > 0 ? `${fields.length === 1 ? 'Field' : 'Fields'}: ${fields.join(', ')}` : '',
    engine,
  ]
    .filter(Boolean)
    .join(' · ');
  return [
    element('h1', {}, escape(runTitle(run))),
    element('p', { class: 'subtitle' }, escape(subtitle)),
    element(
      'p',
      { class: `state ${state}` },
      state === 'empty' ? '' : badge(state),
      escape(describeState(run, series)),
      warnings.length > 0 ? drawWarningsButton(warnings.length, warningsOpen) : '',
    ),
    state === 'interrupted' && run.canResume && run.message
      ? element('p', { class: 'message' }, escape(run.message))
      : '',
    warnings.length > 0
      ? element(
          'div',
          { id: 'warnings', hidden: !warningsOpen },
          ...warnings.map((warning) => element('p', { class: 'warning' }, escape(warning))),
        )
      : '',
  ].join('');
}

function drawWarningsButton(count: number, open: boolean): string {
  return element(
    'button',
    {
      class: 'link warnings',
      'data-view': 'warnings',
      'aria-expanded': String(open),
      'aria-controls': 'warnings',
    },
    `${count} ${count === 1 ? 'warning' : 'warnings'}`,
  );
}

/**
 * One line above the pictures of the other panels: the run, its state, the way to the other panels, and a thin line of
 * progress. It is as high in every state, so that nothing below moves.
 */
export function drawStrip(run: RunSnapshot, here?: PanelKind): string {
  const title = runTitle(run);
  const detail = describeBriefly(run);
  return element(
    'div',
    { class: `strip ${run.state}` },
    element('strong', { title }, escape(title)),
    element('span', { class: 'state' }, badge(run.state)),
    element('span', { class: 'detail', title: detail }, escape(detail)),
    run.state === 'empty'
      ? element('button', { 'data-action': 'clusterFile', class: 'primary' }, 'Cluster File…')
      : element('nav', { 'aria-label': 'Panels of this run' }, drawPanelButtons(here)),
    element('progress', {
      max: 1,
      value: progressShare(run).toFixed(3),
      class: isUnderWay(run) ? undefined : 'idle',
      'aria-label': 'Progress of the training',
      'aria-hidden': isUnderWay(run) ? undefined : 'true',
    }),
  );
}

/** Progress or outcome in a few words. */
function describeBriefly(run: RunSnapshot): string {
  switch (run.state) {
    case 'running':
    case 'cancelling':
      return describeProgress(run);
    case 'finished':
      return `${run.clusters} clusters`;
    case 'interrupted':
      return run.canResume ? `after epoch ${run.epoch} of ${run.epochs || '?'}` : (run.message ?? '');
    case 'failed':
      return run.message ?? 'The log has the reason.';
    default:
      return '';
  }
}

export function drawActions(run: RunSnapshot): string {
  return actionsFor(run)
    .map(({ type, label, primary }) =>
      element('button', { 'data-action': type, class: primary ? 'primary' : undefined }, label),
    )
    .join('');
}

/** Buttons to the panels of the run, without the one that is `here`. */
export function drawPanelButtons(here?: PanelKind): string {
  return (Object.keys(PANEL_NAMES) as PanelKind[])
    .filter((panel) => panel !== here)
    .map((panel) => element('button', { 'data-action': 'open', 'data-panel': panel }, PANEL_NAMES[panel]))
    .join('');
}

/** Sends the message of each pressed button that carries one (`data-action`), now and after it was drawn anew. */
export function sendActions(root: HTMLElement, send: (message: FromPanel) => void): void {
  root.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-action]');
    if (!button) return;
    const { action, panel } = button.dataset;
    // Both ends of the attribute are in this file, and the host validates what it gets.
    if (action === 'open') send({ type: 'open', panel: panel as PanelKind });
    else send({ type: action } as FromPanel);
  });
}

function badge(state: RunSnapshot['state']): string {
  return element('span', { class: 'badge' }, STATES[state]);
}
