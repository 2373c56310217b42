/** What the panel says when there is nothing to draw. */
import type { RunSnapshot } from '../../src/protocol/panel';
import { element } from '../shared/markup';

/** What can be done about an ended run is above, beside its state. */
export function drawEmptyState({
  state,
  canResume,
  message,
}: Pick<RunSnapshot, 'state' | 'canResume' | 'message'>): string {
  if (state !== 'empty') {
    return element(
      'p',
      {},
      canResume
        ? 'The run ended before its first clustering. Resume it to see when each cluster occurs.'
        : 'The run ended before its first clustering. The log says how far it came.',
    );
  }
  // The header says why it cannot be shown.
  if (message) return element('p', {}, 'Open another run from the history, or cluster a file.');
  return (
    element(
      'p',
      {},
      'No run is shown here. Choose a file with climate fields over time, or open a run of the history.',
    ) + element('button', { 'data-action': 'clusterFile', class: 'primary' }, 'Cluster File…')
  );
}
