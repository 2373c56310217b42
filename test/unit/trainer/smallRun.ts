/** The trainer as it is shipped, and a run of it on the sample that takes as little as there can be of every phase. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveHyperParameters, type RunConfig } from '../../../src/core/config';
import { CommandLine, sample } from '../cli/commandLine';

const bundles = new CommandLine();

export const trainerScript = path.join(path.dirname(bundles.script), 'trainer.js');
export const buildTrainer = (): void => bundles.build('trainer');

/** A folder for the runs of a test. */
export const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));

export function removeAll(): void {
  bundles.remove();
  rmSync(temporary, { recursive: true, force: true });
}

/** A run of half a year in the folder `name`; `given`: hyper-parameters. */
export function smallRun(name: string, given: Record<string, unknown> = {}): RunConfig {
  return {
    files: [sample],
    select: {},
    time: ['2008-01-01', '2008-06-30'],
    method: 'adatsc',
    engine: 'cpu',
    seed: 1,
    memoryLimit: 4096,
    out: path.join(temporary, name),
    hyperParameters: resolveHyperParameters({
      clusters: 3,
      'model.widthFactor': 0.03125,
      'window.length': 4,
      'window.stride': 2,
      'training.warmupEpochs': 4,
      'training.jointEpochs': 2,
      'training.adversarialEpochs': 2,
      'training.maxStepsPerEpoch': 4,
      'discriminator.warmupSteps': 1000,
      ...given,
    }),
  };
}

/** The error of what must fail. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: Error) => error,
  );
}
