/**
 * The one list of messages between the host and a panel of a comparison. Both ends validate what arrives.
 *
 *     panel   ready ------------------> host      it listens; also after it was hidden or restored
 *     host    comparison -------------> panel     complete, never a delta; again whenever it changes
 *     panel   cancel, resume, copy... -> host     what the user asked for
 */
import * as z from 'zod/mini';

/** NaN does not survive the way to a webview inside plain numbers; it travels as null. */
const measured = z.nullable(z.number());

const direction = z.enum(['higher', 'lower']);

const table = z.object({
  title: z.string(),
  caption: z.string(),
  columns: z.array(z.object({ title: z.string(), better: z.optional(direction) })),
  rows: z.array(
    z.object({
      name: z.string(),
      cells: z.array(
        z.object({ text: z.string(), spread: z.optional(z.string()), best: z.optional(z.boolean()) }),
      ),
      failure: z.optional(z.string()),
    }),
  ),
});
export type TableSnapshot = z.infer<typeof table>;

/** One metric of all methods, seed by seed. */
const chart = z.object({
  title: z.string(),
  better: direction,
  rows: z.array(
    z.object({
      name: z.string(),
      eligible: z.boolean(),
      mean: measured,
      sd: measured,
      values: z.array(measured),
    }),
  ),
});
export type ChartSnapshot = z.infer<typeof chart>;

export const comparisonTables = ['means', 'cost', 'agreement', 'best'] as const;
export type ComparisonTable = (typeof comparisonTables)[number];
export const tableFormats = ['CSV', 'Markdown', 'LaTeX'] as const;
export type TableFormat = (typeof tableFormats)[number];

const figures = z.object({
  means: table,
  cost: table,
  agreement: table,
  /** Absent where no method had seeds to choose from. */
  best: z.nullable(table),
  charts: z.array(chart),
  /** Methods of which some fits have failed. */
  failures: z.array(z.object({ title: z.string(), reason: z.string() })),
  methods: z.array(z.object({ title: z.string(), reference: z.string() })),
});
export type FiguresSnapshot = z.infer<typeof figures>;

export const comparisonSnapshot = z.object({
  directory: z.string(),
  /** `missing`: it cannot be read; `elsewhere`: another process works on it. */
  state: z.enum(['queued', 'running', 'cancelling', 'finished', 'interrupted', 'elsewhere', 'missing']),
  /** Names of the data files, without folders. */
  files: z.array(z.string()),
  /** What was compared on what, in a sentence. */
  data: z.string(),
  /** ISO 8601, UTC. */
  started: z.string(),
  progress: z.nullable(
    z.object({
      done: z.number(),
      total: z.number(),
      failed: z.number(),
      /** The fit that goes on, and the share of it that is done. */
      current: z.nullable(z.string()),
      share: measured,
    }),
  ),
  /** Why it was interrupted or cannot be read. */
  message: z.nullable(z.string()),
  warnings: z.array(z.string()),
  /** Null before the first fit has ended. */
  figures: z.nullable(figures),
  /** Whether its tables are on disk. */
  hasFiles: z.boolean(),
});
export type ComparisonSnapshot = z.infer<typeof comparisonSnapshot>;

/** A comparison in the metrics panel of a run of the same data file. */
export const comparisonEntry = z.object({
  directory: z.string(),
  data: z.string(),
  started: z.string(),
  state: z.string(),
  means: z.nullable(table),
});
export type ComparisonEntry = z.infer<typeof comparisonEntry>;

export const toComparison = z.discriminatedUnion('type', [
  z.object({ type: z.literal('comparison'), comparison: comparisonSnapshot }),
]);
export type ToComparison = z.infer<typeof toComparison>;

export const fromComparison = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('revealFiles') }),
  z.object({ type: z.literal('showLog') }),
  /** Opens table.md as a preview, the others as text. */
  z.object({ type: z.literal('openTable'), format: z.enum(tableFormats) }),
  z.object({ type: z.literal('copy'), table: z.enum(comparisonTables), format: z.enum(tableFormats) }),
  /** A picture to save; `name` is a proposal without folder or extension. */
  z.object({
    type: z.literal('save'),
    name: z.string(),
    format: z.enum(['svg', 'png']),
    content: z.union([z.string(), z.custom<Uint8Array>((value) => value instanceof Uint8Array)]),
  }),
]);
export type FromComparison = z.infer<typeof fromComparison>;
