import type { Certainty } from '../choose/choice';
import { accuracy, adjustedRandIndex } from '../evaluation/matching';
import type { Metrics } from '../evaluation/metrics';
import { normalizedMutualInformation } from '../evaluation/mutualInformation';
import {
  agreementBetween,
  stabilityOf,
  type Agreement,
  type LabelSeries,
  type PairAgreement,
} from './agreement';
import type { CompareConfig } from './config';
import type { FitRecord, MethodFacts } from './files';
import { metricColumns } from './metricColumns';
import { ranks, statistic, type Statistic } from './statistic';

/** How well labels agree with the truth. */
export interface TruthScores<T> {
  /** Share of time steps that agree under the best one-to-one matching. */
  readonly acc: T;
  readonly nmi: T;
  readonly ari: T;
}

/** One labelling of one fit. */
export interface FitRow {
  readonly seed: number;
  readonly labels: Int32Array;
  readonly metrics: Metrics;
  readonly nonEmpty: number;
  readonly truth?: TruthScores<number>;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMemory: number;
  readonly memoryBefore: number;
}

/** A row of the table: a method, or other labels that the same fits give. */
export interface ComparisonRow {
  /** That of the method, with `.name` for other labels of it. */
  readonly id: string;
  readonly method: MethodFacts;
  readonly title: string;
  /** The fits that have worked, by seed. */
  readonly fits: readonly FitRow[];
  /** Those that have not, and why. */
  readonly failures: readonly { readonly seed: number; readonly reason: string }[];
  /** Whether all of several seeds gave the same partition: a deviation of zero then says nothing of chance. */
  readonly identical: boolean;
  readonly metrics: Readonly<Record<keyof Metrics, Statistic>>;
  readonly truth?: TruthScores<Statistic>;
  /** Non-empty clusters, over the seeds. */
  readonly nonEmpty?: { readonly least: number; readonly most: number };
  /** Mean of its places among the rows, over the metrics that are ranked; absent where no fit has worked. */
  readonly rank?: number;
  /** Between its own seeds, where there are two. */
  readonly stability?: Agreement;
  readonly seconds: Statistic;
  /** MiB, the largest over the seeds. */
  readonly peakMemory?: number;
  /** The seed with the highest cosine silhouette, as the published code selects. */
  readonly best?: FitRow;
}

/** A comparison in figures. */
export interface Comparison {
  readonly clusters: number;
  /** How sure that is, where it was chosen from the data and not given. */
  readonly certainty?: Certainty;
  readonly seeds: readonly number[];
  readonly rows: readonly ComparisonRow[];
  readonly agreement: readonly PairAgreement[];
  readonly hasTruth: boolean;
}

/**
 * The figures of the fits so far. Rows are in the order of `methods`; a method without any fit is left out. Gives way to
 * other events between labellings.
 */
export async function aggregate(
  {
    seeds,
    hyperParameters,
    clusterChoice,
  }: Pick<CompareConfig, 'seeds' | 'hyperParameters' | 'clusterChoice'>,
  methods: readonly MethodFacts[],
  records: readonly FitRecord[],
  truth?: Int32Array,
  signal?: AbortSignal,
): Promise<Comparison> {
  const unranked: ComparisonRow[] = [];
  const series: LabelSeries[] = [];
  for (const method of methods) {
    const order = ({ seed }: FitRecord): number => seeds.indexOf(seed);
    const own = records
      .filter((record) => record.method === method.id && seeds.includes(record.seed))
      .sort((a, b) => order(a) - order(b));
    for (const name of labellingNames(own)) {
      const row = rowOf(method, name, own, truth);
      const { id, fits } = row;
      const labels = new Map(fits.map((fit) => [fit.seed, fit.labels]));
      const labelSeries = { id, labels, deterministic: method.deterministic };
      const stability = await stabilityOf(labelSeries, signal);
      const identical = stability !== undefined && stability.ari.mean === 1;
      unranked.push({ ...row, identical, ...(stability && { stability }) });
      if (fits.length > 0) series.push(labelSeries);
    }
  }
  return {
    clusters: hyperParameters.clusters,
    ...(clusterChoice && { certainty: clusterChoice.recommendation.certainty }),
    seeds,
    rows: withRanks(unranked),
    agreement: await agreementBetween(series, signal),
    hasTruth: truth !== undefined,
  };
}

/** The labels of the method come first, also where no fit has worked. */
function labellingNames(records: readonly FitRecord[]): string[] {
  if (records.length === 0) return [];
  const others = records.flatMap((record) =>
    record.state === 'done' ? record.labellings.map(({ name }) => name) : [],
  );
  return [...new Set(['', ...others])];
}

function rowOf(
  method: MethodFacts,
  name: string,
  records: readonly FitRecord[],
  truth: Int32Array | undefined,
): Omit<ComparisonRow, 'identical' | 'stability' | 'rank'> {
  const fits = records.flatMap((record): FitRow[] => {
    const labelling =
      record.state === 'done' ? record.labellings.find((one) => one.name === name) : undefined;
    if (record.state !== 'done' || !labelling) return [];
    const { labels, metrics } = labelling;
    return [
      {
        seed: record.seed,
        labels,
        metrics,
        nonEmpty: new Set(labels).size,
        ...(truth && { truth: scores(labels, truth) }),
        ...record.cost,
      },
    ];
  });
  const failures = records.flatMap((record) =>
    record.state === 'failed' ? [{ seed: record.seed, reason: record.reason }] : [],
  );
  const over = (value: (fit: FitRow) => number): Statistic => statistic(fits.map(value));
  const counts = fits.map(({ nonEmpty }) => nonEmpty);
  const score = (fit: FitRow): number => fit.metrics.silhouetteCosine;
  const defined = fits.filter((fit) => !Number.isNaN(score(fit)));
  return {
    id: name === '' ? method.id : `${method.id}.${name}`,
    method,
    title: name === '' ? method.title : `${method.title} (${name})`,
    fits,
    failures,
    metrics: Object.fromEntries(
      metricColumns.map(({ key }) => [key, over((fit) => fit.metrics[key])]),
    ) as Record<keyof Metrics, Statistic>,
    ...(truth && {
      truth: {
        acc: over((fit) => fit.truth!.acc),
        nmi: over((fit) => fit.truth!.nmi),
        ari: over((fit) => fit.truth!.ari),
      },
    }),
    seconds: over(({ seconds }) => seconds),
    ...(fits.length > 0 && {
      nonEmpty: { least: Math.min(...counts), most: Math.max(...counts) },
      peakMemory: Math.max(...fits.map(({ peakMemory }) => peakMemory)),
      best: defined.reduce<FitRow | undefined>(
        (best, fit) => (best && score(best) >= score(fit) ? best : fit),
        undefined,
      ),
    }),
  };
}

function scores(labels: Int32Array, truth: Int32Array): TruthScores<number> {
  return {
    acc: accuracy(labels, truth),
    nmi: normalizedMutualInformation(labels, truth),
    ari: adjustedRandIndex(labels, truth),
  };
}

/** Methods of which no fit has worked have no place. */
function withRanks(rows: readonly ComparisonRow[]): ComparisonRow[] {
  const placed = rows.filter(({ fits }) => fits.length > 0);
  const places = metricColumns
    .filter(({ ranked }) => ranked)
    .map(({ key, better }) =>
      ranks(
        placed.map(({ metrics }) => metrics[key].mean),
        better,
      ),
    );
  return rows.map((row) => {
    const i = placed.indexOf(row);
    return i < 0 ? row : { ...row, rank: statistic(places.map((place) => place[i])).mean };
  });
}
