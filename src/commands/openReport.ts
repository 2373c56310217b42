import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/errors';
import { chooseRun } from './runArguments';
import type { Command } from './services';

/** `climateClustering.openReport(directory?)`: the run's report, in the browser. */
export const openReport: Command = {
  id: 'openReport',
  async run(services, given) {
    const directory = await chooseRun(services, given, {
      title: 'Open Report',
      suits: ({ hasReport }) => hasReport,
      none: 'There is no finished run in this workspace yet.',
    });
    if (directory === undefined) return;
    const report = path.join(directory, 'report.html');
    if (!existsSync(report)) {
      throw new UserError(`The run ${directory} has no report: it is written when a run has finished.`);
    }
    const opened = await vscode.env.openExternal(vscode.Uri.file(report));
    // A remote machine's files cannot be opened by the local browser: then its source is shown beside the files.
    if (!opened) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(report));
  },
};
