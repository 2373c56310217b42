import path from 'node:path';
import * as vscode from 'vscode';
import { describeProgress, progressPercent } from './describe';
import { isActive, type Run } from './run';
import type { RunService } from './runService';

/** The run in the status bar: progress while it trains, then how it ended. A click opens its results. */
export function createStatusBarItem(runs: RunService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'climateClustering.status',
    vscode.StatusBarAlignment.Left,
    50,
  );
  item.name = 'Climate Clustering';
  let shown: string | undefined;
  const stop = runs.onDidChange((changed) => {
    const run = runs.active ?? changed;
    shown = run.id;
    item.text = textOf(run);
    item.tooltip = `${run.files.map((file) => path.basename(file)).join(', ')}: ${
      isActive(run) ? describeProgress(run) : (run.message ?? run.state)
    }`;
    item.command = {
      title: 'Show Results',
      command: 'climateClustering.showResults',
      arguments: [run.id],
    };
    item.accessibilityInformation = { label: `Climate Clustering: ${item.tooltip}`, role: 'button' };
    item.show();
    void vscode.commands.executeCommand(
      'setContext',
      'climateClustering.isRunning',
      runs.active !== undefined,
    );
  });
  const stopRemovals = runs.onDidRemove(({ id }) => {
    if (id === shown) item.hide();
  });
  return vscode.Disposable.from(item, { dispose: stop }, { dispose: stopRemovals });
}

function textOf(run: Run): string {
  switch (run.state) {
    case 'finished':
      return '$(check) Clustered';
    case 'interrupted':
      return '$(debug-pause) Clustering stopped';
    case 'failed':
      return '$(error) Clustering failed';
    default:
      return `$(sync~spin) Clustering ${Math.floor(progressPercent(run))}%`;
  }
}
