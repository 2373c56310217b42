import { stat } from 'node:fs/promises';
import { arch, availableParallelism, cpus, hostname, platform, release, totalmem } from 'node:os';
import { basename } from 'node:path';
import type { RunConfig } from '../config';
import { hashFile } from '../data/hashFile';
import { explainFileError } from './atomicWrite';
import type { RunInfo } from './runJson';

/** The run.json of a run that begins now, in this process, in `directory`. */
export function newRunInfo(
  directory: string,
  config: RunConfig,
  engine: string,
  versions: Omit<RunInfo['versions'], 'node'>,
  inputs: RunInfo['inputs'],
): RunInfo {
  return {
    format: 1,
    id: basename(directory),
    state: 'running',
    started: new Date().toISOString(),
    config,
    engine,
    versions: { ...versions, node: process.versions.node },
    ...whereItRuns(),
    inputs,
    timings: {},
    clusters: config.hyperParameters.clusters,
  };
}

/** This machine, and this process. */
export function whereItRuns(): Pick<RunInfo, 'machine'> & Required<Pick<RunInfo, 'process'>> {
  return {
    machine: {
      platform: `${platform()} ${release()}`,
      architecture: arch(),
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memoryMiB: Math.round(totalmem() / 2 ** 20),
    },
    process: { host: hostname(), pid: process.pid },
  };
}

/** Size, time of change and SHA-256 of the data files, so that a result can be traced to its input. Reads them whole. */
export async function describeInputs(
  files: readonly string[],
  signal?: AbortSignal,
): Promise<RunInfo['inputs']> {
  const inputs: RunInfo['inputs'] = [];
  for (const path of files) {
    try {
      const { size, mtime } = await stat(path);
      inputs.push({ path, bytes: size, modified: mtime.toISOString(), sha256: await hashFile(path, signal) });
    } catch (error) {
      throw explainFileError(error, path, 'read');
    }
  }
  return inputs;
}
