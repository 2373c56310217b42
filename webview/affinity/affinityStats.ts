/** What the affinity says of the clusters, in numbers. */
import { formatShare } from '../shared/format';
import type { DataTable } from '../shared/tables';

/** An affinity as block means over neighbouring positions of an order. */
export interface BlockedAffinity {
  /** Blocks along each side, m. */
  readonly size: number;
  /** [m, m] */
  readonly values: Float32Array;
  /** The time step at each position. [n] */
  readonly order: Int32Array;
}

/** Position p is in block floor(p m / n): the first position of each block, and n. [m + 1] */
export function blockStarts(n: number, m: number): Int32Array {
  return Int32Array.from({ length: m + 1 }, (_, block) => Math.ceil((block * n) / m));
}

/**
 * Sums of the affinity between each two clusters. A block that several clusters share is divided among them by their
 * numbers of positions: exact where blocks are single entries, and nearly so in the order of the clusters. [K, K]
 */
export function pairSums(
  { size, values, order }: BlockedAffinity,
  labels: Int32Array,
  clusters: number,
): Float64Array {
  const starts = blockStarts(order.length, size);
  // Of each block, the clusters in it and the number of their positions.
  const parts = Array.from({ length: size }, (_, block) => {
    const counts = new Map<number, number>();
    for (let p = starts[block]; p < starts[block + 1]; p++) {
      const label = labels[order[p]];
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return [...counts];
  });
  const sums = new Float64Array(clusters * clusters);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const value = values[i * size + j];
      if (value === 0) continue;
      for (const [k, inRow] of parts[i]) {
        for (const [l, inColumn] of parts[j]) sums[k * clusters + l] += value * inRow * inColumn;
      }
    }
  }
  return sums;
}

export interface AffinitySummary {
  /**
   * Mean affinity between the steps of two clusters over that between any two steps; NaN where there are no pairs of
   * steps. [K, K]
   */
  readonly ratios: Float64Array;
  /** Share of all affinity that joins steps of the same cluster. */
  readonly within: number;
  /** The same if labels were dealt out at random, with clusters of these sizes. */
  readonly byChance: number;
  /** The same for these spells at other times; where the affinity is known entry by entry. */
  readonly shifted: number | null;
}

export function summarizeAffinity(
  affinity: BlockedAffinity,
  labels: Int32Array,
  clusters: number,
): AffinitySummary {
  const n = labels.length;
  const sums = pairSums(affinity, labels, clusters);
  const sizes = new Float64Array(clusters);
  for (const label of labels) sizes[label]++;
  let inside = 0;
  let total = 0;
  let pairsInside = 0;
  const means = new Float64Array(clusters * clusters);
  for (let k = 0; k < clusters; k++) {
    for (let l = 0; l < clusters; l++) {
      const at = k * clusters + l;
      // A step has no affinity to itself.
      const pairs = sizes[k] * (sizes[l] - (k === l ? 1 : 0));
      means[at] = pairs > 0 ? sums[at] / pairs : NaN;
      total += sums[at];
      if (k !== l) continue;
      inside += sums[at];
      pairsInside += pairs;
    }
  }
  return {
    ratios: means.map((mean) => (mean * n * (n - 1)) / total),
    within: inside / total,
    byChance: pairsInside / (n * (n - 1)),
    shifted: affinity.size === n ? shiftedShare(affinity, labels) : null,
  };
}

/** Shifts of the labels in time, evenly spaced. */
const SHIFTS = 50;

/**
 * Neighbouring steps resemble each other, and clusters that last share them whether or not they mean anything. Labels
 * that are moved along time, the end to the beginning, last as long and know nothing of the data: mean share of the
 * affinity within clusters over such shifts.
 */
function shiftedShare({ size: n, values, order }: BlockedAffinity, labels: Int32Array): number {
  let inside = 0;
  let total = 0;
  const shifts = Math.min(SHIFTS, n - 1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = values[i * n + j];
      if (value === 0) continue;
      for (let s = 1; s <= shifts; s++) {
        const shift = Math.round((s * n) / (shifts + 1));
        if (labels[(order[i] + shift) % n] === labels[(order[j] + shift) % n]) inside += value;
      }
      total += value * shifts;
    }
  }
  return inside / total;
}

export function describeAffinity({ within, byChance, shifted }: AffinitySummary): string {
  if (!Number.isFinite(within)) return 'No step is expressed by another one.';
  const first = `${formatShare(within)} of the affinity lies within clusters.`;
  const random = `If labels were dealt out at random it would be ${formatShare(byChance)}`;
  if (shifted === null) return `${first} ${random}.`;
  return (
    `${first} ${random}; if the same spells came at other times, ${formatShare(shifted)}. ` +
    'The second comparison is the fairer one: neighbouring steps resemble each other, whatever the clusters.'
  );
}

/**
 * Mean affinity between each two clusters, as a multiple of that between any two steps: such numbers can be read, the
 * means of a sparse matrix are all next to nothing.
 */
export function affinityTable({ ratios }: AffinitySummary, clusters: number): DataTable {
  const ids = Array.from({ length: clusters }, (_, k) => k);
  return {
    caption:
      'Mean affinity between the time steps of two clusters, as a multiple of the mean over all pairs of steps',
    columns: [
      { title: 'Cluster', key: 'cluster' },
      ...ids.map((l) => ({ title: String(l), key: `cluster_${l}`, numeric: true })),
    ],
    rows: ids.map((k) => {
      const row = Array.from(ratios.subarray(k * clusters, (k + 1) * clusters));
      const largest = Math.max(...row.filter((ratio) => !Number.isNaN(ratio)));
      return [
        String(k),
        ...row.map((value) => ({
          value: Number.isNaN(value) ? null : value,
          text: Number.isNaN(value) ? '–' : value >= 10 ? value.toFixed(0) : value.toFixed(2),
          strong: value === largest && largest > 0,
        })),
      ];
    }),
  };
}
