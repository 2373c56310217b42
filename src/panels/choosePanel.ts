import path from 'node:path';
import * as vscode from 'vscode';
import type { ClusterChoice } from '../core/choose/choice';
import type { ChooseHooks } from '../core/choose/chooseForFiles';
import { isUserError, messageOf } from '../core/errors';
import { type ChooseState, type FromChoose, fromChoose, type ToChoose } from '../protocol/choose';
import { Panel, webviewRoot } from './panel';
import { savePicture } from './savePicture';

export const CHOOSE_PANEL = 'climateClustering.choose';

export interface ChoosePanelOptions {
  readonly extension: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly files: readonly vscode.Uri[];
  readonly fields: readonly string[];
  choose(hooks: ChooseHooks): Promise<ClusterChoice>;
  /** The setting `climateClustering.clusters`. */
  setting(): number;
  setDefault(clusters: number): Promise<void>;
  /** Clusters the same data; `choice` is how that K was chosen, where it is the recommended one. */
  cluster(clusters: number, choice: ClusterChoice | undefined): Promise<unknown>;
}

/**
 * A panel that chooses the number of clusters of some data, and shows how. What it shows is not kept: closing it stops the
 * work. Resolves with what was chosen; with undefined when it was closed before.
 */
export class ChoosePanel {
  private readonly panel: Panel<FromChoose, ToChoose>;
  private readonly closing = new AbortController();
  private attempt: AbortController | undefined;
  private state: ChooseState;
  private settle: (choice: ClusterChoice | undefined) => void = () => undefined;
  /** The first choice that is made; undefined when the panel is closed before. */
  readonly chosen: Promise<ClusterChoice | undefined>;

  constructor(private readonly options: ChoosePanelOptions) {
    const { extension, files, fields, log } = options;
    this.chosen = new Promise((resolve) => (this.settle = resolve));
    this.state = {
      files: files.map(({ fsPath }) => path.basename(fsPath)),
      fields: [...fields],
      stage: 'working',
      share: 0,
      reason: null,
      warnings: [],
      choice: null,
      setting: options.setting(),
    };
    const webviewPanel = vscode.window.createWebviewPanel(
      CHOOSE_PANEL,
      `Number of Clusters: ${this.state.files[0]}`,
      { viewColumn: vscode.ViewColumn.Active, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [webviewRoot(extension)] },
    );
    this.panel = new Panel<FromChoose, ToChoose>(webviewPanel, extension, {
      name: 'choose',
      messages: fromChoose,
      handle: (message) => this.handle(message),
      log,
    });
    const settings = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('climateClustering.clusters')) this.readSetting();
    });
    this.panel.onDidDispose(() => {
      settings.dispose();
      this.closing.abort();
      this.settle(undefined);
    });
    void this.work();
  }

  private readSetting(): void {
    try {
      this.update({ setting: this.options.setting() });
    } catch {
      // A value that is out of range is for whoever uses it to complain about.
    }
  }

  private async work(): Promise<void> {
    const attempt = (this.attempt = new AbortController());
    this.update({ stage: 'working', share: 0, reason: null, warnings: [], choice: null });
    const { log, choose } = this.options;
    try {
      const choice = await choose({
        progress: (share) => this.update({ share }),
        log: (message) => log.info(message),
        warn: (message) => {
          log.warn(message);
          this.update({ warnings: [...this.state.warnings, message] });
        },
        signal: AbortSignal.any([attempt.signal, this.closing.signal]),
      });
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

  private async handle(message: FromChoose): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.update({});
      case 'cancel':
        return this.attempt?.abort();
      case 'again':
        return this.state.stage === 'working' ? undefined : this.work();
      case 'setDefault':
        return this.options.setDefault(message.clusters);
      case 'cluster': {
        const { choice } = this.state;
        const recommended = choice?.recommendation.clusters === message.clusters;
        await this.options.cluster(message.clusters, recommended ? (choice ?? undefined) : undefined);
        return;
      }
      case 'showLog':
        return this.options.log.show();
      case 'save':
        return savePicture(message, undefined);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        void vscode.window.setStatusBarMessage(`Copied: ${message.what}`, 3000);
    }
  }
}
