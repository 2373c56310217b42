import { describe, expect, it } from 'vitest';
import { type MetricValues, type RunRow, metricKeys } from '../../../src/protocol/panel';
import { chartColumns, chartScales, drawChart, drawSheet } from '../../../webview/metrics/chart';
import { bestRuns, comparisonNotes, dataGroups } from '../../../webview/metrics/comparison';
import {
  describePhases,
  historyTable,
  lastMetrics,
  lossSeries,
  metricSeries,
  phaseSpans,
} from '../../../webview/metrics/history';
import { drawMetrics } from '../../../webview/metrics/metrics';
import {
  columnsFor,
  describeMarks,
  differingSettings,
  drawRuns,
  newestFirst,
  runData,
  sortRuns,
} from '../../../webview/metrics/runTable';
import { running } from './recorded';

const options = { width: 240, epochs: 6, phases: phaseSpans(running.history) };
const nothing = Object.fromEntries(metricKeys.map((key) => [key, null])) as MetricValues;
const points = (values: readonly number[]): { epoch: number; value: number }[] =>
  values.map((value, i) => ({ epoch: i + 1, value }));

describe('the history of a run', () => {
  it('puts a term that comes later at its own epochs, and leaves the schedule out', () => {
    const series = lossSeries(running.history);
    expect(series.map(({ name }) => name)).toEqual(['total', 'reconstruction', 'target']);
    expect(series[2].points).toEqual([{ epoch: 3, value: 0.1 }]);
  });

  it('keeps a place for terms to come while the run trains', () => {
    const all = lossSeries([], true);
    expect(all.map(({ name }) => name)).toContain('discriminator');
    expect(lossSeries(running.history, true)).toHaveLength(all.length);
    expect(metricSeries([], true)).toHaveLength(8);
    expect(metricSeries([])).toEqual([]);
  });

  it('knows the phases', () => {
    expect(phaseSpans(running.history)).toEqual([
      { name: 'warm-up', first: 1, last: 2 },
      { name: 'joint', first: 3, last: 3 },
    ]);
    expect(describePhases(phaseSpans(running.history))).toBe('warm-up (epochs 1 to 2), joint (3)');
  });

  it('has metrics where they were computed', () => {
    const history = running.history.map((record, i) =>
      i === 1 ? { ...record, schedule: { windows: 32 }, metrics: { ...nothing, rmse: 3 } } : record,
    );
    expect(metricSeries(history)).toEqual([
      { name: 'rmse', title: 'RMSE ↓', points: [{ epoch: 2, value: 3 }] },
    ]);
    expect(lastMetrics(history)?.epoch).toBe(2);
    expect(lastMetrics(running.history)).toBeUndefined();
    const { columns, rows } = historyTable(history, 'Epochs');
    expect(columns.map(({ key }) => key)).toEqual([
      'epoch',
      'phase',
      'total',
      'reconstruction',
      'target',
      'learningRate',
      'schedule.windows',
      'metric.rmse',
    ]);
    expect(rows[2]).toEqual([3, 'joint', 0.5, 0.02, 0.1, 0.001, null, null]);
  });
});

describe('a chart', () => {
  const [total, , target] = lossSeries(running.history);

  it('is the same picture for the same data', () => {
    expect(drawChart(total, options)).toMatchSnapshot('total');
    expect(drawChart({ name: 'x', title: '<x>', points: [] }, options)).toMatchSnapshot('empty');
  });

  it('has the epochs of the whole run along the bottom from the start', () => {
    const first = chartScales(points([1]), options);
    const later = chartScales(points([1, 2, 3, 4]), options);
    expect(first.x(6)).toBe(later.x(6));
    expect(chartScales([], options).x(3)).toBe(later.x(3));
  });

  it('is logarithmic where values span decades, but not for a term that was off before', () => {
    const { y, logarithmic } = chartScales(points([1, 0.1, 0.001]), options);
    expect(logarithmic).toBe(true);
    // The geometric mean lies in the middle.
    expect(y(0.0316)).toBeCloseTo((y(1) + y(0.001)) / 2, 1);
    expect(chartScales(points([1e-7, 1e-7, 0.2]), options).logarithmic).toBe(false);
    expect(chartScales(points([1, 2]), options).logarithmic).toBe(false);
  });

  it('writes ticks that can be told apart', () => {
    const labels = (values: number[]): string[] =>
      [...drawChart({ ...total, points: points(values) }, options).matchAll(/text-anchor="end">([^<]+)</g)]
        .map(([, label]) => label)
        .filter((label) => !['epoch', '6'].includes(label))
        .slice(1);
    for (const values of [
      [1.811, 1.829],
      [2, 2],
      [-0.3, 0.4],
      [1000, 250000],
      [3e-5, 4e-5],
    ]) {
      const ticks = labels(values);
      expect(ticks.length).toBeGreaterThan(1);
      expect(new Set(ticks).size).toBe(ticks.length);
    }
  });

  it('says what it shows', () => {
    expect(drawChart(total, options)).toContain('0.5000 after epoch 3 of 6; lowest 0.5000, highest 2.000');
    expect(drawChart(target, options)).toContain('>0.1000</text>');
  });

  it('fills the width with columns', () => {
    expect(chartColumns(1180)).toEqual({ columns: 4, width: 274 });
    expect(chartColumns(388)).toEqual({ columns: 1, width: 360 });
  });

  it('goes into a sheet with the others', () => {
    const sheet = drawSheet(lossSeries(running.history), options, 'Losses');
    expect(sheet.split('class="chart"')).toHaveLength(4);
    expect(sheet).toContain('x="316"');
  });
});

describe('the metrics', () => {
  it('are the same table for the same data, with all rows from the start', () => {
    const rows = (markup: string): number => markup.split('<tr').length;
    expect(drawMetrics(running.metrics)).toMatchSnapshot('metrics');
    expect(rows(drawMetrics(null))).toBe(rows(drawMetrics(running.metrics)));
  });
});

describe('runs side by side', () => {
  const row = (id: string, change: Partial<RunRow> = {}, rmse: number | null = 1): RunRow => ({
    directory: `/d/${id}`,
    name: id,
    files: ['a.nc'],
    state: 'finished',
    started: `2026-01-0${id}T03:04:05Z`,
    seconds: 61,
    clusters: 7,
    fields: ['t2m'],
    seed: 1,
    engine: 'CPU',
    metrics: { ...nothing, rmse, silhouetteCosine: rmse },
    ...change,
    settings: { clusters: 7, 'loss.target': 0.1, 'preprocessing.scale': 'cell', ...change.settings },
  });
  const rows = [
    row('1', {}, 2),
    row('2', { settings: { 'loss.target': 0.5 } }, 3),
    row('3', { state: 'interrupted', metrics: null, seconds: null }),
    row('4', { settings: { time: '2000 to 2001' } }, 1),
    row('5', { settings: { time: '2000 to 2001' } }, 9),
    row('6', { fields: ['msl'] }, 0.1),
  ];

  it('find what differs', () => {
    expect(differingSettings(rows)).toEqual(['loss.target', 'time']);
    expect(differingSettings(rows.slice(0, 1))).toEqual([]);
  });

  it('compare metrics only where the data were the same', () => {
    const groups = dataGroups(rows);
    expect(
      groups.map(({ letter, rows: members }) => letter + members.map(({ name }) => name).join('')),
    ).toEqual(['A123', 'B45', 'C6']);
    expect(groups[1].description).toBe('fields: t2m; time: 2000 to 2001');
    const names = (set: Set<RunRow>): string[] => [...set].map(({ name }) => name);
    // Lower is better; the only run of its data is the best of nothing.
    expect(names(bestRuns(groups).get('rmse')!)).toEqual(['1', '4']);
    expect(names(bestRuns(groups).get('silhouetteCosine')!)).toEqual(['2', '5']);
    expect(comparisonNotes(rows).join(' ')).toContain('B – fields: t2m; time: 2000 to 2001');
    expect(columnsFor(rows).map(({ key }) => key)).toContain('data');
    expect(columnsFor(rows.slice(0, 3)).map(({ key }) => key)).not.toContain('data');
  });

  it('marks ties, and says that K matters', () => {
    const tied = [row('1'), row('2'), row('3', { clusters: 9 }, 5)];
    expect(bestRuns(dataGroups(tied)).get('rmse')!.size).toBe(2);
    expect(comparisonNotes(tied)[0]).toContain('fall as K grows');
    expect(comparisonNotes(tied.slice(0, 2))).toEqual([]);
  });

  it('sort by any column, runs without a value last', () => {
    const columns = columnsFor(rows);
    const sorted = (key: string, descending: boolean): string =>
      sortRuns(rows, columns, { key, descending })
        .map(({ name }) => name)
        .join('');
    expect(sorted('rmse', false)).toBe('641253');
    expect(sorted('rmse', true)).toBe('521463');
    expect(sorted('started', true)).toBe('654321');
    // A column that these runs do not have, as in a state of an older version.
    expect(sorted('gone', true)).toBe('654321');
  });

  it('mark this run, the best and what differs, and escape names', () => {
    const markup = drawRuns([...rows, row('7', { name: '<b>' })], '/d/1', { key: 'rmse', descending: true });
    expect(markup.match(/aria-current="true"/g)).toHaveLength(1);
    expect(markup).not.toContain('<b>');
    expect(markup).toContain('data-open="/d/2"');
    expect(markup).not.toContain('data-open="/d/1"');
    expect(markup.match(/aria-sort/g)).toHaveLength(1);
    expect(markup).toContain('aria-sort="descending"');
    expect(markup.match(/class="differs" title="This run: 0.1"/g)).toHaveLength(1);
    expect(describeMarks(rows)).toContain('framed');
    expect(describeMarks([row('1'), row('2')])).not.toContain('framed');
    expect(describeMarks([row('1')])).toBe('');
  });

  it('are copied as they are shown', () => {
    const { columns, rows: cells } = runData(rows, newestFirst, 'Runs');
    const at = columns.findIndex(({ key }) => key === 'seconds');
    expect(cells.map((line) => line[at])).toContainEqual({ value: 61, text: '1 min 1 s', strong: false });
    expect(cells[0][0]).toMatchObject({ value: '6' });
  });

  it('are one or many', () => {
    expect(drawRuns(rows.slice(0, 1), '/d/1', newestFirst).split('<tr')).toHaveLength(3);
    const many = Array.from({ length: 60 }, (_, i) => row('1', { directory: String(i), seed: i }));
    expect(drawRuns(many, null, newestFirst).split('<tr')).toHaveLength(62);
  });
});
