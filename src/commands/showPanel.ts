import * as vscode from 'vscode';
import type { PanelKind } from '../protocol/panel';
import type { Run } from '../runs/run';
import { pickRuns } from './runArguments';
import type { Command, Services } from './services';

/**
 * `climateClustering.show...(run?)`: a panel of a run, named by its directory or its id in this window; by default of the
 * run whose panel was used last, or the one that trains, or the latest of this window, or one to pick. Where there is none
 * the panel says how to begin.
 */
function showPanel(id: string, kind: PanelKind, title: string): Command {
  return {
    id,
    async run(services, given) {
      const run = await runFor(services, given, title);
      if (run !== 'dismissed') services.panels.show(run, kind);
    },
  };
}

async function runFor(
  services: Services,
  given: unknown,
  title: string,
): Promise<Run | undefined | 'dismissed'> {
  const { runs, selections } = services;
  const name = given instanceof vscode.Uri ? given.fsPath : given;
  if (typeof name === 'string') return runs.get(name) ?? (await runs.open(name));
  const known = selections.run ?? runs.active ?? runs.runs.at(-1);
  if (known) return known;
  if ((await services.history.list()).length === 0) return undefined;
  const [directory] = await pickRuns(services, { title });
  return directory === undefined ? 'dismissed' : runs.open(directory);
}

export const showResults = showPanel('showResults', 'time', 'Show Results');
export const showMaps = showPanel('showMaps', 'maps', 'Show Cluster Maps');
export const showMetrics = showPanel('showMetrics', 'metrics', 'Show Metrics');
export const showAffinity = showPanel('showAffinity', 'affinity', 'Show Affinity');
