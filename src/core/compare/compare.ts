import { basename, resolve } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';
import { version } from '../../../package.json';
import type { TimeAxis } from '../data/frames';
import { CancelledError, messageOf, UserError } from '../errors';
import type { Method } from '../methods/method';
import { methods as registry } from '../methods/methods';
import { describeInputs, whereItRuns } from '../results/newRun';
import { clustersFolder, comparisonPrefix, createRunDirectory, newRunId } from '../results/runDirectory';
import { claimRun } from '../results/runLock';
import { aggregate, type Comparison } from './aggregate';
import { readAxes } from './axes';
import type { CompareConfig } from './config';
import {
  prepareFits,
  readComparison,
  readFits,
  writeComparison,
  writeFit,
  type ComparisonInfo,
  type MethodFacts,
  type FitRecord,
} from './files';
import { fitHere, type FitRunner } from './fit';
import { writeTables } from './tables';

/** How far a comparison is. */
export interface CompareProgress {
  readonly directory: string;
  /** Fits that have ended, and all of them. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** The fit that goes on, and the share of it that is done. */
  readonly current?: {
    readonly method: string;
    readonly title: string;
    readonly seed: number;
    readonly share?: number;
  };
}

export interface CompareHooks {
  progress?(progress: CompareProgress): void;
  /** One line for the log. */
  log?(message: string): void;
  /** A warning the user must see. */
  warn?(message: string): void;
  /** When aborted, the fit that goes on is given up; those that have ended are kept. */
  readonly signal?: AbortSignal;
}

export interface CompareOptions {
  /** Where fits are done; by default in this process. */
  readonly fit?: FitRunner;
  /** By default those of `methods/methods.ts`. */
  readonly methods?: readonly Method[];
}

export interface ComparisonSummary {
  readonly directory: string;
  readonly comparison: Comparison;
}

/**
 * Compares methods x seeds on the data of `config` in a new directory `compare-<time>` among the runs of its first file:
 * the same table, the same K and the same metrics for all. One fit at a time, so that they do not slow one another down.
 * A method that fails is a row of its own and stops nothing.
 *
 * @throws UserError when the data, the truth or a method cannot be had; CancelledError when the signal is aborted: what
 * has ended by then can be resumed.
 */
export async function compareMethods(
  config: CompareConfig,
  hooks: CompareHooks = {},
  options: CompareOptions = {},
): Promise<ComparisonSummary> {
  const absolute: CompareConfig = {
    ...config,
    methods: [...new Set(config.methods)],
    seeds: [...new Set(config.seeds)],
    files: config.files.map((file) => resolve(file)),
    ...(config.truth !== undefined && { truth: resolve(config.truth) }),
  };
  const methods = chosenMethods(absolute.methods, options.methods);
  const { truth, data } = await readAxes(absolute);
  const inputs = await describeInputs(inputFiles(absolute), hooks.signal);
  const folder = config.out ? resolve(config.out) : clustersFolder(absolute.files[0]);
  const directory = await createRunDirectory(folder, () => comparisonPrefix + newRunId());
  const claim = await claimRun(directory);
  try {
    const info: ComparisonInfo = {
      format: 1,
      id: basename(directory),
      state: 'running',
      started: new Date().toISOString(),
      config: absolute,
      methods: methods.map(factsOf),
      versions: { extension: version, node: process.versions.node, tfjs: version_core },
      ...whereItRuns(),
      inputs,
      data: data.facts,
    };
    return await run({ directory, info, methods, truth, time: data.time }, hooks, options.fit);
  } finally {
    await claim.release();
  }
}

/**
 * Goes on with an interrupted comparison: fits that have ended are kept, failed ones are tried again. A finished one gets
 * its tables anew. Throws a UserError when the data or the truth have changed since it began; else as
 * {@link compareMethods}.
 */
export async function resumeComparison(
  comparisonDirectory: string,
  hooks: CompareHooks = {},
  options: CompareOptions = {},
): Promise<ComparisonSummary> {
  const directory = resolve(comparisonDirectory);
  // Before the claim, which would leave its file in any folder.
  await readComparison(directory);
  const claim = await claimRun(directory);
  try {
    const info = await readComparison(directory);
    const methods = chosenMethods(info.config.methods, options.methods);
    const inputs = await describeInputs(inputFiles(info.config), hooks.signal);
    inputs.forEach(({ path, sha256 }, i) => {
      if (sha256 === info.inputs[i].sha256) return;
      throw new UserError(
        `${path} has changed since the comparison began, so it cannot be continued. Start a new one.`,
      );
    });
    for (const change of changesSince(info)) hooks.warn?.(change);
    const { truth, data } = await readAxes(info.config);
    const { message: _, ended: __, ...rest } = info;
    const continued: ComparisonInfo = {
      ...rest,
      state: 'running',
      methods: methods.map(factsOf),
      ...whereItRuns(),
    };
    return await run({ directory, info: continued, methods, truth, time: data.time }, hooks, options.fit);
  } finally {
    await claim.release();
  }
}

/** What makes the fits that are left differ from those that have ended, in words. */
function changesSince({ versions, machine }: ComparisonInfo): string[] {
  const now = whereItRuns().machine;
  return [
    ...(versions.extension === version
      ? []
      : [
          `The comparison began with version ${versions.extension} of Climate Clustering and continues with ${version}: methods may have changed.`,
        ]),
    ...(machine.cpu === now.cpu && machine.cores === now.cores
      ? []
      : [
          `The comparison began on another machine (${machine.cpu}, ${machine.cores} processors): times of fits cannot be compared.`,
        ]),
  ];
}

interface Work {
  readonly directory: string;
  readonly info: ComparisonInfo;
  readonly methods: readonly Method[];
  readonly truth?: Int32Array;
  readonly time: TimeAxis;
}

/** Keeps comparison.json true whatever happens. */
async function run(work: Work, hooks: CompareHooks, fit: FitRunner = fitHere): Promise<ComparisonSummary> {
  const { directory, truth, time } = work;
  const warnings = new Set(work.info.warnings);
  const infoNow = (more: Partial<ComparisonInfo>): ComparisonInfo => ({
    ...work.info,
    ...(warnings.size > 0 && { warnings: [...warnings] }),
    ...more,
  });
  await writeComparison(directory, work.info);
  try {
    await prepareFits(directory);
    const records = await fitAll(work, fit, {
      ...hooks,
      warn: (message) => {
        if (warnings.has(message)) return;
        warnings.add(message);
        hooks.warn?.(message);
      },
    });
    const comparison = await aggregate(work.info.config, work.info.methods, records, truth, hooks.signal);
    const finished = infoNow({ state: 'finished', ended: new Date().toISOString() });
    await writeTables(directory, comparison, finished, time.iso, truth);
    await writeComparison(directory, finished);
    return { directory, comparison };
  } catch (error) {
    const stopped = infoNow({
      state: 'interrupted',
      ended: new Date().toISOString(),
      message: messageOf(error),
    });
    // The first error is the one to report, also when the disk that caused it refuses this, too.
    await writeComparison(directory, stopped).catch((second: unknown) => hooks.log?.(messageOf(second)));
    throw error;
  }
}

/** Does what is left to do, all methods with the first seed before any with the second. */
async function fitAll(
  { directory, info, methods }: Work,
  fit: FitRunner,
  hooks: CompareHooks,
): Promise<FitRecord[]> {
  const { config } = info;
  const jobs = config.seeds.flatMap((seed, i) =>
    methods.filter(({ deterministic }) => i === 0 || !deterministic).map((method) => ({ method, seed })),
  );
  const records = (await readFits(directory)).filter(({ state }) => state === 'done');
  const isDone = ({ method, seed }: (typeof jobs)[number]): boolean =>
    records.some((record) => record.method === method.id && record.seed === seed);
  const left = jobs.filter((job) => !isDone(job));
  const report = (current?: CompareProgress['current']): void =>
    hooks.progress?.({
      directory,
      done: records.length,
      total: jobs.length,
      failed: records.filter(({ state }) => state === 'failed').length,
      ...(current && { current }),
    });
  for (const { method, seed } of left) {
    if (hooks.signal?.aborted) throw new CancelledError('The comparison was stopped.');
    const current = { method: method.id, title: method.title, seed };
    report(current);
    const outcome = await fit(
      { config, method: method.id, seed, folder: directory },
      {
        progress: (share) => report({ ...current, share }),
        log: (message) => hooks.log?.(message),
        warn: (message) => hooks.warn?.(message),
        signal: hooks.signal,
      },
    );
    const record = { method: method.id, seed, ...outcome };
    await writeFit(directory, record);
    records.push(record);
    const name = `${method.title}, seed ${seed}`;
    for (const warning of outcome.warnings) hooks.log?.(`${name}: ${warning}`);
    if (outcome.state === 'failed') hooks.warn?.(`${name} failed: ${outcome.reason}`);
  }
  report();
  return records;
}

function chosenMethods(ids: readonly string[], available: readonly Method[] = registry): Method[] {
  return ids.map((id) => {
    const method = available.find((one) => one.id === id);
    if (method) return method;
    throw new UserError(
      `There is no method "${id}". The methods are: ${available.map((one) => one.id).join(', ')}.`,
    );
  });
}

function factsOf({ id, title, kind, reference, deterministic = false }: Method): MethodFacts {
  return { id, title, kind, reference, deterministic };
}

const inputFiles = ({ files, truth }: CompareConfig): string[] => [
  ...files,
  ...(truth === undefined ? [] : [truth]),
];
