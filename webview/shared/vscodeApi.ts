import type { Selection } from '../../src/protocol/panel';

/** What VS Code offers a webview. It can be acquired once only. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export const vscodeApi = acquireVsCodeApi();

/**
 * Where the numbers of this page's requests begin. VS Code throws a hidden page away and makes a new one when it is
 * shown again; an answer to the page before, which comes late, must not be taken for one to this page.
 */
export const FIRST_REQUEST = Math.floor(performance.timeOrigin) * 1000;

/** What VS Code hands back to the host's serializer when the window is restored. The run itself is on disk. */
interface Remembered {
  readonly runDirectory: string | null;
  /** How the user had set up the view. */
  readonly view: Readonly<Record<string, unknown>>;
  readonly selection?: Selection;
}

function state(): Remembered {
  return { runDirectory: null, view: {}, ...(vscodeApi.getState() as Partial<Remembered> | undefined) };
}

/** Keeps the run that is shown, and how the user has set up the view. */
export function remember(runDirectory: string | null, view: Readonly<Record<string, unknown>> = {}): void {
  vscodeApi.setState({ ...state(), runDirectory, view } satisfies Remembered);
}

/** Keeps what is selected. */
export function rememberSelection(selection: Selection): void {
  vscodeApi.setState({ ...state(), selection } satisfies Remembered);
}

/** How the user had set up the view; empty in a new panel. Its values are unchecked. */
export function remembered(): Readonly<Record<string, unknown>> {
  return state().view;
}
