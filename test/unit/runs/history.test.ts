import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryModel } from '../../../src/runs/historyModel';
import { dataFiles } from '../../../src/core/results/dataFiles';
import { damagedRun, groupRuns, storedRun, windowRun, type HistoryRun } from '../../../src/runs/historyRun';
import { ago, describeRun, escape, stateText, tooltipOf } from '../../../src/runs/historyText';
import type { RunInfo } from '../../../src/core/results/runJson';
import type { Run } from '../../../src/runs/run';
import { sampleInfo } from '../results/sampleInfo';

const folder = path.resolve('/data/air.clusters');
const file = path.resolve('/data/air.nc');
const now = Date.parse('2026-03-04T18:00:00Z');
const locale = { language: 'en-GB', timeZone: 'UTC' };

function info(change: Partial<RunInfo> = {}): RunInfo {
  return {
    ...sampleInfo,
    id: 'a',
    state: 'finished',
    started: '2026-03-04T15:06:07.000Z',
    config: { ...sampleInfo.config, files: [file], variables: ['air'], seed: 7 },
    engine: 'ONNX Runtime on the CPU',
    process: { host: 'here', pid: 10 },
    timings: { total: 95 },
    metrics: { silhouetteCosine: 0.31245, daviesBouldin: null },
    ...change,
  };
}

const beside = { hasCheckpoint: false, hasReport: true, isHeldElsewhere: false, pid: 20 };
const finished = storedRun(path.join(folder, 'a'), info(), beside);

function ofWindow(change: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    state: 'running',
    files: [file],
    fields: ['air'],
    clusters: 4,
    directory: path.join(folder, 'b'),
    started: '2026-03-04T17:59:00.000Z',
    warnings: [],
    canResume: false,
    hasReport: false,
    progress: {
      runDirectory: path.join(folder, 'b'),
      engine: 'ONNX Runtime on the CPU',
      phase: 'joint',
      epoch: 11,
      epochs: 75,
      step: 3,
      steps: 40,
      history: [],
      clusters: 4,
      times: [],
      labelling: 0,
    },
    ...change,
  };
}

describe('runs of the history', () => {
  it('are what run.json says; a run of a lost trainer is interrupted, one of another process runs', () => {
    expect(finished).toMatchObject({
      state: 'finished',
      seed: 7,
      seconds: 95,
      fields: ['air'],
      hasReport: true,
    });
    const running = info({ state: 'running' });
    expect(storedRun('/x/a', running, beside)).toMatchObject({ state: 'running', isHeld: true });
    expect(storedRun('/x/a', running, { ...beside, hasCheckpoint: true, pid: 10 })).toMatchObject({
      state: 'interrupted',
      isHeld: false,
      canResume: true,
    });
    // Another window has just begun to resume it: run.json does not say so yet.
    const stopped = info({ state: 'interrupted' });
    expect(
      storedRun('/x/a', stopped, { ...beside, hasCheckpoint: true, isHeldElsewhere: true }),
    ).toMatchObject({ isHeld: true, canResume: false });
  });

  it('find their data where the folder of runs has been moved to', () => {
    const run = path.resolve('/new/air.clusters/a');
    expect(dataFiles(run, [file])).toEqual([path.resolve('/new/air.nc')]);
    expect(dataFiles(path.resolve('/results/a'), [file])).toEqual([file]);
  });

  it('of this window know their state better than the disk, and keep what only the disk knows', () => {
    const stored = storedRun(
      path.join(folder, 'b'),
      info({ state: 'running', process: { host: 'here', pid: 20 } }),
      beside,
    );
    const merged = windowRun(ofWindow(), stored);
    expect(merged).toMatchObject({
      state: 'running',
      seed: 7,
      progress: { phase: 'joint', epoch: 11, epochs: 75 },
    });
    expect(windowRun(ofWindow({ state: 'queued', directory: undefined }), undefined).key).toBe('run-1');
  });

  it('are grouped by data file, newest first; damaged ones go with their folder', () => {
    const older = storedRun(path.join(folder, 'c'), info({ started: '2025-01-01T00:00:00.000Z' }), beside);
    const damaged = damagedRun(path.join(folder, '2020-damaged'), 'not JSON');
    const alone = damagedRun(path.resolve('/other/z.clusters/q'), 'not JSON');
    const queued = windowRun(ofWindow({ state: 'queued', directory: undefined }), undefined);
    const groups = groupRuns([older, damaged, finished, alone, queued]);
    expect(groups.map(({ files }) => files)).toEqual([[file], [path.resolve('/other/z.clusters')]]);
    expect(groups[0].runs.map(({ key }) => key)).toEqual(['run-1', finished.key, older.key, damaged.key]);
  });
});

describe('a run in words', () => {
  it('is named by the user or by its date, with K, silhouette and age', () => {
    expect(describeRun(finished, now, locale)).toEqual({
      label: '4 Mar, 15:06',
      description: 'K = 4 · silhouette 0.312 (cosine) · 2 h ago',
      icon: 'pass',
      color: 'testing.iconPassed',
      context: 'run finished reported stored settled',
    });
    const later = now + 365 * 86_400_000;
    expect(describeRun(finished, later, locale).label).toBe('4 Mar 2026, 15:06');
    expect(describeRun({ ...finished, name: 'wet season' }, now, locale).label).toBe('wet season');
  });

  it('tells the epoch while it trains, and what can be done', () => {
    const running = describeRun(windowRun(ofWindow(), undefined), now, locale);
    expect(running.description).toBe('epoch 12/75, joint · K = 4');
    expect(running.context).toBe('run running cancellable stored');
    const held = describeRun({ ...finished, state: 'running', isHeld: true }, now, locale);
    expect(held.description).toContain('another process');
    expect(held.context).not.toContain('cancellable');
    expect(stateText({ ...finished, state: 'interrupted', canResume: true })).toBe('stopped, can be resumed');
    expect(describeRun(damagedRun('/x/run', 'broken'), now, locale)).toMatchObject({
      label: 'run',
      description: 'damaged',
      icon: 'warning',
      context: 'run damaged stored settled',
    });
  });

  it('has a tooltip with everything, in which nothing from files is markup', () => {
    const run: HistoryRun = {
      ...finished,
      name: '<img src=x> [a](command:b) | *c*',
      message: 'line one\nline `two`',
    };
    const text = tooltipOf(run, now, locale);
    expect(text).toMatchInlineSnapshot(`
      "**&lt;img src=x&gt; \\[a\\]\\(command:b\\) \\| \\*c\\***

      line one line \\\`two\\\`

      | | |
      |:--|:--|
      | State | finished |
      | Data | air\\.nc |
      | Fields | air |
      | Clusters | K = 4 |
      | Seed | 7 |
      | Silhouette \\(cosine\\), higher is better | 0\\.3125 |
      | Engine | ONNX Runtime on the CPU |
      | Begun | 4 Mar 2026, 15:06 \\(2 h ago\\) |
      | Duration | 1 min 35 s |
      | Directory | /data/air\\.clusters/a |"
    `);
  });

  it('counts time in the largest unit that fits', () => {
    const minute = 60_000;
    const ages = [0, 5 * minute, 61 * minute, 49 * 60 * minute, 800 * 1440 * minute];
    expect(ages.map((age) => ago(now - age, now))).toEqual([
      'just now',
      '5 min ago',
      '1 h ago',
      '2 d ago',
      '2 y ago',
    ]);
    expect(escape('a_b <c> & d')).toBe('a\\_b &lt;c&gt; &amp; d');
  });
});

describe('changes of the history', () => {
  it('name only what looks different', () => {
    let runs: Run[] = [];
    const model = new HistoryModel(
      () => runs,
      () => now,
    );
    model.store(finished.key, finished);
    expect(model.update()).toBe('all');
    expect(model.update()).toEqual([]);
    runs = [ofWindow()];
    expect(model.update()).toBe('all');
    // Another step of the same epoch.
    const { progress } = runs[0];
    runs = [ofWindow({ progress: { ...progress!, step: 4 } })];
    expect(model.update()).toEqual([]);
    runs = [ofWindow({ progress: { ...progress!, epoch: 12 } })];
    expect(model.update()).toEqual([path.join(folder, 'b')]);
  });

  it('drop a run that has ended and left nothing', () => {
    const runs = [ofWindow({ state: 'failed', directory: undefined })];
    const model = new HistoryModel(() => runs);
    expect(model.update()).toEqual([]);
    expect(model.groups).toEqual([]);
  });
});
