import type { ClusterChoice } from '../core/choose/choice';
import type { ChooseRequest } from '../core/choose/chooseForFiles';
import type { CompareProgress } from '../core/compare/compare';
import type { CompareConfig } from '../core/compare/config';
import type { FitJob, FitOutcome } from '../core/compare/fit';
import type { RunConfig } from '../core/config';
import type { Method } from '../core/methods/method';
import type { Progress, RunSummary, Series } from '../core/progress';

/** What a user chooses methods by. */
export type MethodDescription = Pick<Method, 'id' | 'title' | 'kind' | 'reference' | 'description'> & {
  readonly deterministic: boolean;
};

/**
 * What the host may ask of the trainer. A trainer serves one run, `cluster` or `resume`, or one `fit` or `choose`: once.
 *
 * Errors arrive with their name and message, so that a UserError stays one; a cancelled run rejects with CancelledError.
 */
export interface TrainerCalls {
  cluster(config: RunConfig): Promise<RunSummary>;
  resume(runDirectory: string): Promise<RunSummary>;
  /** One fit of a comparison. */
  fit(job: FitJob): Promise<FitOutcome>;
  /** A whole comparison; resolves with its directory. */
  compare(config: CompareConfig): Promise<string>;
  resumeComparison(directory: string): Promise<string>;
  /** The methods that can be compared. */
  methods(): Promise<MethodDescription[]>;
  /** The number of clusters of some data. */
  choose(request: ChooseRequest): Promise<ClusterChoice>;
  /** Stops the run after its current step and its checkpoint; the pending call then rejects with CancelledError. */
  cancel(): void;
  /** Answers once the trainer listens. */
  ping(): 'ready';
  /** Ends the trainer, once it is idle. */
  close(): void;
}

/** What the trainer tells the host while a run goes on. None is answered: the trainer never waits on the host. */
export interface TrainerEvents {
  /** What belongs to the next snapshots, until another one comes: it is large, and changes once an epoch. */
  series(series: Series): void;
  /**
   * With the last series, a complete snapshot; a few times a second at most. The last one of a phase and of a run always
   * arrives.
   */
  progress(snapshot: Omit<Progress, keyof Series>): void;
  /** Of a fit or a choice, the share that is done; a few times a second at most. */
  share(share: number): void;
  /** Of a comparison; complete. */
  comparing(progress: CompareProgress): void;
  log(message: string): void;
  warn(message: string): void;
}

/** Calls that get no answer. */
export const trainerNotifications = ['cancel', 'close'] as const satisfies (keyof TrainerCalls)[];
export const hostNotifications = [
  'series',
  'progress',
  'share',
  'comparing',
  'log',
  'warn',
] as const satisfies (keyof TrainerEvents)[];
