import path from 'node:path';
import * as vscode from 'vscode';
import type { FromPanel } from '../protocol/panel';
import type { Run } from '../runs/run';

/** Asks where to save a picture of a panel, and saves it; beside the files of its run by default. */
export async function savePicture(
  { name, format, content }: Extract<FromPanel, { type: 'save' }>,
  run: Pick<Run, 'directory'> | undefined,
): Promise<void> {
  const folder = run?.directory ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const file = `${name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 80) || 'picture'}.${format}`;
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder === undefined ? undefined : vscode.Uri.file(path.join(folder, file)),
    filters: format === 'svg' ? { 'SVG pictures': ['svg'] } : { 'PNG pictures': ['png'] },
    title: 'Save Picture',
  });
  if (!target) return;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`The picture could not be saved: ${reason}`);
    return;
  }
  const answer = await vscode.window.showInformationMessage(`Saved ${path.basename(target.fsPath)}.`, 'Open');
  if (answer) await vscode.commands.executeCommand('vscode.open', target);
}
