/**
 * What engines are compared on: one ConvLSTM layer of the encoder, forward, backward and a step down the gradient, on 4
 * windows of 12 frames. Most of the time of a training step goes into such layers.
 */
export const problems = {
  /** As with the default width factor, 1/8: many small operations. */
  narrow: { channels: 16, cells: 24 },
  /** As with half of the paper's widths: large convolutions. */
  wide: { channels: 64, cells: 16 },
} as const;
export type Problem = keyof typeof problems;

/** The problem that is most like a run with this width factor. */
export function problemLike(widthFactor: number): Problem {
  return widthFactor > 0.25 ? 'wide' : 'narrow';
}
