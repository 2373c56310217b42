import { readFile } from 'node:fs/promises';
import type { Frames } from '../data/frames';
import { loadFrames } from '../data/loadFrames';
import type { Engine } from '../engine/engine';
import { createEngine } from '../engine/engines';
import { CancelledError, isUserError, messageOf } from '../errors';
import { evaluate, type Metrics } from '../evaluation/metrics';
import { createProducts, type Products } from '../evaluation/products';
import { interruptionOf } from '../interruption';
import type { Method } from '../methods/method';
import { methodOf } from '../methods/methods';
import { samplesOf } from '../methods/samples';
import type { CompareConfig } from './config';

/** One method with one seed. */
export interface FitJob {
  readonly config: CompareConfig;
  readonly method: string;
  readonly seed: number;
  /** Where a working copy of data that are streamed may be. */
  readonly folder: string;
}

/** One labelling of a fit, and what it is worth. */
export interface Labelling {
  /** Empty for the labels of the method, else what the alternative is called, such as `spectral`. */
  readonly name: string;
  /** 0 to K - 1. [n] */
  readonly labels: Int32Array;
  readonly metrics: Metrics;
}

/** What a fit has cost. */
export interface Cost {
  /** By the clock: the fit alone, without reading the data, loading the engine and computing metrics. */
  readonly seconds: number;
  /** Of all processors together, in the same time. */
  readonly processorSeconds: number;
  /** Largest resident memory of the process until the end of the fit, runtime and data included, in MiB. */
  readonly peakMemory: number;
  /** The same until the fit began: what runtime and data take is part of the peak of every method. */
  readonly memoryBefore: number;
}

/** What became of a fit. */
export type FitOutcome = {
  /** What networks were trained on, where the method has any. */
  readonly engine?: string;
  readonly warnings: readonly string[];
} & (
  | { readonly state: 'done'; readonly labellings: readonly Labelling[]; readonly cost: Cost }
  | {
      readonly state: 'failed';
      readonly reason: string;
      /** Whether the user can mend it; else it is a fault of the method, or of the machine. */
      readonly byUser: boolean;
    }
);

export interface FitHooks {
  /** The share that is done, 0 to 1. */
  progress?(share: number): void;
  log?(message: string): void;
  /** Of the data; what the method warns of is in the outcome. */
  warn?(message: string): void;
  readonly signal?: AbortSignal;
}

/**
 * Does a fit. Resolves to a failed outcome when the method has failed; rejects when the data cannot be read, which
 * concerns every method, and with CancelledError when the signal is aborted.
 */
export type FitRunner = (job: FitJob, hooks: FitHooks) => Promise<FitOutcome>;

/** Reads the data and does one fit in this process. */
export async function fitHere(
  job: FitJob,
  hooks: FitHooks,
  method = methodOf(job.method),
): Promise<FitOutcome> {
  const frames = await loadFrames(
    { ...job.config, streaming: { folders: [job.folder] } },
    { note: (message) => hooks.log?.(message), signal: hooks.signal },
  );
  try {
    const { emptySteps } = frames.missing;
    if (emptySteps.length > 0) {
      hooks.warn?.(
        `${emptySteps.length} time steps have no value at all in some variable; they were filled with its mean. Their labels mean little.`,
      );
    }
    const products = await createProducts({ log: (message) => hooks.log?.(message) });
    try {
      return await fitFrames(frames, products, method, job, hooks);
    } finally {
      await products.dispose();
    }
  } finally {
    await frames.table.close();
  }
}

async function fitFrames(
  frames: Frames,
  products: Products,
  method: Method,
  { config, seed }: FitJob,
  hooks: FitHooks,
): Promise<FitOutcome> {
  const warnings: string[] = [];
  const warn = (message: string): void => void (warnings.includes(message) || warnings.push(message));
  let engine: Engine | undefined;
  const engineOnce = async (): Promise<Engine> =>
    (engine ??= await createEngine(config.engine, { ...hooks, warn }, widthOf(config)));
  const K = config.hyperParameters.clusters;
  try {
    // Loaded before the clock starts: what it takes is the same for every method that needs one.
    if (method.kind === 'deep') await engineOnce();
    const memoryBefore = await peakMemory();
    const began = performance.now();
    const processor = process.cpuUsage();
    const fit = await method.fit(samplesOf(frames), {
      clusters: K,
      seed,
      hyperParameters: config.hyperParameters,
      times: frames.time,
      engine: engineOnce,
      products,
      signal: hooks.signal,
      progress: (share) => hooks.progress?.(share),
      warn,
    });
    const { user, system } = process.cpuUsage(processor);
    const cost = {
      seconds: (performance.now() - began) / 1000,
      processorSeconds: (user + system) / 1e6,
      memoryBefore,
      peakMemory: await peakMemory(),
    };
    const labellings: Labelling[] = [];
    for (const [name, labels] of [['', fit.labels] as const, ...Object.entries(fit.alternatives ?? {})]) {
      assertLabels(labels, frames.table.n, K);
      const metrics = await evaluate(frames.table, labels, { products, signal: hooks.signal });
      labellings.push({ name, labels, metrics });
    }
    return { state: 'done', labellings, cost, warnings, ...(engine && { engine: engine.description }) };
  } catch (error) {
    if (hooks.signal?.aborted || error instanceof CancelledError) throw new CancelledError();
    return {
      state: 'failed',
      reason: messageOf(interruptionOf(error) ?? error),
      byUser: isUserError(error),
      warnings,
      ...(engine && { engine: engine.description }),
    };
  }
}

function widthOf({ hyperParameters }: CompareConfig): { widthFactor: number } {
  return { widthFactor: hyperParameters['model.widthFactor'] };
}

/** A method that breaks its contract has failed: its figures would be of something else. */
function assertLabels(labels: Int32Array, n: number, clusters: number): void {
  if (labels.length !== n) throw new Error(`The method gave ${labels.length} labels for ${n} time steps.`);
  const wrong = labels.find((label) => label < 0 || label >= clusters);
  if (wrong !== undefined)
    throw new Error(`The method gave the label ${wrong} where there are ${clusters} clusters.`);
}

/** Largest resident memory of this process so far, in MiB. */
async function peakMemory(): Promise<number> {
  // Linux counts that of the parent in `maxRSS`, as a process begins as a copy of it.
  const status =
    process.platform === 'linux' ? await readFile('/proc/self/status', 'utf8').catch(() => '') : '';
  const kibibytes = /^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(kibibytes) / 1024);
}
