import { describe, expect, it } from 'vitest';
import { criterionNames, type Criterion, type CriterionName } from '../../../src/core/choose/choice';
import { recommend } from '../../../src/core/choose/recommend';

const facts = {
  most: 6,
  seed: 1,
  steps: 300,
  of: 300,
  eofs: 8,
  explained: 0.91,
  block: { length: 9, memory: 8, cut: false },
  references: 99,
  splits: 20,
  uniformGap: { values: [], errors: [], best: null },
};

const flat = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];

/** A criterion that prefers `best`, in so many of the halves; what is left goes to `other`. */
function criterion(best: number | null, share: number, p: number, other = 2): Criterion {
  const support = flat.map(() => 0);
  if (best !== null) support[best - 1] = share;
  support[other - 1] += 1 - share;
  return {
    values: flat,
    errors: flat,
    score: flat,
    noise: { low: flat, middle: flat, high: flat },
    p,
    best,
    support,
    lead: best === null ? null : { over: other, difference: 0.1, error: 0.02 },
  };
}

const of = (...each: Criterion[]): Record<CriterionName, Criterion> =>
  Object.fromEntries(criterionNames.map((name, i) => [name, each[i]])) as Record<CriterionName, Criterion>;

describe('the recommendation', () => {
  it('is clear where most criteria agree, also over halves', () => {
    const strong = criterion(4, 0.9, 0.01);
    const r = recommend(of(strong, strong, strong, criterion(3, 0.9, 0.01)), facts);
    expect(r).toMatchObject({ clusters: 4, certainty: 'clear', agreeing: ['elbow', 'silhouette', 'gap'] });
    expect(r.next).toEqual({ clusters: 3, behind: expect.closeTo(0.475) as number });
    expect(r.text[0]).toBe(
      'K = 4, clearly: elbow, silhouette and gap statistic prefer it, and it has 71% of the votes, 47 percentage points more than K = 3.',
    );
    expect(r.text[4]).toBe(
      'Stability: K = 3 (0.30 above noise), 0.10 ± 0.020 ahead of K = 2; 90% of the halves agree; more than noise shows (p ≤ 0.01).',
    );
  });

  it('is likely where several agree, and not where halves tell another story', () => {
    const some = criterion(4, 0.8, 0.02);
    const none = criterion(null, 0, 0.5);
    expect(recommend(of(none, some, some, none), facts)).toMatchObject({ clusters: 4, certainty: 'likely' });
    const doubtful = criterion(4, 0.5, 0.02);
    expect(recommend(of(none, doubtful, doubtful, none), facts)).toMatchObject({ certainty: 'unclear' });
  });

  it('names no number where the criteria disagree, but the best supported one', () => {
    const r = recommend(
      of(criterion(3, 1, 0.01), criterion(4, 1, 0.01), criterion(5, 0.6, 0.01, 4), criterion(6, 1, 0.01)),
      facts,
    );
    expect(r).toMatchObject({ clusters: 4, certainty: 'unclear', agreeing: ['silhouette'] });
    expect(r.text[0]).toMatch(/^These data show no clear number of clusters: .* K = 4 is best supported, by/);
    expect(r.text.at(-1)).toBe('Try several K, and see which clusters stay.');
  });

  it('hears no criterion that sees no more than noise', () => {
    const loud = criterion(5, 1, 0.4);
    const r = recommend(of(loud, criterion(3, 1, 0.01), loud, criterion(3, 0.7, 0.03)), facts);
    expect(r).toMatchObject({ clusters: 3, agreeing: ['silhouette', 'stability'] });
    expect(r.support[4]).toBe(0);
    expect(r.text[1]).toContain('no more than noise shows (p = 0.40), so it has no vote');
  });

  it('says that there are none where all are so, and never recommends one cluster', () => {
    const r = recommend(
      of(criterion(4, 0.5, 0.3), criterion(2, 1, 0.7), criterion(1, 1, 0.6, 1), criterion(null, 0, 0.2, 1)),
      facts,
    );
    expect(r).toMatchObject({ clusters: 2, certainty: 'none', agreeing: [] });
    expect(r.support).toEqual([0, 0, 0, 0, 0, 0]);
    expect(r.text[0]).toMatch(
      /no more clustered than noise .* K = 2 is the best supported\. It is what silhouette/,
    );
    expect(r.text[3]).toContain('Gap statistic: K = 1, no clusters at all');
    expect(r.text[4]).toContain('still rises at K = 6');
    const one = criterion(1, 1, 0.01, 1);
    expect(recommend(of(one, one, one, one), facts).clusters).toBeGreaterThanOrEqual(2);
  });

  it('says what the series is too short for', () => {
    const strong = criterion(4, 0.9, 0.01);
    const all = of(strong, strong, strong, strong);
    const cut = { ...facts, of: 5000, block: { length: 20, memory: 41.3, cut: true } };
    const { text } = recommend(all, cut);
    expect(text.some((line) => line.includes('remembers 41 time steps'))).toBe(true);
    expect(text.some((line) => line.includes('300 of the 5000 time steps'))).toBe(true);
    expect(recommend(all, facts).text.some((line) => line.includes('remembers'))).toBe(false);
  });
});
