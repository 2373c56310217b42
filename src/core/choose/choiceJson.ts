import * as z from 'zod';
import { certainties, criterionNames, type ClusterChoice, type CriterionName } from './choice';

const byK = z.array(z.number().nullable());

const criterion = z.object({
  values: byK,
  errors: byK,
  score: byK,
  noise: z.object({ low: byK, middle: byK, high: byK }),
  p: z.number(),
  best: z.number().int().nullable(),
  support: z.array(z.number()),
  lead: z.object({ over: z.number().int(), difference: z.number(), error: z.number() }).nullable(),
});

/** A choice as run.json and the files of `clusters` hold it. */
export const choiceSchema: z.ZodType<ClusterChoice> = z.object({
  most: z.number().int(),
  seed: z.number().int(),
  steps: z.number().int(),
  of: z.number().int(),
  eofs: z.number().int(),
  explained: z.number(),
  block: z.object({ length: z.number().int(), memory: z.number(), cut: z.boolean() }),
  references: z.number().int(),
  splits: z.number().int(),
  criteria: z.object({ elbow: criterion, silhouette: criterion, gap: criterion, stability: criterion }),
  uniformGap: z.object({ values: byK, errors: byK, best: z.number().int().nullable() }),
  recommendation: z.object({
    clusters: z.number().int().min(2),
    certainty: z.enum(certainties),
    agreeing: z.array(z.enum(criterionNames)),
    support: z.array(z.number()),
    next: z.object({ clusters: z.number().int(), behind: z.number() }).nullable(),
    text: z.array(z.string()),
  }),
});

const parts: readonly [string, (choice: ClusterChoice, name: CriterionName) => readonly (number | null)[]][] =
  [
    ['', ({ criteria }, name) => criteria[name].values],
    ['_error', ({ criteria }, name) => criteria[name].errors],
    ['_score', ({ criteria }, name) => criteria[name].score],
    ['_noise_low', ({ criteria }, name) => criteria[name].noise.low],
    ['_noise_median', ({ criteria }, name) => criteria[name].noise.middle],
    ['_noise_high', ({ criteria }, name) => criteria[name].noise.high],
    ['_support', ({ criteria }, name) => criteria[name].support],
  ];

/** A row for each K, with all values of all criteria: see {@link ClusterChoice}. Empty where there is no value. */
export function choiceCsv(choice: ClusterChoice): string {
  const columns: [string, readonly (number | null)[]][] = [
    ...criterionNames.flatMap((name) =>
      parts.map(([suffix, of]): [string, readonly (number | null)[]] => [name + suffix, of(choice, name)]),
    ),
    ['gap_uniform', choice.uniformGap.values],
    ['gap_uniform_error', choice.uniformGap.errors],
    ['support', choice.recommendation.support],
  ];
  const rows = Array.from({ length: choice.most }, (_, k) => [
    String(k + 1),
    ...columns.map(([, values]) => (values[k] === null ? '' : String(Number(values[k].toPrecision(6))))),
  ]);
  return [['clusters', ...columns.map(([name]) => name)], ...rows]
    .map((row) => `${row.join(',')}\n`)
    .join('');
}
