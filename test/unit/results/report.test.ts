import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/core/results/report';
import { html } from '../../../src/core/results/report/html';
import { clusterColours, inkOn } from '../../../src/core/results/report/palette';
import { ribbon } from '../../../src/core/results/report/ribbon';
import { spells } from '../../../src/core/results/report/spells';
import {
  niceLimit,
  niceTicks,
  prettyUnits,
  readableFactor,
  short,
  timeTicks,
} from '../../../src/core/results/report/ticks';
import { clusterColor } from '../../../webview/shared/palette';
import { sampleFrames, sampleInfo, sampleResult } from './sampleRun';

function sampleReport(names: string[] = ['t2m', 'pr']): string {
  const { frames } = sampleFrames({ names });
  return renderReport(frames, sampleResult(frames), { ...sampleInfo, timings: { total: 75.2 } });
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

describe('report.html', () => {
  it('shows what was clustered, how well, when and where', () => {
    const page = sampleReport();
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

  it('loads nothing and runs nothing', () => {
    const page = sampleReport();
    expect(page).not.toMatch(/<script|<link|@import|\bon\w+=|javascript:/i);
    expect([...page.matchAll(/(?:src|href)="(?!#|data:image\/png)[^"]*"/g)]).toEqual([]);
    expect(page).toContain("default-src 'none'");
  });

  it('escapes whatever comes from files and settings', () => {
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
    const page = renderReport(poisoned, { ...result, history }, info);
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;');
    expect(unbalanced(page)).toEqual([]);
  });

  it('has places for undefined metrics and empty clusters', () => {
    const { frames } = sampleFrames();
    const result = sampleResult(frames);
    const page = renderReport(frames, { ...result, metrics: { ...result.metrics, rmse: NaN } }, sampleInfo);
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
    for (const year of [2001, 2002, 2003, 2004, 2005]) expect(text).toContain(`>${year}</text>`);
    expect(text).toContain('one row per year');
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
