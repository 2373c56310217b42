/** What VS Code offers a webview. It can be acquired once only. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export const vscodeApi = acquireVsCodeApi();

/**
 * What VS Code hands back to the host's serializer when the window is restored: the run, and how the user had set up the
 * view. The run itself is on disk.
 */
export function remember(runDirectory: string | null, view: Readonly<Record<string, unknown>> = {}): void {
  vscodeApi.setState({ runDirectory, view });
}

/** How the user had set up the view; empty in a new panel. Its values are unchecked. */
export function remembered(): Readonly<Record<string, unknown>> {
  const state = vscodeApi.getState() as { view?: Record<string, unknown> } | undefined;
  return state?.view ?? {};
}
