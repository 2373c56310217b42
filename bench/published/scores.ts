import { accuracy, adjustedRandIndex, contingency } from '../../src/core/evaluation/matching';
import { normalizedMutualInformation } from '../../src/core/evaluation/mutualInformation';

/** How well labels agree with known classes, 1 where they do. */
export interface Scores {
  /** Share of rows that agree under the best matching of clusters and classes. */
  readonly acc: number;
  /** Share of rows that are of the most frequent class of their cluster; never below `acc`. */
  readonly purity: number;
  /** Normalised mutual information, by the arithmetic mean of the entropies. */
  readonly nmi: number;
  /** Adjusted Rand index. */
  readonly ari: number;
  /** Rand index: share of pairs that are together in both or apart in both. */
  readonly ri: number;
}

export function scoresOf(labels: Int32Array, truth: Int32Array): Scores {
  return {
    acc: accuracy(labels, truth),
    purity: purity(labels, truth),
    nmi: normalizedMutualInformation(labels, truth),
    ari: adjustedRandIndex(labels, truth),
    ri: randIndex(labels, truth),
  };
}

/** Rand index (Rand, 1971). */
export function randIndex(a: Int32Array, b: Int32Array): number {
  const { n, counts, rowSums, columnSums } = contingency(a, b);
  const pairs = (sizes: Float64Array) => sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  const all = (n * (n - 1)) / 2;
  return all === 0 ? 1 : (all + 2 * pairs(counts) - pairs(rowSums) - pairs(columnSums)) / all;
}

export function purity(labels: Int32Array, truth: Int32Array): number {
  const { n, rows, columns, counts } = contingency(labels, truth);
  let sum = 0;
  for (let r = 0; r < rows.length; r++) {
    sum += Math.max(...counts.subarray(r * columns.length, (r + 1) * columns.length));
  }
  return sum / n;
}
