import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { PREVIEW_EDITOR } from '../panels/previewEditor';
import type { Command } from './services';

const EXTENSION = 'climate-clustering.climate-clustering';
const FOLDER = 'climate-clustering-sample';
const SAMPLE = 'ncep_r1_hornafrica_daily_2008.nc';

interface PlaceItem extends vscode.QuickPickItem {
  readonly choose: () => Thenable<vscode.Uri | undefined>;
}

/**
 * `climateClustering.openSample(folder?)`: copies the sample into a folder, which is asked for where it is not given, and
 * opens its preview. One that is open already is shown. Resolves with the file; with undefined when dismissed.
 */
export const openSample: Command = {
  id: 'openSample',
  async run(_services, given): Promise<vscode.Uri | undefined> {
    const opened = given === undefined ? openTab() : undefined;
    const folder = opened ? undefined : given instanceof vscode.Uri ? given : await askFolder();
    const file = opened ?? (folder && (await copySample(folder)));
    if (!file) return undefined;
    await vscode.commands.executeCommand('vscode.openWith', file, PREVIEW_EDITOR);
    if (!opened && !vscode.workspace.getWorkspaceFolder(file))
      void offerFolder(vscode.Uri.joinPath(file, '..'));
    return file;
  },
};

function openTab(): vscode.Uri | undefined {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => (input instanceof vscode.TabInputCustom ? input.uri : undefined))
    .find((uri) => uri !== undefined && path.basename(uri.fsPath) === SAMPLE);
}

async function askFolder(): Promise<vscode.Uri | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const items: PlaceItem[] = [
    ...folders.map(({ name, uri }) => ({
      label: `$(root-folder) ${name}`,
      description: 'the open folder',
      choose: () => Promise.resolve(uri),
    })),
    { label: '$(folder-opened) Another Folder...', choose: chooseFolder },
    {
      label: '$(history) Temporary Folder',
      description: 'cleared by the system one day, results included',
      choose: () => Promise.resolve(vscode.Uri.file(os.tmpdir())),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Open the Sample',
    placeHolder: `Where should the folder “${FOLDER}” (0.4 MB) be made?`,
  });
  return picked?.choose();
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: 'Put the Sample Here',
    title: 'Folder for the Sample',
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(os.homedir()),
  });
  return chosen?.[0];
}

/** What is there already stays as it is. */
async function copySample(folder: vscode.Uri): Promise<vscode.Uri> {
  const { extensionUri } = vscode.extensions.getExtension(EXTENSION)!;
  const source = vscode.Uri.joinPath(extensionUri, 'media', 'sample');
  const target = vscode.Uri.joinPath(folder, FOLDER);
  await vscode.workspace.fs.createDirectory(target);
  for (const name of [SAMPLE, 'README.md']) {
    const copy = vscode.Uri.joinPath(target, name);
    if (!(await exists(copy))) await vscode.workspace.fs.copy(vscode.Uri.joinPath(source, name), copy);
  }
  return vscode.Uri.joinPath(target, SAMPLE);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

async function offerFolder(folder: vscode.Uri): Promise<void> {
  const answer = await vscode.window.showInformationMessage(
    `The sample is in ${folder.fsPath}. Open this folder to see the sample and its runs in the explorer.`,
    'Open Folder',
  );
  if (answer === undefined) return;
  const forceNewWindow = vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow });
}
