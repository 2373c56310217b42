import { randomBytes } from 'node:crypto';
import type * as z from 'zod/mini';
import * as vscode from 'vscode';

export interface PanelOptions<In> {
  /** Name of the webview's folder, and so of its bundle in dist/webview/. */
  readonly name: string;
  readonly title: string;
  /** Every message from the webview must fit it. */
  readonly messages: z.ZodMiniType<In>;
  handle(message: In): void;
  readonly log: vscode.LogOutputChannel;
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

  constructor(
    readonly webviewPanel: vscode.WebviewPanel,
    extension: vscode.Uri,
    options: PanelOptions<In>,
  ) {
    const { webview } = webviewPanel;
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extension)] };
    this.subscriptions.push(
      webview.onDidReceiveMessage((message: unknown) => {
        const parsed = options.messages.safeParse(message);
        if (parsed.success) options.handle(parsed.data);
        else options.log.warn(`Refused an unknown message of the ${options.name} panel: ${show(message)}`);
      }),
      webviewPanel.onDidDispose(() => this.dispose()),
    );
    webview.html = page(webview, webviewRoot(extension), options);
  }

  /** Messages to a webview that is hidden or gone are lost; it gets the next one. */
  post(message: Out): void {
    void this.webviewPanel.webview.postMessage(message);
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.webviewPanel.dispose();
    this.disposal.fire();
    this.disposal.dispose();
  }
}

function page(
  webview: vscode.Webview,
  root: vscode.Uri,
  { name, title }: { name: string; title: string },
): string {
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
<title>${title}</title>
<link rel="stylesheet" href="${file('css')}">
</head>
<body>
<main data-panel="${name}"></main>
<script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}

function show(message: unknown): string {
  return (JSON.stringify(message) ?? String(message)).slice(0, 200);
}
