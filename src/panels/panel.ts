import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type * as z from 'zod/mini';
import * as vscode from 'vscode';

export interface PanelOptions<In> {
  /** Name of the webview's folder, and so of its bundle in dist/webview/. */
  readonly name: string;
  /** Every message from the webview must fit it. */
  readonly messages: z.ZodMiniType<In>;
  /** What it throws is logged. */
  handle(message: In): void | Promise<void>;
  readonly log: Pick<vscode.LogOutputChannel, 'warn' | 'error'>;
}

/** Where webviews load their files from: nothing else of the disk can be read by them. */
export function webviewRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/**
 * What all panels share: the page with its content security policy, validated messages in and out, and disposal. The
 * host keeps the state of a panel and posts it whole; a webview that was hidden or reloaded asks for it again.
 */
export class Panel<In, Out> implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly disposal = new vscode.EventEmitter<void>();
  readonly onDidDispose = this.disposal.event;
  private isDisposed = false;

  constructor(
    readonly webviewPanel: vscode.WebviewPanel,
    extension: vscode.Uri,
    options: PanelOptions<In>,
  ) {
    const { webview } = webviewPanel;
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extension)] };
    this.subscriptions.push(
      webview.onDidReceiveMessage((message: unknown) => void receive(message, options)),
      webviewPanel.onDidDispose(() => this.dispose()),
    );
    webview.html = page(webview, webviewRoot(extension), options);
  }

  /** Messages to a webview that is hidden or gone are lost; it gets the next one. */
  post(message: Out): void {
    // A webview that is gone throws at whoever asks for it, as an answer that comes late does.
    if (!this.isDisposed) void this.webviewPanel.webview.postMessage(message);
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.webviewPanel.dispose();
    this.disposal.fire();
    this.disposal.dispose();
  }
}

async function receive<In>(
  message: unknown,
  { name, messages, handle, log }: PanelOptions<In>,
): Promise<void> {
  const parsed = messages.safeParse(message);
  if (!parsed.success) return log.warn(`Refused an unknown message of the ${name} panel: ${show(message)}`);
  try {
    await handle(parsed.data);
  } catch (error) {
    log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function page(webview: vscode.Webview, root: vscode.Uri, { name }: { name: string }): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (suffix: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(root, `${name}.${suffix}`)).toString();
  const policy = [
    // Nothing from anywhere, but:
    `default-src 'none'`,
    // the panel's own bundle, which alone knows the nonce,
    `script-src 'nonce-${nonce}'`,
    // the style sheet beside it (VS Code adds its own, with the theme's colours),
    `style-src ${webview.cspSource}`,
    // and pictures that the panel makes itself.
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Climate Clustering: ${name}</title>
<link rel="stylesheet" href="${file('css')}">
</head>
<body>
<main data-panel="${name}"></main>
<script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}

function show(message: unknown): string {
  return inspect(message, { breakLength: Infinity, maxStringLength: 200, maxArrayLength: 10 }).slice(0, 200);
}
