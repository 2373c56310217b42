import { type Selection, noSelection } from '../protocol/panel';
import type { Run } from '../runs/run';

/** What a selection must fit: n time steps, K clusters, C fields. */
export interface Extent {
  readonly steps: number;
  readonly clusters: number;
  readonly fields: number;
}

export function extentOf({ progress, clusters, fields }: Run): Extent {
  return {
    steps: progress?.times.length ?? 0,
    clusters: progress?.clusters ?? clusters,
    fields: fields.length,
  };
}

/** The parts of a selection that exist in the run; a period runs forward. */
export function fitSelection(selection: Selection, { steps, clusters, fields }: Extent): Selection {
  const within = (value: number | null, size: number): number | null =>
    value !== null && value < size ? value : null;
  const { period } = selection;
  const last = steps - 1;
  return {
    step: within(selection.step, steps),
    cluster: within(selection.cluster, clusters),
    field: within(selection.field, fields),
    period:
      period && steps > 0 && Math.min(...period) <= last
        ? [Math.min(...period), Math.min(Math.max(...period), last)]
        : null,
  };
}

export type SelectionListener = (runId: string, selection: Selection) => void;

/**
 * What is selected, for the panels of every run: the run that was used last, and in each run a time step, a period, a
 * cluster and a field. Runs of the same times share step and period, so that they can be compared side by side; a
 * cluster means something in its own run only. Knows nothing of VS Code.
 */
export class SelectionModel {
  private readonly selections = new Map<string, Selection>();
  private readonly listeners = new Set<SelectionListener>();
  private used: string | undefined;

  /** @param runs the runs that are known */
  constructor(private readonly runs: () => readonly Run[]) {}

  /** The run whose panel was used last. */
  get run(): Run | undefined {
    return this.runs().find(({ id }) => id === this.used);
  }

  use(runId: string | undefined): void {
    this.used = runId;
  }

  get(runId: string | undefined): Selection {
    return (runId !== undefined && this.selections.get(runId)) || noSelection;
  }

  /** Selects in `run`; the parts that it does not have are left out. */
  set(run: Run, selection: Selection): void {
    this.used = run.id;
    const fitted = fitSelection(selection, extentOf(run));
    this.store(run.id, fitted);
    const { step, period } = fitted;
    for (const other of this.runs()) {
      if (other.id !== run.id && sameTimes(run, other)) {
        this.store(other.id, { ...this.get(other.id), step, period });
      }
    }
  }

  forget(runId: string): void {
    this.selections.delete(runId);
    if (this.used === runId) this.used = undefined;
  }

  /** Calls `listener` with each change, until the returned function is called. */
  onDidChange(listener: SelectionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private store(runId: string, selection: Selection): void {
    const before = this.get(runId);
    if (JSON.stringify(before) === JSON.stringify(selection)) return;
    this.selections.set(runId, selection);
    for (const listener of this.listeners) listener(runId, selection);
  }
}

function sameTimes(a: Run, b: Run): boolean {
  const [s, t] = [a.progress?.times ?? [], b.progress?.times ?? []];
  return s.length > 0 && s.length === t.length && s.every((time, i) => time === t[i]);
}
