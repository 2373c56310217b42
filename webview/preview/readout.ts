/** What is said about a map beside it: pure functions. */
import type { PreviewVariable } from '../../src/core/data/preview';
import type { MapSnapshot, Place } from '../../src/protocol/preview';
import { formatTime, parseTime } from '../shared/calendar';
import { formatNumber, formatShare } from '../shared/format';
import { type AreaStatistics, formatPlace, formatValue, prettyUnits } from '../shared/map';
import { element, escape } from '../shared/markup';
import type { DataTable } from '../shared/tables';

/** Rows and columns of the table of a map; of larger grids it has evenly spaced ones. */
const TABLE = 16;

/** "31 Dec 2008", with the hour where some steps have one; the step alone where the file has no dates. */
export function momentOf({ time, hasHours }: Pick<MapSnapshot, 'time' | 'hasHours'>, step: number): string {
  return parseTime(time) ? formatTime(time, hasHours) : `step ${step + 1}`;
}

/** "Air temperature, 31 Dec 2008, level 850 hPa". */
export function titleOf(variable: PreviewVariable, place: Place, map: MapSnapshot): string {
  const parts = [map.longName];
  if ((variable.steps ?? 1) > 1 || map.time !== '') parts.push(momentOf(map, place.step));
  for (const axis of variable.extraAxes ?? []) {
    const chosen = place.select[axis.name];
    if (chosen !== undefined) parts.push(`${shortName(axis.name)} ${valueAt(axis, chosen)}`.trim());
  }
  return parts.join(', ');
}

export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The coordinate that "#index" stands for, with its units. */
export function valueAt(
  axis: { readonly values: readonly string[]; readonly units: string },
  chosen: string,
): string {
  const value = chosen.startsWith('#') ? (axis.values[Number(chosen.slice(1))] ?? chosen) : chosen;
  return `${value} ${prettyUnits(axis.units)}`.trim();
}

/** Lowest, mean and highest value, and the share of cells without one. */
export function drawStatistics({ low, mean, high, missing }: AreaStatistics, map: MapSnapshot): string {
  const meanName = map.grid.geographic ? 'Mean (by area)' : 'Mean';
  const entries: [string, string][] = [
    ['Min', formatValue(low, map.units)],
    [meanName, formatValue(mean, map.units)],
    ['Max', formatValue(high, map.units)],
    ['Missing', missing === 0 ? 'none' : formatShare(missing)],
    ['Cells', `${map.grid.height} × ${map.grid.width}`],
  ];
  return element(
    'dl',
    {},
    ...entries.map(([name, value]) =>
      element('div', {}, element('dt', {}, escape(name)), element('dd', {}, escape(value))),
    ),
  );
}

/** The text alternative of a map. */
export function describeMap(title: string, { low, high, missing }: AreaStatistics, units: string): string {
  const range = Number.isFinite(low)
    ? `${formatNumber(low)} to ${formatValue(high, units)}`
    : 'no value anywhere';
  return `${title}: ${range}${missing > 0 && missing < 1 ? `, ${formatShare(missing)} missing` : ''}`;
}

/** The values of a map, at most {@link TABLE} rows and columns of it. */
export function tableOf(title: string, { grid, values }: MapSnapshot): DataTable {
  const { height, width, kind, geographic, latitude, longitude } = grid;
  const rows = spaced(height);
  const columns = spaced(width);
  const plain = kind === 'curvilinear' || !geographic;
  const all = rows.length === height && columns.length === width;
  const longitudeAt = (j: number): string =>
    plain ? `column ${j}` : (formatPlace(longitude[j], 0, true).split(', ')[1] ?? '');
  const latitudeAt = (i: number): string =>
    plain ? `row ${i}` : formatPlace(0, latitude[i], true).split(', ')[0];
  return {
    caption: all ? title : `${title}: ${every(rows, 'row')} and ${every(columns, 'column')}`,
    columns: [
      { title: plain ? 'Row' : 'Latitude' },
      ...columns.map((j) => ({ title: longitudeAt(j), numeric: true })),
    ],
    rows: rows.map((i) => [
      latitudeAt(i),
      ...columns.map((j) => {
        const value = values[i * width + j];
        return Number.isFinite(value) ? value : null;
      }),
    ]),
  };
}

/** "every row", "every 3rd row". */
function every(indices: readonly number[], name: string): string {
  const step = indices.length > 1 ? indices[1] - indices[0] : 1;
  const ending = step % 100 > 10 && step % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][step % 10] ?? 'th');
  return step === 1 ? `every ${name}` : `every ${step}${ending} ${name}`;
}

/** At most {@link TABLE} indices below `length`, evenly apart. */
function spaced(length: number): number[] {
  const step = Math.ceil(length / TABLE);
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
}
