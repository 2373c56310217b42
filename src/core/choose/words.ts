/** The recommendation in words. Pure. */
import {
  criterionNames,
  type Certainty,
  type ClusterChoice,
  type Criterion,
  type CriterionName,
  type Recommendation,
} from './choice';

export const criterionTitles: Readonly<Record<CriterionName, string>> = {
  elbow: 'elbow',
  silhouette: 'silhouette',
  gap: 'gap statistic',
  stability: 'stability',
};

/** How sure a number of clusters is, in a word or two. */
export const certaintyWords: Readonly<Record<Certainty, string>> = {
  clear: 'clear',
  likely: 'likely',
  unclear: 'no clear number',
  none: 'no more clusters than in noise',
};

const SIGNIFICANT = 0.05;

/** Sentences: the verdict, then what each criterion says, then what to keep in mind. */
export function wordsOf(
  verdict: Omit<Recommendation, 'text'>,
  criteria: Readonly<Record<CriterionName, Criterion>>,
  facts: Omit<ClusterChoice, 'criteria' | 'recommendation'>,
): string[] {
  return [
    verdictOf(verdict, criteria),
    ...criterionNames.map((name) => sentence(name, criteria[name], facts.most)),
    ...caveats(verdict, facts),
  ];
}

function verdictOf(
  { clusters, certainty, agreeing, support, next }: Omit<Recommendation, 'text'>,
  criteria: Readonly<Record<CriterionName, Criterion>>,
): string {
  const by = list(agreeing.map((name) => criterionTitles[name]));
  const share = percent(support[clusters - 1]);
  const rival = next
    ? `, ${Math.round(100 * next.behind)} percentage points more than K = ${next.clusters}`
    : '';
  switch (certainty) {
    case 'clear':
      return `K = ${clusters}, clearly: ${by} prefer it, and it has ${share} of the votes${rival}.`;
    case 'likely':
      return `K = ${clusters}, probably: ${by} prefer it, and it has ${share} of the votes${rival}.`;
    case 'unclear': {
      const support =
        agreeing.length > 0
          ? `best supported, by ${by} (${share} of the votes${rival})`
          : `best supported (${share} of the votes${rival}), but no criterion prefers it on the whole`;
      return `These data show no clear number of clusters: there is more structure than in noise of the same persistence, but too few criteria agree on a number. K = ${clusters} is ${support}.`;
    }
    case 'none': {
      const names = criterionNames.filter((name) => criteria[name].best === clusters);
      const support =
        names.length > 0
          ? ` It is what ${list(names.map((name) => criterionTitles[name]))} would say of noise, too.`
          : '';
      return `These data show no clear number of clusters: they are no more clustered than noise of the same persistence. If you need a number, K = ${clusters} is the best supported.${support}`;
    }
  }
}

function sentence(name: CriterionName, { best, p, lead, support, score }: Criterion, most: number): string {
  const title = criterionTitles[name][0].toUpperCase() + criterionTitles[name].slice(1);
  if (best === null) {
    return name === 'elbow'
      ? `${title}: the curve has none${beside(p)}.`
      : `${title}: still rises at K = ${most}, the largest that was tried, so it names no number${beside(p)}.`;
  }
  if (name === 'gap' && best === 1) return `${title}: K = 1, no clusters at all${beside(p)}.`;
  const value = score[best - 1];
  const unit = { elbow: ' below the chord', silhouette: '', gap: '', stability: ' above noise' }[name];
  const what = value === null ? '' : ` (${shown(value)}${unit})`;
  const ahead =
    lead && name !== 'gap'
      ? `, ${shown(lead.difference)} ± ${shown(lead.error)} ahead of K = ${lead.over}`
      : '';
  return `${title}: K = ${best}${what}${ahead}; ${percent(support[best - 1])} of the halves agree${beside(p)}.`;
}

function beside(p: number): string {
  return p <= SIGNIFICANT
    ? `; more than noise shows (p ${p < 0.015 ? '≤ 0.01' : `= ${p.toFixed(2)}`})`
    : `; no more than noise shows (p = ${p.toFixed(2)}), so it has no vote`;
}

function caveats(
  { certainty }: Omit<Recommendation, 'text'>,
  { steps, of, eofs, explained, block }: Omit<ClusterChoice, 'criteria' | 'recommendation'>,
): string[] {
  const used = steps === of ? `all ${of} time steps` : `${steps} of the ${of} time steps`;
  const lines = [
    `Judged by k-means on the leading ${eofs} EOF coefficients (${percent(explained)} of the variance) of ${used}. ` +
      'It sees compact clusters only: regimes that are subspaces, or that differ in how the field moves, can be there all the same.',
  ];
  if (block.cut) {
    lines.push(
      `The series remembers ${Math.round(block.memory)} time steps, too long to be halved in independent blocks (of ${block.length} steps): the uncertainty is larger than it seems, and seasons may be what is found.`,
    );
  }
  if (certainty === 'unclear' || certainty === 'none') {
    lines.push('Try several K, and see which clusters stay.');
  }
  return lines;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** Two or three digits are all that halves and references can tell. */
function shown(value: number): string {
  const digits = Math.abs(value) >= 0.1 ? 2 : 3;
  return value.toFixed(digits).replace('-', '−');
}
