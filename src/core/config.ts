/**
 * Every hyper-parameter of a run: one table from which the settings of VS Code (`climateClustering.<key>`), the command
 * line (`--set <key>=<value>`), the validation and the types are derived.
 */
import { UserError } from './errors';

interface Described {
  readonly description: string;
}
export interface NumberParameter extends Described {
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}
export interface BooleanParameter extends Described {
  readonly type: 'boolean';
  readonly default: boolean;
}
export interface ChoiceParameter<T extends string = string> extends Described {
  readonly type: 'choice';
  readonly default: T;
  /** Value -> what it means. */
  readonly choices: Readonly<Record<T, string>>;
}
export type HyperParameter = NumberParameter | BooleanParameter | ChoiceParameter;

const integer = (value: number, minimum: number, maximum: number, description: string): NumberParameter => ({
  type: 'integer',
  default: value,
  minimum,
  maximum,
  description,
});
const number = (value: number, minimum: number, maximum: number, description: string): NumberParameter => ({
  type: 'number',
  default: value,
  minimum,
  maximum,
  description,
});
const boolean = (value: boolean, description: string): BooleanParameter => ({
  type: 'boolean',
  default: value,
  description,
});
const choice = <T extends string>(
  value: NoInfer<T>,
  choices: Record<T, string>,
  description: string,
): ChoiceParameter<T> => ({ type: 'choice', default: value, choices, description });

/** The table. Keys are grouped by their first part. */
export const hyperParameters = {
  clusters: integer(7, 2, 50, 'Number of clusters K.'),

  'preprocessing.fill': choice(
    'variable',
    {
      variable: 'the mean of the variable',
      dataset: 'the mean over all variables together, mixed units and all (literal reading of the paper)',
    },
    'What replaces missing values.',
  ),
  'preprocessing.scale': choice(
    'cell',
    {
      cell: 'each grid cell of each variable over time (as the published metrics)',
      variable: 'each variable over time and space',
      dataset: 'one range for everything (literal reading of the paper)',
    },
    'Over what minimum and maximum are taken when values are scaled to [0, 1].',
  ),

  'window.length': integer(12, 2, 64, 'Time steps in one window T.'),
  'window.stride': integer(
    6,
    1,
    64,
    'Time steps between two windows at inference; embeddings of overlapping windows are averaged.',
  ),
  'window.batch': integer(4, 1, 256, 'Windows in one batch B.'),

  'model.widthFactor': number(0.125, 0.03125, 2, "Factor on the paper's widths 64, 128, 256, 512."),
  'model.skips': boolean(true, 'Gated skip connections from the encoder to the decoder.'),
  'model.embeddingDimensions': integer(64, 4, 1024, 'Dimensions D of the embedding of one time step.'),
} as const satisfies Record<string, HyperParameter>;

export type HyperParameterKey = keyof typeof hyperParameters;
type ValueOf<P> = P extends NumberParameter
  ? number
  : P extends BooleanParameter
    ? boolean
    : P extends ChoiceParameter<infer T>
      ? T
      : never;
export type HyperParameters = { -readonly [K in HyperParameterKey]: ValueOf<(typeof hyperParameters)[K]> };

export const hyperParameterKeys = Object.keys(hyperParameters) as HyperParameterKey[];

/** All defaults. */
export function defaultHyperParameters(): HyperParameters {
  return Object.fromEntries(
    hyperParameterKeys.map((key) => [key, hyperParameters[key].default]),
  ) as HyperParameters;
}

/**
 * One value, checked against the table; strings (from the command line) are parsed.
 * Throws a UserError that names the key, the range and what was given.
 */
export function parseHyperParameter(key: string, value: unknown): HyperParameters[HyperParameterKey] {
  if (!Object.hasOwn(hyperParameters, key)) {
    throw new UserError(`There is no setting "${key}". The settings are: ${hyperParameterKeys.join(', ')}.`);
  }
  const parameter: HyperParameter = hyperParameters[key as HyperParameterKey];
  const refuse = (expected: string): never => {
    throw new UserError(`The setting "${key}" is ${JSON.stringify(value)}; it must be ${expected}.`);
  };
  switch (parameter.type) {
    case 'boolean':
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      return refuse('true or false');
    case 'choice': {
      const choices = Object.keys(parameter.choices);
      if (typeof value === 'string' && choices.includes(value)) return value as never;
      return refuse(`one of ${choices.join(', ')}`);
    }
    default: {
      const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      const whole = parameter.type === 'integer';
      if (
        typeof n === 'number' &&
        n >= parameter.minimum &&
        n <= parameter.maximum &&
        (!whole || Number.isInteger(n))
      ) {
        return n;
      }
      return refuse(`a${whole ? ' whole' : ''} number from ${parameter.minimum} to ${parameter.maximum}`);
    }
  }
}

/** Defaults with `given` laid over them. Throws a UserError on unknown keys and values out of range. */
export function resolveHyperParameters(given: Readonly<Record<string, unknown>>): HyperParameters {
  const result = defaultHyperParameters() as Record<string, unknown>;
  for (const [key, value] of Object.entries(given)) result[key] = parseHyperParameter(key, value);
  return result as HyperParameters;
}

/** Everything that defines a run; stored whole in run.json. */
export interface RunConfig {
  /** Absolute paths of the data files; their fields are clustered together. */
  files: string[];
  /** Names of the fields; all that share time and grid when absent. */
  variables?: string[];
  /** Coordinate value (or index, as "#3") to take along dimensions that are neither time nor horizontal. */
  select: Record<string, string>;
  /** First and last time (ISO 8601, inclusive). */
  time?: [string, string];
  /** West, south, east, north in degrees. */
  bbox?: [number, number, number, number];
  method: 'adatsc';
  engine: 'auto' | 'cpu' | 'reference';
  seed: number;
  /** The run is refused when it is estimated to need more, in MiB. */
  memoryLimit: number;
  /** Where the run directory is created; default: `<first file without extension>.clusters` beside the file. */
  out?: string;
  hyperParameters: HyperParameters;
}
