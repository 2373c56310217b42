import type { Architecture } from '../model/architecture';
import { flatSize } from '../model/cnnLstm';
import { gramMemory } from '../evaluation/gramBlocks';
import { eofMemory } from '../evaluation/leadingEofs';
import { compositeMemory } from '../results/composites';

/**
 * Tensors of the size of one hidden state that a layer keeps or makes for each frame, forward and backward, and what the
 * runtime's allocator loses between them: measured (bench/README.md, "Scale").
 */
const PER_FRAME_TENSORS = 24;

/** The same of a convolution with its normalisation, which has no gates; measured as well. */
const PER_FRAME_TENSORS_CONVOLUTION = 10;

/** Copies of a batch of frames outside the step: read, read ahead, clean and augmented. */
const PER_FRAME_BATCHES = 4;

/** Bytes for each time step: labels, embeddings, self-expression and its affinity. */
const PER_STEP = 28 * 1024;

/** Node.js, the runtime and the compiled steps, in MiB. */
const PROGRAM = 300;

/**
 * Memory in MiB that training takes beyond the data, bounded by the window and by one frame, and hardly by the length of the
 * series: the layers' activations of one batch of windows; 14 copies of the parameters (gradients and two
 * moments, before and after a step, and what is made of them on the way, measured); the EOF
 * basis and its inverse, in the state, in a checkpoint and once more; and at the beginning what the EOFs are computed from,
 * or at the end what metrics and composites take, whichever is more.
 */
export function trainingMemory(a: Architecture, n: number): number {
  const frame = a.variables * a.paddedHeight * a.paddedWidth;
  let parameters = 0;
  // What the first convolution and the decoder's last make of the frames counts as one more layer.
  const recurrent = a.encoder === 'convlstm';
  const perFrame = recurrent ? PER_FRAME_TENSORS : PER_FRAME_TENSORS_CONVOLUTION;
  let activations = perFrame * frame;
  let below = a.variables;
  a.channels.forEach((channels, stage) => {
    const cells = (a.paddedHeight * a.paddedWidth) / 4 ** stage;
    // Stem or two residual ConvLSTMs (one convolution), and one in the decoder.
    const layers = stage === 0 || !recurrent ? 2 : 3;
    parameters += (recurrent ? 36 : 9) * channels * (below + 4 * channels);
    activations += layers * channels * cells * perFrame;
    below = channels;
  });
  if (!recurrent) parameters += 4 * below * (flatSize(a) + below);
  const batch = a.steps * a.batch * (activations + PER_FRAME_BATCHES * frame);
  const model = 14 * parameters + 3 * 2 * frame * a.eofs;
  const beginning = eofMemory(n, frame, a.eofs);
  const cells = a.variables * a.height * a.width;
  const evaluation = gramMemory(n, cells) + 4 * 8 * a.clusters * cells;
  const end = 4 * batch + Math.max(evaluation, compositeMemory(cells, a.clusters));
  return PROGRAM + (4 * model + PER_STEP * n + Math.max(beginning, end)) / 2 ** 20;
}
