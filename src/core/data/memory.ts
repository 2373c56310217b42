import type { HyperParameters } from '../config';
import { UserError } from '../errors';
import type { FieldReader } from './fieldReader';

/** Of the data that a run uses: T steps, C variables, H rows, W columns. */
export interface FramesSize {
  readonly steps: number;
  readonly variables: number;
  readonly height: number;
  readonly width: number;
  /** Values of the largest block that is read from a file at once; by default 4 Mi, or T H W if that is less. */
  readonly block?: number;
}

const mebibyte = 1 << 20;
/** Of one value of a block while it is read: stored (8 bytes at most), copied once, and decoded (4 bytes). */
const BLOCK_BYTES = 8 + 8 + 4;

const blockOf = ({ steps, height, width, block = Math.min(1 << 22, steps * height * width) }: FramesSize) =>
  BLOCK_BYTES * block;

/**
 * Memory, in MiB, that reading and holding the data takes at its peak:
 * `4 T C H W` (the values, float32) `+ T C H W / 8` (which are missing) `+ 25 C H W` (statistics and scaling)
 * `+ 4 T C + 40 T` (counts and times) `+ 20` times a block being read. What training needs comes on top.
 */
export function estimateMemory(size: FramesSize): number {
  const { steps, variables, height, width } = size;
  return ((4 + 1 / 8) * steps * variables * height * width) / mebibyte + estimateStreaming(size);
}

/** The same where the values are on disk. Each block is held once more, on its way there. */
export function estimateStreaming(size: FramesSize): number {
  const { steps, variables, height, width } = size;
  return (25 * variables * height * width + 4 * steps * variables + 40 * steps + blockOf(size)) / mebibyte;
}

/** Values of the largest block that the readers read at once. */
export function largestBlock(readers: readonly FieldReader[]): number {
  let largest = 0;
  for (const reader of readers) {
    for (const { steps, rows } of reader.tiles()) largest = Math.max(largest, steps * rows * reader.width);
  }
  return largest;
}

/**
 * Whether the data must be streamed from disk: where they and what is done with them (`beside`) need more than `limit`,
 * all in MiB. Throws a UserError that says how much is needed when streaming is not allowed (`never`, or undefined), or
 * when that, too, would need more.
 */
export function planMemory(
  size: FramesSize,
  limit: number,
  streaming: HyperParameters['data.streaming'] = 'never',
  beside = 0,
): boolean {
  const data = estimateMemory(size);
  const streams = streaming === 'always' || (streaming === 'auto' && data + beside > limit);
  const needed = (streams ? estimateStreaming(size) : data) + beside;
  if (needed <= limit) return streams;
  const { steps, variables, height, width } = size;
  const sizes = `${steps} time steps x ${variables} variables x ${height} x ${width} cells`;
  const [atLeast, most] = [Math.ceil(needed), Math.floor(limit)];
  if (streams || beside > data) {
    throw new UserError(
      `Training needs about ${atLeast} MiB for ${sizes}, more than the limit of ${most} MiB. Take a smaller region or fewer variables, a smaller "window.batch", "window.length" or "model.widthFactor", or raise the memory limit.`,
    );
  }
  throw new UserError(
    `The data need about ${atLeast} MiB (${sizes}), more than the limit of ${most} MiB. Take a shorter time (--time), a smaller region (--bbox) or fewer variables (--variables), leave "data.streaming" at "auto", or raise the memory limit.`,
  );
}
