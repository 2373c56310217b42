import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import type { RunHistory } from '../../src/runs/historyTree';
import { sampleInfo } from '../unit/results/sampleInfo';
import { answering, until, withSetting, workspaceFile } from './support';

const DATA = workspaceFileLater('made.nc');
const FOLDER = workspaceFileLater('made.clusters');
const FINISHED = (): string => path.join(FOLDER(), '2026-03-04T15-06-07-a1b2');
const DAMAGED = (): string => path.join(FOLDER(), '2026-03-05T15-06-07-c3d4');

function workspaceFileLater(name: string): () => string {
  return () => workspaceFile(name).fsPath;
}

/** A finished run, as far as the history reads it. */
function writeRun(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const info = {
    ...sampleInfo,
    id: path.basename(directory),
    state: 'finished',
    config: { ...sampleInfo.config, files: [DATA()], variables: ['air'], seed: 7 },
    timings: { total: 95 },
    metrics: { silhouetteCosine: 0.31245, daviesBouldin: null },
  };
  writeFileSync(path.join(directory, 'run.json'), JSON.stringify(info));
}

async function history(): Promise<RunHistory> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('climate-clustering.climate-clustering')!;
  return (await extension.activate()).history;
}

async function itemOf(key: string): Promise<vscode.TreeItem> {
  return (await history()).getTreeItem(key);
}

describe('the history of runs', () => {
  let shown: RunHistory;
  const keys = (): string[] =>
    shown.groups.filter(({ files }) => files[0] === DATA()).flatMap(({ runs }) => runs.map(({ key }) => key));

  before(async () => {
    shown = await history();
    await shown.list();
    writeRun(FINISHED());
    mkdirSync(DAMAGED(), { recursive: true });
    writeFileSync(path.join(DAMAGED(), 'run.json'), '{"format": 1,');
  });
  after(() => rmSync(FOLDER(), { recursive: true, force: true }));

  it('finds runs as they appear on disk, newest first, below their data file', async () => {
    await until(() => keys().length === 2, 'both runs in the tree');
    assert.deepEqual(keys(), [DAMAGED(), FINISHED()]);
    const roots = await shown.getChildren();
    const group = roots.find((root) => root instanceof vscode.Uri && root.fsPath === DATA())!;
    assert.deepEqual(await shown.getChildren(group), keys());
    assert.equal(shown.getParent(FINISHED()), group);
    const item = shown.getTreeItem(group);
    assert.equal(item.label, 'made.nc');
    assert.equal(item.contextValue, 'file');
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
  });

  it('shows state, K, silhouette and age; everything else in the tooltip', async () => {
    const item = await itemOf(FINISHED());
    assert.match(String(item.description), /^K = 4 · silhouette 0\.312 \(cosine\) · .+ago$/);
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'pass');
    assert.match(item.contextValue!, /^run finished .*settled$/);
    assert.deepEqual(item.command, {
      title: 'Show Results',
      command: 'climateClustering.showResults',
      arguments: [FINISHED()],
    });
    const { tooltip } = shown.resolveTreeItem(item, FINISHED());
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /\| Seed \| 7 \|/);
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml);
  });

  it('shows a damaged run with the reason', async () => {
    const item = await itemOf(DAMAGED());
    assert.equal(item.description, 'damaged');
    const { tooltip } = shown.resolveTreeItem(item, DAMAGED());
    assert.match((tooltip as vscode.MarkdownString).value, /is damaged: it is not JSON/);
  });

  it('shows a new name, which is kept on disk', async () => {
    await vscode.commands.executeCommand(
      'climateClustering.renameRun',
      FINISHED(),
      undefined,
      ' wet season ',
    );
    const { name } = JSON.parse(readFileSync(path.join(FINISHED(), 'run.json'), 'utf8')) as { name: string };
    assert.equal(name, 'wet season');
    await until(() => shown.getTreeItem(FINISHED()).label === 'wet season', 'the new name in the tree');
  });

  it('keeps a run when its deletion is not confirmed', async () => {
    const questions = await answering([undefined], () =>
      vscode.commands.executeCommand('climateClustering.deleteRun', FINISHED()),
    );
    assert.equal(questions.length, 1);
    assert.match(questions[0], /Delete the run “wet season” of made\.nc\?/);
    assert.ok(existsSync(FINISHED()));
  });

  it('deletes several runs at once, and the folder that is left empty', async () => {
    // Without a trash on this machine it is asked a second time.
    const questions = await answering(['Move to Trash', 'Delete Permanently'], () =>
      vscode.commands.executeCommand('climateClustering.deleteRun', DAMAGED(), [DAMAGED(), FINISHED()]),
    );
    assert.match(questions[0], /Delete 2 runs\?/);
    assert.ok(!existsSync(FINISHED()) && !existsSync(DAMAGED()));
    assert.ok(!existsSync(FOLDER()), 'an empty folder is left');
    await until(() => keys().length === 0, 'no runs in the tree');
  });

  it('finds runs in the configured folder of results, wherever it is', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'climate-clustering-results-'));
    const directory = path.join(folder, '2026-03-04T15-06-07-a1b2');
    writeRun(directory);
    try {
      await withSetting('resultsFolder', folder, async () => {
        await until(() => keys().includes(directory), 'the run of the folder');
        const later = path.join(folder, '2026-03-06T15-06-07-e5f6');
        writeRun(later);
        await until(() => keys().includes(later), 'the run that came later');
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    await shown.refresh();
    assert.deepEqual(keys(), []);
  });

  it('hears of runs that are deleted by others', async () => {
    writeRun(FINISHED());
    await until(() => keys().length === 1, 'the run in the tree');
    rmSync(FOLDER(), { recursive: true });
    await until(() => keys().length === 0, 'no runs in the tree');
  });
});
