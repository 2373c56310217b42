import type { CompareHooks, CompareProgress } from '../core/compare/compare';
import type { CompareConfig } from '../core/compare/config';
import { isUserError, messageOf } from '../core/errors';
import type { MethodDescription } from '../protocol/trainer';
import type { RunLog } from './runService';

/** What compares: {@link ComparisonHost} in the product. */
export interface Comparer {
  compare(config: CompareConfig, hooks: CompareHooks): Promise<string>;
  resume(directory: string, hooks: CompareHooks): Promise<string>;
  methods(): Promise<MethodDescription[]>;
}

/** A comparison of this window. */
export interface ActiveComparison {
  readonly id: number;
  readonly state: 'queued' | 'running' | 'cancelling' | 'finished' | 'interrupted' | 'failed';
  /** Known once it has begun. */
  readonly directory?: string;
  readonly progress?: CompareProgress;
  /** Why it failed or was interrupted. */
  readonly message?: string;
}

export const isGoingOn = ({ state }: Pick<ActiveComparison, 'state'>): boolean =>
  state === 'queued' || state === 'running' || state === 'cancelling';

/**
 * Owns the comparisons that this window works on, and tells listeners about every change with a complete snapshot. They
 * take turns with the runs: whatever else computes would be in their times. Knows nothing of VS Code.
 */
export class ComparisonService {
  private readonly entries = new Map<number, { now: ActiveComparison; readonly abort: AbortController }>();
  private readonly listeners = new Set<(comparison: ActiveComparison) => void>();
  private readonly ends = new Set<Promise<unknown>>();
  private count = 0;

  constructor(
    private readonly createComparer: () => Comparer,
    /** Waits for the turn. */
    private readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>,
    private readonly log: RunLog,
  ) {}

  /** The methods that can be compared. */
  methods(): Promise<MethodDescription[]> {
    return this.createComparer().methods();
  }

  /** Calls `listener` with each new snapshot, until the returned function is called. */
  onDidChange(listener: (comparison: ActiveComparison) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The one of `directory` that goes on here. */
  active(directory: string): ActiveComparison | undefined {
    return [...this.entries.values()]
      .map(({ now }) => now)
      .find((one) => one.directory === directory && isGoingOn(one));
  }

  /** A new comparison; resolves with its last snapshot and never rejects. */
  start(config: CompareConfig): { id: number; ended: Promise<ActiveComparison> } {
    return this.begin({}, (comparer, hooks) => comparer.compare(config, hooks));
  }

  /** Continues the one in `directory`. */
  resume(directory: string): { id: number; ended: Promise<ActiveComparison> } {
    return this.begin({ directory }, (comparer, hooks) => comparer.resume(directory, hooks));
  }

  cancel(id: number): void {
    const entry = this.entries.get(id);
    if (!entry || !isGoingOn(entry.now) || entry.abort.signal.aborted) return;
    entry.abort.abort();
    this.update(id, { state: 'cancelling' });
  }

  /** Gives up every fit that goes on, and waits for it. */
  async dispose(): Promise<void> {
    for (const id of this.entries.keys()) this.cancel(id);
    await Promise.all(this.ends);
  }

  private begin(
    known: Pick<ActiveComparison, 'directory'>,
    work: (comparer: Comparer, hooks: CompareHooks) => Promise<string>,
  ): { id: number; ended: Promise<ActiveComparison> } {
    const id = ++this.count;
    this.entries.set(id, { now: { ...known, id, state: 'queued' }, abort: new AbortController() });
    const ended = this.inTurn(() => this.execute(id, work)).finally(() => this.ends.delete(ended));
    this.ends.add(ended);
    this.update(id, {});
    return { id, ended };
  }

  private async execute(
    id: number,
    work: (comparer: Comparer, hooks: CompareHooks) => Promise<string>,
  ): Promise<ActiveComparison> {
    const { signal } = this.entries.get(id)!.abort;
    if (signal.aborted) return this.update(id, { state: 'interrupted' });
    this.update(id, { state: 'running' });
    try {
      const directory = await work(this.createComparer(), {
        signal,
        progress: (progress) => this.update(id, { progress, directory: progress.directory }),
        log: (message) => this.log.info(message),
        warn: (message) => this.log.warn(message),
      });
      this.log.info(`The comparison is finished: ${directory}`);
      return this.update(id, { state: 'finished', directory });
    } catch (error) {
      if (error instanceof Error && error.name === 'CancelledError')
        return this.update(id, { state: 'interrupted' });
      this.log.error(
        isUserError(error) || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message),
      );
      return this.update(id, { state: 'failed', message: messageOf(error) });
    }
  }

  private update(id: number, change: Partial<ActiveComparison>): ActiveComparison {
    const entry = this.entries.get(id)!;
    entry.now = { ...entry.now, ...change };
    for (const listener of this.listeners) listener(entry.now);
    return entry.now;
  }
}
