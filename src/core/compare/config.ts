import * as z from 'zod';
import { choiceSchema } from '../choose/choiceJson';
import type { RunConfig } from '../config';
import { dataChoice } from '../results/runJson';

/** What is compared: methods x seeds on one selection of data. */
export interface CompareConfig extends Pick<
  RunConfig,
  | 'files'
  | 'variables'
  | 'select'
  | 'time'
  | 'bbox'
  | 'engine'
  | 'memoryLimit'
  | 'out'
  | 'hyperParameters'
  | 'clusterChoice'
> {
  /** Ids of `methods/methods.ts`, in the order of the table. */
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  /** A CSV file with the columns time and label: what the labels should be. */
  readonly truth?: string;
}

/** As comparison.json holds it. */
export const compareConfigSchema: z.ZodType<CompareConfig> = z.object({
  ...dataChoice,
  methods: z.array(z.string()).min(1),
  seeds: z.array(z.number().int()).min(1),
  truth: z.string().optional(),
  clusterChoice: choiceSchema.optional(),
});
