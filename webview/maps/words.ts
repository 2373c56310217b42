/** What the panel says in words. */
import type { FieldSnapshot, GridSnapshot } from '../../src/protocol/panel';
import { formatNumber, formatShare } from '../shared/format';
import { areaStatistics, prettyUnits } from '../shared/map';
import type { DataTable } from '../shared/tables';
import type { FieldMaps } from './fieldMaps';
import type { Show, Tile } from './plan';

export const SHOW_NAMES: Readonly<Record<Show, string>> = {
  mean: 'Means',
  anomaly: 'Anomalies',
  difference: 'Differences',
};

/** What a field's maps are, below its name. */
export function describeShow(show: Show, stippled: boolean): string {
  const what = {
    mean: 'Mean of the time steps of each cluster',
    anomaly: 'Mean of each cluster minus the mean of all time steps',
    difference: 'F statistic: variance between clusters over variance within them',
  }[show];
  // The level is that of core/evaluation/significance.ts, which says why.
  return stippled && show !== 'mean' ? `${what}; dots: significant (false discovery rate 0.1)` : what;
}

/** Title of a colour bar. */
export const SCALE_TITLES: Readonly<Record<Show, string>> = {
  mean: 'Mean',
  anomaly: 'Anomaly',
  difference: 'F',
};

export function fieldTitle({ name, longName }: FieldSnapshot): string {
  return longName || name;
}

/** "23.1% · 85 steps" */
export function describeSize({ count, share }: Tile): string {
  if (count === 0) return 'no time steps';
  return `${formatShare(share)} · ${count} ${count === 1 ? 'step' : 'steps'}`;
}

/** Text alternative of a map. */
export function describeMap(
  tile: Tile,
  show: Show,
  field: FieldSnapshot,
  date: string,
  [low, high]: readonly [number, number],
): string {
  const units = show === 'difference' ? '' : prettyUnits(field.units);
  const anomaly = show === 'anomaly' ? 'anomaly of ' : '';
  const what = {
    overall: 'Mean of all time steps',
    difference: 'Where clusters differ (F statistic)',
    cluster: `Cluster ${tile.cluster}`,
    stepCluster: `Cluster ${tile.cluster}`,
    step: date,
  }[tile.role];
  const range = Number.isFinite(low)
    ? `${formatNumber(low)} to ${formatNumber(high)} ${units}`.trim()
    : 'no values';
  return `${what}, ${anomaly}${fieldTitle(field)}, ${range}`;
}

/** Means, lows and highs of maps as a table. */
export function mapTable(
  show: Show,
  fields: readonly FieldSnapshot[],
  sets: ReadonlyMap<number, FieldMaps>,
  grid: GridSnapshot,
): DataTable {
  const rows = [...sets].flatMap(([index, set]) => {
    const field = fields[index];
    const units = show === 'difference' ? '1' : prettyUnits(field.units) || '1';
    const row = (label: string, map: FieldMaps['whole']) => {
      if (typeof map === 'string') return [fieldTitle(field), label, null, null, null, units];
      const { mean, low, high } = areaStatistics(map.values, grid);
      return [fieldTitle(field), label, mean, low, high, units];
    };
    return [
      ...(show === 'anomaly' ? [] : [row(show === 'mean' ? 'all steps' : 'all clusters', set.whole)]),
      ...[...set.clusters].map(([k, map]) => row(String(k), map)),
    ];
  });
  const weights = grid.geographic ? 'means weigh cells by their area' : 'plain means of cells';
  return {
    caption: `${SHOW_NAMES[show]}: ${weights}; lowest and highest cell`,
    columns: [
      { title: 'Field', key: 'field' },
      { title: 'Cluster', key: 'cluster' },
      { title: 'Area mean', key: 'area_mean', numeric: true },
      { title: 'Lowest', key: 'minimum', numeric: true },
      { title: 'Highest', key: 'maximum', numeric: true },
      { title: 'Units', key: 'units' },
    ],
    rows,
  };
}
