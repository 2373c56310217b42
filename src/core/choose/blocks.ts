/**
 * Time in blocks. Neighbouring days are alike, so that a sample which leaves out every other day has left out nothing:
 * what is resampled are stretches of time that know little of each other.
 */
import type { Random } from '../random';
import type { Points } from './points';

/** Blocks that a series is cut into at least; fewer would leave too few ways to halve it. */
const FEWEST_BLOCKS = 16;

export interface BlockLength {
  /** Time steps of one block. */
  readonly length: number;
  /** Steps after which the series has forgotten: (1 + r) / (1 - r), r its lag-1 autocorrelation, all coefficients together. */
  readonly memory: number;
  /** The series is too short for blocks as long as its memory: what is said of the uncertainty is too little. */
  readonly cut: boolean;
}

/** As long as the memory of the series, and at least n^(1/3) (Künsch, 1989); but at least 16 blocks. */
export function blockLength({ values, n, d }: Points): BlockLength {
  let variance = 0;
  let covariance = 0;
  for (let at = 0; at < n * d; at++) {
    variance += values[at] ** 2;
    if (at >= d) covariance += values[at] * values[at - d];
  }
  const r = variance > 0 ? Math.min(0.999, Math.max(0, covariance / variance)) : 0;
  const memory = (1 + r) / (1 - r);
  const wanted = Math.max(memory, Math.cbrt(n));
  const most = Math.max(1, Math.floor(n / FEWEST_BLOCKS));
  return { length: Math.min(most, Math.ceil(wanted)), memory, cut: memory > most };
}

/** Two halves of the series: half of its blocks, drawn at random, and the others. Ascending. */
export function halves(n: number, length: number, random: Random): [Int32Array, Int32Array] {
  // The first block is cut anywhere, so that the seams are elsewhere each time.
  const offset = random.integer(length);
  const blocks = Math.ceil((n + offset) / length);
  const order = random.shuffle(Int32Array.from({ length: blocks }, (_, i) => i));
  const isFirst = new Uint8Array(blocks);
  const count = blocks % 2 === 0 ? blocks / 2 : (blocks + (random.uniform() < 0.5 ? 1 : -1)) / 2;
  for (const block of order.subarray(0, count)) isFirst[block] = 1;
  const first: number[] = [];
  const second: number[] = [];
  for (let i = 0; i < n; i++) (isFirst[Math.floor((i + offset) / length)] ? first : second).push(i);
  return [Int32Array.from(first), Int32Array.from(second)];
}
