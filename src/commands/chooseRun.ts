import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from './services';

interface RunItem extends vscode.QuickPickItem {
  readonly directory: string;
}

/** Run directories of the workspace that have `file` in them, and those this window has used; latest first. */
export async function findRuns({ runs }: Pick<Services, 'runs'>, file: string): Promise<string[]> {
  const found = await vscode.workspace.findFiles(`**/*.clusters/*/${file}`, undefined, 1000);
  const directories = new Set(found.map(({ fsPath }) => path.dirname(fsPath)));
  for (const { directory } of runs.runs) if (directory) directories.add(directory);
  return [...directories].sort((a, b) => path.basename(b).localeCompare(path.basename(a)));
}

/** Lets the user pick one of `directories`; undefined when dismissed. */
export async function pickDirectory(
  directories: readonly string[],
  title: string,
): Promise<string | undefined> {
  const items = directories.map((directory) => ({
    label: path.basename(directory),
    description: path.basename(path.dirname(directory), '.clusters'),
    directory,
  }));
  const picked = await vscode.window.showQuickPick<RunItem>(items, { title, matchOnDescription: true });
  return picked?.directory;
}

/**
 * The directory a command was called on; else one the user picks among those that have `file` in them. Undefined when
 * the user dismissed the question or there is none to choose.
 */
export async function chooseRun(
  services: Pick<Services, 'runs'>,
  given: unknown,
  file: string,
  title: string,
): Promise<string | undefined> {
  if (given instanceof vscode.Uri) return given.fsPath;
  if (typeof given === 'string') return services.runs.get(given)?.directory ?? given;
  const directories = await findRuns(services, file);
  if (directories.length > 0) return pickDirectory(directories, title);
  void vscode.window.showInformationMessage('There is no such run in this workspace.');
  return undefined;
}
