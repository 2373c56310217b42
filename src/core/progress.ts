import type { Metrics } from './evaluation/metrics';

export type Phase =
  'reading' | 'preparing' | 'warm-up' | 'joint' | 'adversarial' | 'evaluating' | 'writing' | 'done';

/** Means over the steps of one epoch. Keys are the losses' names, as in history.csv. */
export interface EpochRecord {
  readonly epoch: number;
  readonly phase: Phase;
  readonly seconds: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** A complete snapshot of a run, never a delta: whoever sees only the last one can draw everything. */
export interface Progress {
  readonly runDirectory: string;
  readonly engine: string;
  readonly phase: Phase;
  /** Epochs done and in all, over all phases. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done and in all within the current epoch. */
  readonly step: number;
  readonly steps: number;
  readonly secondsLeft?: number;
  readonly history: readonly EpochRecord[];
  readonly clusters: number;
  /** From the first clustering on: label of each time step, its probability, and times in ISO 8601. */
  readonly labels?: readonly number[];
  readonly confidence?: readonly number[];
  readonly times: readonly string[];
  readonly metrics?: Metrics;
}

export interface RunHooks {
  /** At most a few times a second. */
  progress?(snapshot: Progress): void;
  /** One line for the log. */
  log?(message: string): void;
  /** A warning the user must see (fallbacks, suspicious data). */
  warn?(message: string): void;
  /** When aborted, the run stops after the current step, writes its checkpoint and throws CancelledError. */
  readonly signal?: AbortSignal;
}

/** What a finished run reports (also the last line of `cluster --json`). */
export interface RunSummary {
  readonly runDirectory: string;
  readonly clusters: number;
  readonly nonEmptyClusters: number;
  readonly metrics: Metrics;
  readonly engine: string;
  readonly seconds: number;
}
