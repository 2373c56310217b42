/** What was compared, how far it is, and what can be done now. */
import type { ComparisonSnapshot, FromComparison } from '../../src/protocol/comparison';
import { element, escape } from '../shared/markup';

const STATES: Readonly<Record<ComparisonSnapshot['state'], string>> = {
  queued: 'Waiting',
  running: 'Running',
  cancelling: 'Stopping',
  finished: 'Finished',
  interrupted: 'Interrupted',
  elsewhere: 'Running elsewhere',
  missing: 'Missing',
};

const isUnderWay = ({ state }: ComparisonSnapshot): boolean => state === 'running' || state === 'cancelling';

/** The state in a sentence. */
export function describeComparison({ state, progress, message }: ComparisonSnapshot): string {
  const fits = progress ? `${progress.done} of ${progress.total} fits have ended` : '';
  const failed = progress && progress.failed > 0 ? `, ${progress.failed} of them failed` : '';
  switch (state) {
    case 'queued':
      return 'A run is in progress; the comparison begins when it has ended, so that times can be compared.';
    case 'running': {
      const share = progress?.share ? ` ${Math.floor(100 * progress.share)}%` : '';
      return progress
        ? `${fits}${failed}. ${progress.current ? `Now: ${progress.current}${share}.` : ''}`
        : 'Starting.';
    }
    case 'cancelling':
      return 'The fit that goes on is given up; those that have ended are kept.';
    case 'finished':
      return progress ? `All ${progress.total} fits have ended${failed}.` : '';
    case 'interrupted':
      return `${fits}${failed}; the others can still be done. ${message ?? ''}`;
    case 'elsewhere':
      return 'Another window or program works on it. What has ended so far is shown here.';
    case 'missing':
      return message ?? 'It cannot be read.';
  }
}

interface Action {
  readonly type: FromComparison['type'];
  readonly label: string;
  readonly format?: string;
  readonly primary?: boolean;
}

/** The buttons that make sense now. */
export function comparisonActions({ state, hasFiles }: ComparisonSnapshot): Action[] {
  const actions: Action[] = [];
  if (state === 'running' || state === 'queued') actions.push({ type: 'cancel', label: 'Cancel' });
  if (state === 'interrupted') actions.push({ type: 'resume', label: 'Resume', primary: true });
  if (hasFiles) {
    actions.push(
      { type: 'openTable', format: 'Markdown', label: 'Open All Tables', primary: state === 'finished' },
      { type: 'openTable', format: 'LaTeX', label: 'LaTeX' },
      { type: 'openTable', format: 'CSV', label: 'CSV' },
    );
  }
  if (state !== 'missing' && state !== 'queued') actions.push({ type: 'revealFiles', label: 'Show Files' });
  actions.push({ type: 'showLog', label: 'Show Log' });
  return actions;
}

export function drawHead(comparison: ComparisonSnapshot): string {
  const { state, files, data, progress, warnings } = comparison;
  const done = progress && progress.total > 0 ? (progress.done + (progress.share ?? 0)) / progress.total : 0;
  const actions = comparisonActions(comparison).map(({ type, label, format, primary }) =>
    element(
      'button',
      { 'data-action': type, 'data-format': format, class: primary ? 'primary' : undefined },
      escape(label),
    ),
  );
  return [
    element(
      'h1',
      {},
      escape(files.length > 0 ? `Methods compared on ${files.join(', ')}` : 'Comparison of methods'),
    ),
    data ? element('p', { class: 'subtitle' }, escape(data)) : '',
    element(
      'p',
      { class: `state ${state}`, role: 'status' },
      element('span', { class: 'badge' }, STATES[state]),
      escape(describeComparison(comparison)),
    ),
    element('progress', {
      max: 1,
      value: Math.min(1, done).toFixed(3),
      class: isUnderWay(comparison) ? undefined : 'idle',
      'aria-label': 'Progress of the comparison',
      'aria-hidden': isUnderWay(comparison) ? undefined : 'true',
    }),
    element('div', { class: 'actions' }, ...actions),
    ...warnings.map((warning) => element('p', { class: 'warning' }, escape(warning))),
  ].join('');
}
