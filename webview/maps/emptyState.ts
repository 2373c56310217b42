import type { RunSnapshot } from '../../src/protocol/panel';
import { element, escape } from '../shared/markup';

/** What stands in place of the maps while there are none: why, and what to do. `refused` is the host's reason. */
export function emptyState(run: RunSnapshot, labelled: boolean, refused: string): string {
  const [text, action, label = ''] = words(run, labelled, refused);
  const button = action ? element('button', { 'data-action': action, class: 'primary' }, label) : '';
  return element('p', {}, escape(text)) + button;
}

function words(
  { state, clusters, canResume, message }: RunSnapshot,
  labelled: boolean,
  refused: string,
): [text: string, action?: string, label?: string] {
  if (state === 'empty' && message) return [message];
  if (state === 'empty') {
    return [
      'No run is shown here. Cluster a file, and its regimes appear as maps: their mean fields, and how these differ from the mean of all time steps.',
      'clusterFile',
      'Cluster File…',
    ];
  }
  if (refused) return [refused];
  if (labelled) return ['Reading the maps…'];
  if (state === 'queued' || state === 'running' || state === 'cancelling') {
    const whose = clusters > 0 ? `each of ${clusters} clusters` : 'each cluster';
    return [
      `Maps appear here after the first clustering: the mean field of ${whose}, its anomaly, and where clusters differ. They follow the training.`,
    ];
  }
  if (canResume)
    return ['The run ended before its first clustering: there are no maps yet.', 'resume', 'Resume'];
  return ['The run ended before its first clustering. The log says how far it came.', 'showLog', 'Show Log'];
}
