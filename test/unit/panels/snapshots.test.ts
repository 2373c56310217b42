import { describe, expect, it } from 'vitest';
import { type RunConfig, defaultHyperParameters } from '../../../src/core/config';
import type { Progress } from '../../../src/core/progress';
import type { RunInfo } from '../../../src/core/results/runJson';
import { readerRun } from '../../../src/panels/readerRun';
import { missingRun, runRow, runSnapshot, seriesSnapshot } from '../../../src/panels/snapshots';
import { emptyRun, emptySeries, fromPanel, noSelection, toPanel } from '../../../src/protocol/panel';
import type { Run } from '../../../src/runs/run';
import { emptyState } from '../../../webview/maps/emptyState';
import { drawHeader } from '../../../webview/shared/runHeader';
import { drawEmptyState } from '../../../webview/time/emptyState';
import { sampleInfo } from '../results/sampleInfo';

const config: RunConfig = {
  files: ['/data/a.nc'],
  variables: ['air'],
  select: { level: '850' },
  method: 'adatsc',
  engine: 'auto',
  seed: 3,
  memoryLimit: 1000,
  hyperParameters: defaultHyperParameters(),
};
const progress: Progress = {
  runDirectory: '/data/a.clusters/1',
  engine: 'CPU',
  phase: 'joint',
  epoch: 2,
  epochs: 5,
  step: 1,
  steps: 4,
  secondsLeft: Infinity,
  history: [
    {
      epoch: 1,
      phase: 'warm-up',
      seconds: 1,
      losses: { total: NaN, reconstruction: 0.5 },
      metrics: { rmse: 4 },
    },
  ],
  clusters: 2,
  labelling: 3,
  labels: Int32Array.of(0, 1),
  memberships: Float32Array.of(0.9, 0.1, NaN, NaN),
  times: ['2008-01-01T00:00:00', '2008-01-02T00:00:00'],
  metrics: {
    silhouetteCosine: 0.1,
    silhouetteEuclidean: 0.2,
    daviesBouldin: NaN,
    calinskiHarabasz: 3,
    rmse: 4,
    variance: 5,
    interClusterDistance: 6,
    centroidDistance: 7,
  },
};
const run: Run = {
  id: 'run-1',
  state: 'running',
  name: 'winter',
  config,
  files: ['/data/a.nc'],
  fields: ['air'],
  clusters: 2,
  directory: '/data/a.clusters/1',
  progress,
  warnings: [],
  canResume: false,
  hasReport: false,
};

describe('the snapshots for the panels', () => {
  it('are what the messages allow, numbers that are none included', () => {
    for (const one of [run, undefined, { ...run, progress: undefined }]) {
      expect(toPanel.safeParse({ type: 'run', run: runSnapshot(one) }).error).toBeUndefined();
      expect(toPanel.safeParse({ type: 'series', series: seriesSnapshot(one) }).error).toBeUndefined();
    }
  });

  it('carry the run and its labels', () => {
    expect(runSnapshot(run)).toMatchObject({
      state: 'running',
      name: 'winter',
      files: ['a.nc'],
      secondsLeft: null,
      metrics: { daviesBouldin: null, rmse: 4 },
      history: [{ losses: { total: null, reconstruction: 0.5 }, metrics: { rmse: 4, variance: null } }],
    });
    expect(seriesSnapshot(run)).toEqual({
      version: 3,
      clusters: 2,
      times: progress.times,
      labels: progress.labels,
      memberships: progress.memberships,
    });
    expect(runSnapshot(undefined)).toEqual(emptyRun);
    expect(seriesSnapshot(undefined)).toEqual(emptySeries);
  });

  it('say where the numbers come from', () => {
    expect(readerRun(run)).toMatchObject({
      directory: run.directory,
      version: 3,
      live: { config, clusters: 2 },
    });
    expect(readerRun({ ...run, state: 'finished' })).toEqual({ directory: run.directory, version: 3 });
    expect(readerRun({ ...run, directory: undefined })).toBeUndefined();
  });

  it('make a row of the table of runs, the part of the data among its settings', () => {
    const info: RunInfo = {
      ...sampleInfo,
      state: 'finished',
      config,
      timings: { total: 12.5 },
      clusters: 7,
      metrics: { rmse: 4, daviesBouldin: null },
    };
    expect(runRow('/data/a.clusters/1', info)).toMatchObject({
      name: info.id,
      files: ['a.nc'],
      seconds: 12.5,
      seed: 3,
      metrics: { rmse: 4, daviesBouldin: null, variance: null },
      settings: { clusters: 7, select: 'level=850' },
    });
    expect(runRow('x', { ...info, name: 'mine' }).name).toBe('mine');
    const parsed = toPanel.safeParse({ type: 'runs', runs: [runRow('x', info)], chosen: false });
    expect(parsed.error).toBeUndefined();
  });
});

describe('a panel whose run is gone', () => {
  const run = missingRun('/data/<b>', '/data/<b> is not a run directory.');

  it('says so, in each kind of panel, and keeps the directory for another try', () => {
    expect(toPanel.parse({ type: 'run', run })).toEqual({ type: 'run', run });
    expect(run.runDirectory).toBe('/data/<b>');
    const header = drawHeader(run, emptySeries);
    expect(header).toContain(
      'The run of this panel cannot be shown: /data/&lt;b&gt; is not a run directory.',
    );
    expect(emptyState(run, false, '')).toContain('cannot be shown: /data/&lt;b&gt;');
    expect(drawEmptyState(run)).not.toContain('No run is shown');
  });
});

describe('messages of the panels', () => {
  it('are refused unless they are on the list and whole', () => {
    expect(fromPanel.safeParse({ type: 'select', selection: { ...noSelection, step: 3 } }).success).toBe(
      true,
    );
    for (const message of [
      { type: 'run' },
      { type: 'select', selection: { ...noSelection, step: -1 } },
      { type: 'select', selection: { step: 1 } },
      { type: 'request', id: 1, ask: { what: 'file', path: '/etc/passwd' } },
      { type: 'request', id: 1, ask: { what: 'affinity', order: 'time', size: 1e9 } },
      { type: 'save', name: 'a', format: 'exe', content: '' },
      'ready',
      null,
    ]) {
      expect(fromPanel.safeParse(message).success, JSON.stringify(message)).toBe(false);
    }
  });
});
