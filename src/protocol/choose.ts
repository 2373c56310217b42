/**
 * The one list of messages between the host and the panel that shows how the number of clusters was chosen, and what the
 * panel remembers over a reload of the window. Both ends validate what arrives.
 *
 *     panel   ready ----------------------> host      it listens; also after it was hidden
 *     host    state ----------------------> panel     complete, whenever it changes
 *     panel   cancel, again, setDefault... -> host    what the user asked for
 */
import * as z from 'zod/mini';
import type { ClusterChoice } from '../core/choose/choice';

/** The largest K that there is a setting for. */
const MOST = 50;

/** Which part of which fields of the files, and the largest K to try. */
export const dataOptions = {
  fields: z.array(z.string()),
  select: z.optional(z.record(z.string(), z.string())),
  /** First and last time, ISO 8601. */
  time: z.optional(z.tuple([z.string(), z.string()])),
  /** West, south, east, north in degrees. */
  bbox: z.optional(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  most: z.optional(z.int().check(z.minimum(3), z.maximum(MOST))),
};

/** Paths of the data files, and what is taken of them. */
const chosenData = z.object({ files: z.array(z.string()).check(z.minLength(1)), ...dataOptions });
export type ChooseData = z.infer<typeof chosenData>;

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
const choiceParts = z.object({
  most: z.int().check(z.minimum(2), z.maximum(MOST)),
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
    clusters: z.int().check(z.minimum(2)),
    certainty: z.enum(['clear', 'likely', 'unclear', 'none']),
    agreeing: z.array(z.enum(['elbow', 'silhouette', 'gap', 'stability'])),
    support: z.array(z.number()),
    next: z.nullable(z.object({ clusters: z.number(), behind: z.number() })),
    text: z.array(z.string()),
  }),
});

/** With a value for each K that was tried: who draws a choice counts on it. */
export const clusterChoice = choiceParts.check(
  z.refine(({ most, criteria, uniformGap, recommendation }) => {
    const curves = Object.values(criteria).flatMap(({ values, errors, score, noise, support }) => [
      ...[values, errors, score, noise.low, noise.middle, noise.high, support],
    ]);
    const all = [...curves, uniformGap.values, uniformGap.errors, recommendation.support];
    return recommendation.clusters <= most && all.every(({ length }) => length === most);
  }, 'The curves do not have a value for each K.'),
);

const result = {
  data: chosenData,
  stage: z.enum(['working', 'done', 'stopped', 'failed']),
  /** Why it failed or was stopped, for people. */
  reason: z.nullable(z.string()),
  warnings: z.array(z.string()),
  choice: z.nullable(clusterChoice),
};

const state = z.object({
  ...result,
  /** Names of the data files, without folders. */
  files: z.array(z.string()),
  /** The share that is done, 0 to 1. */
  share: z.number(),
  /** The setting `climateClustering.clusters`; null where it cannot be used. */
  setting: z.nullable(z.number()),
});

export const toChoose = z.discriminatedUnion('type', [z.object({ type: z.literal('state'), state })]);

export interface ChooseState extends Omit<z.infer<typeof state>, 'choice'> {
  readonly choice: ClusterChoice | null;
}

/** What the webview remembers over a reload of the window. Nothing of a choice is on disk, so it is all of it. */
export const chooseMemory = z
  .object(result)
  .check(z.refine(({ stage, choice }) => (stage === 'done') === (choice !== null)));
export type ChooseMemory = Pick<ChooseState, keyof typeof result>;

/** What a panel comes back with: the same, but work that the closing window has ended is not begun again by itself. */
export function afterReload(memory: ChooseMemory): ChooseMemory {
  return memory.stage === 'working'
    ? { ...memory, stage: 'stopped', reason: 'The window was closed before there was a result.' }
    : memory;
}

export interface ToChoose {
  readonly type: 'state';
  readonly state: ChooseState;
}

const clusters = z.int().check(z.minimum(2), z.maximum(MOST));

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
