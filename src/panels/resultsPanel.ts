import path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { messageOf } from '../core/errors';
import { type FromResultsPanel, type ToResultsPanel, fromResultsPanel } from '../protocol/results';
import type { Run } from '../runs/run';
import type { RunService } from '../runs/runService';
import { Panel, webviewRoot } from './panel';
import { resultsSnapshot } from './resultsSnapshot';

export const RESULTS_VIEW = 'climateClustering.results';

/** What the webview remembers over a reload of the window; the run itself is on disk. */
const memory = z.object({ runDirectory: z.nullable(z.string()) });

interface OpenPanel {
  readonly panel: Panel<FromResultsPanel, ToResultsPanel>;
  /** The run it shows; undefined for a panel about none. */
  runId: string | undefined;
}

/**
 * The results panels: one for each run that is shown. Panels are drawn from the run service's last snapshot, whenever
 * it changes and whenever they ask.
 */
export class ResultsPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly open = new Set<OpenPanel>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly runs: RunService,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(RESULTS_VIEW, this),
      { dispose: runs.onDidChange((run) => this.onChange(run)) },
    ];
  }

  /** Shows a run, in its panel if it has one; without a run, an empty panel that says how to begin. */
  show(run: Run | undefined): void {
    const shown = [...this.open].find(({ runId }) => runId === run?.id);
    if (shown) return shown.panel.webviewPanel.reveal(undefined, true);
    const webviewPanel = vscode.window.createWebviewPanel(
      RESULTS_VIEW,
      titleOf(run),
      { viewColumn: vscode.ViewColumn.Active, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [webviewRoot(this.extension)] },
    );
    this.attach(webviewPanel, run);
  }

  /** VS Code has restored a panel: its run is read from disk. */
  async deserializeWebviewPanel(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = memory.safeParse(state);
    const directory = parsed.success ? parsed.data.runDirectory : null;
    let run: Run | undefined;
    try {
      run = directory === null ? undefined : await this.runs.open(directory);
    } catch (error) {
      this.log.warn(`The run ${directory} cannot be shown: ${messageOf(error)}`);
    }
    this.attach(webviewPanel, run);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const { panel } of [...this.open]) panel.dispose();
  }

  private attach(webviewPanel: vscode.WebviewPanel, run: Run | undefined): void {
    const panel = new Panel<FromResultsPanel, ToResultsPanel>(webviewPanel, this.extension, {
      name: 'results',
      title: 'Climate Clustering: results',
      messages: fromResultsPanel,
      handle: (message) => this.handle(message, opened),
      log: this.log,
    });
    const opened: OpenPanel = { panel, runId: run?.id };
    webviewPanel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'panel.svg');
    webviewPanel.title = titleOf(run);
    this.open.add(opened);
    panel.onDidDispose(() => this.open.delete(opened));
  }

  private handle(message: FromResultsPanel, opened: OpenPanel): void {
    const run = opened.runId === undefined ? undefined : this.runs.get(opened.runId);
    const execute = (command: string, ...rest: unknown[]): void =>
      void vscode.commands.executeCommand(`climateClustering.${command}`, ...rest);
    switch (message.type) {
      case 'ready':
        return this.draw(opened);
      case 'clusterFile':
        return execute('clusterFile');
      case 'cancel':
        return execute('cancelRun', run?.id);
      case 'resume':
        return execute('resumeRun', run?.directory);
      case 'openReport':
        return execute('openReport', run?.directory);
      case 'showLog':
        return execute('showLog');
      case 'revealFiles':
        if (run?.directory) {
          void vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(run.directory));
        }
    }
  }

  private onChange(run: Run): void {
    for (const opened of this.open) if (opened.runId === run.id) this.draw(opened);
  }

  private draw({ panel, runId }: OpenPanel): void {
    const run = runId === undefined ? undefined : this.runs.get(runId);
    panel.webviewPanel.title = titleOf(run);
    panel.post({ type: 'snapshot', snapshot: resultsSnapshot(run) });
  }
}

function titleOf(run: Run | undefined): string {
  return run ? `Clusters: ${path.basename(run.files[0])}` : 'Clusters';
}
