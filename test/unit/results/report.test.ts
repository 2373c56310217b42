import { describe, expect, it } from 'vitest';
import type { RowsInMemory } from '../../../src/core/data/rows';
import { affinityPicture } from '../../../src/core/results/report/affinity';
import { html } from '../../../src/core/results/report/html';
import { clusterTable } from '../../../src/core/results/report/clusterTable';
import { memberships } from '../../../src/core/results/report/memberships';
import { clusterColours, inkOn } from '../../../src/core/results/report/palette';
import { ribbon } from '../../../src/core/results/report/ribbon';
import { embeddingScatter } from '../../../src/core/results/report/scatter';
import { spells } from '../../../src/core/results/report/spells';
import {
  niceLimit,
  niceTicks,
  prettyUnits,
  readableFactor,
  short,
  timeTicks,
} from '../../../src/core/results/report/ticks';
import { countTransitions, transitionTable } from '../../../src/core/results/report/transitions';
import { clusterColor } from '../../../webview/shared/palette';
import { sparseOf } from '../evaluation/sparseTables';
import { sampleFrames, sampleInfo, sampleResult, rendered } from './sampleRun';

function sampleReport(names: string[] = ['t2m', 'pr']): Promise<string> {
  const { frames } = sampleFrames({ names });
  return rendered(frames, sampleResult(frames), { ...sampleInfo, timings: { total: 75.2 } });
}

/** The longitudes that the report states of a grid from `west` to `east`. */
async function areaOf(west: number, east: number): Promise<string> {
  const { frames } = sampleFrames();
  const longitude = Float64Array.from({ length: 5 }, (_, i) => west + (i / 4) * (east - west));
  const page = await rendered(
    { ...frames, grid: { ...frames.grid, longitude } },
    sampleResult(frames),
    sampleInfo,
  );
  return / N, ([^<]*° [EW])/.exec(page)![1];
}

/** Tags that are opened but not closed in order, or closed but not open. */
function unbalanced(page: string): string[] {
  const empty = new Set(['meta', 'br']);
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, name, rest] of page.matchAll(
    /<(\/?)([a-zA-Z][\w]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/g,
  )) {
    if (closing) {
      if (open.pop() !== name) wrong.push(name);
    } else if (!empty.has(name) && !rest.endsWith('/')) open.push(name);
  }
  return [...wrong, ...open];
}

describe('the table of clusters', () => {
  it('is made of hundreds of thousands of spells', () => {
    const n = 400_000;
    const labels = Int32Array.from({ length: n }, (_, t) => t % 2);
    const values = Float64Array.from(labels.keys());
    const time = { values, units: '1', calendar: 'none', iso: Array.from(values, String) } as const;
    const result = { labels, clusters: 2, softAssignment: new Float32Array(2 * n).fill(0.5) };
    const maps = { sizes: Int32Array.of(n / 2, n / 2) };
    const text = clusterTable(result as never, maps as never, time).text.replace(/<[^>]+>|\s+/g, ' ');
    expect(text).toMatch(/200000 +50\.0 % +200000 +1\.0 +1 +0\.50/);
  });
});

describe('report.html', () => {
  it('has words for what is not a number: places of some cells, tests of a field that never varies', async () => {
    const { frames } = sampleFrames({ kind: 'curvilinear', names: ['t2m'] });
    frames.grid.latitude[0] = frames.grid.longitude[0] = NaN;
    frames.scaling.maximum.set(frames.scaling.minimum);
    (frames.table as RowsInMemory).values.fill(0);
    const page = await rendered(frames, sampleResult(frames), sampleInfo);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).toContain('31° N to 49° N, 18° W to 18° E');
    expect(page).toContain('F statistic of the clusters: no values; not defined in any cell');
    expect(await areaOf(355, 375)).toBe('5° W to 15° E');
    expect(await areaOf(160, 200)).toBe('160° E to 160° W');
    expect(await areaOf(0, 357.5)).toBe('0° E to 357.5° E');
  });

  it('shows what was clustered, how well, when and where', async () => {
    const page = await sampleReport();
    for (const text of [
      'Regimes of long name of t2m and long name of pr',
      '2001-02-20 12:00:00 to 2001-03-31 12:00:00',
      'K = 4',
      'ONNX Runtime 1.30.0 on the CPU, 2 threads',
      'took 75.2 s',
      'Calinski–Harabasz',
      'mm d⁻¹',
      'reconstruction',
      'abababab',
      'One note.',
    ]) {
      expect(page).toContain(text);
    }
    // Mean and anomaly of three clusters with members, the overall mean and F; in two variables.
    expect(page.match(/data:image\/png/g)?.length).toBe(16);
    expect(unbalanced(page)).toEqual([]);
  });

  it('loads nothing and runs nothing', async () => {
    const page = await sampleReport();
    expect(page).not.toMatch(/<script|<link|@import|\bon\w+=|javascript:/i);
    expect([...page.matchAll(/(?:src|href)="(?!#|data:image\/png)[^"]*"/g)]).toEqual([]);
    expect(page).toContain("default-src 'none'");
  });

  it('escapes whatever comes from files and settings', async () => {
    const evil = '"><script>alert(1)</script>&\'';
    const { frames } = sampleFrames({ names: [evil] });
    const poisoned = {
      ...frames,
      fields: [{ name: evil, longName: evil, units: evil }],
      notes: [evil],
      time: { ...frames.time, iso: frames.time.iso.map((iso) => iso) },
    };
    const info = {
      ...sampleInfo,
      id: evil,
      engine: evil,
      config: { ...sampleInfo.config, files: [evil], select: { level: evil } },
      inputs: [{ path: evil, bytes: 1, modified: evil, sha256: evil }],
      versions: { ...sampleInfo.versions, extension: evil },
    };
    const result = sampleResult(frames);
    const history = result.history.map((record) => ({ ...record, losses: { [evil]: record.epoch } }));
    const page = await rendered(poisoned, { ...result, history }, info);
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;');
    expect(unbalanced(page)).toEqual([]);
  });

  it('shows warnings, metrics by epoch and the affinity where there are any', async () => {
    const { frames } = sampleFrames();
    const result = sampleResult(frames);
    const plain = await rendered(frames, result, sampleInfo);
    for (const text of [
      'class="warnings"',
      'Metrics of the labels by epoch',
      'ordered by cluster and time',
    ]) {
      expect(plain).not.toContain(text);
    }
    const n = result.labels.length;
    const history = result.history.map((record) => ({
      ...record,
      ...(record.epoch >= 5 && { metrics: { rmse: 3 + record.epoch } }),
    }));
    const page = await rendered(
      frames,
      { ...result, history, selfExpression: sparseOf(new Float32Array(n * n).fill(0.1)) },
      { ...sampleInfo, warnings: ['Two clusters are <empty>.'] },
    );
    expect(page).toContain('Two clusters are &lt;empty&gt;.');
    expect(page).toContain('RMSE by epoch: 8 at first, 14 at last');
    expect(page).not.toContain('Davies–Bouldin by epoch');
    expect(page).toContain('ordered by cluster and time');
    // Every picture can be read by those who cannot see it.
    for (const [, attributes] of page.matchAll(/<svg([^>]*)>/g))
      expect(attributes).toMatch(/aria-(label="\S|hidden)/);
    expect(unbalanced(page)).toEqual([]);
  });

  it('has places for undefined metrics and empty clusters', async () => {
    const { frames } = sampleFrames();
    const result = sampleResult(frames);
    const page = await rendered(frames, { ...result, metrics: { ...result.metrics, rmse: NaN } }, sampleInfo);
    expect(page).toContain('undefined');
    expect(page).toContain('empty');
    expect(page).not.toMatch(/NaN|Infinity/);
  });
});

describe('markup', () => {
  it('escapes strings and keeps markup', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${'"&'}">${[inner, 1, undefined, false]}</p>`.text).toBe(
      '<p title="&quot;&amp;"><b>&lt;i&gt;</b>1</p>',
    );
  });
});

describe('ribbon', () => {
  const time = (first: string, values: number[]) => {
    const { frames } = sampleFrames({ units: `days since ${first}`, steps: values.length });
    return { ...frames.time, values: Float64Array.from(values) };
  };

  it('draws each stay once, as long as it was', () => {
    const { frames } = sampleFrames();
    const { labels } = sampleResult(frames);
    const text = ribbon(frames.time, labels, 4).text;
    // Three stays, each in the common strip and in its own lane.
    expect(text.match(/<rect/g)?.length).toBe(6);
    const widths = [...text.matchAll(/width="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(widths[0] / widths[2]).toBeCloseTo(14 / 13, 2);
    expect(text).toContain('Cluster 1: 2001-03-06 12:00:00 to 2001-03-18 12:00:00 (13 steps)');
  });

  it('ends stays at gaps in time', () => {
    const { frames } = sampleFrames({ steps: 4 });
    const iso = ['2001-02-27', '2001-02-28', '2001-12-01', '2001-12-02'].map((day) => `${day}T12:00:00`);
    expect(spells([2, 2, 2, 1], { ...frames.time, iso })).toEqual([
      { label: 2, start: 0, end: 2 },
      { label: 2, start: 2, end: 3 },
      { label: 1, start: 3, end: 4 },
    ]);
    expect(spells([2, 2, 2, 1], time('2001-01-01', [0, 1, 2, 3])).length).toBe(2);
  });

  it('shows many years below one another', () => {
    const { frames } = sampleFrames({ steps: 4 * 365, calendar: 'noleap' });
    const labels = Int32Array.from({ length: 4 * 365 }, (_, t) => (Math.floor(t / 100) + 1) % 3);
    const text = ribbon(frames.time, labels, 3).text;
    for (const year of [2001, 2002, 2003, 2004, 2005]) expect(text).toContain(`>${year}</text`);
    expect(text).toContain('one row per year');
  });

  it('keeps winters in one row, and leaves out the months between them', () => {
    const { frames } = sampleFrames({ steps: 3 * 90 });
    const dates = Array.from({ length: 3 * 365 }, (_, day) =>
      new Date(Date.UTC(2001, 11, 1) + day * 864e5).toISOString().slice(0, 19),
    ).filter((iso) => ['12', '01', '02'].includes(iso.slice(5, 7)));
    const time = { ...frames.time, iso: dates, values: Float64Array.from(dates, (_, t) => t) };
    const labels = Int32Array.from(dates, (iso) => (iso.slice(5, 7) === '02' ? 1 : 0));
    const text = ribbon(time, labels, 2).text;
    const labelled = [...text.matchAll(/>([^<>]+)<\/text/g)].map(([, name]) => name);
    expect(labelled).toEqual(['2001/02', '2002/03', '2003/04', 'Dec', 'Jan', 'Feb']);
    // December and January fill two thirds of a row, February the rest.
    const rects = [...text.matchAll(/x="([\d.]+)"\s+y="\d+"\s+width="([\d.]+)"/g)].map((rect) =>
      rect.slice(1).map(Number),
    );
    expect(rects.length).toBe(6);
    for (let r = 0; r < 6; r += 2) {
      expect(rects[r]).toEqual([92, 600]);
      expect(rects[r + 1]).toEqual([692, 300]);
    }
  });
});

describe('memberships', () => {
  it('are stacked to one, and averaged where the series is long', () => {
    const { frames } = sampleFrames({ steps: 2000 });
    const q = Float32Array.from({ length: 6000 }, (_, at) => [0.5, 0.3, 0.2][at % 3]);
    const text = memberships(frames.time, q, 3).text;
    expect(text).toContain('cluster 0 50.0 %, cluster 1 30.0 %, cluster 2 20.0 %');
    expect(text).toContain('means over 4.2 steps');
    const tops = [...text.matchAll(/d="M92 116V([\d.]+)L/g)].map(([, y]) => Number(y));
    // From the top of the stack downwards: 100 %, 80 % and 50 % of the height between 4 and 116.
    [4, 26.4, 60].forEach((y, k) => expect(tops[k]).toBeCloseTo(y, 1));
  });
});

describe('transitions', () => {
  it('are counted between neighbours in time only', () => {
    const { frames } = sampleFrames({ steps: 8 });
    const times = [0, 1, 2, 3, 10, 11, 12, 13];
    const time = {
      ...frames.time,
      values: Float64Array.from(times),
      iso: times.map((t) => new Date(Date.UTC(2001, 0, 1 + t)).toISOString().slice(0, 19)),
    };
    const labels = Int32Array.of(0, 0, 1, 1, 0, 1, 1, 0);
    expect([...countTransitions(labels, time, 2)]).toEqual([1, 2, 1, 2]);
    const text = transitionTable(labels, time, 2).text;
    const cells = [...text.matchAll(/<td[^>]*>\s*([^<]+?)\s*<\/td/g)].map(([, cell]) => cell);
    // One stay of two steps and two of one in cluster 0; two stays of two steps in cluster 1.
    expect(cells).toEqual(['33', '67', '1.3', '33', '67', '2.0']);
    expect(text).toContain('A step is a day.');
  });
});

describe('affinity and embedding', () => {
  it('tell in words what they show', () => {
    const { frames } = sampleFrames();
    const result = sampleResult(frames);
    const n = result.labels.length;
    const c = new Float32Array(n * n);
    // Three coefficients of four are within a cluster.
    c[1] = 0.5;
    c[2 * n + 3] = -0.5;
    c[(n - 1) * n + n - 2] = 0.5;
    c[n - 1] = 0.5;
    const affinity = affinityPicture(sparseOf(c), result.labels, 4).text;
    expect(affinity).toContain('75 % of it is within clusters');
    expect(affinity.match(/data:image\/png/g)?.length).toBe(1);
    expect(affinityPicture(sparseOf(new Float32Array(n * n)), result.labels, 4).text).not.toMatch(/NaN/);
    const scatter = embeddingScatter(result).text;
    expect(scatter.match(/class="points"/g)?.length).toBe(3);
    expect(scatter.match(/h0/g)?.length).toBe(n);
    expect(scatter).toMatch(/First component, \d+\.\d % of the variance/);
    const flat = embeddingScatter({ ...result, embedding: new Float32Array(n * 3) }).text;
    expect(flat).not.toMatch(/NaN|Infinity/);
  });
});

describe('scales', () => {
  it('have round ticks', () => {
    expect(niceTicks(-7.3, 12, 4)).toEqual([-5, 0, 5, 10]);
    expect(niceTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect([0.0123, 7.1, 1, 0].map(niceLimit)).toEqual([0.015, 8, 1, 1]);
    expect([1234.5, 1.17e-5, -0.5, 0, NaN].map((value) => short(value))).toEqual([
      '1230',
      '1.17 × 10⁻⁵',
      '−0.5',
      '0',
      '–',
    ]);
    expect(readableFactor(8e-5)).toEqual({ factor: 1e-5, prefix: '10⁻⁵ ' });
    expect(readableFactor(12).factor).toBe(1);
    expect(['kg m-2 s-1', 'm**2 s**-2', 'degC', '1', 'W/m^2', 'degrees_north'].map(prettyUnits)).toEqual([
      'kg m⁻² s⁻¹',
      'm² s⁻²',
      '°C',
      undefined,
      'W/m²',
      'degrees_north',
    ]);
  });

  it('name days, months or years, by the length of the series', () => {
    const labels = (steps: number, step = 1) => {
      const iso = Array.from({ length: steps }, (_, t) =>
        new Date(Date.UTC(2001, 0, 1) + t * step * 864e5).toISOString().slice(0, 19),
      );
      return timeTicks(iso, 12).map(({ label }) => label);
    };
    expect(labels(365)).toEqual([
      'Jan 2001',
      'Feb',
      'Mar',
      'Apr',
      'May',
      'Jun',
      'Jul',
      'Aug',
      'Sep',
      'Oct',
      'Nov',
      'Dec',
    ]);
    expect(labels(10)).toEqual(['1 Jan', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(labels(4000).slice(0, 3)).toEqual(['2001', '2002', '2003']);
    expect(timeTicks(['0', '1', '2', '3'], 4).map(({ label }) => label)).toEqual(['0', '1', '2', '3']);
  });

  it('use colours that differ, with readable ink', () => {
    for (const k of [2, 7, 20]) expect(new Set(clusterColours(k)).size).toBe(k);
    // A cluster has one colour everywhere.
    expect(clusterColours(50)).toEqual(Array.from({ length: 50 }, (_, label) => clusterColor(label)));
    expect([inkOn('#332288'), inkOn('#F7F056')]).toEqual(['#fff', '#000']);
  });
});
