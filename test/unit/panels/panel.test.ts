import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { Panel } from '../../../src/panels/panel';

// Only what panel.ts needs of VS Code; a webview that is gone throws, as the real one does.
vi.mock('vscode', () => ({
  Uri: { joinPath: (_base: unknown, ...parts: string[]) => parts.join('/') },
  EventEmitter: class {
    private readonly listeners: (() => void)[] = [];
    readonly event = (listener: () => void): void => void this.listeners.push(listener);
    fire(): void {
      for (const listener of this.listeners) listener();
    }
    dispose(): void {}
  },
}));

class FakeWebviewPanel {
  readonly posted: unknown[] = [];
  receive: (message: unknown) => void = () => {};
  private onDispose: () => void = () => {};
  private isDisposed = false;
  private readonly page = {
    options: {},
    html: '',
    cspSource: 'https://webview.test',
    asWebviewUri: (uri: unknown) => uri,
    postMessage: (message: unknown) => this.posted.push(message),
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      this.receive = listener;
      return { dispose: () => {} };
    },
  };
  get webview(): FakeWebviewPanel['page'] {
    if (this.isDisposed) throw new Error('Webview is disposed');
    return this.page;
  }
  onDidDispose(listener: () => void): { dispose(): void } {
    this.onDispose = listener;
    return { dispose: () => {} };
  }
  /** The user closes the tab. */
  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.onDispose();
  }
}

const log = { warn: vi.fn(), error: vi.fn() };
const messages = z.object({ type: z.literal('ready') });

function panelOf(handle: () => unknown): { panel: Panel<unknown, unknown>; page: FakeWebviewPanel } {
  const page = new FakeWebviewPanel();
  const options = { name: 'time', messages, handle, log };
  const panel = new Panel<unknown, unknown>(page as never, 'extension:' as never, options as never);
  return { panel, page };
}

beforeEach(() => {
  log.warn.mockReset();
  log.error.mockReset();
});

describe('a panel', () => {
  it('drops what is posted to it after it was closed: an answer may come late', () => {
    const { panel, page } = panelOf(() => {});
    panel.post(1);
    page.dispose();
    expect(() => panel.post(2)).not.toThrow();
    expect(page.posted).toEqual([1]);
  });

  it('logs what goes wrong with a message, with the stack', async () => {
    const { page } = panelOf(() => Promise.reject(new Error('lost')));
    page.receive({ type: 'ready' });
    await vi.waitFor(() =>
      expect(log.error).toHaveBeenCalledWith(expect.stringMatching(/lost[^]*panel\.test/)),
    );
    const sudden = panelOf(() => {
      throw new Error('sudden');
    });
    sudden.page.receive({ type: 'ready' });
    await vi.waitFor(() => expect(log.error).toHaveBeenCalledWith(expect.stringContaining('sudden')));
  });

  it('refuses messages that it does not know', () => {
    const handle = vi.fn();
    const { page } = panelOf(handle);
    for (const message of [{ type: 'other' }, null, 7n, { type: 'ready'.repeat(9), of: 1n }])
      page.receive(message);
    expect(handle).not.toHaveBeenCalled();
    expect(log.warn).toHaveBeenCalledTimes(4);
    page.receive({ type: 'ready' });
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('has a page with a strict policy', () => {
    const { html } = panelOf(() => {}).page.webview;
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)![1];
    expect(policy.replace(/nonce-[\w+/=]+/, 'nonce-X').split('; ')).toEqual([
      `default-src 'none'`,
      `script-src 'nonce-X'`,
      'style-src https://webview.test',
      'img-src https://webview.test data:',
    ]);
  });
});
