/** Options that several commands share, and how their values are read. Every mistake is a UserError. */
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import {
  hyperParameterKeys,
  parseHyperParameter,
  resolveHyperParameters,
  type HyperParameterKey,
  type HyperParameters,
} from '../core/config';
import { locationNames, locationsEnvironment } from '../core/engine/locations';
import { UserError } from '../core/errors';
import type { RunConfig } from '../core/config';
import { closest } from './text';

/** Values of the options that choose data, as commander hands them over. */
export interface DataOptions {
  variables?: string;
  select?: string[];
  time?: string;
  bbox?: string;
  set?: string[];
  memory?: string;
}

/** Values of the options that say where the user's own engines are. */
export interface EngineLocationOptions {
  cuda?: string;
  tensorflow?: string;
}

/** Adds the options that say where the user's own engines are. */
export function addEngineLocations(command: Command): Command {
  return command
    .option(
      '--cuda <folder>',
      `onnxruntime-node with CUDA libraries, for the engine "cuda" (default: ${locationNames.cuda.variable})`,
    )
    .option(
      '--tensorflow <folder>',
      `@tensorflow/tfjs-node or tfjs-node-gpu, for the engine "tensorflow" (default: ${locationNames.tensorflow.variable})`,
    );
}

/** What they add to the environment of the processes that load the engines. */
export function engineEnvironment({ cuda, tensorflow }: EngineLocationOptions): Record<string, string> {
  return locationsEnvironment({
    cuda: cuda && path.resolve(cuda),
    tensorflow: tensorflow && path.resolve(tensorflow),
  });
}

const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

/** Adds the options that choose fields, times and area, and those of preprocessing and memory. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '-v, --variables <names>',
      'fields to use, separated by commas (default: all that share time and grid)',
    )
    .option(
      '--select <dimension=value>',
      'value to take along a further dimension, or #index; repeatable',
      collect,
    )
    .option('--time <from/to>', 'first and last time, ISO 8601, inclusive')
    .option('--bbox <W,S,E,N>', 'area in degrees: west, south, east, north')
    .option('--set <key=value>', 'any setting that "climate-clustering settings" lists; repeatable', collect)
    .option(
      '--memory <MiB>',
      "memory to use at most: data that need more are streamed from disk, runs that still do are refused (default: 60% of the machine's)",
    );
}

/** What the data options say, in the terms of a run. */
export function dataSelection(
  options: DataOptions,
): Pick<RunConfig, 'variables' | 'select' | 'time' | 'bbox' | 'memoryLimit'> {
  return {
    ...(options.variables !== undefined && { variables: list('--variables', options.variables) }),
    select: Object.fromEntries((options.select ?? []).map((text) => assignment('--select', text))),
    ...(options.time !== undefined && { time: timeRange(options.time) }),
    ...(options.bbox !== undefined && { bbox: boundingBox(options.bbox) }),
    memoryLimit: options.memory === undefined ? defaultMemoryLimit() : whole('--memory', options.memory, 1),
  };
}

/** 60% of the machine's memory in MiB. */
export function defaultMemoryLimit(): number {
  return Math.floor((0.6 * os.totalmem()) / 2 ** 20);
}

/** The hyper-parameters: defaults, then `--set`, then the options that have a name of their own. */
export function hyperParametersFrom(
  set: readonly string[] = [],
  named: Readonly<Partial<Record<HyperParameterKey, string | undefined>>> = {},
): HyperParameters {
  const given: Record<string, unknown> = {};
  for (const text of set) {
    const [key, value] = assignment('--set', text);
    if (!hyperParameterKeys.includes(key as HyperParameterKey)) {
      const meant = closest(key, hyperParameterKeys);
      throw new UserError(
        `There is no setting "${key}".${meant ? ` Did you mean "${meant}"?` : ''} ` +
          '"climate-clustering settings" lists them all.',
      );
    }
    given[key] = parseHyperParameter(key, value);
  }
  for (const [key, value] of Object.entries(named)) {
    if (value !== undefined) given[key] = parseHyperParameter(key, value);
  }
  return resolveHyperParameters(given);
}

/** `--epochs 50,30,70` as the settings of the three phases. */
export function epochs(text: string | undefined): Partial<Record<HyperParameterKey, string>> {
  if (text === undefined) return {};
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 3) {
    throw new UserError(
      `--epochs is "${text}"; it must be three numbers separated by commas: warm-up, joint and adversarial ` +
        'epochs, e.g. 50,30,70.',
    );
  }
  return {
    'training.warmupEpochs': parts[0],
    'training.jointEpochs': parts[1],
    'training.adversarialEpochs': parts[2],
  };
}

/** Absolute paths. */
export function absolute(files: readonly string[]): string[] {
  return files.map((file) => path.resolve(file));
}

/** A whole number from `minimum` to `maximum`. */
export function whole(
  option: string,
  text: string,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  throw new UserError(`${option} is "${text}"; it must be a whole number ${range}.`);
}

function list(option: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) {
    throw new UserError(
      `${option} is "${text}"; it must be names separated by single commas, e.g. air,prate.`,
    );
  }
  return names;
}

function assignment(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || key === '' || value === '') {
    throw new UserError(`${option} is "${text}"; it must be a name, "=" and a value, e.g. level=850.`);
  }
  return [key, value];
}

function timeRange(text: string): [string, string] {
  const parts = text.split('/').map((part) => part.trim());
  // A year, month, day or moment; whether it exists depends on the calendar of the data.
  const moment = /^-?\d{1,6}(-\d{1,2}(-\d{1,2}([T ]\d{1,2}(:\d{1,2}(:\d{1,2}(\.\d+)?)?)?Z?)?)?)?$/;
  if (parts.length !== 2 || !parts.every((part) => moment.test(part))) {
    throw new UserError(
      `--time is "${text}"; it must be two times with "/" between, e.g. 2008-01-01/2008-06-30.`,
    );
  }
  return [parts[0], parts[1]];
}

function boundingBox(text: string): [number, number, number, number] {
  const [west, south, east, north, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  const sound =
    rest.length === 0 &&
    [west, east].every((value) => value >= -360 && value <= 360) &&
    south >= -90 &&
    north <= 90 &&
    south < north;
  if (!sound) {
    throw new UserError(
      `--bbox is "${text}"; it must be west, south, east and north in degrees, with south below north, e.g. 25,5,50,20.`,
    );
  }
  return [west, south, east, north];
}
