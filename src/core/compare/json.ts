import type { JsonMetrics } from '../results/metricsJson';
import { toJsonMetrics } from '../results/metricsJson';
import type { Comparison, FitRow } from './aggregate';
import type { Statistic } from './statistic';

type JsonNumber = number | null;
interface JsonStatistic {
  readonly mean: JsonNumber;
  readonly sd: JsonNumber;
  readonly n: number;
}

const number = (value: number): JsonNumber => (Number.isFinite(value) ? value : null);
const statisticOf = ({ mean, sd, n }: Statistic): JsonStatistic => ({
  mean: number(mean),
  sd: number(sd),
  n,
});
const statistics = <T extends object>(record: T) =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, statisticOf(value as Statistic)]),
  ) as Record<keyof T, JsonStatistic>;

interface JsonFit extends Omit<FitRow, 'labels' | 'metrics'> {
  readonly metrics: JsonMetrics;
}
const fitOf = ({ labels: _, metrics, ...rest }: FitRow): JsonFit => ({
  ...rest,
  metrics: toJsonMetrics(metrics),
});

/** The figures of a comparison for JSON, which has no NaN: null there. Labels are in labels.csv. */
export function toJson(directory: string, { rows, agreement, ...rest }: Comparison) {
  return {
    directory,
    ...rest,
    rows: rows.map(({ fits, metrics, truth, stability, seconds, best, ...row }) => ({
      ...row,
      metrics: statistics(metrics),
      ...(truth && { truth: statistics(truth) }),
      ...(stability && { stability: statistics(stability) }),
      seconds: statisticOf(seconds),
      ...(best && { best: fitOf(best) }),
      fits: fits.map(fitOf),
    })),
    agreement: agreement.map(({ a, b, ari, nmi }) => ({
      a,
      b,
      ari: statisticOf(ari),
      nmi: statisticOf(nmi),
    })),
  };
}
