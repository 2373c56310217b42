import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatHistory, parseHistory } from '../../../src/core/results/historyCsv';
import { listRuns } from '../../../src/core/results/listRuns';
import { formatMetrics, parseMetrics } from '../../../src/core/results/metricsJson';
import { describeInputs, newRunInfo } from '../../../src/core/results/newRun';
import { createRunDirectory } from '../../../src/core/results/runDirectory';
import { readRun, writeRun } from '../../../src/core/results/runJson';
import { sampleConfig, sampleFrames, sampleInfo, sampleResult } from './sampleRun';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();

async function runDirectory(name: string): Promise<string> {
  return createRunDirectory(join(folder, 'runs'), () => name);
}

describe('run.json', () => {
  it('reads back what was written', async () => {
    const directory = await runDirectory('written');
    const info = { ...sampleInfo, state: 'finished' as const, metrics: { rmse: 1.5, daviesBouldin: null } };
    await writeRun(directory, info);
    expect(await readRun(directory)).toEqual(info);
  });

  it('describes a new run: machine, versions, inputs with their hash', async () => {
    const directory = await runDirectory('new');
    const input = join(folder, 'input.nc');
    writeFileSync(input, 'CDF');
    const inputs = await describeInputs([input]);
    expect(inputs).toEqual([
      {
        path: input,
        bytes: 3,
        modified: expect.stringMatching(/^\d{4}-.*Z$/),
        sha256: createHash('sha256').update('CDF').digest('hex'),
      },
    ]);
    await writeRun(
      directory,
      newRunInfo(directory, sampleConfig, 'an engine', { extension: '0.1.0' }, inputs),
    );
    expect(await readRun(directory)).toMatchObject({
      id: basename(directory),
      state: 'running',
      config: sampleConfig,
      versions: { extension: '0.1.0', node: process.versions.node },
      clusters: 4,
    });
    await expect(describeInputs([join(folder, 'absent.nc')])).rejects.toThrow('does not exist');
  });

  it('reports a running run whose process is gone as interrupted', async () => {
    const directory = await runDirectory('gone');
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeRun(directory, { ...sampleInfo, process: { host: hostname(), pid } });
    expect((await readRun(directory)).state).toBe('interrupted');
    await writeRun(directory, { ...sampleInfo, process: { host: `not-${hostname()}`, pid } });
    expect((await readRun(directory)).state).toBe('running');
    await writeRun(directory, { ...sampleInfo, process: { host: hostname(), pid: process.pid } });
    expect((await readRun(directory)).state).toBe('running');
  });

  it.each<[string, string, string]>([
    ['not JSON', '{"format": 1', 'is not JSON'],
    ['another layout', JSON.stringify({ ...sampleInfo, format: 2 }), 'format'],
    ['a bad state', JSON.stringify({ ...sampleInfo, state: 'paused' }), 'state'],
    [
      'unknown settings',
      JSON.stringify({ ...sampleInfo, config: { ...sampleConfig, hyperParameters: { 'model.depth': 3 } } }),
      'no setting "model.depth"',
    ],
  ])('refuses %s', async (name, text, message) => {
    const directory = await runDirectory(name);
    writeFileSync(join(directory, 'run.json'), text);
    await expect(readRun(directory)).rejects.toThrow(message);
    await expect(readRun(directory)).rejects.toThrow(expect.objectContaining({ name: 'UserError' }));
  });
});

describe('list of runs', () => {
  it('has the newest first, and damaged ones with what is wrong', async () => {
    const place = join(folder, 'x.clusters');
    for (const id of ['2026-01-01T00-00-00-aaaa', '2026-02-01T00-00-00-aaaa']) {
      await writeRun(await createRunDirectory(place, () => id), { ...sampleInfo, id });
    }
    mkdirSync(join(place, '2026-01-15T00-00-00-aaaa'));
    writeFileSync(join(place, 'notes.txt'), '');
    const runs = await listRuns(place);
    expect(runs.map(({ id, info, problem }) => [id.slice(0, 10), info?.config.seed ?? problem])).toEqual([
      ['2026-02-01', 42],
      ['2026-01-15', expect.stringContaining('has no run.json')],
      ['2026-01-01', 42],
    ]);
    expect(await listRuns(join(folder, 'none.clusters'))).toEqual([]);
  });
});

describe('metrics.json', () => {
  it('reads back what was written, with null for what is undefined', () => {
    const { frames } = sampleFrames();
    const result = sampleResult(frames);
    const text = formatMetrics({ ...result, metrics: { ...result.metrics, daviesBouldin: NaN } });
    expect(JSON.parse(text).metrics.daviesBouldin).toBeNull();
    expect(parseMetrics(text, 'metrics.json')).toEqual({
      clusters: 4,
      nonEmptyClusters: 3,
      sizes: [14, 13, 13, 0],
      metrics: { ...result.metrics, daviesBouldin: NaN },
      method: 'argmax',
      argmaxMetrics: result.argmaxMetrics,
      spectralMetrics: result.spectralMetrics,
    });
    expect(() => parseMetrics('{}', 'metrics.json')).toThrow('metrics.json is damaged');
  });
});

describe('history.csv', () => {
  it('reads back what was written; losses that an epoch lacks are empty', () => {
    const { history } = sampleResult(sampleFrames().frames);
    const text = formatHistory(history);
    expect(text.split('\n').slice(0, 2)).toEqual([
      'epoch,phase,seconds,reconstruction,clustering,adversarial',
      '0,warm-up,1.250,1,,',
    ]);
    expect(parseHistory(text, 'history.csv')).toEqual(history);
    expect(parseHistory(formatHistory([]), 'history.csv')).toEqual([]);
    expect(() => parseHistory('a,b\n', 'history.csv')).toThrow('not a training history');
  });
});
