import * as vscode from 'vscode';
import { afterReload, type ChooseData, type ChooseMemory, chooseMemory } from '../protocol/choose';
import { ChoosePanel } from './choosePanel';
import { webviewRoot } from './panel';

/** `activationEvents` of package.json name it, too. */
const VIEW_TYPE = 'climateClustering.choose';

/** The panels that choose a number of clusters: a new one each time, and those that come back when a window is reloaded. */
export class ChoosePanels implements vscode.Disposable {
  private readonly open = new Set<ChoosePanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (webviewPanel, state) => {
        const { data: memory } = chooseMemory.safeParse(state);
        if (memory) this.attach(webviewPanel, afterReload(memory));
        else webviewPanel.dispose();
      },
    });
  }

  /** Begins to choose. */
  show(data: ChooseData): ChoosePanel {
    const webviewPanel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      'Number of Clusters',
      { viewColumn: vscode.ViewColumn.Active, preserveFocus: false },
      {
        enableScripts: true,
        localResourceRoots: [webviewRoot(this.extension)],
        // Only a page that is there can remember what is found while another tab is in front.
        retainContextWhenHidden: true,
      },
    );
    const nothing = { reason: null, warnings: [], choice: null };
    const panel = this.attach(webviewPanel, { data, stage: 'working', ...nothing });
    void panel.work();
    return panel;
  }

  dispose(): void {
    this.serializer.dispose();
    for (const panel of [...this.open]) panel.dispose();
  }

  private attach(webviewPanel: vscode.WebviewPanel, memory: ChooseMemory): ChoosePanel {
    const { extension, log } = this;
    const panel = new ChoosePanel(webviewPanel, { extension, log, memory });
    this.open.add(panel);
    panel.onDidDispose(() => this.open.delete(panel));
    return panel;
  }
}
