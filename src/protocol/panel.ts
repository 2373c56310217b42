/**
 * The one list of messages between the host and the panels of a run. Both ends validate what arrives.
 *
 *     panel   ready ---------------------------> host      the panel listens; also after it was hidden or restored
 *     host    run, series, selection, runs ----> panel     each complete, never a delta; again whenever it changes
 *     panel   select --------------------------> host      the selection of the run changes; every panel of it hears
 *     panel   request(id, ask) ----------------> host      pulls one slice: a map, an embedding, an affinity
 *     host    answer(id) or refusal(id) -------> panel     numbers as typed arrays
 *     panel   cancel, resume, open, save... ---> host      what the user asked for
 */
import * as z from 'zod/mini';
import { comparisonEntry } from './comparison';

/** NaN does not survive the way to a webview inside plain numbers; it travels as null. Typed arrays keep it. */
const measured = z.nullable(z.number());
const floats = z.custom<Float32Array>((value) => value instanceof Float32Array);
const doubles = z.custom<Float64Array>((value) => value instanceof Float64Array);
const integers = z.custom<Int32Array>((value) => value instanceof Int32Array);
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** The panels of a run; each is a folder of webview/. */
export const panelKinds = ['time', 'maps', 'metrics', 'affinity'] as const;
export type PanelKind = (typeof panelKinds)[number];

export const metricKeys = [
  'silhouetteCosine',
  'silhouetteEuclidean',
  'daviesBouldin',
  'calinskiHarabasz',
  'rmse',
  'variance',
  'interClusterDistance',
  'centroidDistance',
] as const;
export type MetricKey = (typeof metricKeys)[number];
const metricValues = z.record(z.enum(metricKeys), measured);
export type MetricValues = z.infer<typeof metricValues>;

const fieldInfo = z.object({ name: z.string(), longName: z.string(), units: z.string() });
export type FieldSnapshot = z.infer<typeof fieldInfo>;

const epochRecord = z.object({
  epoch: z.number(),
  phase: z.string(),
  seconds: measured,
  losses: z.record(z.string(), measured),
  /** What was set, not learned: temperature, learning rate, windows. */
  schedule: z.optional(z.record(z.string(), measured)),
  /** Metrics of the labels after this epoch, where they were computed. */
  metrics: z.optional(metricValues),
});
export type EpochSnapshot = z.infer<typeof epochRecord>;

/** The run in words and numbers: small, sent a few times a second while it trains. */
export const runSnapshot = z.object({
  state: z.enum(['empty', 'queued', 'running', 'cancelling', 'finished', 'interrupted', 'failed']),
  /** What the user called the run, else an empty text. */
  name: z.string(),
  /** Names of the data files, without folders. */
  files: z.array(z.string()),
  fields: z.array(z.string()),
  runDirectory: z.nullable(z.string()),
  engine: z.string(),
  phase: z.string(),
  /** Epochs done and in all; steps done and in all within the epoch. */
  epoch: z.number(),
  epochs: z.number(),
  step: z.number(),
  steps: z.number(),
  secondsLeft: measured,
  clusters: z.number(),
  metrics: z.nullable(metricValues),
  history: z.array(epochRecord),
  warnings: z.array(z.string()),
  /** Why the run failed or was interrupted. */
  message: z.nullable(z.string()),
  canResume: z.boolean(),
  hasReport: z.boolean(),
});
export type RunSnapshot = z.infer<typeof runSnapshot>;

/** The time axis and what the clustering says of each time step. Sent when it changes: once an epoch at most. */
export const seriesSnapshot = z.object({
  /** Counts the labellings of this run: slices asked for before it changed are out of date. */
  version: z.number(),
  clusters: z.number(),
  /** ISO 8601 in the data's own calendar, or plain numbers where the data have no calendar. [n] */
  times: z.array(z.string()),
  /** 0-based, as in labels.csv; null before the first clustering. [n] */
  labels: z.nullable(integers),
  /** Probability of each cluster; rows sum to 1. [n, K] */
  memberships: z.nullable(floats),
});
export type SeriesSnapshot = z.infer<typeof seriesSnapshot>;

const index = z.int().check(z.nonnegative());

/** What is selected in a run: one model in the host, every panel follows it. */
export const selection = z.object({
  /** One time step, by index. */
  step: z.nullable(index),
  /** A period: first and last step. */
  period: z.nullable(z.tuple([index, index])),
  cluster: z.nullable(index),
  /** Index into the run's fields. */
  field: z.nullable(index),
});
export type Selection = z.infer<typeof selection>;
export const noSelection: Selection = { step: null, period: null, cluster: null, field: null };

const settingValue = z.union([z.string(), z.number(), z.boolean()]);

/** One run in the table of runs. */
export const runRow = z.object({
  directory: z.string(),
  /** Name given by the user, else the id. */
  name: z.string(),
  files: z.array(z.string()),
  state: z.string(),
  /** ISO 8601, UTC. */
  started: z.string(),
  /** Training and evaluation, in seconds. */
  seconds: measured,
  clusters: z.number(),
  fields: z.array(z.string()),
  seed: z.number(),
  engine: z.string(),
  metrics: z.nullable(metricValues),
  /** Every hyper-parameter, and the selection of data (time, bbox, select) as text. */
  settings: z.record(z.string(), settingValue),
});
export type RunRow = z.infer<typeof runRow>;

export const grid = z.object({
  kind: z.enum(['rectilinear', 'curvilinear']),
  height: z.number(),
  width: z.number(),
  /** Degrees north: [H] if rectilinear, [H*W] if curvilinear; indices where not `geographic`. */
  latitude: doubles,
  /** Degrees east, unwrapped so that neighbours differ by less than 180 (may exceed 360): [W] or [H*W]. */
  longitude: doubles,
  geographic: z.boolean(),
});
export type GridSnapshot = z.infer<typeof grid>;

/** Which map of a field. `index` is the cluster of a mean, the time step of a step, and 0 otherwise. */
export const mapLayers = ['mean', 'overall', 'f', 'step'] as const;
export type MapLayer = (typeof mapLayers)[number];

/** What a panel can ask for, and what it gets. */
export const asks = {
  /** The fields of the run and their grid. */
  geometry: {
    ask: z.object({ what: z.literal('geometry') }),
    answer: z.object({ fields: z.array(fieldInfo), grid }),
  },
  /**
   * One map in the units of the field, NaN where there is no value. `mean`: over the time steps of a cluster; `overall`:
   * over all; `f`: F statistic of the difference between clusters; `step`: the field itself.
   */
  map: {
    ask: z.object({ what: z.literal('map'), field: index, layer: z.enum(mapLayers), index }),
    answer: z.object({
      /** [H*W] */
      values: floats,
      /** 1 where the anomaly of a mean (or the F statistic) is significant under field significance; else null. [H*W] */
      significant: z.nullable(bytes),
      /** Over all clusters, so that maps share one scale: lowest and highest mean, largest anomaly, largest F. */
      range: z.object({ mean: z.tuple([z.number(), z.number()]), anomaly: z.number(), f: z.number() }),
      /** Version of the series that the map was made from. */
      version: z.number(),
    }),
  },
  /** The embedding in two dimensions. */
  embedding: {
    ask: z.object({ what: z.literal('embedding'), method: z.enum(['pca', 'umap']) }),
    answer: z.object({
      /** [n, 2] */
      points: floats,
      /** Shares of variance along both axes; null for UMAP. */
      explained: z.nullable(z.tuple([z.number(), z.number()])),
      version: z.number(),
    }),
  },
  /** |C| + |C^T| of the self-expression, as block means of at most `size` x `size` blocks of neighbouring positions. */
  affinity: {
    ask: z.object({
      what: z.literal('affinity'),
      order: z.enum(['time', 'cluster']),
      size: z.int().check(z.minimum(1), z.maximum(2048)),
    }),
    answer: z.object({
      /** Blocks along each side, m. */
      size: z.number(),
      /** [m, m] */
      values: floats,
      /** The time step at each position. [n] */
      order: integers,
      /** Exact sums between each two clusters [K, K], and the share within clusters of labels moved along time. */
      clusters: z.optional(z.object({ between: doubles, shifted: measured })),
      version: z.number(),
    }),
  },
} as const;
export type What = keyof typeof asks;
export type Ask = z.infer<(typeof asks)[What]['ask']>;
export type AskOf<W extends What> = z.infer<(typeof asks)[W]['ask']>;
export type AnswerOf<W extends What> = z.infer<(typeof asks)[W]['answer']>;

export const toPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: runSnapshot }),
  z.object({ type: z.literal('series'), series: seriesSnapshot }),
  z.object({ type: z.literal('selection'), selection }),
  /**
   * Every run of the same data files, or those that were chosen to be compared, newest first; the metrics panel only.
   */
  z.object({ type: z.literal('runs'), runs: z.array(runRow), chosen: z.boolean() }),
  /** Methods that were compared on the same data files, newest first; the metrics panel only. */
  z.object({ type: z.literal('comparisons'), comparisons: z.array(comparisonEntry) }),
  /** Validated against the schema of what was asked. */
  z.object({ type: z.literal('answer'), id: z.number(), answer: z.unknown() }),
  /** `reason` is for people: why there is no answer now. */
  z.object({ type: z.literal('refusal'), id: z.number(), reason: z.string() }),
]);
export type ToPanel = z.infer<typeof toPanel>;

export const fromPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('clusterFile') }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('openReport') }),
  z.object({ type: z.literal('revealFiles') }),
  z.object({ type: z.literal('showLog') }),
  /** Shows another panel of the same run. */
  z.object({ type: z.literal('open'), panel: z.enum(panelKinds) }),
  /** The table shows all runs again, not only those that were chosen. */
  z.object({ type: z.literal('allRuns') }),
  /** Compares methods on the data files of the run. */
  z.object({ type: z.literal('compareMethods') }),
  z.object({ type: z.literal('openComparison'), directory: z.string() }),
  /** Shows another run of the table. */
  z.object({ type: z.literal('openRun'), directory: z.string() }),
  z.object({ type: z.literal('select'), selection }),
  z.object({
    type: z.literal('request'),
    id: z.number(),
    ask: z.discriminatedUnion('what', [
      asks.geometry.ask,
      asks.map.ask,
      asks.embedding.ask,
      asks.affinity.ask,
    ]),
  }),
  /** A picture to save; `name` is a proposal without folder or extension. */
  z.object({
    type: z.literal('save'),
    name: z.string(),
    format: z.enum(['svg', 'png']),
    content: z.union([z.string(), bytes]),
  }),
  /** Text for the clipboard; `what` says what was copied. */
  z.object({ type: z.literal('copy'), text: z.string(), what: z.string() }),
]);
export type FromPanel = z.infer<typeof fromPanel>;

/** A panel about no run. */
export const emptyRun: RunSnapshot = {
  state: 'empty',
  name: '',
  files: [],
  fields: [],
  runDirectory: null,
  engine: '',
  phase: '',
  epoch: 0,
  epochs: 0,
  step: 0,
  steps: 0,
  secondsLeft: null,
  clusters: 0,
  metrics: null,
  history: [],
  warnings: [],
  message: null,
  canResume: false,
  hasReport: false,
};

export const emptySeries: SeriesSnapshot = {
  version: 0,
  clusters: 0,
  times: [],
  labels: null,
  memberships: null,
};
