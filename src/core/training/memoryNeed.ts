import type { Architecture } from '../model/architecture';

/** Tensors of the size of one hidden state that a ConvLSTM keeps or makes for each frame, forward and backward. */
const PER_FRAME_TENSORS = 24;

/**
 * Memory in MiB that training takes beyond the data: `12 n d` for the EOFs of n standardised frames of d values (float32
 * and float64), parameters with gradients and two moments twice over, the layers' activations of one batch, and the
 * runtime's own 300 MiB.
 */
export function trainingMemory(a: Architecture, n: number): number {
  const frame = a.variables * a.paddedHeight * a.paddedWidth;
  let parameters = frame * a.eofs * 2;
  let activations = 0;
  let below = a.variables;
  a.channels.forEach((channels, stage) => {
    const cells = (a.paddedHeight * a.paddedWidth) / 4 ** stage;
    const layers = stage === 0 ? 2 : 3; // stem or two residual ConvLSTMs, and one in the decoder
    parameters += 36 * channels * (below + 4 * channels);
    activations += layers * channels * cells * PER_FRAME_TENSORS;
    below = channels;
  });
  const batch = a.steps * a.batch * (activations + 6 * frame);
  const bytes = 12 * n * frame + 4 * (8 * parameters + batch);
  return 300 + bytes / 2 ** 20;
}
