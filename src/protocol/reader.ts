import type { RunConfig } from '../core/config';
import type { AnswerOf, AskOf } from './panel';

/** Where the numbers of a run come from. */
export interface ReaderRun {
  readonly directory: string;
  /** Changes with the labels; what was computed for an older version is thrown away. */
  readonly version: number;
  /**
   * What is only in memory while a run trains. Without it everything is read from the run's result.nc, and single time
   * steps from the data files.
   */
  readonly live?: {
    readonly config: RunConfig;
    readonly clusters: number;
    /** [n] */
    readonly labels?: Int32Array;
    /** [n, K] */
    readonly memberships?: Float32Array;
    /** [n, D] */
    readonly embedding?: Float32Array;
  };
}

/** One variable of a file that can be mapped, or why it cannot. */
export interface PreviewVariable {
  readonly name: string;
  readonly type: string;
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: Readonly<Record<string, string>>;
  /** Steps along time (1 where there is no time axis), when it can be drawn as a map. */
  readonly steps?: number;
  /** Further axes, one value of each is to be chosen. */
  readonly extraAxes?: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Why it cannot be drawn. */
  readonly reason?: string;
}

/** The header of a file. */
export interface PreviewHeader {
  readonly format: string;
  readonly bytes: number;
  readonly dimensions: readonly {
    readonly name: string;
    readonly size: number;
    readonly unlimited: boolean;
  }[];
  readonly variables: readonly PreviewVariable[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** One map of a file. */
export interface PreviewMap {
  readonly grid: AnswerOf<'geometry'>['grid'];
  /** Decoded, NaN where missing. [H*W] */
  readonly values: Float32Array;
  /** ISO 8601 in the data's own calendar; empty without a time axis. */
  readonly time: string;
  readonly units: string;
  readonly longName: string;
}

/**
 * What the host may ask of the reader: the thread that reads and computes what panels show, so that neither the extension
 * host nor the trainer waits for it. Every call is answered or rejected; UserErrors stay such.
 */
export interface ReaderCalls {
  geometry(run: ReaderRun, ask: AskOf<'geometry'>): Promise<AnswerOf<'geometry'>>;
  map(run: ReaderRun, ask: AskOf<'map'>): Promise<AnswerOf<'map'>>;
  embedding(run: ReaderRun, ask: AskOf<'embedding'>): Promise<AnswerOf<'embedding'>>;
  affinity(run: ReaderRun, ask: AskOf<'affinity'>): Promise<AnswerOf<'affinity'>>;
  header(file: string): Promise<PreviewHeader>;
  /** `select`: one value for each extra axis. */
  preview(
    file: string,
    variable: string,
    step: number,
    select: Readonly<Record<string, string>>,
  ): Promise<PreviewMap>;
  close(): void;
}
