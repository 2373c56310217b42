import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { version_core } from '@tensorflow/tfjs-core';
import { version } from '../../package.json';
import { ClusterRun, type Prepared } from './clusterRun';
import type { RunConfig } from './config';
import type { Frames } from './data/frames';
import type { FramesSize } from './data/memory';
import { loadFrames } from './data/loadFrames';
import type { Engine } from './engine/engine';
import { createEngine } from './engine/engines';
import { mayUseGpu } from './engine/mayUseGpu';
import { UserError } from './errors';
import { interruptionOf } from './interruption';
import { type Architecture, architectureFor } from './model/architecture';
import type { RunHooks, RunSummary } from './progress';
import { describeInputs, newRunInfo } from './results/newRun';
import { clustersFolder, createRunDirectory, isResumable, runFiles } from './results/runDirectory';
import { readRun, type RunInfo } from './results/runJson';
import { claimRun } from './results/runLock';
import { readCheckpoint } from './training/checkpoint';
import { trainingMemory } from './training/memoryNeed';

/**
 * Clusters the files of `config` in a new run directory. Throws an InterruptedError when memory runs out or the GPU is
 * lost; what was done until the last checkpoint can be resumed.
 */
export function clusterFiles(config: RunConfig, hooks: RunHooks = {}): Promise<RunSummary> {
  return explained(cluster(config, hooks));
}

async function cluster(config: RunConfig, given: RunHooks): Promise<RunSummary> {
  const { hooks, warnings } = keepWarnings(given);
  const absolute = { ...config, files: config.files.map((file) => resolve(file)) };
  const folder = config.out ? resolve(config.out) : clustersFolder(absolute.files[0]);
  return withData(absolute, folder, hooks, async (data) => {
    const inputs = await describeInputs(absolute.files, hooks.signal);
    const engine = await createEngine(config.engine, hooks, widthOf(config));
    warnOfThread(engine, hooks);
    const directory = await createRunDirectory(folder);
    const claim = await claimRun(directory);
    try {
      const info = newRunInfo(
        directory,
        absolute,
        engine.description,
        { extension: version, tfjs: version_core },
        inputs,
      );
      return await new ClusterRun(
        directory,
        describe({ ...info, engineChoice: engine.choice }, data.frames),
        data,
        engine,
        hooks,
        warnings,
      ).finish();
    } finally {
      await claim.release();
    }
  });
}

/**
 * Continues an interrupted run from its checkpoint (from its beginning when it had none yet), to the same result as if it
 * had not been interrupted. Throws a UserError when the run is finished or in use, or when a data file is no longer the
 * one that it began with; and as {@link clusterFiles}.
 */
export function resumeRun(runDirectory: string, hooks: RunHooks = {}): Promise<RunSummary> {
  return explained(resume(runDirectory, hooks));
}

/** Memory runs out while data are read, too. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw interruptionOf(error) ?? error;
  }
}

async function resume(runDirectory: string, given: RunHooks): Promise<RunSummary> {
  const directory = resolve(runDirectory);
  await readResumable(directory);
  const claim = await claimRun(directory);
  try {
    // Whoever had claimed it until now may have finished it.
    return await resumeClaimed(directory, await readResumable(directory), given);
  } finally {
    await claim.release();
  }
}

async function readResumable(directory: string): Promise<RunInfo> {
  const info = await readRun(directory);
  if (info.state === 'finished') throw new UserError(`The run ${directory} is finished already.`);
  if (info.state === 'running') {
    const { process: by } = info;
    throw new UserError(
      `The run ${directory} is being worked on by ${by ? `process ${by.pid} on ${by.host}` : 'another process'}.`,
    );
  }
  return info;
}

async function resumeClaimed(directory: string, info: RunInfo, given: RunHooks): Promise<RunSummary> {
  const { hooks, warnings } = keepWarnings(given, info.warnings);
  const inputs = await describeInputs(info.config.files, hooks.signal);
  inputs.forEach(({ path, sha256 }, i) => {
    if (sha256 !== info.inputs[i].sha256) {
      throw new UserError(
        `${path} has changed since the run began, so the run cannot be continued. Start a new one.`,
      );
    }
  });
  return withData(info.config, directory, hooks, async (data) => {
    const engine = await createEngine(info.config.engine, hooks, widthOf(info.config));
    warnOfThread(engine, hooks);
    if (engine.description !== info.engine) {
      hooks.warn?.(
        `The run began on ${info.engine} and continues on ${engine.description}; the result may differ slightly from an uninterrupted one.`,
      );
    }
    const fresh = newRunInfo(directory, info.config, engine.description, info.versions, info.inputs);
    const hasCheckpoint = existsSync(join(directory, runFiles.checkpoint));
    const snapshot =
      hasCheckpoint || !isResumable(info.state, false) ? await readCheckpoint(directory) : undefined;
    if (!snapshot) hooks.log?.('The run had no checkpoint yet: it starts from its beginning.');
    const { name, started, timings } = info;
    const continued = describe(
      { ...fresh, name, started, timings, engineChoice: engine.choice },
      data.frames,
    );
    return new ClusterRun(directory, continued, data, engine, hooks, warnings).finish(snapshot);
  });
}

/** Hooks that also keep what they warn of, each warning once. `earlier`: those of the sessions before. */
function keepWarnings(
  hooks: RunHooks,
  earlier: readonly string[] = [],
): { hooks: RunHooks; warnings: Set<string> } {
  const warnings = new Set(earlier);
  const warn = (message: string): void => {
    warnings.add(message);
    hooks.warn?.(message);
  };
  return {
    warnings,
    hooks: {
      progress: (snapshot) => hooks.progress?.(snapshot),
      log: (message) => hooks.log?.(message),
      warn,
      signal: hooks.signal,
    },
  };
}

/** A driver that fails ends its process, and with it whatever else runs there. */
function warnOfThread(engine: Engine, hooks: RunHooks): void {
  if (isMainThread || !mayUseGpu(engine.name)) return;
  hooks.warn?.(
    `${engine.description} computes in a thread: if it or the GPU's driver fails, the program that started the run ends ` +
      'with it (in VS Code all extensions of the window). With the isolation "process" only the run is interrupted.',
  );
}

function widthOf({ hyperParameters }: RunConfig): { widthFactor: number } {
  return { widthFactor: hyperParameters['model.widthFactor'] };
}

/** Does `work` with the data, and gives them back at its end. `folder`: of the working copy of data that are streamed. */
async function withData<T>(
  config: RunConfig,
  folder: string,
  hooks: RunHooks,
  work: (data: Prepared) => Promise<T>,
): Promise<T> {
  const data = await prepare(config, folder, hooks);
  try {
    return await work(data);
  } finally {
    await data.frames.table.close();
  }
}

/** Reads the data and settles the sizes, so that a run which cannot work is refused before it has a directory. */
async function prepare(config: RunConfig, folder: string, hooks: RunHooks): Promise<Prepared> {
  const sizes = ({ steps, variables, height, width }: FramesSize): Architecture =>
    architectureFor({ n: steps, variables, height, width }, config.hyperParameters);
  const streaming = {
    folders: [folder],
    memoryBeside: (size: FramesSize) => trainingMemory(sizes(size), size.steps),
  };
  const frames = await loadFrames(
    { ...config, streaming },
    { note: (message) => hooks.log?.(message), signal: hooks.signal },
  );
  if (frames.missing.emptySteps.length > 0) {
    hooks.warn?.(
      `${frames.missing.emptySteps.length} time steps have no value at all in some variable; they were filled with its mean. Their labels mean little.`,
    );
  }
  const { height, width } = frames.grid;
  const size = { steps: frames.table.n, variables: frames.fields.length, height, width };
  return { frames, architecture: sizes(size) };
}

function describe(info: RunInfo, frames: Frames): RunInfo {
  const { iso } = frames.time;
  return {
    ...info,
    data: {
      fields: frames.fields.map((field) => ({ ...field })),
      steps: iso.length,
      first: iso[0],
      last: iso[iso.length - 1],
      height: frames.grid.height,
      width: frames.grid.width,
    },
  };
}
