import { adjustedRandIndex } from './matching';
import { mutualInformation } from './mutualInformation';
import type { SparseAffinity } from './sparse';

/** How well the clusters of a series are known again at other times. */
export interface Recurrence {
  /**
   * Agreement of the labels with those that steps far away foretell, 1 where every step is known again and 0 for chance:
   * the smaller of Cohen's kappa and the adjusted Rand index. The former alone counts a rare cluster for little, the
   * latter would not notice two clusters that foretell each other.
   */
  readonly agreement: number;
  /** What labellings are compared by: the agreement times the information that was foretold, in nats. */
  readonly score: number;
}

/**
 * How well labels recur: each step is given the label that it has most affinity with among the steps that lie more than
 * `gap` steps away, and that is compared with its own. A regime that is one comes back and is known again from before,
 * whereas parts of a regime that were cut apart in time, or steps that were thrown together, are not. The agreement
 * alone would be best for a single cluster, the information alone for clusters of equal size; their product is for
 * neither. No truth is needed. A step without affinity that far away is not known again.
 *
 * @param labels `[n]` in 0..k-1
 */
export function recurrence(
  { n, starts, columns, values }: SparseAffinity,
  labels: Int32Array,
  k: number,
  gap: number,
): Recurrence {
  const foretold = new Int32Array(n);
  const sums = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    sums.fill(0);
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      if (Math.abs(columns[e] - i) > gap) sums[labels[columns[e]]] += values[e];
    }
    const most = Math.max(...sums);
    foretold[i] = most > 0 ? sums.indexOf(most) : k;
  }
  const agreement = Math.min(cohensKappa(labels, foretold, k), adjustedRandIndex(labels, foretold));
  return { agreement, score: Math.max(0, agreement) * mutualInformation(labels, foretold) };
}

/** Agreement of two labellings of the same clusters beyond that of chance (Cohen, 1960); the second may name a k-th. */
function cohensKappa(a: Int32Array, b: Int32Array, k: number): number {
  const n = a.length;
  const [ofA, ofB] = [new Float64Array(k), new Float64Array(k)];
  let equal = 0;
  for (let i = 0; i < n; i++) {
    ofA[a[i]]++;
    if (b[i] < k) ofB[b[i]]++;
    if (a[i] === b[i]) equal++;
  }
  const chance = ofA.reduce((sum, count, c) => sum + (count / n) * (ofB[c] / n), 0);
  return chance < 1 ? (equal / n - chance) / (1 - chance) : 0;
}
