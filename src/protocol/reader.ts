import type { RunConfig } from '../core/config';
import type { PreviewHeader, PreviewMap } from '../core/data/preview';
import type { AnswerOf, AskOf } from './panel';

export type { PreviewHeader, PreviewMap };

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
  /** `select`: a value, or "#index", for each extra axis. */
  preview(
    file: string,
    variable: string,
    step: number,
    select: Readonly<Record<string, string>>,
  ): Promise<PreviewMap>;
  /** Closes the files of a run, so that they can be deleted. */
  forget(directory: string): Promise<void>;
  close(): void;
}
