import { describe, expect, it } from 'vitest';
import { describeStep, drawRibbon, opacityOf, segmentTable } from '../../../webview/results/ribbon';
import { layoutRibbon, stepAt } from '../../../webview/results/ribbonLayout';
import { findSegments } from '../../../webview/results/segments';
import { countSizes } from '../../../webview/results/sizes';
import { daily } from './recorded';

describe('the layout of the ribbon', () => {
  it('puts a year into one band, each day at its place', () => {
    const layout = layoutRibbon(daily('2008', 366), 732);
    expect(layout.bands).toHaveLength(1);
    expect(layout.cells).toHaveLength(366);
    expect(layout.cells[31].x).toBeCloseTo(62, 6);
    expect(layout.cells[365].x + layout.cells[365].width).toBeCloseTo(732, 6);
    expect(layout.ticks.map(({ label }) => label)).toEqual([
      ...['Jan 2008', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    ]);
  });

  it('keeps a winter across New Year in one band', () => {
    const layout = layoutRibbon(daily('2008', 366).slice(300).concat(daily('2009', 60)), 600);
    expect(layout.bands).toHaveLength(1);
    expect(layout.ticks.map(({ label }) => label)).toContain('Jan 2009');
  });

  it('names days where there are few', () => {
    const layout = layoutRibbon(daily('2008', 366).slice(28, 33), 500);
    expect(layout.ticks.map(({ label }) => label)).toEqual([
      '29 Jan 2008',
      '30 Jan',
      '31 Jan',
      '1 Feb',
      '2 Feb',
    ]);
  });

  it('gives each year its own band, aligned by the calendar', () => {
    const layout = layoutRibbon([...daily('2008', 366), ...daily('2009', 365), ...daily('2010', 365)], 800);
    expect(layout.bands.map(({ label }) => label)).toEqual(['2008', '2009', '2010']);
    // 1 March is at the same place in a leap year and in another.
    expect(layout.cells[60].x).toBeCloseTo(layout.cells[366 + 59].x, 6);
    expect(layout.cells[366 + 59].band).toBe(1);
  });

  it('leaves holes where the data have holes', () => {
    const summers = ['2008', '2009'].flatMap((year) => daily(year, 366).slice(152, 244));
    const layout = layoutRibbon(summers, 800);
    const end = layout.cells[91];
    expect(end.x + end.width).toBeLessThan(600);
    expect(stepAt(layout, 780, 5)).toBeUndefined();
  });

  it('knows 30-day Februaries and times without a calendar', () => {
    const days = Array.from(
      { length: 360 },
      (_, i) =>
        `2000-${String(Math.floor(i / 30) + 1).padStart(2, '0')}-${String((i % 30) + 1).padStart(2, '0')}T00:00:00`,
    );
    const layout = layoutRibbon(days, 720);
    expect(layout.cells.every(({ width }) => Math.abs(width - 2) < 1e-9)).toBe(true);
    expect(layoutRibbon(['0', '1', '2', '3'], 400).cells.map(({ x }) => x)).toEqual([0, 100, 200, 300]);
  });

  it('finds the step under every cell, in years of 40,000 steps too', () => {
    const years = Array.from({ length: 110 }, (_, i) => String(1900 + i));
    const layout = layoutRibbon(
      years.flatMap((year) => daily(year, 365)),
      900,
    );
    expect(layout.cells).toHaveLength(40150);
    for (const cell of [layout.cells[0], layout.cells[12345], layout.cells[40149]]) {
      const { y, height } = layout.bands[cell.band];
      expect(stepAt(layout, cell.x + cell.width / 2, y + height / 2)).toBe(cell.step);
    }
  });
});

describe('the ribbon', () => {
  const times = daily('2008', 366).slice(0, 40);
  const labels = times.map((_, i) => (i < 20 ? 0 : i < 22 ? 2 : 1));
  const confidence = times.map((_, i) => (i < 10 ? 1 : 0.5));
  const data = { times, labels, confidence, clusters: 3 };

  it('is the same picture for the same data', () => {
    expect(drawRibbon(data, layoutRibbon(times, 400))).toMatchSnapshot();
  });

  it('draws every step once', () => {
    const svg = drawRibbon(data, layoutRibbon(times, 400));
    expect([...svg.matchAll(/M[\d.]+ \d+h/g)]).toHaveLength(40);
    expect(svg).toContain('data-steps="40"');
  });

  it('is as large before the first clustering', () => {
    const layout = layoutRibbon(times, 400);
    const before = drawRibbon({ ...data, labels: null, confidence: null }, layout);
    expect(/height="(\d+)"/.exec(before)![1]).toBe(/height="(\d+)"/.exec(drawRibbon(data, layout))![1]);
    expect(before).not.toContain('<path');
  });

  it('is fainter where the label is a guess', () => {
    expect(opacityOf(1, 4)).toBe(1);
    expect(opacityOf(0.25, 4)).toBe(0.3);
    expect(opacityOf(0.5, 4)).toBeLessThan(opacityOf(0.8, 4));
    expect(opacityOf(null, 4)).toBe(1);
  });

  it('says each step in words', () => {
    expect(describeStep(data, 3)).toBe('4 Jan 2008: cluster 0, probability 1.00');
    expect(describeStep({ ...data, labels: null }, 3)).toBe('4 Jan 2008: not clustered yet');
  });

  it('has a table of the same content', () => {
    expect(findSegments(labels, confidence)).toEqual([
      { label: 0, first: 0, last: 19, confidence: 0.75 },
      { label: 2, first: 20, last: 21, confidence: 0.5 },
      { label: 1, first: 22, last: 39, confidence: 0.5 },
    ]);
    expect(segmentTable(data)).toContain(
      '<tr><td>21 Jan 2008</td><td>22 Jan 2008</td><td>2</td><td>2</td><td>50.0%</td></tr>',
    );
    expect(countSizes(labels, 4)).toEqual([20, 18, 2, 0]);
  });
});
