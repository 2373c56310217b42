import type { ClusterChoice, Criterion } from '../../../src/core/choose/choice';
import { recommend } from '../../../src/core/choose/recommend';

/** A criterion with its peak at K = 3 of 6. */
function criterion(values: (number | null)[], best: number | null, p: number): Criterion {
  const of = (f: (value: number) => number) => values.map((value) => (value === null ? null : f(value)));
  return {
    values,
    errors: of(() => 0.05),
    score: values,
    noise: { low: of((v) => v / 2 - 0.1), middle: of((v) => v / 2), high: of((v) => v / 2 + 0.1) },
    p,
    best,
    support: [0, 0.05, 0.9, 0.05, 0, 0],
    lead: best === null ? null : { over: 2, difference: 0.1, error: 0.04 },
  };
}

const facts: Omit<ClusterChoice, 'criteria' | 'recommendation'> = {
  most: 6,
  seed: 1,
  steps: 365,
  of: 365,
  eofs: 12,
  explained: 0.9,
  block: { length: 22, memory: 27.4, cut: true },
  references: 99,
  splits: 20,
  uniformGap: { values: [0.4, 0.5, 0.7, 0.6, 0.6, 0.6], errors: Array(6).fill(0.01) as number[], best: 3 },
};

const criteria: ClusterChoice['criteria'] = {
  elbow: criterion([1, 0.6, 0.3, 0.27, 0.25, 0.24], 3, 0.4),
  silhouette: criterion([null, 0.4, 0.6, 0.5, 0.45, 0.3], 3, 0.01),
  gap: criterion([0, 0.2, 0.5, 0.45, 0.4, 0.38], 3, 0.02),
  stability: criterion([null, 0.7, 0.98, 0.6, 0.5, 0.75], null, 0.2),
};

/** A choice without any computation. */
export const recordedChoice: ClusterChoice = {
  ...facts,
  criteria,
  recommendation: recommend(criteria, facts),
};
