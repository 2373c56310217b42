import type { Method } from '../../../src/core/methods/method';
import type { Dataset } from '../data/dataset';
import type { Scores } from '../scores';

/** A figure that a publication, or its authors' code, reports. */
export interface Published {
  readonly score: keyof Scores;
  readonly value: number;
  /** Standard deviation over runs, or the range within which sources differ, halved; where it is known. */
  readonly spread?: number;
  readonly source: string;
}

/** A method on the data on which it was published. */
export interface Check {
  /** Lower case letters, digits, hyphens: `<method>-<data>`. */
  readonly id: string;
  readonly title: string;
  /** Rows of the whole data set. */
  readonly rows: number;
  /** Loads the data. Throws a UserError that says what is missing. */
  data(): Dataset;
  /** The method with the published options. */
  readonly method: Method;
  /** The options, for the record: results of others are dropped from the table. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The figures to reach, the decisive one first. */
  readonly published: readonly [Published, ...Published[]];
  /** What a reader of the table should know: how it differs from the publication, why it falls short. */
  readonly note?: string;
}
