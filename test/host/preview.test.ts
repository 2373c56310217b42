import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { sample, until, workspaceFile } from './support';

/** Files that are open in the preview. */
function previews(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => input)
    .filter((input) => input instanceof vscode.TabInputCustom)
    .filter(({ viewType }) => viewType === 'climateClustering.preview')
    .map(({ uri }) => uri.fsPath);
}

describe('the preview of data files', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'climate-clustering-preview-'));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('opens beside others, for several files at once', async () => {
    const damaged = workspaceFile('cut-off.nc');
    await vscode.commands.executeCommand('climateClustering.previewVariables', sample(), [sample(), damaged]);
    await until(() => previews().length === 2, 'two previews');
    assert.deepEqual(previews(), [sample().fsPath, damaged.fsPath]);
  });

  it('is not the editor that a click opens', async () => {
    await vscode.commands.executeCommand('vscode.open', sample());
    await until(() => vscode.window.tabGroups.activeTabGroup.activeTab !== undefined, 'an editor');
    assert.deepEqual(previews(), []);
  });

  it('opens the sample in a folder of its own, and leaves what is there', async () => {
    const target = path.join(folder, 'climate-clustering-sample');
    const open = (): Thenable<vscode.Uri> =>
      vscode.commands.executeCommand('climateClustering.openSample', vscode.Uri.file(folder));
    const file = await open();
    assert.equal(path.dirname(file.fsPath), target);
    assert.equal(statSync(file.fsPath).size, statSync(sample().fsPath).size);
    assert.ok(existsSync(path.join(target, 'README.md')));
    await until(() => previews().includes(file.fsPath), 'the preview of the sample');
    writeFileSync(path.join(target, 'README.md'), 'mine');
    await open();
    assert.equal(statSync(path.join(target, 'README.md')).size, 4);
  });
});
