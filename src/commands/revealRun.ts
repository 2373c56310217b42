import * as vscode from 'vscode';
import { chooseRun } from './runArguments';
import type { Command } from './services';

/** `climateClustering.revealRun(directory?)`: the files of a run, in the explorer where they are in the workspace. */
export const revealRun: Command = {
  id: 'revealRun',
  async run(services, clicked) {
    const directory = await chooseRun(services, clicked, { title: 'Reveal Files' });
    if (directory === undefined) return;
    const uri = vscode.Uri.file(directory);
    const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
  },
};
