import path from 'node:path';
import * as vscode from 'vscode';
import type { ClusterChoice } from '../core/choose/choice';
import { isUserError, messageOf } from '../core/errors';
import {
  type ChooseMemory,
  type ChooseState,
  type FromChoose,
  fromChoose,
  type ToChoose,
} from '../protocol/choose';
import { readHyperParameters, runConfig, setDefaultClusters } from '../settings';
import { chooseInProcess } from '../trainer/choices';
import { Panel } from './panel';
import { savePicture } from './savePicture';

export interface ChoosePanelOptions {
  readonly extension: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The data, and what is known of them when the panel opens. */
  readonly memory: ChooseMemory;
}

/**
 * A panel that chooses the number of clusters of some data, and shows how. Closing it stops the work. Its webview remembers
 * what it shows, for a reload of the window.
 */
export class ChoosePanel implements vscode.Disposable {
  private readonly panel: Panel<FromChoose, ToChoose>;
  private readonly log: vscode.LogOutputChannel;
  private readonly files: readonly vscode.Uri[];
  private readonly closing = new AbortController();
  private attempt: AbortController | undefined;
  private state: ChooseState;
  private settle: (choice: ClusterChoice | undefined) => void = () => undefined;
  /** The first choice that is made; undefined when the panel is closed before. */
  readonly chosen: Promise<ClusterChoice | undefined>;
  readonly onDidDispose: vscode.Event<void>;

  constructor(webviewPanel: vscode.WebviewPanel, { extension, log, memory }: ChoosePanelOptions) {
    const { files } = memory.data;
    this.log = log;
    this.files = files.map((file) => vscode.Uri.file(file));
    this.chosen = new Promise((resolve) => (this.settle = resolve));
    const names = files.map((file) => path.basename(file));
    this.state = { ...memory, files: names, share: 0, setting: this.setting() };
    this.panel = new Panel<FromChoose, ToChoose>(webviewPanel, extension, {
      name: 'choose',
      messages: fromChoose,
      handle: (message) => this.handle(message),
      log,
    });
    webviewPanel.title = `Number of Clusters: ${names[0]}`;
    webviewPanel.iconPath = vscode.Uri.joinPath(extension, 'media', 'panel.svg');
    const settings = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('climateClustering.clusters')) this.update({ setting: this.setting() });
    });
    this.onDidDispose = this.panel.onDidDispose;
    this.onDidDispose(() => {
      settings.dispose();
      this.closing.abort();
      this.settle(undefined);
    });
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Chooses, from the beginning. */
  async work(): Promise<void> {
    const attempt = (this.attempt = new AbortController());
    this.update({ stage: 'working', share: 0, reason: null, warnings: [], choice: null });
    const { log, files } = this;
    const { most, ...selection } = this.state.data;
    try {
      // Settings are read anew whenever it begins: they may have been mended after a failure.
      const choice = await chooseInProcess(
        { config: runConfig(files, selection), most },
        {
          progress: (share) => this.update({ share }),
          log: (message) => log.info(message),
          warn: (message) => {
            log.warn(message);
            this.update({ warnings: [...this.state.warnings, message] });
          },
          signal: AbortSignal.any([attempt.signal, this.closing.signal]),
        },
      );
      this.update({ stage: 'done', share: 1, choice });
      this.settle(choice);
    } catch (error) {
      if (error instanceof Error && error.name === 'CancelledError') return this.update({ stage: 'stopped' });
      log.error(
        isUserError(error) || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message),
      );
      this.update({ stage: 'failed', reason: messageOf(error) });
    }
  }

  private update(change: Partial<ChooseState>): void {
    this.state = { ...this.state, ...change };
    this.panel.post({ type: 'state', state: this.state });
  }

  private setting(): number | null {
    try {
      return readHyperParameters(this.files[0]).clusters;
    } catch {
      // A value that is out of range is for whoever uses it to complain about.
      return null;
    }
  }

  private async handle(message: FromChoose): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.update({});
      case 'cancel':
        return this.attempt?.abort();
      case 'again':
        return this.state.stage === 'working' ? undefined : this.work();
      case 'setDefault':
        return setDefaultClusters(this.files[0], message.clusters);
      case 'cluster':
        return this.cluster(message.clusters);
      case 'showLog':
        return this.log.show();
      case 'save':
        return savePicture(message, undefined);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        void vscode.window.setStatusBarMessage(`Copied: ${message.what}`, 3000);
    }
  }

  /** Clusters the same data. How K was chosen belongs to a run with the recommended one only. */
  private cluster(clusters: number): void {
    const { choice, data } = this.state;
    const { files: _, most: __, ...selection } = data;
    const recommended = choice?.recommendation.clusters === clusters;
    void vscode.commands.executeCommand('climateClustering.clusterFile', this.files[0], [...this.files], {
      ...selection,
      clusters,
      ...(recommended && { clusterChoice: choice }),
    });
  }
}
