import path from 'node:path';
import type { RunRow } from '../protocol/panel';
import type { Run } from '../runs/run';
import { runRow } from './snapshots';

/**
 * The rows of the table of runs, newest first: those in `compared`, else all runs of the same data files that lie in the
 * same folder. Runs that cannot be read are left out; the history has them. Knows nothing of VS Code.
 */
export async function runRows(run: Run, compared?: readonly string[]): Promise<RunRow[]> {
  // Loaded on first use: activation must stay quick.
  const [{ listRuns }, { readRun }] = await Promise.all([
    import('../core/results/listRuns'),
    import('../core/results/runJson'),
  ]);
  if (compared) {
    const read = await Promise.allSettled(compared.map(async (one) => runRow(one, await readRun(one))));
    const rows = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return rows.sort((a, b) => b.started.localeCompare(a.started));
  }
  if (run.directory === undefined) return [];
  const files = JSON.stringify(run.files);
  const entries = await listRuns(path.dirname(run.directory));
  return entries.flatMap(({ directory, info }) =>
    info && JSON.stringify(info.config.files) === files ? [runRow(directory, info)] : [],
  );
}
