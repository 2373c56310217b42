import type { HyperParameters } from '../config';
import type { TimeAxis } from '../data/frames';
import type { Engine } from '../engine/engine';
import type { Products } from '../evaluation/products';
import type { Samples } from './samples';

/** What a method is given beside the samples. */
export interface MethodContext {
  /** Number of clusters K to find. */
  readonly clusters: number;
  /** Of all random numbers of the fit. The same seed on the same machine gives the same labels. */
  readonly seed: number;
  /** Settings of the run, for methods that have any (A-DATSC); without them, the defaults. */
  readonly hyperParameters?: HyperParameters;
  /** Times of the rows, where they have any. */
  readonly times?: TimeAxis;
  /** What networks are trained on; methods without one never ask. */
  engine(): Promise<Engine>;
  /** Matrix products of the classical methods. */
  readonly products: Products;
  readonly signal?: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  progress?(share: number): void;
  /** Something that whoever reads the result should know. */
  warn?(message: string): void;
}

/** What a method found. */
export interface Fit {
  /** Cluster of each row, 0 to K - 1. A number may have no members: an empty cluster is part of the result. [n] */
  readonly labels: Int32Array;
  /** The space in which they were found, if other than that of the data. [n, dimensions] */
  readonly embedding?: { readonly values: Float32Array; readonly dimensions: number };
  /** Other labels that the same fit gives, by name (such as `spectral`). [n] each */
  readonly alternatives?: Readonly<Record<string, Int32Array>>;
  /** Loss of each epoch, where there is one. */
  readonly losses?: readonly number[];
}

/** A way to cluster. One file a method; `methods.ts` lists them all. */
export interface Method {
  /** For the command line and for file names: lower case letters, digits, hyphens. */
  readonly id: string;
  /** As the literature calls it. */
  readonly title: string;
  /** `deep` methods train a network on the engine. */
  readonly kind: 'classical' | 'deep';
  /** Author, year, and where it was published (a DOI or arXiv number if there is one). */
  readonly reference: string;
  /** In a sentence, what a user should know of it; of a variant also what makes it one. */
  readonly description: string;
  /** The seed changes nothing: one fit says it all. */
  readonly deterministic?: boolean;
  /**
   * @throws UserError when the samples are too many or too few for it, CancelledError when the signal is aborted.
   */
  fit(samples: Samples, context: MethodContext): Promise<Fit>;
}
