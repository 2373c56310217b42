/** The state of the run in words, and what can be done about it. */
import type { FromResultsPanel, RunSnapshot } from '../../src/protocol/panel';
import { formatDuration } from '../shared/format';
import { element, escape } from '../shared/markup';

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

const STATES: Readonly<Record<Exclude<RunSnapshot['state'], 'empty'>, string>> = {
  queued: 'Waiting',
  running: 'Running',
  cancelling: 'Stopping',
  finished: 'Finished',
  interrupted: 'Interrupted',
  failed: 'Failed',
};

/** What the run is doing, or how it ended, in one sentence. */
export function describeState(snapshot: RunSnapshot): string {
  const { state, phase, epoch, epochs } = snapshot;
  switch (state) {
    case 'empty':
      return 'Right-click a NetCDF or HDF5 file in the explorer and choose “Cluster File...”, or choose one here.';
    case 'queued':
      return 'Another run is in progress; this one starts when it has ended.';
    case 'running':
      return `${PHASES[phase] ?? 'Starting'}.`;
    case 'cancelling':
      return 'Stopping after the current step; the checkpoint is being written.';
    case 'finished':
      return `${snapshot.labels?.length ?? snapshot.times.length} time steps in ${snapshot.clusters} clusters.`;
    case 'interrupted':
      return snapshot.canResume
        ? `Stopped after epoch ${epoch} of ${epochs || '?'}; it can be resumed from there.`
        : (snapshot.message ?? 'Stopped before the first checkpoint; start it again.');
    case 'failed':
      return snapshot.message ?? 'The log has the reason.';
  }
}

/** Whether the run has a progress to show. */
export function isUnderWay({ state }: RunSnapshot): boolean {
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

interface Action {
  readonly type: FromResultsPanel['type'];
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

export function drawHeader(snapshot: RunSnapshot): string {
  const { state, files, fields, engine } = snapshot;
  const subtitle = [fields.length > 0 ? `Fields: ${fields.join(', ')}` : '', engine]
    .filter(Boolean)
    .join(' · ');
  return [
    element('h1', {}, escape(files.join(', ') || 'Find the regimes in climate fields')),
    element('p', { class: 'subtitle' }, escape(subtitle)),
    element(
      'p',
      { class: `state ${state}`, role: 'status' },
      state === 'empty' ? '' : element('span', { class: 'badge' }, STATES[state]),
      escape(describeState(snapshot)),
    ),
    state === 'interrupted' && snapshot.canResume && snapshot.message
      ? element('p', { class: 'message' }, escape(snapshot.message))
      : '',
    ...snapshot.warnings.map((warning) => element('p', { class: 'warning' }, escape(warning))),
  ].join('');
}

export function drawActions(snapshot: RunSnapshot): string {
  return actionsFor(snapshot)
    .map(({ type, label, primary }) =>
      element('button', { 'data-action': type, class: primary ? 'primary' : undefined }, label),
    )
    .join('');
}
