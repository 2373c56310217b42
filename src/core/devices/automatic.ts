import { messageOf } from '../errors';
import { cacheFile, keepMeasurement, readMeasurement, rememberMeasurement } from './cache';
import { chooseEngine, type Choice } from './choose';
import { listHardware, measureEngines, measurementKey, type MeasureOptions } from './measure';

export interface AutomaticOptions extends MeasureOptions {
  /** Of the model that is to be run. */
  readonly widthFactor: number;
  /** One line for the log. */
  log?(message: string): void;
}

/**
 * The fastest engine of this machine, by a trial of each that is made once and remembered until the machine changes.
 * Never fails: when anything goes wrong it is the CPU.
 */
export async function automaticChoice(
  options: AutomaticOptions,
): Promise<Choice & { readonly forget: () => Promise<void> }> {
  try {
    const hardware = await listHardware(options);
    const key = measurementKey(hardware, options.environment);
    const cache = cacheFile(options.environment);
    let measured = await readMeasurement(key, cache);
    const fresh = measured === undefined;
    if (!measured) {
      options.log?.(
        'Which engine is fastest on this machine is tried once; this takes about 10 seconds at most.',
      );
      measured = await measureEngines(hardware, options);
      if (!options.signal?.aborted) await rememberMeasurement(key, measured, cache);
    }
    const choice = chooseEngine(measured, options.widthFactor);
    return {
      ...choice,
      reason: `${choice.reason} Measured on ${measured.date.slice(0, 10)}.`,
      // Once is enough: what is remembered is in the log.
      warnings: fresh ? choice.warnings : [],
      forget: () => keepMeasurement(key, undefined, cache),
    };
  } catch (error) {
    return {
      engine: 'cpu',
      reason: `The CPU was taken: no other engine could be tried (${messageOf(error)}).`,
      warnings: [],
      forget: () => Promise.resolve(),
    };
  }
}
