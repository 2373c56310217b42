/**
 * The one list of messages between the host and the results panel. Both ends validate what arrives.
 *
 *     panel   ready ---------------------------> host      the panel listens; also after it was hidden or restored
 *     host    snapshot ------------------------> panel     everything there is to draw, never a delta
 *     panel   cancel, resume, open... ---------> host      what the user asked for
 */
import * as z from 'zod/mini';

/** NaN does not survive the way to a webview; it travels as null. */
const measured = z.nullable(z.number());

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

const epochRecord = z.object({
  epoch: z.number(),
  phase: z.string(),
  seconds: measured,
  losses: z.record(z.string(), measured),
});

/** Everything that the results panel draws. */
export const resultsSnapshot = z.object({
  state: z.enum(['empty', 'queued', 'running', 'cancelling', 'finished', 'interrupted', 'failed']),
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
  /** ISO 8601 in the data's own calendar. */
  times: z.array(z.string()),
  /** 0-based, as in labels.csv; null before the first clustering. */
  labels: z.nullable(z.array(z.number())),
  /** Probability of each label. */
  confidence: z.nullable(z.array(measured)),
  metrics: z.nullable(z.record(z.enum(metricKeys), measured)),
  history: z.array(epochRecord),
  warnings: z.array(z.string()),
  /** Why the run failed or was interrupted. */
  message: z.nullable(z.string()),
  canResume: z.boolean(),
  hasReport: z.boolean(),
});
export type ResultsSnapshot = z.infer<typeof resultsSnapshot>;
export type EpochSnapshot = z.infer<typeof epochRecord>;

export const toResultsPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), snapshot: resultsSnapshot }),
]);
export type ToResultsPanel = z.infer<typeof toResultsPanel>;

export const fromResultsPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('clusterFile') }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('openReport') }),
  z.object({ type: z.literal('revealFiles') }),
  z.object({ type: z.literal('showLog') }),
]);
export type FromResultsPanel = z.infer<typeof fromResultsPanel>;

/** A panel about no run. */
export const emptyResults: ResultsSnapshot = {
  state: 'empty',
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
  times: [],
  labels: null,
  confidence: null,
  metrics: null,
  history: [],
  warnings: [],
  message: null,
  canResume: false,
  hasReport: false,
};
