/** What the panel shows, worked out once for each labelling. */
import type { RunSnapshot, SeriesSnapshot } from '../../src/protocol/panel';
import { monthFrequencies, yearFrequencies } from './frequency';
import type { RibbonData } from './ribbon';
import {
  type ClusterStatistics,
  type Frequency,
  type Labelled,
  clusterStatistics,
  countTransitions,
  findSpells,
  isLabelled,
  labelProbabilities,
} from './statistics';
import { type TimeAxis, timeAxis } from './timeAxis';

export interface TimeModel {
  readonly series: SeriesSnapshot;
  readonly axis: TimeAxis;
  /** K: of the labels, and before them of the run. */
  readonly clusters: number;
  /** All 0 before the first clustering; empty without a calendar. */
  readonly months: readonly Frequency[];
  readonly years: readonly Frequency[];
  /** Null before the first clustering. */
  readonly clustered: Clustered | null;
}

export interface Clustered {
  readonly series: Labelled;
  readonly data: RibbonData;
  readonly each: readonly ClusterStatistics[];
  readonly all: ClusterStatistics;
  /** [K, K] */
  readonly transitions: readonly (readonly number[])[];
}

/** `before`: the model of the series before this one, whose axis stays when the times do. */
export function timeModel(
  series: SeriesSnapshot,
  run: Pick<RunSnapshot, 'clusters'>,
  before?: TimeModel,
): TimeModel {
  const axis = before && sameTimes(before.series.times, series.times) ? before.axis : timeAxis(series.times);
  const clusters = series.clusters || run.clusters;
  return {
    series,
    axis,
    clusters,
    months: monthFrequencies(series.labels, clusters, axis),
    years: yearFrequencies(series.labels, clusters, axis),
    clustered: isLabelled(series) && axis.count > 0 ? workOut(series, axis) : null,
  };
}

function workOut(series: Labelled, axis: TimeAxis): Clustered {
  const probability = labelProbabilities(series);
  const spells = findSpells(series.labels, axis, probability);
  return {
    series,
    data: { series, probability, spells },
    ...clusterStatistics(spells, series.clusters, axis.count),
    transitions: countTransitions(series.labels, axis, series.clusters),
  };
}

/** Whether two series have the same time axis; a run has one, so its ends tell. */
function sameTimes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1);
}
