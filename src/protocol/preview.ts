/**
 * The one list of messages between the host and a preview of a data file. Both ends validate what arrives.
 *
 *     editor  ready ------------------------> host      it listens; also after it was hidden
 *     host    header or failed -------------> editor    complete; again when the file has changed
 *     editor  request(id, place) -----------> host      one map
 *     host    map(id) or refusal(id) -------> editor
 *     editor  clusterFile, save... -------> host      what the user asked for
 */
import * as z from 'zod/mini';
import type { PreviewHeader, PreviewMap } from '../core/data/preview';
import { grid } from './panel';

const texts = z.record(z.string(), z.string());

const axis = z.object({
  name: z.string(),
  size: z.number(),
  units: z.string(),
  values: z.array(z.string()),
  merged: z.boolean(),
});

const variable = z.object({
  name: z.string(),
  type: z.string(),
  dimensions: z.array(z.string()),
  shape: z.array(z.number()),
  attributes: texts,
  steps: z.optional(z.number()),
  extraAxes: z.optional(z.array(axis)),
  reason: z.optional(z.string()),
});

const header = z.object({
  format: z.string(),
  bytes: z.number(),
  dimensions: z.array(z.object({ name: z.string(), size: z.number(), unlimited: z.boolean() })),
  variables: z.array(variable),
  attributes: texts,
});

const map = z.object({
  grid,
  /** [H*W], NaN where missing. */
  values: z.custom<Float32Array>((value) => value instanceof Float32Array),
  time: z.string(),
  hasHours: z.boolean(),
  units: z.string(),
  longName: z.string(),
  notes: z.array(z.string()),
});
export type MapSnapshot = z.infer<typeof map>;

/** What is to be drawn: a variable, a step along its time axis, and a value or "#index" along each further axis. */
const place = z.object({
  variable: z.string(),
  step: z.int().check(z.nonnegative()),
  select: texts,
});
export type Place = z.infer<typeof place>;

export const toPreview = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), name: z.string(), header }),
  /** The file cannot be read: the reason is for people. */
  z.object({ type: z.literal('failed'), name: z.string(), reason: z.string() }),
  z.object({ type: z.literal('map'), id: z.number(), map }),
  z.object({ type: z.literal('refusal'), id: z.number(), reason: z.string() }),
]);

/** As the host writes them; the schemas above check that the same arrives. */
export type ToPreview =
  | { readonly type: 'header'; readonly name: string; readonly header: PreviewHeader }
  | { readonly type: 'failed'; readonly name: string; readonly reason: string }
  | { readonly type: 'map'; readonly id: number; readonly map: PreviewMap }
  | { readonly type: 'refusal'; readonly id: number; readonly reason: string };

export const fromPreview = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('request'), id: z.number(), place }),
  z.object({ type: z.literal('clusterFile') }),
  z.object({ type: z.literal('showLog') }),
  /** The file is read again. */
  z.object({ type: z.literal('reload') }),
  /** A picture to save, as of a panel. */
  z.object({
    type: z.literal('save'),
    name: z.string(),
    format: z.enum(['svg', 'png']),
    content: z.union([z.string(), z.custom<Uint8Array>((value) => value instanceof Uint8Array)]),
  }),
]);
export type FromPreview = z.infer<typeof fromPreview>;
