import * as vscode from 'vscode';
import type { Command } from './services';

/** `climateClustering.cancelRun(run?)`: stops a run, named by its directory or its id in this window, by default the one that trains; it can be resumed. */
export const cancelRun: Command = {
  id: 'cancelRun',
  run({ runs }, given) {
    const id = typeof given === 'string' ? (runs.find(given)?.id ?? given) : runs.active?.id;
    if (id === undefined) return vscode.window.showInformationMessage('No run is in progress.');
    runs.cancel(id);
    return undefined;
  },
};
