/** What the history tree shows, and what of it has changed. Knows nothing of VS Code. */
import { groupRuns, windowRun, type HistoryGroup, type HistoryRun } from './historyRun';
import { describeRun } from './historyText';
import { isActive, type Run } from './run';

/** All of the tree, or the runs that look different. */
export type HistoryChange = 'all' | readonly string[];

/**
 * Runs of disk and of this window, merged and grouped. Progress comes several times a second: a change names only what
 * looks different from before, so that nothing flickers.
 */
export class HistoryModel {
  groups: readonly HistoryGroup[] = [];
  private readonly stored = new Map<string, HistoryRun>();
  private readonly runs = new Map<string, HistoryRun>();
  private structure = '[]';
  private looks = new Map<string, string>();

  constructor(
    private readonly windowRuns: () => readonly Run[],
    private readonly now: () => number = Date.now,
  ) {}

  run(key: string): HistoryRun | undefined {
    return this.runs.get(key);
  }

  /** What disk says of a directory; undefined when there is no run in it. */
  store(directory: string, run: HistoryRun | undefined): void {
    if (run) this.stored.set(directory, run);
    else this.stored.delete(directory);
  }

  /** Directories of all runs found on disk so far. */
  get directories(): readonly string[] {
    return [...this.stored.keys()];
  }

  /** Builds the tree anew and tells what has changed. */
  update(): HistoryChange {
    this.runs.clear();
    for (const run of this.stored.values()) this.runs.set(run.key, run);
    for (const run of this.windowRuns()) {
      const stored = run.directory === undefined ? undefined : this.stored.get(run.directory);
      // A run that has ended is what its directory says: without one there is nothing left of it.
      if (!stored && !isActive(run)) continue;
      const merged = windowRun(run, stored);
      this.runs.set(merged.key, merged);
    }
    this.groups = groupRuns([...this.runs.values()]);
    const structure = JSON.stringify(
      this.groups.map(({ files, runs }) => [files, runs.map(({ key }) => key)]),
    );
    const looks = new Map<string, string>();
    for (const run of this.runs.values()) looks.set(run.key, JSON.stringify(describeRun(run, this.now())));
    const changed = [...looks].filter(([key, look]) => this.looks.get(key) !== look).map(([key]) => key);
    const all = structure !== this.structure;
    this.structure = structure;
    this.looks = looks;
    return all ? 'all' : changed;
  }
}
