/** The webview's end of the messages: typed, and validated on arrival. */
import * as z from 'zod/mini';

// The content security policy forbids code from strings, which zod would otherwise try.
z.config({ jitless: true });

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();

/** Calls `handle` with each message that `schema` accepts; others are refused and written to the console. */
export function listen<T>(schema: z.ZodMiniType<T>, handle: (message: T) => void): void {
  window.addEventListener('message', (event) => {
    const parsed = schema.safeParse(event.data);
    if (parsed.success) handle(parsed.data);
    else console.error('Refused an unknown message', event.data, z.prettifyError(parsed.error));
  });
}

export function send<T extends { type: string }>(message: T): void {
  vscode.postMessage(message);
}

/** What VS Code hands back to the host's serializer when the window is restored. */
export function remember(state: object): void {
  vscode.setState(state);
}
