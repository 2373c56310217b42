import type { ReaderRun } from '../protocol/reader';
import type { Run } from '../runs/run';

/** Where the reader finds the numbers of a run; undefined before it has a directory. Knows nothing of VS Code. */
export function readerRun({ state, directory, config, progress }: Run): ReaderRun | undefined {
  if (directory === undefined) return undefined;
  const version = progress?.labelling ?? 0;
  if (state === 'finished') return { directory, version };
  if (!config || !progress) return undefined;
  const { clusters, labels, memberships, embedding } = progress;
  return { directory, version, live: { config, clusters, labels, memberships, embedding } };
}
