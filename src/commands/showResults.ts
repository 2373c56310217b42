import * as vscode from 'vscode';
import { findRuns, pickDirectory } from './chooseRun';
import type { Command } from './services';

/**
 * `climateClustering.showResults(run?)`: the panel of a run, named by its directory or its id in this window; by default
 * of the one that trains, or the latest of this window, or one to pick. Where there is none the panel says how to begin.
 */
export const showResults: Command = {
  id: 'showResults',
  async run(services, given) {
    const { runs, panels } = services;
    const name = given instanceof vscode.Uri ? given.fsPath : given;
    if (typeof name === 'string') return panels.show(runs.get(name) ?? (await runs.open(name)));
    const known = runs.active ?? runs.runs.at(-1);
    if (known) return panels.show(known);
    const directories = await findRuns(services, 'run.json');
    if (directories.length === 0) return panels.show(undefined);
    const directory = await pickDirectory(directories, 'Show Results');
    if (directory !== undefined) panels.show(await runs.open(directory));
  },
};
