/**
 * The one list of messages between the host and the panel that shows how the number of clusters was chosen. Both ends
 * validate what arrives.
 *
 *     panel   ready ----------------------> host      it listens; also after it was hidden
 *     host    state ----------------------> panel     complete, whenever it changes
 *     panel   cancel, again, setDefault... -> host    what the user asked for
 */
import * as z from 'zod/mini';
import type { ClusterChoice } from '../core/choose/choice';

const byK = z.array(z.nullable(z.number()));

const criterion = z.object({
  values: byK,
  errors: byK,
  score: byK,
  noise: z.object({ low: byK, middle: byK, high: byK }),
  p: z.number(),
  best: z.nullable(z.number()),
  support: z.array(z.number()),
  lead: z.nullable(z.object({ over: z.number(), difference: z.number(), error: z.number() })),
});

/** As `ClusterChoice`, which has what each part means. */
const choice = z.object({
  most: z.number(),
  seed: z.number(),
  steps: z.number(),
  of: z.number(),
  eofs: z.number(),
  explained: z.number(),
  block: z.object({ length: z.number(), memory: z.number(), cut: z.boolean() }),
  references: z.number(),
  splits: z.number(),
  criteria: z.object({ elbow: criterion, silhouette: criterion, gap: criterion, stability: criterion }),
  uniformGap: z.object({ values: byK, errors: byK, best: z.nullable(z.number()) }),
  recommendation: z.object({
    clusters: z.number(),
    certainty: z.enum(['clear', 'likely', 'unclear', 'none']),
    agreeing: z.array(z.enum(['elbow', 'silhouette', 'gap', 'stability'])),
    support: z.array(z.number()),
    next: z.nullable(z.object({ clusters: z.number(), behind: z.number() })),
    text: z.array(z.string()),
  }),
});

const state = z.object({
  /** Names of the data files, without folders. */
  files: z.array(z.string()),
  /** Names of the fields; empty for all. */
  fields: z.array(z.string()),
  stage: z.enum(['working', 'done', 'stopped', 'failed']),
  /** The share that is done, 0 to 1. */
  share: z.number(),
  /** Why it failed, for people. */
  reason: z.nullable(z.string()),
  warnings: z.array(z.string()),
  choice: z.nullable(choice),
  /** The setting `climateClustering.clusters`. */
  setting: z.number(),
});

export const toChoose = z.discriminatedUnion('type', [z.object({ type: z.literal('state'), state })]);

export interface ChooseState extends Omit<z.infer<typeof state>, 'choice'> {
  readonly choice: ClusterChoice | null;
}
export interface ToChoose {
  readonly type: 'state';
  readonly state: ChooseState;
}

const clusters = z.int().check(z.minimum(2), z.maximum(50));

export const fromChoose = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('cancel') }),
  /** After it was stopped, or has failed. */
  z.object({ type: z.literal('again') }),
  /** Makes K the setting. */
  z.object({ type: z.literal('setDefault'), clusters }),
  /** Clusters the same data with this K. */
  z.object({ type: z.literal('cluster'), clusters }),
  z.object({ type: z.literal('showLog') }),
  /** A picture to save, and text for the clipboard, as of the other panels. */
  z.object({
    type: z.literal('save'),
    name: z.string(),
    format: z.enum(['svg', 'png']),
    content: z.union([z.string(), z.custom<Uint8Array>((value) => value instanceof Uint8Array)]),
  }),
  z.object({ type: z.literal('copy'), text: z.string(), what: z.string() }),
]);
export type FromChoose = z.infer<typeof fromChoose>;
