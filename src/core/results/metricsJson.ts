import * as z from 'zod';
import type { Metrics } from '../evaluation/metrics';
import { UserError } from '../errors';
import type { ClusteringResult } from './result';

/** In the order of the files. */
export const metricNames = [
  'silhouetteCosine',
  'silhouetteEuclidean',
  'daviesBouldin',
  'calinskiHarabasz',
  'rmse',
  'variance',
  'interClusterDistance',
  'centroidDistance',
] as const satisfies readonly (keyof Metrics)[];

/** All metrics, null where one is undefined. */
export const metricsSchema = z.object(
  Object.fromEntries(metricNames.map((name) => [name, z.number().nullable()])) as Record<
    (typeof metricNames)[number],
    z.ZodNullable<z.ZodNumber>
  >,
);

const schema = z.object({
  clusters: z.number().int(),
  nonEmptyClusters: z.number().int(),
  /** Time steps of each cluster. */
  sizes: z.array(z.number().int()),
  metrics: metricsSchema,
  /** Absent in files of older versions. */
  method: z.enum(['argmax', 'spectral']).optional(),
  argmaxMetrics: metricsSchema.optional(),
  spectralMetrics: metricsSchema.optional(),
  /** Agreement of the spectral labels with what time steps far away foretell. */
  recurrence: z.number().optional(),
});

/** Metrics with null for what is undefined: JSON has no NaN. */
export type JsonMetrics = Record<keyof Metrics, number | null>;

export function toJsonMetrics(metrics: Metrics): JsonMetrics {
  return Object.fromEntries(
    metricNames.map((name) => [name, Number.isFinite(metrics[name]) ? metrics[name] : null]),
  ) as JsonMetrics;
}

export function fromJsonMetrics(metrics: JsonMetrics): Metrics {
  return completeMetrics(metrics);
}

/** All metrics; NaN for those that are absent. */
export function completeMetrics(metrics: Readonly<Partial<Record<string, number | null>>>): Metrics {
  return Object.fromEntries(metricNames.map((name) => [name, metrics[name] ?? NaN])) as unknown as Metrics;
}

/** Those that are defined, as the records of epochs hold them. */
export function definedMetrics(metrics: Metrics): Partial<Metrics> {
  return Object.fromEntries(
    metricNames.filter((name) => Number.isFinite(metrics[name])).map((name) => [name, metrics[name]]),
  );
}

/** Time steps of each cluster. [K] */
export function clusterSizes(labels: Int32Array, clusters: number): number[] {
  const sizes = new Array<number>(clusters).fill(0);
  for (const label of labels) sizes[label]++;
  return sizes;
}

/** metrics.json of a result. */
export function formatMetrics(result: ClusteringResult): string {
  const sizes = clusterSizes(result.labels, result.clusters);
  const content: z.infer<typeof schema> = {
    clusters: result.clusters,
    nonEmptyClusters: sizes.filter((size) => size > 0).length,
    sizes,
    metrics: toJsonMetrics(result.metrics),
    method: result.method,
    argmaxMetrics: toJsonMetrics(result.argmaxMetrics),
    ...(result.spectralMetrics && { spectralMetrics: toJsonMetrics(result.spectralMetrics) }),
    ...(result.recurrence !== undefined && { recurrence: result.recurrence }),
  };
  return JSON.stringify(content, undefined, 2) + '\n';
}

export interface MetricsFile {
  readonly clusters: number;
  readonly nonEmptyClusters: number;
  readonly sizes: readonly number[];
  /** NaN where a metric is undefined. */
  readonly metrics: Metrics;
  readonly method?: 'argmax' | 'spectral';
  readonly argmaxMetrics?: Metrics;
  readonly spectralMetrics?: Metrics;
  readonly recurrence?: number;
}

/** Reads metrics.json. Throws a UserError when it is damaged. */
export function parseMetrics(text: string, source: string): MetricsFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${source} is damaged: it is not JSON.`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new UserError(`${source} is damaged: ${path.join('.')}: ${message}`);
  }
  const { metrics, argmaxMetrics, spectralMetrics, ...rest } = parsed.data;
  return {
    ...rest,
    metrics: fromJsonMetrics(metrics),
    ...(argmaxMetrics && { argmaxMetrics: fromJsonMetrics(argmaxMetrics) }),
    ...(spectralMetrics && { spectralMetrics: fromJsonMetrics(spectralMetrics) }),
  };
}
