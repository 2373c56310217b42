import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/core/data/open';
import { parseHistory } from '../../../src/core/results/historyCsv';
import { parseLabels } from '../../../src/core/results/labelsCsv';
import { parseMetrics } from '../../../src/core/results/metricsJson';
import { createRunDirectory } from '../../../src/core/results/runDirectory';
import { readRun } from '../../../src/core/results/runJson';
import { readSafetensors } from '../../../src/core/results/safetensors';
import { writeResult } from '../../../src/core/results/writeResult';
import { sampleFrames, sampleInfo, sampleResult } from './sampleRun';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();

describe('files of a finished run', () => {
  it('are all there, agree with one another, and replace the checkpoint', async () => {
    const { frames } = sampleFrames();
    const result = sampleResult(frames);
    const directory = await createRunDirectory(folder);
    writeFileSync(join(directory, 'checkpoint.safetensors'), 'old');
    const written = await writeResult(directory, {
      info: { ...sampleInfo, process: { host: 'a', pid: 1 } },
      frames,
      result,
      encoder: Uint8Array.of(1, 2, 3),
      model: { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } },
    });
    expect(readdirSync(directory).sort()).toEqual([
      'encoder.onnx',
      'history.csv',
      'labels.csv',
      'metrics.json',
      'model.safetensors',
      'report.html',
      'result.nc',
      'run.json',
    ]);
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    const run = await readRun(directory);
    expect(run).toEqual(written);
    expect(run).toMatchObject({
      state: 'finished',
      nonEmptyClusters: 3,
      metrics: { rmse: result.metrics.rmse },
    });
    expect(run.process).toBeUndefined();
    expect(run.timings).toMatchObject({
      reading: 1.5,
      total: expect.any(Number),
      writing: expect.any(Number),
    });
    expect(parseLabels(read('labels.csv'), 'labels.csv').labels).toEqual(result.labels);
    expect(parseHistory(read('history.csv'), 'history.csv')).toEqual(result.history);
    expect(parseMetrics(read('metrics.json'), 'metrics.json').metrics).toEqual(result.metrics);
    expect((await readSafetensors(join(directory, 'model.safetensors'))).metadata['run']).toBe(sampleInfo.id);
    const dataset = await openDataset(join(directory, 'result.nc'));
    expect(await dataset.read('label')).toEqual(result.labels);
    await dataset.close();
    expect(read('report.html')).toContain('</html>');
  });

  it('leave the run unfinished when one of them cannot be written', async () => {
    const { frames } = sampleFrames();
    const absent = join(folder, 'absent');
    await expect(
      writeResult(absent, { info: sampleInfo, frames, result: sampleResult(frames) }),
    ).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining('does not exist') }),
    );
  });
});
