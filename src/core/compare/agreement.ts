import { adjustedRandIndex, matchLabels } from '../evaluation/matching';
import { normalizedMutualInformation } from '../evaluation/mutualInformation';
import { breathe } from '../evaluation/scan';
import { statistic, type Statistic } from './statistic';

/** The labels of one method (or of an alternative of it), by seed. */
export interface LabelSeries {
  readonly id: string;
  /** The seed changes nothing: its one fit stands for all seeds. */
  readonly deterministic: boolean;
  readonly labels: ReadonlyMap<number, Int32Array>;
}

/** How well labels agree, over pairs of them. */
export interface Agreement {
  /** Adjusted Rand index: 1 for equal partitions, 0 expected by chance. */
  readonly ari: Statistic;
  /** Normalised mutual information, arithmetic mean of the entropies. */
  readonly nmi: Statistic;
}

export interface PairAgreement extends Agreement {
  readonly a: string;
  readonly b: string;
}

/** Agreement of each two methods: of their labels with the same seed, over the seeds that both have. */
export async function agreementBetween(
  series: readonly LabelSeries[],
  signal?: AbortSignal,
): Promise<PairAgreement[]> {
  const result: PairAgreement[] = [];
  for (const [i, a] of series.entries()) {
    for (const b of series.slice(i + 1)) {
      const pairs = sharedPairs(a, b);
      if (pairs.length > 0) result.push({ a: a.id, b: b.id, ...(await agreement(pairs, signal)) });
    }
  }
  return result;
}

/** Agreement of the labels of a method between each two of its seeds; undefined when there are not two. */
export async function stabilityOf(series: LabelSeries, signal?: AbortSignal): Promise<Agreement | undefined> {
  const labels = [...series.labels.values()];
  const pairs = labels.flatMap((a, i) => labels.slice(i + 1).map((b) => [a, b] as const));
  return pairs.length === 0 ? undefined : agreement(pairs, signal);
}

type Pair = readonly [Int32Array, Int32Array];

function sharedPairs(a: LabelSeries, b: LabelSeries): Pair[] {
  const labelsOf = ({ deterministic, labels }: LabelSeries, seed: number): Int32Array | undefined =>
    deterministic ? [...labels.values()][0] : labels.get(seed);
  const seeds = a.deterministic ? b.labels.keys() : a.labels.keys();
  return [...seeds].flatMap((seed) => {
    const [x, y] = [labelsOf(a, seed), labelsOf(b, seed)];
    return x && y ? [[x, y] as const] : [];
  });
}

async function agreement(pairs: readonly Pair[], signal?: AbortSignal): Promise<Agreement> {
  const ari: number[] = [];
  const nmi: number[] = [];
  for (const [a, b] of pairs) {
    await breathe(signal);
    ari.push(adjustedRandIndex(a, b));
    nmi.push(normalizedMutualInformation(a, b));
  }
  return { ari: statistic(ari), nmi: statistic(nmi) };
}

/**
 * `labels` with the numbers of those clusters of `reference` that they match best (Hungarian), so that equal numbers mean
 * about the same time steps. Clusters without a partner get the lowest numbers that are left.
 */
export function renumber(labels: Int32Array, reference: Int32Array): Int32Array {
  const matching = matchLabels(labels, reference);
  const taken = new Set(reference);
  let free = 0;
  for (const label of [...new Set(labels)].sort((a, b) => a - b)) {
    if (matching.has(label)) continue;
    while (taken.has(free)) free++;
    taken.add(free);
    matching.set(label, free);
  }
  return labels.map((label) => matching.get(label) as number);
}
