/** Which maps the panel shows, and which slices they need. Pure: no page, no host. */
import type { SeriesSnapshot } from '../../src/protocol/panel';
import type { SliceKey } from './slices';

export const shows = ['mean', 'anomaly', 'difference'] as const;
export type Show = (typeof shows)[number];

export type Role = 'overall' | 'cluster' | 'step' | 'stepCluster' | 'difference';

/** One place for a map. */
export interface Tile {
  readonly role: Role;
  readonly field: number;
  /** The cluster that a click selects; null for maps of no cluster. */
  readonly cluster: number | null;
  /** Time steps in it. */
  readonly count: number;
  readonly share: number;
  /** The time step of a `step` tile. */
  readonly step: number | null;
}

/** A field: its maps share one colour scale. */
export interface Section {
  readonly field: number;
  /** The selected time step beside its cluster; empty without one. */
  readonly selected: readonly Tile[];
  readonly tiles: readonly Tile[];
  /** Slices to ask for. */
  readonly slices: readonly SliceKey[];
}

export interface PlanInput {
  readonly fields: readonly number[];
  readonly show: Show;
  readonly series: SeriesSnapshot;
  readonly step: number | null;
}

export function planSections({ fields, show, series, step }: PlanInput): Section[] {
  const counts = countLabels(series);
  const all = series.times.length;
  const shareOf = (count: number) => (all > 0 ? count / all : 0);
  const label = step === null ? null : (series.labels?.[step] ?? null);
  return fields.map((field) => {
    const clusterTile = (role: Role, cluster: number): Tile => ({
      role,
      field,
      cluster,
      count: counts[cluster],
      share: shareOf(counts[cluster]),
      step: null,
    });
    const other = (role: Role): Tile => ({ role, field, cluster: null, count: all, share: 1, step: null });
    const clusters = Array.from({ length: series.clusters }, (_, k) => clusterTile('cluster', k));
    const tiles = {
      mean: [other('overall'), ...clusters],
      anomaly: clusters,
      difference: [other('difference')],
    }[show];
    const selected =
      show === 'difference' || step === null || step >= all
        ? []
        : [
            { ...other('step'), cluster: label, count: 1, step },
            ...(label === null ? [] : [clusterTile('stepCluster', label)]),
          ];
    return { field, selected, tiles, slices: slicesOf(field, show, counts) };
  });
}

/** Empty clusters have no maps: they are not asked for. */
export function slicesOf(field: number, show: Show, counts: readonly number[]): SliceKey[] {
  if (show === 'difference') return [{ field, layer: 'f', index: 0 }];
  return [
    { field, layer: 'overall', index: 0 },
    ...counts.flatMap((count, index) => (count > 0 ? [{ field, layer: 'mean' as const, index }] : [])),
  ];
}

/** Time steps of each cluster. [K] */
export function countLabels({ labels, clusters }: SeriesSnapshot): number[] {
  const counts = Array<number>(clusters).fill(0);
  for (const label of labels ?? []) if (label >= 0 && label < clusters) counts[label]++;
  return counts;
}
