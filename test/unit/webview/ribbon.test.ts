import { describe, expect, it } from 'vitest';
import { drawMemberships } from '../../../webview/time/memberships';
import { timeModel } from '../../../webview/time/model';
import { coveredMonths } from '../../../webview/time/months';
import {
  type RibbonData,
  describeRunnerUp,
  describeStep,
  drawRibbon,
  opacityOf,
} from '../../../webview/time/ribbon';
import { canSplitByYear, labelledYears } from '../../../webview/time/ribbonAxis';
import {
  type LayoutChoice,
  type RibbonLayout,
  layoutRibbon,
  nearestStep,
  stepAt,
} from '../../../webview/time/ribbonLayout';
import { drawSelection } from '../../../webview/time/ribbonSelection';
import { timeAxis } from '../../../webview/time/timeAxis';
import { days, gregorian, months, noLeap, thirtyDays } from './recordedTimes';

const byYear: LayoutChoice = { byYear: true, memberships: false };
const continuous: LayoutChoice = { byYear: false, memberships: false };
const layout = (times: readonly string[], width: number, choice = byYear): RibbonLayout =>
  layoutRibbon(timeAxis(times), width, choice);
const labels = ({ ticks }: RibbonLayout): string[] => ticks.map(({ label }) => label);
/** Right end of a step. */
const end = ({ x, cellWidth }: RibbonLayout, step: number): number => x[step] + cellWidth[step];

describe('the layout of the ribbon', () => {
  it('puts a year into one band, each day at its place', () => {
    const year = layout(days(2008, 2008), 732);
    expect(year.bands).toHaveLength(1);
    expect(year.x[31]).toBeCloseTo(62, 6);
    expect(end(year, 365)).toBeCloseTo(732, 6);
    expect(labels(year)).toEqual([
      ...['Jan 2008', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    ]);
  });

  it('keeps a winter across New Year in one band', () => {
    const winter = layout(days(2008, 2009).slice(300, 430), 600);
    expect(winter.bands).toHaveLength(1);
    expect(labels(winter)).toContain('Jan 2009');
  });

  it('names days where there are few', () => {
    expect(labels(layout(days(2008, 2008).slice(28, 33), 500))).toEqual([
      '29 Jan 2008',
      '30 Jan',
      '31 Jan',
      '1 Feb',
      '2 Feb',
    ]);
  });

  it('gives each year its own band, aligned by the calendar', () => {
    const years = layout(days(2008, 2010), 800);
    expect(years.bands.map(({ label }) => label)).toEqual(['2008', '2009', '2010']);
    // 1 March is at the same place in a leap year and in another, and no hole is left for 29 February.
    expect(years.x[60]).toBeCloseTo(years.x[366 + 59], 6);
    expect(years.band[366 + 59]).toBe(1);
    expect(end(years, 366 + 58)).toBeCloseTo(years.x[366 + 59], 6);
  });

  it('draws all years along one line where that is chosen, each as long as it was', () => {
    const line = layout(days(2008, 2010), 1096, continuous);
    expect(line.bands).toHaveLength(1);
    expect(line.x[366]).toBeCloseTo(366, 6);
    expect(line.x[366 + 365]).toBeCloseTo(731, 6);
    expect(labels(line)).toContain('Jan 2009');
    expect(labels(layout(days(1901, 2010), 1000, continuous))).toEqual([
      ...['1910', '1920', '1930', '1940', '1950', '1960', '1970', '1980', '1990', '2000', '2010'],
    ]);
  });

  it('shows a part of the line', () => {
    const part = layout(days(2008, 2010), 620, { ...continuous, window: [366, 396] });
    expect(part.x[366]).toBe(0);
    expect(end(part, 396)).toBeCloseTo(620, 6);
    expect(stepAt(part, 310, 10)).toBe(381);
  });

  it('gives a season all of the width, and winters a band each', () => {
    const winters = days(1980, 1983, gregorian, { months: [12, 1, 2] }).slice(31 + 29, -31);
    const picture = layout(winters, 900);
    expect(picture.bands.map(({ label }) => label)).toEqual(['1980/81', '1981/82', '1982/83']);
    expect(labels(picture)).toEqual(['Dec', 'Jan', 'Feb']);
    expect(picture.x[0]).toBe(picture.left);
    // 28 February 1981 is the last day; the axis has a 29th only if some winter has.
    expect(end(picture, 89)).toBeCloseTo(900, 6);
    const summers = layout(days(2008, 2010, gregorian, { months: [6, 7, 8] }), 900);
    expect(summers.bands.map(({ label }) => label)).toEqual(['2008', '2009', '2010']);
    expect(labels(summers)).toEqual(['Jun', 'Jul', 'Aug']);
  });

  it('leaves holes where the data have holes', () => {
    const times = days(2008, 2008).filter((_, day) => day < 100 || day >= 200);
    const picture = layout(times, 732);
    expect(end(picture, 99)).toBeCloseTo(200, 6);
    expect(picture.x[100]).toBeCloseTo(400, 6);
    expect(stepAt(picture, 300, 5)).toBeUndefined();
    expect(nearestStep(picture, 300, 5)).toBe(99);
  });

  it('knows 30-day and leapless calendars, hours, months and plain numbers', () => {
    const thirty = layout(days(2000, 2000, thirtyDays), 720);
    expect([...thirty.cellWidth].every((width) => Math.abs(width - 2) < 1e-9)).toBe(true);
    const leapless = timeAxis(days(2003, 2005, noLeap));
    expect([...leapless.joined].filter((joined) => !joined)).toHaveLength(1);
    const six = layout(days(2008, 2008, gregorian, { hours: [0, 6, 12, 18] }).slice(0, 40), 400);
    expect(six.x[5]).toBeCloseTo(50, 6);
    const monthly = layout(months(2008, 2009), 366 + 40);
    expect(monthly.bands).toHaveLength(2);
    // A mean of February is drawn from its first to its last day.
    expect(monthly.x[1] - monthly.left).toBeCloseTo(monthly.cellWidth[0], 6);
    expect(end(monthly, 11)).toBeCloseTo(366 + 40, 6);
    expect([...layout(['0', '6', '12', '18'], 400).x]).toEqual([0, 100, 200, 300]);
    expect([...layout(['a', 'b'], 400).x]).toEqual([0, 200]);
  });

  it('offers bands only where steps are shorter than seasons and there is more than a year', () => {
    expect(canSplitByYear(timeAxis(days(2008, 2008)))).toBe(false);
    expect(canSplitByYear(timeAxis(days(2008, 2009)))).toBe(true);
    expect(canSplitByYear(timeAxis(['2000-07-01', '2001-07-01', '2002-07-01']))).toBe(false);
    expect(canSplitByYear(timeAxis(['0', '900']))).toBe(false);
    expect(canSplitByYear(timeAxis([]))).toBe(false);
  });

  it('finds the step under every cell, in years of 40,000 steps too', () => {
    const century = layout(days(1901, 2010, noLeap), 900);
    expect(century.x).toHaveLength(40150);
    for (const step of [0, 12345, 40149]) {
      const { y, height } = century.bands[century.band[step]];
      expect(stepAt(century, century.x[step] + century.cellWidth[step] / 2, y + height / 2)).toBe(step);
    }
  });

  it('finds the season in the months', () => {
    const of = (...list: number[]): number[] =>
      coveredMonths(list.map((month) => ({ year: 2000, month, day: 1, fraction: 0 })));
    expect(of(1, 2, 12)).toEqual([11, 0, 1]);
    expect(of(6, 7, 8)).toEqual([5, 6, 7]);
    expect(of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(of()).toEqual([]);
  });

  it('labels round years where there is no room for all', () => {
    const years = ['1998', '1999', '2000', '2001', '2002'];
    expect(labelledYears(years, 0.5)).toEqual([true, true, true, true, true]);
    expect(labelledYears(years, 3)).toEqual([false, false, true, false, false]);
  });
});

describe('the ribbon', () => {
  const times = days(2008, 2008).slice(0, 40);
  const series = {
    version: 1,
    clusters: 3,
    times,
    labels: Int32Array.from(times, (_, i) => (i < 20 ? 0 : i < 22 ? 2 : 1)),
    memberships: Float32Array.from({ length: 120 }, (_, at) => {
      const step = Math.floor(at / 3);
      const own = step < 20 ? 0 : step < 22 ? 2 : 1;
      const sure = step < 10 ? 1 : 0.5;
      return at % 3 === own ? sure : (1 - sure) / 2;
    }),
  };
  const model = timeModel(series, { clusters: 3 });
  const data: RibbonData = model.clustered!.data;
  const picture = layoutRibbon(model.axis, 400, { byYear: true, memberships: true });

  it('is the same picture for the same data', () => {
    expect(drawRibbon(data, picture)).toMatchSnapshot();
  });

  it('draws neighbours that look the same as one block', () => {
    const cells = [...drawRibbon(data, picture).matchAll(/class="cell"[^>]* d="([^"]+)"/g)].map(([, d]) => d);
    // Cluster 0 certain and less certain, clusters 1 and 2 less certain.
    expect(cells).toHaveLength(4);
    expect(cells[1]).toBe('M0 0h100v48h-100z');
  });

  it('is as large before the first clustering', () => {
    const before = drawRibbon(null, picture);
    expect(/height="(\d+)"/.exec(before)![1]).toBe(/height="(\d+)"/.exec(drawRibbon(data, picture))![1]);
    expect(before).not.toContain('<path');
  });

  it('has the clusters’ colours and numbers below it in a file', () => {
    const file = drawRibbon(data, picture, { legend: true });
    // One row of clusters, and one of opacities.
    expect(file).toContain(`height="${picture.height + 40}"`);
    const [, legend] = file.split('x="0" y="152"');
    expect([...legend.matchAll(/>(\d)<\/text>/g)].map(([, label]) => label)).toEqual(['0', '1', '2']);
    expect(legend.split('class="opacity"')).toHaveLength(7);
  });

  it('leaves out a label at the right end that would lie on the one before', () => {
    const narrow = layoutRibbon(timeAxis(days(2000, 2001)), 600, { byYear: false, memberships: false });
    const ticks = [
      { x: 540, label: '2000', major: true },
      { x: 590, label: '2001', major: true },
    ];
    const texts = (at: number): number =>
      drawRibbon(null, { ...narrow, ticks: [{ ...ticks[0], x: at }, ticks[1]] }).split('class="tick"')
        .length - 1;
    expect([texts(500), texts(540)]).toEqual([2, 1]);
  });

  it('shows the most frequent cluster where steps are narrower than pixels', () => {
    const tight = layoutRibbon(model.axis, 4, { byYear: false, memberships: true });
    expect(tight.binned).toBe(true);
    // Each of the four has another mean probability.
    const cells = drawRibbon(data, tight).match(/data-cluster="\d" d="[^"]*h1v48/g)!;
    expect(cells.map((cell) => cell[14])).toEqual(['0', '0', '1', '1']);
  });

  it('is fainter where the label is a guess', () => {
    expect(opacityOf(1, 4)).toBe(1);
    expect(opacityOf(0.25, 4)).toBe(0.5);
    expect(opacityOf(0.1, 4)).toBe(0.5);
    expect(opacityOf(0.5, 4)).toBeLessThan(opacityOf(0.8, 4));
    expect(opacityOf(null, 4)).toBe(1);
  });

  it('stacks memberships from cluster 0 at the bottom', () => {
    const [band] = picture.bands;
    const paths = drawMemberships(series, picture, band);
    const top = band.y + band.height + 5;
    const bottom = band.y + band.height + band.areaHeight;
    // Ten certain days of cluster 0 fill all of the height; then it has half.
    expect(paths).toContain(`d="M0 ${bottom}V${top}H100V${(top + bottom) / 2}`);
    expect(drawMemberships(series, picture, { ...band, areaHeight: 0 })).toBe('');
  });

  it('breaks memberships at holes', () => {
    const gaps = { ...series, times: times.map((time, i) => (i < 20 ? time : time.replace('2008', '2009'))) };
    const holed = layoutRibbon(timeAxis(gaps.times), 400, { byYear: false, memberships: true });
    expect(drawMemberships(gaps, holed, holed.bands[0]).split('M').length - 1).toBeGreaterThanOrEqual(4);
  });

  it('says each step in words', () => {
    expect(describeStep(data, model.axis, 3)).toBe('4 Jan 2008: cluster 0, probability 1.00');
    expect(describeStep(null, model.axis, 3)).toBe('4 Jan 2008: not clustered yet');
    expect(describeRunnerUp(data, 3)).toBe('');
    expect(describeRunnerUp(data, 25)).toBe('next: cluster 0, 0.25');
  });
});

describe('the selection over the ribbon', () => {
  const years = layout(days(2008, 2010), 800);

  it('frames a step and a period, across years in one outline', () => {
    expect(drawSelection(years, { step: 400, period: [300, 800] })).toMatchSnapshot();
  });

  it('does not join parts that do not touch', () => {
    // December 2008 to January 2009.
    const outline = drawSelection(years, { step: null, period: [340, 380] });
    expect(/class="period" d="([^"]+)"/.exec(outline)![1].split('M')).toHaveLength(3);
  });

  it('veils all of a part in which the period is not', () => {
    const part = layout(days(2008, 2010), 620, { ...continuous, window: [366, 396] });
    const veiled = drawSelection(part, { step: 3, period: [0, 10] });
    expect(veiled).toContain('width="620"');
    expect(veiled).not.toMatch(/class="(period|step)/);
  });
});
