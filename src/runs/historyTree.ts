import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../core/errors';
import { readHostSettings } from '../settings';
import { HistoryModel } from './historyModel';
import type { HistoryGroup, HistoryRun } from './historyRun';
import { readHistoryRun, runDirectories } from './historyStore';
import { describeRun, tooltipOf, type Locale } from './historyText';
import type { RunService } from './runService';

/** The view's id in package.json. */
export const HISTORY_VIEW = 'climateClustering.runs';

/**
 * What a command of the view is called on: a run by its directory (or by its id in this window, where it has none yet),
 * data files by the first of them.
 */
export type HistoryElement = string | vscode.Uri;

const RUN = 'run.json';
/** Milliseconds without a change on disk before it is read again. */
const SETTLED = 300;
/** Milliseconds between two looks at the clock, for "3 min ago" and runs of other processes. */
const TICK = 60_000;
/** Finding more runs than this takes longer than anyone waits. */
const LIMIT = 5000;

/**
 * The runs by data file, in the explorer. Runs are found in the workspace, in the configured results folder and among
 * those of this window; they are kept by watching the disk and the run service, and read one directory at a time.
 */
export class RunHistory implements vscode.TreeDataProvider<HistoryElement>, vscode.Disposable {
  private readonly model: HistoryModel;
  private readonly changes = new vscode.EventEmitter<HistoryElement | HistoryElement[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<HistoryElement>;
  private readonly subscriptions: vscode.Disposable[] = [];
  private watchers: vscode.Disposable | undefined;
  /** Elements are told apart by identity: a group keeps its own as long as it is shown. */
  private shown = new Map<string, { uri: vscode.Uri; group: HistoryGroup }>();
  private found: Promise<void> | undefined;
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** State and name of the window's runs when their directories were last read. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly runs: RunService,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.model = new HistoryModel(() => runs.runs);
    this.view = vscode.window.createTreeView<HistoryElement>(HISTORY_VIEW, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    const tick = setInterval(() => this.tick(), TICK);
    tick.unref();
    this.subscriptions.push(
      this.view,
      this.changes,
      { dispose: () => clearInterval(tick) },
      { dispose: () => clearTimeout(this.timer) },
      { dispose: () => this.watchers?.dispose() },
      { dispose: runs.onDidChange(({ directory }) => this.onRunChange(directory)) },
      { dispose: runs.onDidRemove(({ directory }) => directory !== undefined && this.readLater(directory)) },
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
      vscode.workspace.onDidDeleteFiles(() => void this.refresh()),
      vscode.workspace.onDidRenameFiles(() => void this.refresh()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('climateClustering.resultsFolder')) void this.refresh();
      }),
      vscode.commands.registerCommand('climateClustering.refreshRuns', () => this.refresh()),
    );
  }

  /** Keys of the selected runs, for commands that are called by a key. */
  get selection(): readonly string[] {
    return this.view.selection.filter((element) => typeof element === 'string');
  }

  run(key: string): HistoryRun | undefined {
    return this.model.run(key);
  }

  /** What is shown now. */
  get groups(): readonly HistoryGroup[] {
    return this.model.groups;
  }

  /** Every run, those of the same files together, newest first. Resolves when they have been looked for. */
  async list(): Promise<readonly HistoryGroup[]> {
    await (this.found ??= this.find());
    return this.model.groups;
  }

  /** Looks for runs anew. */
  async refresh(): Promise<void> {
    this.found = this.find();
    await this.found;
    this.tell();
  }

  async getChildren(element?: HistoryElement): Promise<HistoryElement[]> {
    // The view is empty, and its welcome shown, only when there is nothing to be found.
    await this.list();
    if (element === undefined) return [...this.shown.values()].map(({ uri }) => uri);
    return typeof element === 'string' ? [] : (this.groupOf(element)?.runs.map(({ key }) => key) ?? []);
  }

  getParent(element: HistoryElement): HistoryElement | undefined {
    if (typeof element !== 'string') return undefined;
    return [...this.shown.values()].find(({ group }) => group.runs.some(({ key }) => key === element))?.uri;
  }

  getTreeItem(element: HistoryElement): vscode.TreeItem {
    return typeof element === 'string' ? this.runItem(element) : this.groupItem(element);
  }

  /** Tooltips are long, and written only for the run that is pointed at. */
  resolveTreeItem(item: vscode.TreeItem, element: HistoryElement): vscode.TreeItem {
    const run = typeof element === 'string' ? this.model.run(element) : undefined;
    if (run) item.tooltip = new vscode.MarkdownString(tooltipOf(run, Date.now(), locale()));
    return item;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private runItem(key: string): vscode.TreeItem {
    const run = this.model.run(key);
    if (!run) return new vscode.TreeItem(path.basename(key));
    const { label, description, icon, color, context } = describeRun(run, Date.now(), locale());
    const item = new vscode.TreeItem(label);
    item.id = key;
    item.description = description;
    item.iconPath = new vscode.ThemeIcon(
      icon,
      color === undefined ? undefined : new vscode.ThemeColor(color),
    );
    item.contextValue = context;
    item.accessibilityInformation = { label: `${label}, ${run.state}, ${description}` };
    item.command = {
      title: 'Show Results',
      command: 'climateClustering.showResults',
      arguments: [key],
    };
    return item;
  }

  private groupItem(uri: vscode.Uri): vscode.TreeItem {
    const group = this.groupOf(uri);
    const [first, ...others] = group?.files ?? [uri.fsPath];
    const isFolder = group?.runs.every(({ files }) => files.length === 0) ?? false;
    const name = path.basename(first);
    const item = new vscode.TreeItem(
      others.length > 0 ? `${name} and ${others.length} more` : name,
      vscode.TreeItemCollapsibleState.Expanded,
    );
    item.id = JSON.stringify(group?.files);
    item.resourceUri = uri;
    item.iconPath = isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
    const folder = vscode.workspace.asRelativePath(path.dirname(first));
    item.description = folder === path.dirname(first) && isInWorkspace(first) ? '' : folder;
    item.tooltip = [first, ...others].join('\n');
    item.contextValue = isFolder ? 'folder' : others.length > 0 ? 'files' : 'file';
    return item;
  }

  private groupOf(uri: vscode.Uri): HistoryGroup | undefined {
    return [...this.shown.values()].find((one) => one.uri === uri)?.group;
  }

  private async find(): Promise<void> {
    this.watch();
    const found = await vscode.workspace.findFiles('**/*.clusters/*/run.json', '**/node_modules/**', LIMIT);
    const directories = new Set(found.map(({ fsPath }) => path.dirname(fsPath)));
    const folders = new Set(this.runs.runs.flatMap(({ directory }) => directory && path.dirname(directory)));
    folders.add(this.resultsFolder());
    for (const folder of folders) {
      if (folder) for (const directory of await runDirectories(folder)) directories.add(directory);
    }
    for (const directory of this.model.directories) directories.add(directory);
    await Promise.all([...directories].map((directory) => this.read(directory)));
    this.rebuild();
  }

  private async read(directory: string): Promise<void> {
    this.model.store(directory, await readHistoryRun(directory));
  }

  /** The settings' folder of results; none where the setting cannot be used, which a run will say. */
  private resultsFolder(): string {
    try {
      return readHostSettings(undefined).resultsFolder;
    } catch (error) {
      this.log.warn(messageOf(error));
      return '';
    }
  }

  private watch(): void {
    this.watchers?.dispose();
    // Also the folders: when one is deleted, nothing is said of what was in it.
    const patterns: vscode.GlobPattern[] = ['**/*.clusters', '**/*.clusters/*', '**/*.clusters/*/run.json'];
    const folder = this.resultsFolder();
    if (folder) patterns.push(new vscode.RelativePattern(vscode.Uri.file(folder), '{*,*/run.json}'));
    const watchers = patterns.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
    for (const watcher of watchers) {
      watcher.onDidCreate(({ fsPath }) => this.onCreated(fsPath));
      watcher.onDidChange(
        ({ fsPath }) => path.basename(fsPath) === RUN && this.readLater(path.dirname(fsPath)),
      );
      watcher.onDidDelete(({ fsPath }) => this.onDeleted(fsPath));
    }
    this.watchers = vscode.Disposable.from(...watchers);
  }

  /** Of a folder that is new nothing may be said of what was put into it at once. */
  private onCreated(created: string): void {
    if (path.basename(created) === RUN) return this.readLater(path.dirname(created));
    this.readLater(created);
    void runDirectories(created).then((directories) => {
      for (const directory of directories) this.readLater(directory);
    });
  }

  private onDeleted(deleted: string): void {
    if (path.basename(deleted) === RUN) return this.readLater(path.dirname(deleted));
    const within = deleted + path.sep;
    for (const directory of this.model.directories) {
      if (directory === deleted || directory.startsWith(within)) this.readLater(directory);
    }
  }

  /** Reads directories when nothing has changed for a moment: files of a run change together. */
  private readLater(directory: string): void {
    this.pending.add(directory);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const directories = [...this.pending];
      this.pending.clear();
      void Promise.all(directories.map((one) => this.read(one))).then(() => this.tell());
    }, SETTLED);
  }

  private onRunChange(directory: string | undefined): void {
    const run = this.runs.runs.find((one) => directory !== undefined && one.directory === directory);
    if (run && directory !== undefined) {
      // What is on disk has changed with the state; progress is in memory only.
      const state = `${run.state} ${run.name}`;
      if (this.known.get(directory) !== state) this.readLater(directory);
      this.known.set(directory, state);
    }
    this.tell();
  }

  private tick(): void {
    if (!this.view.visible) return;
    for (const group of this.model.groups) {
      for (const { directory, isHeld } of group.runs) {
        if (isHeld && directory !== undefined) this.readLater(directory);
      }
    }
    this.tell();
  }

  /** Has the view draw what has changed. */
  private tell(): void {
    const change = this.rebuild();
    if (change === 'all') this.changes.fire(undefined);
    else if (change.length > 0) this.changes.fire([...change]);
  }

  private rebuild(): ReturnType<HistoryModel['update']> {
    const change = this.model.update();
    const groups = new Map<string, { uri: vscode.Uri; group: HistoryGroup }>();
    for (const group of this.model.groups) {
      const key = JSON.stringify(group.files);
      groups.set(key, { uri: this.shown.get(key)?.uri ?? vscode.Uri.file(group.files[0]), group });
    }
    this.shown = groups;
    return change;
  }
}

function locale(): Locale {
  return { language: vscode.env.language };
}

function isInWorkspace(file: string): boolean {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) !== undefined;
}
