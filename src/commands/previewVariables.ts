import * as vscode from 'vscode';
import { PREVIEW_EDITOR } from '../panels/previewEditor';
import type { Command } from './services';

/** `climateClustering.previewVariables(file?, files?)`: opens the preview of data files; asks for some when called on none. */
export const previewVariables: Command = {
  id: 'previewVariables',
  async run(_services, file, files) {
    const given = Array.isArray(files) && files.length > 0 ? files : [file];
    const uris = given.filter(isFile).map((one) => (typeof one === 'string' ? vscode.Uri.file(one) : one));
    for (const uri of uris.length > 0 ? uris : await ask()) {
      await vscode.commands.executeCommand('vscode.openWith', uri, PREVIEW_EDITOR);
    }
  },
};

function isFile(value: unknown): value is vscode.Uri | string {
  return value instanceof vscode.Uri || typeof value === 'string';
}

async function ask(): Promise<vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel: 'Preview',
    title: 'Preview Variables of Data Files',
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
    filters: { 'NetCDF and HDF5': ['nc', 'nc4', 'cdf', 'h5', 'hdf5'], 'All files': ['*'] },
  });
  return chosen ?? [];
}
