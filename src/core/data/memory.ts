import { UserError } from '../errors';

/** Of the data that a run holds: T steps, C variables, H rows, W columns. */
export interface FramesSize {
  readonly steps: number;
  readonly variables: number;
  readonly height: number;
  readonly width: number;
}

const mebibyte = 1 << 20;
/** One block of the file while it is read: at most 4 Mi values, stored (8 bytes at most), copied once, and decoded (4 bytes). */
const blockBytes = (1 << 22) * (8 + 8 + 4);

/**
 * Memory, in MiB, that reading and holding the data takes at its peak:
 * `4 T C H W` (the values, float32) `+ T C H W / 8` (which are missing) `+ 9 C H W` (minimum, maximum, mask) `+ 4 T C + 40 T` (counts and times)
 * `+ min(20 T H W, 80 Mi)` (one block being read). What training needs comes on top.
 */
export function estimateMemory({ steps, variables, height, width }: FramesSize): number {
  const frame = height * width;
  const bytes =
    (4 + 1 / 8) * steps * variables * frame +
    9 * variables * frame +
    4 * steps * variables +
    40 * steps +
    Math.min(20 * steps * frame, blockBytes);
  return bytes / mebibyte;
}

/** Throws a UserError that says how much is needed, when that is more than the limit (both in MiB). */
export function checkMemory(size: FramesSize, limit: number): void {
  const needed = estimateMemory(size);
  if (needed <= limit) return;
  const { steps, variables, height, width } = size;
  throw new UserError(
    `The data need about ${Math.ceil(needed)} MiB (${steps} time steps x ${variables} variables x ${height} x ${width} cells), more than the limit of ${Math.floor(limit)} MiB. Take a shorter time (--time), a smaller region (--bbox) or fewer variables (--variables), or raise the memory limit.`,
  );
}
