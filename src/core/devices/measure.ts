import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import { findCuda } from '../engine/cuda';
import { locationsFrom } from '../engine/locations';
import { findTensorflow } from '../engine/tensorflow';
import { messageOf } from '../errors';
import { parseAdapters, type Adapter } from './adapters';
import { isSoftware, type Driver } from './drivers';
import type { Problem } from './problems';
import { runTrial, type TrialEngine, type TrialOptions, type TrialOutcome, type TrialRequest } from './trial';

/** What a trial has told of one engine. */
export interface EngineMeasurement {
  readonly engine: TrialEngine;
  readonly description?: string;
  /** With how many threads the CPU is fastest. */
  readonly threads?: number;
  /** Steps a second. */
  readonly speeds: Readonly<Partial<Record<Problem, number>>>;
  /** Of the first step. */
  readonly losses?: Readonly<Partial<Record<Problem, number>>>;
  /** The graphics drivers that it has loaded. */
  readonly drivers?: readonly Driver[];
  /** Whether the adapter is a program on the CPU. */
  readonly software?: boolean;
  /** Why it is not available, and what to do. */
  readonly missing?: string;
  /** Why its trial did not come to its end. */
  readonly failure?: string;
}

/** All engines of this machine, at one time. */
export interface Measurement {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly onnxruntime: string;
  readonly engines: readonly EngineMeasurement[];
}

/** The hardware that engines could use. */
export interface Hardware {
  readonly onnxruntime: string;
  readonly adapters: readonly Adapter[];
}

export interface MeasureOptions extends TrialOptions {
  /** Seconds that the trial of one engine may take: loading, compiling and measuring. 6 by default. */
  readonly limit?: number;
  /** Tells which engine is being tried. */
  progress?(engine: TrialEngine): void;
}

/** Asks ONNX Runtime for the hardware, in a process of its own. Throws an error when it cannot be loaded. */
export async function listHardware(options: MeasureOptions = {}): Promise<Hardware> {
  const outcome = await runTrial({ task: 'list' }, options.limit ?? 6, options);
  const runtime = told(outcome, 'runtime');
  if (!runtime) throw new Error(told(outcome, 'refused')?.message ?? outcome.failure ?? 'no answer');
  return { onnxruntime: runtime.onnxruntime, adapters: parseAdapters(outcome.log) };
}

/** What must be the same for a measurement to hold. */
export function measurementKey(hardware: Hardware, environment: NodeJS.ProcessEnv = process.env): string {
  const { node, electron } = process.versions;
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES, LD_LIBRARY_PATH } = environment;
  return JSON.stringify({
    trial: 1,
    onnxruntime: hardware.onnxruntime,
    adapters: hardware.adapters.map(({ vendorId, deviceId, name }) => [vendorId, deviceId, name]),
    cpu: cpus()[0]?.model.trim(),
    threads: availableParallelism(),
    system: [platform(), release(), arch()],
    host: electron ? `electron ${electron}` : `node ${node}`,
    locations: locationsFrom(environment),
    variables: { VK_ICD_FILENAMES, VK_DRIVER_FILES, LD_LIBRARY_PATH },
  });
}

/** Tries every engine, one after the other, each in a process of its own. Takes about 10 s at most; never fails. */
export async function measureEngines(hardware: Hardware, options: MeasureOptions = {}): Promise<Measurement> {
  const { environment = process.env } = options;
  const locations = locationsFrom(environment);
  const requirements: Record<TrialEngine, () => unknown> = {
    cpu: () => undefined,
    webgpu: () => undefined,
    cuda: () => findCuda(locations.cuda),
    tensorflow: () => findTensorflow(locations.tensorflow),
  };
  const engines: EngineMeasurement[] = [];
  for (const [engine, require] of Object.entries(requirements) as [TrialEngine, () => unknown][]) {
    if (options.signal?.aborted) break;
    options.progress?.(engine);
    try {
      require();
    } catch (error) {
      engines.push({ engine, speeds: {}, missing: messageOf(error) });
      continue;
    }
    const threads = engine === 'cpu' ? threadCounts(availableParallelism()) : undefined;
    const request: TrialRequest = { task: 'measure', engine, threads };
    const outcome = await runTrial(request, options.limit ?? 6, options);
    engines.push(measurementOf(engine, outcome, hardware.adapters));
  }
  return { date: new Date().toISOString(), onnxruntime: hardware.onnxruntime, engines };
}

/**
 * Numbers of threads that are worth a try: all processors, and half of them where there are many, since two of them often
 * share a core.
 */
export function threadCounts(processors: number): number[] {
  return processors > 4 ? [processors, Math.ceil(processors / 2)] : [processors];
}

/** Fewer threads must be faster by this factor: the difference must not be noise. */
const CLEARLY = 1.1;

/** What the messages of a trial amount to. */
export function measurementOf(
  engine: TrialEngine,
  outcome: TrialOutcome,
  adapters: readonly Adapter[],
): EngineMeasurement {
  const speeds: Partial<Record<Problem, number>> = {};
  const losses: Partial<Record<Problem, number>> = {};
  let threads: number | undefined;
  for (const message of outcome.messages) {
    if (message.kind !== 'speed') continue;
    // A mean of squares is never negative; what is no number does not get through JSON.
    losses[message.problem] ??= Number.isFinite(message.loss) ? message.loss : -1;
    const before = speeds[message.problem];
    if (before !== undefined && message.stepsPerSecond < CLEARLY * before) continue;
    speeds[message.problem] = message.stepsPerSecond;
    if (message.problem === 'narrow') threads = message.threads;
  }
  const drivers = told(outcome, 'drivers')?.drivers;
  const missing = told(outcome, 'refused')?.message;
  return {
    engine,
    description: told(outcome, 'engine')?.description,
    threads,
    speeds,
    losses,
    ...(drivers && { drivers, software: isSoftware(drivers, adapters) }),
    ...(missing !== undefined && { missing }),
    ...(outcome.failure !== undefined && { failure: outcome.failure }),
  };
}

type Message = TrialOutcome['messages'][number];
function told<K extends Message['kind']>(
  { messages }: TrialOutcome,
  kind: K,
): Extract<Message, { kind: K }> | undefined {
  return messages.find((message): message is Extract<Message, { kind: K }> => message.kind === kind);
}
