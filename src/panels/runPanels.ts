import path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { isUserError, messageOf } from '../core/errors';
import {
  type FromPanel,
  type PanelKind,
  type RunSnapshot,
  type ToPanel,
  fromPanel,
  noSelection,
  panelKinds,
  selection,
} from '../protocol/panel';
import type { ReaderHost } from '../reader/host';
import { type ComparisonService, isGoingOn } from '../runs/comparisonService';
import type { Run } from '../runs/run';
import type { RunService } from '../runs/runService';
import { Panel, webviewRoot } from './panel';
import { readerRun } from './readerRun';
import { savePicture } from './savePicture';
import type { SelectionModel } from './selection';
import { missingRun, runSnapshot, seriesSnapshot } from './snapshots';
import { runRows } from './runRows';

const viewType = (kind: PanelKind): string => `climateClustering.${kind}`;

const titles: Readonly<Record<PanelKind, string>> = {
  time: 'Clusters',
  maps: 'Maps',
  metrics: 'Metrics',
  affinity: 'Affinity',
};

/** What a webview remembers over a reload of the window; the run itself is on disk. */
const memory = z.object({
  runDirectory: z.nullable(z.string()),
  view: z.optional(z.object({ compared: z.optional(z.array(z.string())) })),
  selection: z.optional(selection),
});

interface OpenPanel {
  readonly kind: PanelKind;
  readonly panel: Panel<FromPanel, ToPanel>;
  /** The run it shows; undefined for a panel about none. */
  readonly runId: string | undefined;
  /** What it shows in place of a run that could not be read. */
  readonly missing: RunSnapshot | undefined;
  /** Directories of the runs that its table is limited to; all of the same data files otherwise. */
  compared: readonly string[] | undefined;
  /** What was sent last, so that only what has changed is sent again: the series, and each run's row of the table. */
  sentSeries?: string;
  readonly sentRows: Map<string, string>;
  /** How often its table was asked for: an older listing must not replace a newer one. */
  listings: number;
}

export interface RunPanelsOptions {
  readonly extension: vscode.Uri;
  readonly runs: RunService;
  readonly comparisons: ComparisonService;
  readonly selections: SelectionModel;
  readonly reader: ReaderHost;
  readonly log: vscode.LogOutputChannel;
}

/**
 * The panels of runs: for each run one of each kind at most. They are drawn from the run service's last snapshot,
 * whenever it changes and whenever they ask; their numbers come from the reader.
 */
export class RunPanels implements vscode.Disposable {
  private readonly open = new Set<OpenPanel>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly options: RunPanelsOptions) {
    const { runs, comparisons, selections } = options;
    this.subscriptions = [
      ...panelKinds.map((kind) =>
        vscode.window.registerWebviewPanelSerializer(viewType(kind), {
          deserializeWebviewPanel: (webviewPanel, state) => this.restore(kind, webviewPanel, state),
        }),
      ),
      { dispose: runs.onDidChange((run) => this.onChange(run)) },
      { dispose: runs.onDidRemove((run) => this.onRemove(run)) },
      {
        dispose: comparisons.onDidChange((changed) => {
          if (isGoingOn(changed)) return;
          for (const opened of this.open) if (opened.kind === 'metrics') void this.sendComparisons(opened);
        }),
      },
      {
        dispose: selections.onDidChange((runId, changed) => {
          for (const { panel } of this.of(runId)) panel.post({ type: 'selection', selection: changed });
        }),
      },
    ];
  }

  /**
   * Shows a panel of a run, the one there is or a new one; without a run, one that says how to begin. The time panel
   * takes the active column, the others go beside it.
   */
  show(run: Run | undefined, kind: PanelKind = 'time'): void {
    const shown = [...this.open].find((one) => one.kind === kind && one.runId === run?.id);
    if (shown) return shown.panel.webviewPanel.reveal(undefined, true);
    this.create(run, kind, undefined);
  }

  /** Shows the metrics panel with the given runs side by side, the first of them as its own. */
  async compare(directories: readonly string[]): Promise<void> {
    const run = await this.options.runs.open(directories[0]);
    const shown = [...this.of(run.id)].find(({ kind }) => kind === 'metrics');
    if (!shown) return this.create(run, 'metrics', directories);
    shown.compared = directories;
    shown.panel.webviewPanel.reveal(undefined, true);
    await this.sendRuns(shown);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const { panel } of [...this.open]) panel.dispose();
  }

  private of(runId: string): OpenPanel[] {
    return [...this.open].filter((one) => one.runId === runId);
  }

  private create(run: Run | undefined, kind: PanelKind, compared: readonly string[] | undefined): void {
    const webviewPanel = vscode.window.createWebviewPanel(
      viewType(kind),
      titleOf(kind, run),
      { viewColumn: this.columnFor(kind), preserveFocus: false },
      { enableScripts: true, localResourceRoots: [webviewRoot(this.options.extension)] },
    );
    this.attach(kind, webviewPanel, run, compared);
  }

  /** Time panels gather in one column, all others in another beside it, instead of opening a new one each. */
  private columnFor(kind: PanelKind): vscode.ViewColumn {
    const alike = [...this.open].filter((one) => (one.kind === 'time') === (kind === 'time'));
    const column = alike.at(-1)?.panel.webviewPanel.viewColumn;
    return column ?? (kind === 'time' ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside);
  }

  /** VS Code has restored a panel: its run is read from disk. */
  private async restore(kind: PanelKind, webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = memory.safeParse(state);
    const { runDirectory: directory = null, view, selection: selected } = parsed.data ?? {};
    let run: Run | undefined;
    let missing: RunSnapshot | undefined;
    try {
      run = directory === null ? undefined : await this.options.runs.open(directory);
    } catch (error) {
      this.options.log.warn(`The run ${directory} cannot be shown: ${messageOf(error)}`);
      if (directory !== null) missing = missingRun(directory, messageOf(error));
    }
    const { selections } = this.options;
    // The first panel of a run that is restored brings what was selected; the others have the same.
    if (run && selected && selections.get(run.id) === noSelection) selections.set(run, selected);
    this.attach(kind, webviewPanel, run, view?.compared, missing);
  }

  private attach(
    kind: PanelKind,
    webviewPanel: vscode.WebviewPanel,
    run: Run | undefined,
    compared: readonly string[] | undefined,
    missing?: RunSnapshot,
  ): void {
    const { extension, selections, log } = this.options;
    const panel = new Panel<FromPanel, ToPanel>(webviewPanel, extension, {
      name: kind,
      messages: fromPanel,
      handle: (message) => this.handle(message, opened),
      log,
    });
    const opened: OpenPanel = {
      kind,
      panel,
      runId: run?.id,
      missing,
      compared,
      sentRows: new Map(),
      listings: 0,
    };
    webviewPanel.iconPath = vscode.Uri.joinPath(extension, 'media', 'panel.svg');
    webviewPanel.title = titleOf(kind, run);
    webviewPanel.onDidChangeViewState(() => {
      if (webviewPanel.active) selections.use(opened.runId);
    });
    selections.use(run?.id);
    this.open.add(opened);
    panel.onDidDispose(() => this.open.delete(opened));
  }

  private runOf({ runId }: OpenPanel): Run | undefined {
    return runId === undefined ? undefined : this.options.runs.get(runId);
  }

  private async handle(message: FromPanel, opened: OpenPanel): Promise<void> {
    const run = this.runOf(opened);
    const execute = (command: string, ...rest: unknown[]): unknown =>
      vscode.commands.executeCommand(`climateClustering.${command}`, ...rest);
    // Without an argument a command would take the run that is selected elsewhere.
    const ofRun = (command: string, argument: string | undefined): unknown =>
      argument === undefined ? undefined : execute(command, argument);
    switch (message.type) {
      case 'ready':
        opened.sentSeries = undefined;
        return this.draw(opened);
      case 'clusterFile':
        return void execute('clusterFile');
      case 'cancel':
        return void ofRun('cancelRun', run?.id);
      case 'resume':
        return void ofRun('resumeRun', run?.directory);
      case 'openReport':
        return void ofRun('openReport', run?.directory);
      case 'showLog':
        return void execute('showLog');
      case 'revealFiles':
        return void ofRun('revealRun', run?.directory);
      case 'open':
        return this.show(run, message.panel);
      case 'allRuns':
        opened.compared = undefined;
        return this.sendRuns(opened);
      case 'compareMethods':
        return run && void execute('compareMethods', run.files[0], [...run.files]);
      case 'openComparison':
        return void execute('showComparison', message.directory);
      case 'openRun':
        return void execute('showResults', message.directory);
      case 'select':
        if (run) this.options.selections.set(run, message.selection);
        return;
      case 'request':
        return this.answer(opened.panel, run, message);
      case 'save':
        return savePicture(message, run);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return void vscode.window.setStatusBarMessage(`Copied ${message.what}.`, 3000);
    }
  }

  private async answer(
    panel: Panel<FromPanel, ToPanel>,
    run: Run | undefined,
    { id, ask }: Extract<FromPanel, { type: 'request' }>,
  ): Promise<void> {
    const refuse = (reason: string): void => panel.post({ type: 'refusal', id, reason });
    const source = run && readerRun(run);
    if (!source) return refuse('There is nothing to show yet: the run has not read its data.');
    try {
      panel.post({ type: 'answer', id, answer: await this.options.reader.answer(source, ask) });
    } catch (error) {
      if (!isUserError(error)) {
        this.options.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      refuse(messageOf(error));
    }
  }

  private onChange(run: Run): void {
    for (const opened of this.of(run.id)) this.draw(opened);
    // Any run that begins or ends may be a row of any table.
    for (const opened of this.open) if (opened.kind === 'metrics') this.sendRunsOnChange(opened, run);
  }

  private onRemove(run: Run): void {
    this.options.selections.forget(run.id);
    for (const { panel } of this.of(run.id)) panel.dispose();
    for (const opened of this.open) if (opened.kind === 'metrics') void this.sendRuns(opened);
  }

  /** Sends what there is to draw: the run always, the series when the labels have changed. */
  private draw(opened: OpenPanel): void {
    const { panel, kind, runId } = opened;
    const run = this.runOf(opened);
    panel.webviewPanel.title = titleOf(kind, run);
    const first = opened.sentSeries === undefined;
    const series = `${run?.progress?.labelling} ${run?.progress?.times.length} ${run?.state}`;
    // The series first: a run that has just been labelled must not be drawn with the labels before.
    if (series !== opened.sentSeries) panel.post({ type: 'series', series: seriesSnapshot(run) });
    opened.sentSeries = series;
    panel.post({ type: 'run', run: opened.missing ?? runSnapshot(run) });
    if (first) {
      panel.post({ type: 'selection', selection: this.options.selections.get(runId) });
      if (kind === 'metrics') void this.sendRuns(opened);
      if (kind === 'metrics') void this.sendComparisons(opened);
    }
  }

  /** The comparisons of methods on the run's data files, in its folder. */
  private async sendComparisons(opened: OpenPanel): Promise<void> {
    const run = this.runOf(opened);
    if (run?.directory === undefined) return;
    try {
      const { comparisonEntries } = await import('./comparisonSnapshot');
      const comparisons = await comparisonEntries(path.dirname(run.directory), run.files);
      opened.panel.post({ type: 'comparisons', comparisons });
    } catch (error) {
      this.options.log.warn(`The comparisons cannot be listed: ${messageOf(error)}`);
    }
  }

  private sendRunsOnChange(opened: OpenPanel, { id, state, name, directory }: Run): void {
    const row = `${state} ${name} ${directory}`;
    if (opened.sentRows.get(id) === row) return;
    opened.sentRows.set(id, row);
    void this.sendRuns(opened);
    if (opened.runId === id) void this.sendComparisons(opened);
  }

  private async sendRuns(opened: OpenPanel): Promise<void> {
    const run = this.runOf(opened);
    const listing = ++opened.listings;
    try {
      const { compared } = opened;
      const rows = run ? await runRows(run, compared) : [];
      if (listing !== opened.listings) return;
      opened.panel.post({ type: 'runs', runs: rows, chosen: compared !== undefined });
    } catch (error) {
      this.options.log.warn(`The runs cannot be listed: ${messageOf(error)}`);
    }
  }
}

function titleOf(kind: PanelKind, run: Run | undefined): string {
  return run ? `${titles[kind]}: ${run.name || path.basename(run.files[0])}` : titles[kind];
}
