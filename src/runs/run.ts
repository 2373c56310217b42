import type { RunConfig } from '../core/config';
import type { Progress } from '../core/progress';

export type RunState = 'queued' | 'running' | 'cancelling' | 'finished' | 'interrupted' | 'failed';

/** Everything the window knows of one run: a complete snapshot, replaced as a whole when anything changes. */
export interface Run {
  /** Names the run within this window. */
  readonly id: string;
  readonly state: RunState;
  /** Given by the user. */
  readonly name?: string;
  /** ISO 8601, UTC: when it was first begun. */
  readonly started?: string;
  readonly config?: RunConfig;
  /** Absolute paths of the data files. */
  readonly files: readonly string[];
  /** Names of the clustered fields; empty until they are known. */
  readonly fields: readonly string[];
  readonly clusters: number;
  /** Known once the run has begun. */
  readonly directory?: string;
  /** The last progress; of a finished run, its outcome. */
  readonly progress?: Progress;
  /** All that the run has warned of, earlier sessions included. */
  readonly warnings: readonly string[];
  /** Why it failed or was interrupted. */
  readonly message?: string;
  /** Whether another process works on it. */
  readonly isHeld?: boolean;
  /** Whether it has a checkpoint to go on from, and nobody works on it. */
  readonly canResume: boolean;
  readonly hasReport: boolean;
}

/** Whether a run still needs its trainer. */
export function isActive({ state }: Run): boolean {
  return state === 'queued' || state === 'running' || state === 'cancelling';
}
