/** The table of runs side by side, with what differs between them. */
import type { MetricKey, RunRow } from '../../src/protocol/panel';
import { formatDuration, formatNumber } from '../shared/format';
import { element, escape } from '../shared/markup';
import type { Cell, CellValue, DataTable } from '../shared/tables';
import { bestRuns, dataGroups } from './comparison';
import { metrics } from './metrics';

export interface Column {
  /** Unique; the name in CSV. */
  readonly key: string;
  readonly title: string;
  /** What the title means. */
  readonly hint?: string;
  readonly numeric?: boolean;
  readonly metric?: MetricKey;
  /** A setting that differs between the runs. */
  readonly setting?: boolean;
  value(row: RunRow): CellValue;
  /** On the page; default as in all tables. */
  show?(row: RunRow): string;
}

export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}
export const newestFirst: Sorting = { key: 'started', descending: true };

/** Keys of the settings whose values are not the same in all runs, without those that have columns of their own. */
export function differingSettings(rows: readonly RunRow[]): string[] {
  const keys = [...new Set(rows.flatMap(({ settings }) => Object.keys(settings)))];
  return keys.filter(
    (key) => key !== 'clusters' && new Set(rows.map(({ settings }) => settings[key])).size > 1,
  );
}

/** No selection of data means all of them; another setting may be missing in runs of an older version. */
function settingOf({ settings }: RunRow, key: string): CellValue {
  const value = settings[key];
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value ?? (['time', 'bbox', 'select'].includes(key) ? 'all' : null);
}

const date = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The columns that these runs need. */
export function columnsFor(rows: readonly RunRow[], groups = dataGroups(rows)): Column[] {
  const columns: Column[] = [
    { key: 'name', title: 'Run', value: ({ name }) => name },
    { key: 'started', title: 'Started (UTC)', value: ({ started }) => date(started) },
    { key: 'state', title: 'State', value: ({ state }) => capital(state) },
    { key: 'clusters', title: 'K', hint: 'Number of clusters', numeric: true, value: (row) => row.clusters },
    { key: 'seed', title: 'Seed', numeric: true, value: ({ seed }) => seed },
    {
      key: 'seconds',
      title: 'Duration',
      numeric: true,
      value: ({ seconds }) => seconds,
      show: ({ seconds }) => (seconds === null ? '–' : formatDuration(seconds)),
    },
  ];
  if (groups.length > 1) {
    columns.push({
      key: 'data',
      title: 'Data',
      hint: 'Runs with the same letter have clustered the same data',
      value: (row) => groups.find((group) => group.rows.includes(row))!.letter,
    });
  }
  for (const { key, short, name, better } of metrics) {
    columns.push({
      key,
      title: `${short} ${better === 'higher' ? '↑' : '↓'}`,
      hint: `${name}: ${better} is better`,
      numeric: true,
      metric: key,
      value: (row) => row.metrics?.[key] ?? null,
    });
  }
  for (const key of differingSettings(rows)) {
    columns.push({
      key,
      title: key,
      hint: 'A setting that differs between these runs',
      numeric: rows.every(({ settings }) => typeof (settings[key] ?? 0) === 'number'),
      setting: true,
      value: (row) => settingOf(row, key),
      // As it was set: 0.001 is not "0.001000".
      show: (row) => String(settingOf(row, key) ?? '–'),
    });
  }
  return columns;
}

/** Runs without a value come last, whichever way the others are sorted. */
export function sortRuns(
  rows: readonly RunRow[],
  columns: readonly Column[],
  { key, descending }: Sorting,
): RunRow[] {
  const column =
    columns.find((one) => one.key === key) ?? columns.find((one) => one.key === newestFirst.key)!;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    return sign * String(x).localeCompare(String(y), 'en', { numeric: true });
  });
}

/** The table as it is shown, to be copied. */
export function runData(rows: readonly RunRow[], sorting: Sorting, caption: string): DataTable {
  const groups = dataGroups(rows);
  const columns = columnsFor(rows, groups);
  const best = bestRuns(groups);
  return {
    caption,
    columns: columns.map(({ key, title, numeric }) => ({ key, title, numeric })),
    rows: sortRuns(rows, columns, sorting).map((row) =>
      columns.map((column): Cell => ({
        value: column.value(row),
        text: text(column, row),
        strong: column.metric !== undefined && best.get(column.metric)!.has(row),
      })),
    ),
  };
}

/** What stars and frames in the table mean, where there can be any. */
export function describeMarks(rows: readonly RunRow[]): string {
  if (rows.length < 2) return '';
  const star = '★ is the best value among finished runs of the same data.';
  return differingSettings(rows).length === 0
    ? star
    : `${star} The last columns are the settings that differ; values unlike those of this run are framed.`;
}

/** For the page; `current` is the directory of the run that the panel is about. */
export function drawRuns(rows: readonly RunRow[], current: string | null, sorting: Sorting): string {
  const groups = dataGroups(rows);
  const columns = columnsFor(rows, groups);
  const best = bestRuns(groups);
  const own = rows.find(({ directory }) => directory === current);
  const heads = columns.map((column) => drawHead(column, sorting));
  const body = sortRuns(rows, columns, sorting).map((row) => {
    const isOwn = row === own;
    const cells = columns.map((column, i) => {
      if (i === 0) return drawName(row, isOwn);
      const differs = column.setting && own !== undefined && column.value(row) !== column.value(own);
      const wins = column.metric !== undefined && best.get(column.metric)!.has(row);
      const written = escape(text(column, row));
      return element(
        'td',
        { class: column.numeric ? 'figure' : undefined },
        wins ? `<span class="star" role="img" aria-label="best">★</span> <strong>${written}</strong>` : '',
        differs
          ? element('span', { class: 'differs', title: `This run: ${text(column, own)}` }, written)
          : '',
        wins || differs ? '' : written,
      );
    });
    return element(
      'tr',
      { class: isOwn ? 'own' : undefined, 'aria-current': isOwn ? 'true' : undefined },
      ...cells,
    );
  });
  return element(
    'table',
    { class: 'runs' },
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...body),
  );
}

function text(column: Column, row: RunRow): string {
  if (column.show) return column.show(row);
  const value = column.value(row);
  if (typeof value !== 'number') return value ?? '–';
  return Number.isInteger(value) ? String(value) : formatNumber(value);
}

function drawHead({ key, title, hint, numeric, setting }: Column, sorting: Sorting): string {
  const sorted = sorting.key === key;
  return element(
    'th',
    {
      scope: 'col',
      class: [numeric ? 'figure' : '', setting ? 'setting' : ''].filter(Boolean).join(' ') || undefined,
      'aria-sort': sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined,
    },
    element(
      'button',
      { type: 'button', 'data-sort': key, title: hint },
      escape(title),
      element(
        'span',
        { class: 'order', 'aria-hidden': 'true' },
        sorted ? (sorting.descending ? '▼' : '▲') : '',
      ),
    ),
  );
}

function drawName({ name, directory }: RunRow, isOwn: boolean): string {
  return element(
    'th',
    { scope: 'row' },
    isOwn
      ? `<span class="marker" aria-hidden="true">▸</span>${element('strong', {}, escape(name))} <span class="here">this run</span>`
      : element(
          'button',
          { type: 'button', class: 'link', 'data-open': directory, title: 'Open this run' },
          escape(name),
        ),
  );
}
