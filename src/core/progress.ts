import type { Metrics } from './evaluation/metrics';

export type Phase =
  'reading' | 'preparing' | 'warm-up' | 'joint' | 'adversarial' | 'evaluating' | 'writing' | 'done';

/** One epoch of the training, as in history.csv. */
export interface EpochRecord {
  /** Counts from 1. */
  readonly epoch: number;
  readonly phase: Phase;
  readonly seconds: number;
  /** Means over the steps of the epoch, by the names of the losses. */
  readonly losses: Readonly<Record<string, number>>;
  /** What was set, not learned: temperature and learning rate at the end of the epoch, windows seen. */
  readonly schedule?: Readonly<Record<string, number>>;
  /** Metrics of the labels after this epoch, where they were computed; undefined ones are absent. */
  readonly metrics?: Partial<Metrics>;
}

/** The time axis and what the clustering says of each of the n time steps. Arrays are never changed afterwards. */
export interface Series {
  /** ISO 8601 in the data's own calendar, or plain numbers where the data have no calendar. [n] */
  readonly times: readonly string[];
  /** 0 before the first clustering; grows by one with every new labelling. As long as it stays, so do the arrays. */
  readonly labelling: number;
  /** 0-based. [n] */
  readonly labels?: Int32Array;
  /** Probability of each cluster; rows sum to 1. [n, K] */
  readonly memberships?: Float32Array;
  /** What was clustered, of D dimensions. [n, D] */
  readonly embedding?: Float32Array;
  readonly dimensions?: number;
}

/** The series of a snapshot, and the rest of it. */
export function splitSeries(snapshot: Progress): { series: Series; rest: Omit<Progress, keyof Series> } {
  const { times, labelling, labels, memberships, embedding, dimensions, ...rest } = snapshot;
  return { series: { times, labelling, labels, memberships, embedding, dimensions }, rest };
}

/**
 * A complete snapshot of a run, never a delta: whoever sees only the last one can draw everything. Only the embedding
 * of a finished run has to be read from its result.nc.
 */
export interface Progress extends Series {
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
  /** The last ones that were computed; NaN where undefined. */
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
