/** What the tables of the panel say of the labels: spells, dwell times, transitions, frequencies. */
import type { SeriesSnapshot } from '../../src/protocol/panel';
import type { TimeAxis } from './timeAxis';

/** A series that has been clustered. */
export interface Labelled extends SeriesSnapshot {
  readonly labels: Int32Array;
}

export function isLabelled(series: SeriesSnapshot): series is Labelled {
  return series.labels !== null;
}

/** An uninterrupted stay in one cluster; a gap in time ends it. */
export interface Spell {
  readonly label: number;
  /** First and last time step. */
  readonly first: number;
  readonly last: number;
  /** From the beginning of the first to the end of the last step, in units of the axis (days). */
  readonly length: number;
  /** Mean probability of its labels; null where probabilities are not known. */
  readonly probability: number | null;
}

/** Probability of the label of each step, [n]; null where memberships are not known. */
export function labelProbabilities({ labels, memberships, clusters }: Labelled): Float32Array | null {
  return memberships && Float32Array.from(labels, (label, step) => memberships[step * clusters + label]);
}

export function findSpells(labels: Int32Array, axis: TimeAxis, probability: Float32Array | null): Spell[] {
  const spells: Spell[] = [];
  let first = 0;
  let total = 0;
  for (let step = 0; step < labels.length; step++) {
    total += probability?.[step] ?? 0;
    if (axis.joined[step] && labels[step + 1] === labels[first]) continue;
    spells.push({
      label: labels[first],
      first,
      last: step,
      length: axis.end[step] - axis.begin[first],
      probability: probability && total / (step - first + 1),
    });
    first = step + 1;
    total = 0;
  }
  return spells;
}

export interface ClusterStatistics {
  readonly steps: number;
  /** Of all steps. */
  readonly share: number;
  readonly spells: number;
  /** Of its spells, in steps and in units of the axis (days); NaN for an empty cluster. */
  readonly meanSteps: number;
  readonly meanLength: number;
  readonly longest: Spell | null;
  readonly probability: number | null;
}

/** Of the spells of one cluster, or of all; `count` is the number of steps in all. */
function summarise(spells: readonly Spell[], count: number): ClusterStatistics {
  let steps = 0;
  let length = 0;
  let certainty = 0;
  let longest: Spell | null = null;
  for (const spell of spells) {
    const size = spell.last - spell.first + 1;
    steps += size;
    length += spell.length;
    certainty += size * (spell.probability ?? NaN);
    if (!longest || spell.length > longest.length) longest = spell;
  }
  return {
    steps,
    share: count > 0 ? steps / count : 0,
    spells: spells.length,
    meanSteps: steps / spells.length,
    meanLength: length / spells.length,
    longest,
    probability: steps > 0 && Number.isFinite(certainty) ? certainty / steps : null,
  };
}

/** One for each cluster, and one for all together. */
export function clusterStatistics(
  spells: readonly Spell[],
  clusters: number,
  count: number,
): { readonly each: readonly ClusterStatistics[]; readonly all: ClusterStatistics } {
  const byCluster = Array.from({ length: clusters }, (): Spell[] => []);
  for (const spell of spells) byCluster[spell.label].push(spell);
  return { each: byCluster.map((own) => summarise(own, count)), all: summarise(spells, count) };
}

/** Steps of each cluster from `first` to `last`. [K] */
export function countLabels(
  labels: Int32Array,
  clusters: number,
  first = 0,
  last = labels.length - 1,
): number[] {
  const counts = Array<number>(clusters).fill(0);
  for (let step = first; step <= last; step++) counts[labels[step]]++;
  return counts;
}

/** How often a step of cluster i is followed by one of cluster j without a gap in time. [K, K] */
export function countTransitions(labels: Int32Array, axis: TimeAxis, clusters: number): number[][] {
  const counts = Array.from({ length: clusters }, () => Array<number>(clusters).fill(0));
  for (let step = 0; step + 1 < labels.length; step++) {
    if (axis.joined[step]) counts[labels[step]][labels[step + 1]]++;
  }
  return counts;
}

/** A column of a stacked picture: how many steps of each cluster belong to it. */
export interface Frequency {
  readonly name: string;
  /** [K] */
  readonly counts: readonly number[];
  readonly total: number;
}

/**
 * Counts of each cluster by a property of the steps, in the given order of its values; values without steps stay, and
 * before the first clustering (`labels` null) all counts are 0.
 */
export function frequencies(
  labels: Int32Array | null,
  clusters: number,
  order: readonly { readonly key: number; readonly name: string }[],
  keyOf: (step: number) => number,
): Frequency[] {
  const counts = new Map(order.map(({ key }) => [key, Array<number>(clusters).fill(0)]));
  labels?.forEach((label, step) => {
    const column = counts.get(keyOf(step));
    if (column) column[label]++;
  });
  return order.map(({ key, name }) => ({
    name,
    counts: counts.get(key)!,
    total: counts.get(key)!.reduce((sum, count) => sum + count, 0),
  }));
}
