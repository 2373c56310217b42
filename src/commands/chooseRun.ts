import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from './services';

interface RunItem extends vscode.QuickPickItem {
  readonly directory: string;
}

/**
 * The directory a command was called on; else one the user picks among those in the workspace that have `file` in
 * them. Undefined when the user dismissed the question or there is none.
 */
export async function chooseRun(
  { runs }: Pick<Services, 'runs'>,
  given: unknown,
  file: string,
  title: string,
): Promise<string | undefined> {
  if (given instanceof vscode.Uri) return given.fsPath;
  if (typeof given === 'string') return runs.get(given)?.directory ?? given;
  const found = await vscode.workspace.findFiles(`**/*.clusters/*/${file}`, undefined, 1000);
  const directories = found.map(({ fsPath }) => path.dirname(fsPath)).sort((a, b) => b.localeCompare(a));
  for (const { directory } of runs.runs) {
    if (directory && !directories.includes(directory)) directories.unshift(directory);
  }
  if (directories.length === 0) {
    void vscode.window.showInformationMessage('There is no such run in this workspace.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick<RunItem>(
    directories.map((directory) => ({
      label: path.basename(directory),
      description: path.basename(path.dirname(directory), '.clusters'),
      directory,
    })),
    { title, matchOnDescription: true },
  );
  return picked?.directory;
}
