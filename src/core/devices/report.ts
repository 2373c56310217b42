import { availableParallelism, cpus, totalmem } from 'node:os';
import { messageOf } from '../errors';
import type { Adapter } from './adapters';
import { cacheFile, readMeasurement, rememberMeasurement } from './cache';
import { chooseEngine } from './choose';
import { withDetails } from './details';
import {
  listHardware,
  measureEngines,
  measurementKey,
  type EngineMeasurement,
  type MeasureOptions,
} from './measure';

/** What this machine can compute with, and how fast. */
export interface DeviceReport {
  readonly cpu: { readonly model: string; readonly processors: number; readonly memoryMiB: number };
  /** Graphics processors in the machine, whether or not an engine can use them. */
  readonly adapters: readonly Adapter[];
  /** Undefined when ONNX Runtime cannot be loaded. */
  readonly onnxruntime?: string;
  /** When the engines were tried. ISO 8601, UTC. */
  readonly measured?: string;
  readonly engines: readonly EngineMeasurement[];
  /** What `auto` takes, for a model of the default width and for a wide one. */
  readonly automatic: Readonly<
    Record<'narrow' | 'wide', { readonly engine: string; readonly reason: string }>
  >;
  /** What a person should know: why an engine could not be tried. */
  readonly warnings: readonly string[];
  /** Where the measurement is remembered. */
  readonly cache: string;
}

export interface ReportOptions extends MeasureOptions {
  /** Measures anew, also when there is a measurement. */
  readonly refresh?: boolean;
}

/** Looks at the machine; tries its engines where that was not done before. Takes about 10 s then. */
export async function reportDevices(options: ReportOptions = {}): Promise<DeviceReport> {
  const machine = {
    cpu: {
      model: cpus()[0]?.model.trim() ?? 'unknown',
      processors: availableParallelism(),
      memoryMiB: Math.round(totalmem() / 2 ** 20),
    },
    cache: cacheFile(options.environment),
  };
  try {
    const hardware = await listHardware(options);
    const key = measurementKey(hardware, options.environment);
    let measured = options.refresh ? undefined : await readMeasurement(key, machine.cache);
    if (!measured) {
      measured = await measureEngines(hardware, options);
      if (!options.signal?.aborted) await rememberMeasurement(key, measured, machine.cache);
    }
    const [narrow, wide] = [chooseEngine(measured, 0.125), chooseEngine(measured, 1)];
    const brief = ({ engine, reason }: typeof narrow) => ({ engine, reason });
    return {
      ...machine,
      adapters: await withDetails(hardware.adapters),
      onnxruntime: hardware.onnxruntime,
      measured: measured.date,
      engines: measured.engines,
      automatic: { narrow: brief(narrow), wide: brief(wide) },
      warnings: narrow.warnings,
    };
  } catch (error) {
    const reason = `ONNX Runtime cannot be loaded on ${process.platform}-${process.arch}: ${messageOf(error)}`;
    const reference = { engine: 'reference', reason };
    return {
      ...machine,
      adapters: await withDetails([]),
      engines: [],
      automatic: { narrow: reference, wide: reference },
      warnings: [reason],
    };
  }
}
