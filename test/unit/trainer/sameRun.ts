/** What must hold of the files of a run that was interrupted, and of one that went on to its end. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { openDataset } from '../../../src/core/data/open';
import { parseHistory } from '../../../src/core/results/historyCsv';
import { parseLabels } from '../../../src/core/results/labelsCsv';
import { parseMetrics } from '../../../src/core/results/metricsJson';
import { readRun } from '../../../src/core/results/runJson';
import { readSafetensors } from '../../../src/core/results/safetensors';

/** Every file can be read from its beginning to its end, and there is none that nobody will read. */
export async function expectWhole(directory: string): Promise<void> {
  const readers: Record<string, (file: string) => unknown> = {
    'run.json': () => readRun(directory),
    'checkpoint.safetensors': (file) => readSafetensors(file),
    'labels.csv': (file) => expect(parseLabels(readFileSync(file, 'utf8'), file).labels).toHaveLength(182),
    'history.csv': (file) => parseHistory(readFileSync(file, 'utf8'), file),
    'metrics.json': (file) => parseMetrics(readFileSync(file, 'utf8'), file),
    'result.nc': async (file) => (await openDataset(file)).close(),
    'model.safetensors': (file) => readSafetensors(file),
    // Compared with the undisturbed run's once it is resumed.
    'encoder.onnx': () => undefined,
  };
  for (const name of readdirSync(directory)) {
    expect(Object.keys(readers)).toContain(name);
    await readers[name](path.join(directory, name));
  }
}

/** Bit for bit the labels, the losses, the metrics and the model of another run, and no more files. */
export async function expectSame(directory: string, reference: string): Promise<void> {
  expect(readdirSync(directory).sort()).toEqual(readdirSync(reference).sort());
  const read = (of: string, name: string): Buffer => readFileSync(path.join(of, name));
  for (const name of ['labels.csv', 'metrics.json', 'encoder.onnx'])
    expect(read(directory, name).equals(read(reference, name)), name).toBe(true);
  const losses = (of: string): unknown =>
    parseHistory(read(of, 'history.csv').toString(), of).map(({ epoch, phase, losses, schedule }) => ({
      epoch,
      phase,
      losses,
      schedule,
    }));
  expect(losses(directory)).toEqual(losses(reference));
  const model = async (of: string): Promise<unknown> =>
    (await readSafetensors(path.join(of, 'model.safetensors'))).tensors;
  expect(await model(directory)).toEqual(await model(reference));
}
