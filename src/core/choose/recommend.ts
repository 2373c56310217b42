import {
  criterionNames,
  type ClusterChoice,
  type CriterionName,
  type Criterion,
  type Recommendation,
} from './choice';
import { highest } from './statistics';
import { wordsOf } from './words';

/** A curve that fewer than one in twenty series of noise has is more than noise. */
export const SIGNIFICANT = 0.05;

/** What the criteria come to. */
export function recommend(
  criteria: Readonly<Record<CriterionName, Criterion>>,
  facts: Omit<ClusterChoice, 'criteria' | 'recommendation'>,
): Recommendation {
  const seeing = criterionNames.filter((name) => criteria[name].p <= SIGNIFICANT);
  const votesOf = (names: readonly CriterionName[]): number[] =>
    criteria.elbow.support.map((_, k) =>
      names.reduce((sum, name) => sum + voteOf(criteria[name], k + 1) / criterionNames.length, 0),
    );
  const support = votesOf(seeing);
  // Criteria that see no more than noise have no vote, but where all are so, something must be said.
  const votes = [...(support.slice(1).some((vote) => vote > 0) ? support : votesOf(criterionNames))];
  votes[0] = NaN;
  const clusters = (highest(votes) ?? 1) + 1;
  const others = votes.map((vote, k) => (k === clusters - 1 ? NaN : vote));
  const second = highest(others);
  const next =
    second !== null && others[second] > 0
      ? { clusters: second + 1, behind: votes[clusters - 1] - others[second] }
      : null;
  const agreeing = seeing.filter((name) => criteria[name].best === clusters);
  const verdict = {
    clusters,
    certainty: certaintyOf(seeing.length, agreeing.length, support[clusters - 1], next?.behind ?? 1),
    agreeing,
    support,
    next,
  };
  return { ...verdict, text: wordsOf(verdict, criteria, facts) };
}

/** Half of its vote a criterion gives to what it prefers on all the data, half of it to what it prefers over halves of them. */
function voteOf({ best, support }: Criterion, k: number): number {
  return ((best === k ? 1 : 0) + support[k - 1]) / 2;
}

/** The thresholds were set on generated data of known regimes, and checked on other seeds: docs/method.md. */
function certaintyOf(
  seeing: number,
  agreeing: number,
  support: number,
  lead: number,
): Recommendation['certainty'] {
  if (seeing < 2) return 'none';
  if (agreeing >= 3 && support >= 0.6 && lead >= 0.4) return 'clear';
  if (agreeing >= 2 && support >= 0.45 && lead >= 0.15) return 'likely';
  return 'unclear';
}
