/** From curves of the data, of halves of it and of references to the four criteria. */
import type { Criterion, CriterionName } from './choice';
import type { Curves, CurvesOfHalves } from './curves';
import { elbow } from './elbow';
import { gapChoice, gapStatistic } from './gap';
import { type Curve, deviation, deviations, exceedance, highest, means, quantiles } from './statistics';

export interface Evidence {
  readonly data: Curves;
  readonly halves: CurvesOfHalves;
  /** Of persistent noise. */
  readonly noise: readonly Curves[];
  /** Mean agreement of the halves of each of them. */
  readonly noiseAgreement: readonly Curve[];
}

export function criteriaOf({
  data,
  halves: { halves, agreement },
  noise,
  noiseAgreement,
}: Evidence): Record<CriterionName, Criterion> {
  const logs = noise.map(({ logWithin }) => logWithin);
  const gap = gapStatistic(data.logWithin, logs);
  // Of a reference among the others, which is what noise looks like in this chart.
  const gapsOfNoise = logs.map((own) => gapStatistic(own, logs).values);
  const expected = means(noiseAgreement);
  const excess = (agreements: Curve): number[] => agreements.map((value, k) => value - expected[k]);
  const stability = means(agreement);
  return {
    elbow: criterion({
      values: data.share,
      errors: deviations(halves.map(({ share }) => share)),
      score: data.knee,
      resampled: recentred(
        data.knee,
        halves.map(({ knee }) => knee),
      ),
      choose: elbow,
      noise: noise.map(({ share }) => share),
      p: exceedance(
        data.knee,
        noise.map(({ knee }) => knee),
      ),
    }),
    silhouette: criterion({
      values: data.silhouette,
      errors: deviations(halves.map(({ silhouette }) => silhouette)),
      score: data.silhouette,
      resampled: recentred(
        data.silhouette,
        halves.map(({ silhouette }) => silhouette),
      ),
      choose: highestWithin,
      noise: noise.map(({ silhouette }) => silhouette),
      p: exceedance(
        data.silhouette,
        noise.map(({ silhouette }) => silhouette),
      ),
    }),
    gap: criterion({
      values: gap.values,
      errors: gap.errors,
      score: gap.values,
      resampled: recentred(
        gap.values,
        halves.map(({ logWithin }) => logWithin.map((value) => -value)),
      ),
      choose: (values) => gapChoice({ values, errors: gap.errors }),
      noise: gapsOfNoise,
      p: exceedance(gap.values, gapsOfNoise),
    }),
    stability: criterion({
      values: stability,
      errors: deviations(agreement),
      score: excess(stability),
      resampled: agreement.map(excess),
      choose: highestWithin,
      noise: noiseAgreement,
      p: exceedance(stability, noiseAgreement),
    }),
  };
}

/** The K of the highest score; null where that is the last one: it may be higher still beyond. */
function highestWithin(score: Curve): number | null {
  const best = highest(score);
  return best === null || best === score.length - 1 ? null : best + 1;
}

/**
 * Curves of halves about the curve of all: half as many points are clustered more closely, more so the larger K is, and
 * that must not move a preference. Their spread is that of the whole series: without replacement half of the steps have
 * just the variance that all of them have beside an endless series.
 */
function recentred(data: Curve, halves: readonly Curve[]): number[][] {
  const centre = means(halves);
  return halves.map((half) => half.map((value, k) => data[k] + value - centre[k]));
}

interface Parts {
  readonly values: Curve;
  readonly errors: Curve;
  readonly score: Curve;
  /** Scores as they might as well have come out. */
  readonly resampled: readonly Curve[];
  choose(score: Curve): number | null;
  readonly noise: readonly Curve[];
  readonly p: number;
}

function criterion({ values, errors, score, resampled, choose, noise, p }: Parts): Criterion {
  const best = choose(score);
  const support = values.map(() => 0);
  for (const one of resampled) {
    const preferred = choose(one);
    if (preferred !== null) support[preferred - 1] += 1 / resampled.length;
  }
  return {
    values: plain(values),
    errors: plain(errors),
    score: plain(score),
    noise: {
      low: plain(quantiles(noise, 0.05)),
      middle: plain(quantiles(noise, 0.5)),
      high: plain(quantiles(noise, 0.95)),
    },
    p,
    best,
    support,
    lead: best === null ? null : leadOf(best, score, resampled),
  };
}

function leadOf(best: number, score: Curve, resampled: readonly Curve[]): Criterion['lead'] {
  const others = score.map((value, k) => (k + 1 === best ? NaN : value));
  const next = highest(others);
  if (next === null || Number.isNaN(score[best - 1])) return null;
  return {
    over: next + 1,
    difference: score[best - 1] - score[next],
    error: deviation(resampled.map((one) => one[best - 1] - one[next])),
  };
}

/** JSON has no NaN. */
function plain(values: Curve): (number | null)[] {
  return values.map((value) => (Number.isFinite(value) ? value : null));
}
