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
  /** The same for these spells at other times: labels moved along time, the end to the beginning. */
  readonly shifted: number | null;
}

/** `between` has the sums of the affinity between each two clusters, [K, K]. */
export function summarizeAffinity(
  { between, shifted }: { readonly between: Float64Array; readonly shifted: number | null },
  labels: Int32Array,
  clusters: number,
): AffinitySummary {
  const n = labels.length;
  const sizes = new Float64Array(clusters);
  for (const label of labels) sizes[label]++;
  const total = between.reduce((sum, value) => sum + value, 0);
  let inside = 0;
  let pairsInside = 0;
  const ratios = new Float64Array(clusters * clusters);
  for (let k = 0; k < clusters; k++) {
    for (let l = 0; l < clusters; l++) {
      const at = k * clusters + l;
      // A step has no affinity to itself.
      const pairs = sizes[k] * (sizes[l] - (k === l ? 1 : 0));
      ratios[at] = pairs > 0 ? (between[at] / pairs) * ((n * (n - 1)) / total) : NaN;
      if (k !== l) continue;
      inside += between[at];
      pairsInside += pairs;
    }
  }
  return { ratios, within: inside / total, byChance: pairsInside / (n * (n - 1)), shifted };
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
