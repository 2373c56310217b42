/** What a preview remembers while it is hidden. */
import * as z from 'zod/mini';
import type { Place } from '../../src/protocol/preview';

const schema = z.object({
  place: z.optional(
    z.object({
      variable: z.string(),
      step: z.int().check(z.nonnegative()),
      select: z.record(z.string(), z.string()),
    }),
  ),
  projection: z.optional(z.string()),
  keepScale: z.optional(z.boolean()),
});

export interface PreviewState {
  readonly place: Place | undefined;
  readonly projection: string | undefined;
  readonly keepScale: boolean;
}

/** The state may be that of an older version: what does not fit is as if there were none. */
export function readState(remembered: unknown): PreviewState {
  const parsed = schema.safeParse(remembered);
  const { place, projection, keepScale } = parsed.success ? parsed.data : {};
  return { place, projection, keepScale: keepScale ?? false };
}
