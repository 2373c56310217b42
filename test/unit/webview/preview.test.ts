import { describe, expect, it } from 'vitest';
import type { PreviewHeader, PreviewVariable } from '../../../src/core/data/preview';
import type { MapSnapshot } from '../../../src/protocol/preview';
import { carriedTo, changed, drawControls, firstPlace, stepped } from '../../../webview/preview/controls';
import {
  drawRows,
  findRow,
  formatCount,
  moveBy,
  openAtFirst,
  visibleRows,
} from '../../../webview/preview/headerTree';
import { describeMap, drawStatistics, momentOf, tableOf, titleOf } from '../../../webview/preview/readout';
import { readState } from '../../../webview/preview/state';

const levels = { name: 'level', size: 3, units: 'hPa', values: ['1000', '850', '500'], merged: false };
const expver = { name: 'expver', size: 2, units: '', values: ['1', '5'], merged: true };
const members = { name: 'number', size: 2000, units: '', values: ['0', '1'], merged: false };

const air: PreviewVariable = {
  name: 'atmosphere/air',
  type: 'float32',
  dimensions: ['time', 'level', 'lat', 'lon'],
  shape: [40000, 3, 10, 12],
  attributes: { units: 'K', comment: '<b>"bold"</b> & more' },
  steps: 40000,
  extraAxes: [levels, expver],
};
const lat: PreviewVariable = {
  name: 'lat',
  type: 'float64',
  dimensions: ['lat'],
  shape: [10],
  attributes: {},
  reason: 'it has only one horizontal axis',
};
const header: PreviewHeader = {
  format: 'NetCDF-4',
  bytes: 1000,
  dimensions: [
    { name: 'time', size: 40000, unlimited: true },
    { name: 'lat', size: 10, unlimited: false },
  ],
  variables: [lat, air],
  attributes: { title: 'Test' },
};
const open = (...more: string[]): Set<string> => new Set([...openAtFirst, ...more]);
const namesOf = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name);

describe('the header as a tree', () => {
  it('shows dimensions and variables first, attributes when they are opened', () => {
    expect(namesOf(visibleRows(header, open()))).toEqual([
      'Dimensions',
      'time',
      'lat',
      'Variables',
      'lat',
      'atmosphere/air',
      'Global attributes',
    ]);
    const rows = visibleRows(header, open('variable:atmosphere/air', 'attributes'));
    expect(namesOf(rows).slice(5)).toEqual([
      'atmosphere/air',
      'units',
      'comment',
      'Global attributes',
      'title',
    ]);
    expect(rows[6]).toMatchObject({ level: 3, position: 1, siblings: 2, parent: 'variable:atmosphere/air' });
  });

  it('is marked up as a tree in which nothing from the file is markup', () => {
    const rows = visibleRows(header, open('variable:atmosphere/air'));
    const markup = drawRows(rows, 'variable:atmosphere/air', 'variable:lat');
    expect(markup).toMatchSnapshot();
    expect(markup).not.toContain('<b>');
  });

  it('is walked through by keys', () => {
    const rows = visibleRows(header, open());
    expect(moveBy(rows, 0, 'ArrowUp')).toEqual({ to: 0 });
    expect(moveBy(rows, 0, 'ArrowDown')).toEqual({ to: 1 });
    expect(moveBy(rows, 6, 'ArrowDown')).toEqual({ to: 6 });
    expect(moveBy(rows, 0, 'ArrowRight')).toEqual({ to: 1 });
    expect(moveBy(rows, 5, 'ArrowRight')).toEqual({ toggle: 5 });
    expect(moveBy(rows, 5, 'ArrowLeft')).toEqual({ to: 3 });
    expect(moveBy(rows, 3, 'ArrowLeft')).toEqual({ toggle: 3 });
    expect(moveBy(rows, 4, 'ArrowRight')).toBeUndefined();
    expect(moveBy(rows, 2, 'Home')).toEqual({ to: 0 });
    expect(moveBy(rows, 2, 'End')).toEqual({ to: 6 });
    expect(moveBy([], 0, 'End')).toBeUndefined();
  });

  it('finds rows by their first letters, also within groups', () => {
    const rows = visibleRows(header, open());
    expect(findRow(rows, 0, 'l')).toBe(2);
    expect(findRow(rows, 2, 'l')).toBe(4);
    expect(findRow(rows, 2, 'la')).toBe(2);
    expect(findRow(rows, 0, 'AIR')).toBe(5);
    expect(findRow(rows, 0, 'zz')).toBeUndefined();
  });

  it('groups digits', () => {
    expect([7, 1805, 1038240].map(formatCount)).toEqual(['7', '1\u2009805', '1\u2009038\u2009240']);
  });
});

describe('the controls of a map', () => {
  const first = firstPlace(air);

  it('begin at the first step and value; an axis that is merged is not chosen', () => {
    expect(first).toEqual({ variable: 'atmosphere/air', step: 0, select: { level: '#0' } });
    expect(drawControls(air, { ...first, step: 39999 })).toMatchSnapshot();
    expect(drawControls(lat, firstPlace(lat))).toBe('');
    // Longer axes than are listed are chosen by number.
    expect(drawControls({ ...air, extraAxes: [members] }, first)).toContain('max="2000"');
  });

  it('keep step and values in another variable where it has them', () => {
    const place = { variable: 'x', step: 500, select: { level: '#2', number: '#4' } };
    expect(carriedTo(air, place)).toEqual({ variable: 'atmosphere/air', step: 500, select: { level: '#2' } });
    const short = { ...air, steps: 10, extraAxes: [{ ...levels, size: 2 }] };
    expect(carriedTo(short, place)).toEqual({ variable: 'atmosphere/air', step: 0, select: { level: '#0' } });
  });

  it('lead nowhere beyond the ends, and take nothing that is no place', () => {
    expect(stepped(air, first, -1)).toBeUndefined();
    expect(stepped(air, first, 1)?.step).toBe(1);
    expect(stepped(air, { ...first, step: 39999 }, 1)).toBeUndefined();
    const enter = (id: string, axis: string | undefined, value: string) =>
      changed(air, first, { id, axis, value });
    expect(enter('step', undefined, '12')?.step).toBe(11);
    for (const wrong of ['0', '40001', '1.5', '', 'x'])
      expect(enter('step', undefined, wrong)).toBeUndefined();
    expect(enter('', 'level', '#2')?.select).toEqual({ level: '#2' });
    expect(enter('', 'expver', '#1')?.select).toEqual({ level: '#0', expver: '#1' });
    expect(enter('', 'expver', '')?.select).toEqual({ level: '#0' });
    expect(enter('', 'level', '#3')).toBeUndefined();
    expect(enter('', 'nothing', '#0')).toBeUndefined();
    const many = { ...air, extraAxes: [members] };
    expect(changed(many, first, { id: '', axis: 'number', value: '2000' })?.select['number']).toBe('#1999');
  });
});

function map(height: number, width: number, change: Partial<MapSnapshot> = {}): MapSnapshot {
  return {
    grid: {
      kind: 'rectilinear',
      height,
      width,
      latitude: Float64Array.from({ length: height }, (_, i) => 10 + i),
      longitude: Float64Array.from({ length: width }, (_, j) => -2 + 2 * j),
      geographic: true,
    },
    values: Float32Array.from({ length: height * width }, (_, i) => (i === 1 ? NaN : 280 + i)),
    time: '2008-02-30T06:00:00',
    hasHours: true,
    units: 'K',
    longName: 'Air temperature',
    notes: [],
    ...change,
  };
}

describe('what is said about a map', () => {
  it('names field, time and the value along further axes', () => {
    const place = { variable: air.name, step: 4, select: { level: '#1' } };
    expect(titleOf(air, place, map(2, 2))).toBe('Air temperature, 30 Feb 2008 06:00, level 850 hPa');
    expect(titleOf(air, place, map(2, 2, { hasHours: false }))).toContain(', 30 Feb 2008, ');
    expect(titleOf(air, place, map(2, 2, { time: '12.5' }))).toContain('step 5');
    expect(momentOf(map(1, 1, { time: '' }), 0)).toBe('step 1');
  });

  it('has the range, the mean and what is missing', () => {
    const statistics = { low: 280, mean: 281.5, high: 283, missing: 0.25 };
    expect(drawStatistics(statistics, map(2, 2))).toMatchSnapshot();
    expect(describeMap('T', statistics, 'K')).toBe('T: 280.0 to 283.0 K, 25.0% missing');
    const none = { low: NaN, mean: NaN, high: NaN, missing: 1 };
    expect(describeMap('T', none, 'K')).toBe('T: no value anywhere');
    expect(drawStatistics({ ...statistics, missing: 0 }, map(2, 2))).toContain('none');
  });

  it('is a table, too, of evenly spaced cells where there are many', () => {
    const small = tableOf('T', map(2, 2));
    expect(small.columns.map(({ title }) => title)).toEqual(['Latitude', '2.0° W', '0.0°']);
    expect(small.rows).toEqual([
      ['10.0° N', 280, null],
      ['11.0° N', 282, 283],
    ]);
    const large = tableOf('T', map(40, 33));
    expect(large.caption).toBe('T: every 3rd row and every 3rd column');
    expect([large.rows.length, large.columns.length]).toEqual([14, 12]);
    expect(large.rows[1][1]).toBe(280 + 3 * 33);
  });
});

describe('what a preview remembers', () => {
  it('is taken only where it fits', () => {
    const place = { variable: 'air', step: 3, select: {} };
    expect(readState({ place, projection: 'lambert', keepScale: true })).toEqual({
      place,
      projection: 'lambert',
      keepScale: true,
    });
    const none = { place: undefined, projection: undefined, keepScale: false };
    expect(readState({})).toEqual(none);
    expect(readState({ place: { variable: 1 } })).toEqual(none);
  });
});
