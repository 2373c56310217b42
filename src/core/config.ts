/**
 * Every hyper-parameter of a run: one table from which the settings of VS Code (`climateClustering.<key>`), the command
 * line (`--set <key>=<value>`), the validation and the types are derived.
 */
import type { ClusterChoice } from './choose/choice';
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

  'data.streaming': choice(
    'auto',
    {
      auto: 'where data and training together need more than the memory limit',
      always: 'whatever their size',
      never: 'the run is refused where they do not fit',
    },
    'When the data stay on disk, in a working copy that is removed at the end, instead of in memory. The result is the same.',
  ),

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

  'window.length': integer(6, 2, 64, 'Time steps in one window T.'),
  'window.stride': integer(
    3,
    1,
    64,
    'Time steps between two windows at inference; embeddings of overlapping windows are averaged.',
  ),
  'window.batch': integer(8, 1, 256, 'Windows in one batch B.'),

  'model.widthFactor': number(0.125, 0.03125, 2, "Factor on the paper's widths 64, 128, 256, 512."),
  'model.embeddingDimensions': integer(64, 4, 1024, 'Dimensions D of the embedding z of one time step.'),
  'model.eofs': integer(
    32,
    1,
    512,
    'Leading EOF coefficients of the frame in z (the linear path); the other dimensions are deep.',
  ),
  'model.deepShare': number(
    0.1,
    0.01,
    100,
    'Mean squared length of the deep part of z, relative to that of the EOF part.',
  ),
  'model.heads': integer(4, 1, 16, 'Attention heads of the temporal graph attention.'),
  'model.patch': integer(2, 1, 4, 'Height and width of the patches that become graph nodes.'),
  'model.attentionScore': choice(
    'dot',
    {
      dot: 'scaled dot product of query and key (Vaswani et al., 2017)',
      additive:
        'LeakyReLU of the sum of a learned projection of each (graph attention, Velickovic et al., 2018)',
    },
    'The compatibility phi of the temporal graph attention (eq. 2).',
  ),
  'model.attentionResidual': boolean(
    true,
    'Add the frame itself to the attention messages; without it eq. 3 literally, which leaves no value of frame t in z_t.',
  ),
  'model.encoder': choice(
    'convlstm',
    {
      convlstm: 'ConvLSTM blocks, and ConvLSTMs in the decoder (the paper)',
      'cnn-lstm':
        'convolutions of single frames, one LSTM over the window and a single graph node; no ConvLSTM in the decoder either (ablation)',
    },
    'How frames are encoded.',
  ),
  'model.temporalAttention': boolean(
    true,
    'Temporal graph attention between neighbouring frames; without it (ablation) nodes are averaged as they are, and the mean embedding of the window is not in the bottleneck.',
  ),
  'model.selfExpression': boolean(
    true,
    'Self-expression, in the loss and in the bottleneck; without it (ablation) there is no affinity, and labels are those of the soft assignment.',
  ),
  'model.studentAlpha': number(1, 0.1, 100, 'Degrees of freedom alpha of the Student-t assignment (eq. 4).'),
  'model.assignmentSharpness': number(
    4,
    0.1,
    100,
    'Mean squared distance to the own k-means centre in units of the squared length of the Student-t assignment; larger is harder.',
  ),

  'training.warmupEpochs': integer(
    25,
    1,
    10000,
    'Epochs of the autoencoder alone (reconstruction and contrast).',
  ),
  'training.jointEpochs': integer(10, 0, 10000, 'Epochs with the clustering and self-expression terms.'),
  'training.adversarialEpochs': integer(15, 0, 10000, 'Epochs with the discriminator as well.'),
  'training.maxStepsPerEpoch': integer(
    40,
    1,
    100000,
    'Upper limit of the steps of one epoch; short of it, an epoch visits each time step about once.',
  ),
  'training.learningRate': number(0.001, 0.000001, 1, 'Learning rate of the generator (Adam, cosine decay).'),
  'training.clipNorm': number(1, 0.0001, 1000, 'Largest global norm of the gradient.'),
  'training.noise': number(
    1,
    0,
    5,
    'Standard deviation of the noise on the input frames, relative to that of the data. The reconstruction is of the clean frames.',
  ),
  'training.shift': integer(
    3,
    0,
    16,
    'Largest random shift of the input of a window in grid cells; what enters at the edges is zero.',
  ),

  'loss.target': number(0.1, 0, 100, 'Weight of KL(p || q), the clustering divergence.'),
  'loss.balance': number(
    0.1,
    0,
    100,
    'Weight of the marginal balance KL(mean q || uniform), reached at the end of the ramp.',
  ),
  'loss.redundancy': number(0.1, 0, 100, 'Weight of the mutual-information term.'),
  'loss.redundancyForm': choice(
    'contrast',
    {
      contrast: 'temporal contrast of the deep embeddings; assumes that regimes last longer than its reach',
      covariance: 'correlation between the assignments of different clusters; for data without persistence',
    },
    'Form of the mutual-information term.',
  ),
  'loss.selfExpression': number(0.1, 0, 100, 'Weight of the self-expression loss.'),
  'loss.selfExpressionL1': number(0.01, 0, 10, 'Weight of |C| within the self-expression loss.'),
  'loss.adversarial': number(0.1, 0, 100, 'Weight of the adversarial loss of the generator.'),

  'contrast.reach': integer(
    6,
    1,
    64,
    'Frames at most this many steps apart are near in the temporal contrast.',
  ),
  'contrast.memory': integer(
    1024,
    16,
    100000,
    'Remembered frames that each step is contrasted with, at most.',
  ),

  'selfExpression.sparsity': number(
    20,
    1.01,
    10000,
    'Sparsity mu of the self-expression: the threshold is the largest coherence of the frame divided by it.',
  ),
  'selfExpression.guidance': number(
    2,
    0,
    20,
    'How much the deep part guides the self-expression of the EOF part in training: pairs of frames that it takes for unlike have their threshold multiplied by exp(guidance (1 - cosine)). For the result 0, 1/4, 1/2, 1, 2 and 4 times as much are tried, and the spectral labels taken that are best known again at other times.',
  ),
  'selfExpression.iterations': integer(
    12,
    1,
    500,
    'Unrolled shrinkage (FISTA) iterations in a training step.',
  ),

  'selfExpression.timeScale': number(
    0,
    0,
    100000,
    'Weights each coefficient by the similarity of the assignments and by exp(-|t-s| / this many time steps); 0 for no weights. It favours contiguous clusters, so it is off unless that is wanted.',
  ),

  'schedule.temperatureStart': number(
    2,
    0.01,
    100,
    'Temperature of the assignments when the joint phase starts.',
  ),
  'schedule.temperatureEnd': number(0.5, 0.01, 100, 'Temperature of the assignments at the end of training.'),
  'schedule.balanceRamp': number(
    0.3,
    0,
    1,
    'Share of the joint and adversarial epochs over which the balance weight rises to its value.',
  ),
  'schedule.skipRamp': number(
    0.3,
    0,
    1,
    'Share of the joint and adversarial epochs over which the skip connections open; in the warm-up they are closed.',
  ),
  'schedule.skipStrength': number(
    0.5,
    0,
    1,
    'Factor on the gated skip connections once they are open; 0 for none.',
  ),

  'discriminator.rank': integer(5, 1, 64, 'Rank r of the subspace of each cluster.'),
  'discriminator.margin': number(0.1, 0, 10, 'Margin m of the hinge.'),
  'discriminator.hinge': choice(
    'relative',
    {
      relative: 'max(0, E(real) - mean E(fake) + m), as the paper',
      absolute: 'E(real) + max(0, m - E(fake)), as deep adversarial subspace clustering (Zhou et al., 2018)',
    },
    'Form of the hinge that the discriminator minimises.',
  ),
  'discriminator.orthogonality': number(0.01, 0, 10, 'Weight of the orthogonality of each basis.'),
  'discriminator.separation': number(0.01, 0, 10, 'Weight of the separation between bases.'),
  'discriminator.learningRate': number(
    0.0002,
    0.000001,
    1,
    'Learning rate of the discriminator (Adam, beta1 = 0).',
  ),
  'discriminator.steps': integer(5, 1, 50, 'Discriminator steps for one generator step.'),
  'discriminator.warmupSteps': integer(
    100,
    0,
    100000,
    'Discriminator steps before the adversarial phase starts.',
  ),
  'discriminator.realShare': number(
    0.8,
    0.1,
    1,
    'Share of the frames of a cluster, by responsibility, that count as real samples.',
  ),

  'labels.method': choice(
    'auto',
    {
      auto: 'spectral where those labels are well known again at other times, argmax elsewhere',
      argmax: 'the cluster with the highest soft assignment',
      spectral: 'spectral clustering of |C| + |C^T|, the affinity of the self-expression',
    },
    'How the final labels are made; both are reported when the series is short enough for self-expression.',
  ),
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

/** What a user can ask for to compute the model. */
export const engineChoices = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow', 'reference'] as const;
export type EngineChoice = (typeof engineChoices)[number];

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
  engine: EngineChoice;
  seed: number;
  /** The run is refused when it is estimated to need more, in MiB. */
  memoryLimit: number;
  /** Where the run directory is created; default: `<first file without extension>.clusters` beside the file. */
  out?: string;
  hyperParameters: HyperParameters;
  /** How the number of clusters was chosen, where it was not given. */
  clusterChoice?: ClusterChoice;
}
