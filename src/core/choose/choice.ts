/** What is said about the number of clusters: plain values, as run.json and the panel have them. */

/** The criteria, in the order in which they are shown. */
export const criterionNames = ['elbow', 'silhouette', 'gap', 'stability'] as const;
export type CriterionName = (typeof criterionNames)[number];

/** A number for each K from 1 on; null where there is none. */
export type ByK = readonly (number | null)[];

/** One criterion. */
export interface Criterion {
  /**
   * As it is drawn. Elbow: W_K / W_1, the share of the variance within clusters. Silhouette: mean Euclidean silhouette. Gap:
   * Gap(K) beside persistent noise. Stability: mean adjusted Rand index between clusterings of two halves.
   */
  readonly values: ByK;
  /**
   * Standard errors, by halving the series in blocks of time; of the gap those of its rule, by the references; of stability
   * the standard deviation from one halving to another.
   */
  readonly errors: ByK;
  /** What is compared between K. Elbow: distance below the chord; stability: what it exceeds that of noise by. */
  readonly score: ByK;
  /** The same `values` of noise with the persistence of the data, but without clusters: 5%, 50% and 95% of the references. */
  readonly noise: { readonly low: ByK; readonly middle: ByK; readonly high: ByK };
  /**
   * Share of the references whose curve rises above the others' at least as far as that of the data does above theirs, at
   * the K where it does most. Small: such a curve is not seen in noise.
   */
  readonly p: number;
  /** The K that it prefers; null when it prefers none: a curve without an elbow, or one that is highest at the last K. */
  readonly best: number | null;
  /** How often it prefers each K over halves of the series. Sums to less than 1 where it sometimes prefers none. */
  readonly support: readonly number[];
  /** How much better `best` scores than the next best K, with its standard error. */
  readonly lead: { readonly over: number; readonly difference: number; readonly error: number } | null;
}

/**
 * `clear`: most criteria prefer this K, also over halves of the series. `likely`: several do. `unclear`: there are clusters,
 * but the criteria disagree on how many. `none`: no more clusters than in noise of the same persistence.
 */
export const certainties = ['clear', 'likely', 'unclear', 'none'] as const;
export type Certainty = (typeof certainties)[number];

export interface Recommendation {
  /** K to use, at least 2. */
  readonly clusters: number;
  readonly certainty: Certainty;
  /** Criteria that prefer this K and see more than noise. */
  readonly agreeing: readonly CriterionName[];
  /**
   * Share of the votes for each K from 1 on. Each criterion that sees more than noise has one: half for what it prefers on all
   * the data, half for what it prefers over halves of them.
   */
  readonly support: readonly number[];
  /** The next best K, and by how much less it is supported; null when no other K has a vote. */
  readonly next: { readonly clusters: number; readonly behind: number } | null;
  /** In words, the verdict first. */
  readonly text: readonly string[];
}

export interface ClusterChoice {
  /** The largest K that was tried; curves have so many values. */
  readonly most: number;
  readonly seed: number;
  /** Time steps that were used, and that there are. */
  readonly steps: number;
  readonly of: number;
  /** Leading EOF coefficients that were clustered, and the share of the variance that they carry. */
  readonly eofs: number;
  readonly explained: number;
  /** Time steps of a block, steps after which the series has forgotten, and whether that is longer than a block may be. */
  readonly block: { readonly length: number; readonly memory: number; readonly cut: boolean };
  /** How many series of persistent noise the data were compared with, and how many times they were halved. */
  readonly references: number;
  readonly splits: number;
  readonly criteria: Readonly<Record<CriterionName, Criterion>>;
  /** The gap beside independent uniform draws, as published: K from 1 on. For comparison only. */
  readonly uniformGap: { readonly values: ByK; readonly errors: ByK; readonly best: number | null };
  readonly recommendation: Recommendation;
}
