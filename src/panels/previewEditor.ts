import path from 'node:path';
import * as vscode from 'vscode';
import { isUserError, messageOf } from '../core/errors';
import { type FromPreview, type ToPreview, fromPreview } from '../protocol/preview';
import type { ReaderCalls } from '../protocol/reader';
import { Panel } from './panel';
import { savePicture } from './savePicture';

/** `viewType` of the editor in package.json. */
export const PREVIEW_EDITOR = 'climateClustering.preview';

/** Milliseconds without a change of the file before it is read again: a model may be writing it. */
const SETTLED = 500;

type Reader = Pick<ReaderCalls, 'header' | 'preview'>;

/**
 * The read-only editor of data files: the header as a tree and a map of any variable and step. It holds nothing of the
 * file: whatever it shows is read when it is asked for, by the reader's thread.
 */
export class PreviewEditor implements vscode.CustomReadonlyEditorProvider {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly reader: Reader,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  register(): vscode.Disposable {
    return vscode.window.registerCustomEditorProvider(PREVIEW_EDITOR, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, webviewPanel: vscode.WebviewPanel): void {
    const panel: Panel<FromPreview, ToPreview> = new Panel(webviewPanel, this.extension, {
      name: 'preview',
      messages: fromPreview,
      handle: (message) => this.handle(message, uri, panel),
      log: this.log,
    });
    const watcher = watch(uri, () => void this.sendHeader(uri, panel));
    panel.onDidDispose(() => watcher.dispose());
  }

  private async handle(
    message: FromPreview,
    uri: vscode.Uri,
    panel: Panel<FromPreview, ToPreview>,
  ): Promise<void> {
    switch (message.type) {
      case 'ready':
      case 'reload':
        return this.sendHeader(uri, panel);
      case 'request':
        return this.sendMap(uri, panel, message);
      case 'clusterFile':
        return void vscode.commands.executeCommand('climateClustering.clusterFile', uri);
      case 'showLog':
        return void vscode.commands.executeCommand('climateClustering.showLog');
      case 'save':
        return savePicture(message, undefined);
    }
  }

  private async sendHeader(uri: vscode.Uri, panel: Panel<FromPreview, ToPreview>): Promise<void> {
    const name = path.basename(uri.fsPath);
    if (uri.scheme !== 'file') {
      const reason = `${name} is not on this machine's disk. Copy it into a folder on disk to look into it.`;
      return panel.post({ type: 'failed', name, reason });
    }
    try {
      panel.post({ type: 'header', name, header: await this.reader.header(uri.fsPath) });
    } catch (error) {
      panel.post({ type: 'failed', name, reason: this.explain(error) });
    }
  }

  private async sendMap(
    { fsPath }: vscode.Uri,
    panel: Panel<FromPreview, ToPreview>,
    { id, place }: Extract<FromPreview, { type: 'request' }>,
  ): Promise<void> {
    try {
      const map = await this.reader.preview(fsPath, place.variable, place.step, place.select);
      panel.post({ type: 'map', id, map });
    } catch (error) {
      panel.post({ type: 'refusal', id, reason: this.explain(error) });
    }
  }

  private explain(error: unknown): string {
    this.log.error(
      isUserError(error) || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message),
    );
    return messageOf(error);
  }
}

/** Calls `changed` when the file has changed, and has not for a moment since. */
function watch(uri: vscode.Uri, changed: () => void): vscode.Disposable {
  const pattern = new vscode.RelativePattern(
    vscode.Uri.joinPath(uri, '..'),
    globOf(path.basename(uri.fsPath)),
  );
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLED);
  };
  watcher.onDidChange(later);
  watcher.onDidCreate(later);
  watcher.onDidDelete(later);
  return vscode.Disposable.from(watcher, { dispose: () => clearTimeout(timer) });
}

/** A glob that matches exactly this name. */
function globOf(name: string): string {
  return name.replace(/[*?{}[\]]/g, (character) => `[${character}]`);
}
