import path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import {
  type ComparisonSnapshot,
  type FromComparison,
  type ToComparison,
  fromComparison,
} from '../protocol/comparison';
import type { ActiveComparison, ComparisonService } from '../runs/comparisonService';
import { comparisonSnapshot, comparisonText } from './comparisonSnapshot';
import { Panel, webviewRoot } from './panel';
import { savePicture } from './savePicture';

/** `activationEvents` of package.json name it, too. */
const VIEW_TYPE = 'climateClustering.comparison';

/** What a webview remembers over a reload of the window; the comparison itself is on disk. */
const memory = z.object({ directory: z.string() });

interface OpenPanel {
  readonly directory: string;
  readonly panel: Panel<FromComparison, ToComparison>;
  /** What was sent last. */
  snapshot?: ComparisonSnapshot;
  /** Counts readings: an older one must not replace a newer one. */
  readings: number;
}

export interface ComparisonPanelsOptions {
  readonly extension: vscode.Uri;
  readonly comparisons: ComparisonService;
  readonly log: vscode.LogOutputChannel;
}

/** The panels of comparisons, one for each directory. They are drawn from its files, anew with each fit that has ended. */
export class ComparisonPanels implements vscode.Disposable {
  private readonly open = new Map<string, OpenPanel>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly options: ComparisonPanelsOptions) {
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
        deserializeWebviewPanel: async (webviewPanel, state) => {
          const { data } = memory.safeParse(state);
          if (data) this.attach(data.directory, webviewPanel);
          else webviewPanel.dispose();
        },
      }),
      { dispose: options.comparisons.onDidChange((changed) => this.onChange(changed)) },
    ];
  }

  /** Shows the comparison in `directory`: the panel there is, or a new one. */
  show(directory: string): void {
    const shown = this.open.get(directory);
    if (shown) return shown.panel.webviewPanel.reveal(undefined, true);
    const webviewPanel = vscode.window.createWebviewPanel(VIEW_TYPE, 'Comparison', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [webviewRoot(this.options.extension)],
    });
    this.attach(directory, webviewPanel);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const { panel } of [...this.open.values()]) panel.dispose();
  }

  private attach(directory: string, webviewPanel: vscode.WebviewPanel): void {
    const panel = new Panel<FromComparison, ToComparison>(webviewPanel, this.options.extension, {
      name: 'comparison',
      messages: fromComparison,
      handle: (message) => this.handle(message, opened),
      log: this.options.log,
    });
    const opened: OpenPanel = { directory, panel, readings: 0 };
    webviewPanel.iconPath = vscode.Uri.joinPath(this.options.extension, 'media', 'panel.svg');
    this.open.set(directory, opened);
    panel.onDidDispose(() => this.open.delete(directory));
  }

  private async handle(message: FromComparison, opened: OpenPanel): Promise<void> {
    const { directory } = opened;
    const execute = (command: string, ...rest: unknown[]): unknown =>
      vscode.commands.executeCommand(`climateClustering.${command}`, ...rest);
    switch (message.type) {
      case 'ready':
        return this.read(opened);
      case 'cancel': {
        const active = this.options.comparisons.active(directory);
        if (active) this.options.comparisons.cancel(active.id);
        return;
      }
      case 'resume':
        return void execute('resumeComparison', directory);
      case 'revealFiles':
        return void execute('revealRun', directory);
      case 'showLog':
        return void execute('showLog');
      case 'openTable':
        return openTable(directory, message.format);
      case 'copy': {
        const text = await comparisonText(directory, message.table, message.format);
        await vscode.env.clipboard.writeText(text);
        return void vscode.window.setStatusBarMessage(`Copied the table (${message.format}).`, 3000);
      }
      case 'save':
        return savePicture(message, { directory });
    }
  }

  /** The tables change when a fit has ended; until then only the progress does. */
  private onChange(active: ActiveComparison): void {
    const opened = active.directory === undefined ? undefined : this.open.get(active.directory);
    if (!opened) return;
    const { snapshot } = opened;
    const { progress, state } = active;
    const known = snapshot?.progress;
    if (!snapshot || !known || snapshot.state !== state || known.done !== progress?.done)
      return void this.read(opened);
    const { current } = progress;
    this.send(opened, {
      ...snapshot,
      progress: {
        ...known,
        current: current ? `${current.title}, seed ${current.seed}` : null,
        share: current?.share ?? null,
      },
    });
  }

  private async read(opened: OpenPanel): Promise<void> {
    const reading = ++opened.readings;
    const active = this.options.comparisons.active(opened.directory);
    const snapshot = await comparisonSnapshot(opened.directory, active);
    if (reading === opened.readings) this.send(opened, snapshot);
  }

  private send(opened: OpenPanel, snapshot: ComparisonSnapshot): void {
    opened.snapshot = snapshot;
    const { files } = snapshot;
    // A panel that was closed while its files were read is gone.
    if (!this.open.has(opened.directory)) return;
    opened.panel.webviewPanel.title = files.length > 0 ? `Methods: ${files[0]}` : 'Comparison';
    opened.panel.post({ type: 'comparison', comparison: snapshot });
  }
}

async function openTable(directory: string, format: 'CSV' | 'Markdown' | 'LaTeX'): Promise<void> {
  const { comparisonFiles } = await import('../core/compare/files');
  const names = {
    CSV: comparisonFiles.long,
    Markdown: comparisonFiles.markdown,
    LaTeX: comparisonFiles.latex,
  };
  const uri = vscode.Uri.file(path.join(directory, names[format]));
  if (format === 'Markdown') await vscode.commands.executeCommand('markdown.showPreview', uri);
  else await vscode.window.showTextDocument(uri);
}
