/**
 * What a batch leaves behind for the next steps, where it was computed. On an engine that is `remote` the contrast memory
 * and the latents of the batch stay in the engine's state, so that no step waits for its results to be read.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec, TensorValues, Tensors } from '../engine/engine';
import type { Architecture } from '../model/architecture';

const prefix = 'batch.';
const MEMORY = `${prefix}memory`;
const Z = `${prefix}z`;
const Q = `${prefix}q`;

/** Whether an entry of the engine's state is one of these, which checkpoints hold elsewhere or not at all. */
export const isResident = (name: string): boolean => name.startsWith(prefix);

const table = (rows: number, data: Float32Array) => ({
  shape: [rows, data.length / rows],
  dtype: 'float32' as const,
  data,
});

/** The contrast memory `[n, deep]` as an entry of the state. */
export const residentMemory = (n: number, rows: Float32Array): TensorValues => ({ [MEMORY]: table(n, rows) });

/** Latents `[frames, D]` and assignments `[frames, K]` of a batch as entries of the state. */
export const residentLatents = (frames: number, z: Float32Array, q: Float32Array): TensorValues => ({
  [Z]: table(frames, z),
  [Q]: table(frames, q),
});

/** The entries of a new state, for a series of n time steps. */
export function emptyResidents(n: number, a: Architecture): TensorValues {
  const frames = a.steps * a.batch;
  return {
    ...residentMemory(n, new Float32Array(n * a.deep)),
    ...residentLatents(
      frames,
      new Float32Array(frames * a.dimensions),
      new Float32Array(frames * a.clusters),
    ),
  };
}

/** The contrast memory `[n, deep]` of a state that was read. */
export function memoryRows(read: TensorValues): Float32Array {
  return read[MEMORY].data as Float32Array;
}
export const memoryEntries: readonly string[] = [MEMORY];

/** Latents and assignments of the last batch, inside a step. */
export const latentsIn = (state: Tensors): { z: tf.Tensor2D; q: tf.Tensor2D } => ({
  z: state[Z] as tf.Tensor2D,
  q: state[Q] as tf.Tensor2D,
});

export const latentsOut = (z: tf.Tensor, q: tf.Tensor): Tensors => ({ [Z]: z, [Q]: q });

/** Inputs of the generator step in place of the rows and masks of the contrast, for n time steps and M entries. */
export function residentInputs(frames: number, n: number, size: number): Record<string, TensorSpec> {
  const indices = (length: number): TensorSpec => ({ shape: [length], dtype: 'int32' });
  return {
    'memory.chosen': indices(size),
    'memory.times': indices(frames),
    'memory.earlier': indices(frames),
    'memory.sources': indices(n),
  };
}

/**
 * The values of {@link residentInputs} for a batch of frames at `times` that is contrasted with the rows `chosen`. A time
 * step may be in several windows of a batch, which move its row one after the other: `earlier` says for each frame which
 * row it moves (its own index, or the number of frames plus the index of the frame that moved the row before it), and
 * `sources` for each time step which row is its own afterwards (its own index, or n plus that of its last frame).
 */
export function residentBatch(times: Int32Array, chosen: Int32Array, n: number): Record<string, Int32Array> {
  const sources = Int32Array.from({ length: n }, (_, t) => t);
  const earlier = times.map((t, frame) => {
    const before = sources[t] === t ? frame : sources[t] - n + times.length;
    sources[t] = n + frame;
    return before;
  });
  return {
    'memory.chosen': chosen,
    'memory.times': times,
    'memory.earlier': earlier,
    'memory.sources': sources,
  };
}

/** What the contrast needs of the memory: its chosen rows `[M, deep]` and the mask `[frames, M]` (see Memory.contrast). */
export function contrastIn(
  state: Tensors,
  x: Tensors,
  reach: number,
): { memory: tf.Tensor2D; positive: tf.Tensor2D } {
  const times = tf.cast(tf.expandDims(x['memory.times'], 1), 'float32');
  const chosen = tf.cast(tf.expandDims(x['memory.chosen'], 0), 'float32');
  const distance = tf.abs(tf.sub(times, chosen));
  const within = tf.logicalAnd(tf.greater(distance, 0), tf.lessEqual(distance, reach));
  return {
    memory: tf.gather(state[MEMORY] as tf.Tensor2D, x['memory.chosen'] as tf.Tensor1D),
    positive: tf.cast(within, 'float32') as tf.Tensor2D,
  };
}

/**
 * The memory after a batch: what `Memory.update` does, with `deep` `[frames, deep]` where it is. Of frames of the same time
 * step each begins from what the one before it left; as windows hold a time step once, `windows` rounds settle them all.
 */
export function memoryOut(state: Tensors, x: Tensors, deep: tf.Tensor2D, windows: number): Tensors {
  const before = state[MEMORY] as tf.Tensor2D;
  const seen = tf.mul(deep, 0.5);
  const own = tf.gather(before, x['memory.times'] as tf.Tensor1D);
  let moved = tf.add(tf.mul(own, 0.5), seen);
  for (let round = 1; round < windows; round++) {
    const begun = tf.gather(tf.concat([own, moved], 0), x['memory.earlier'] as tf.Tensor1D);
    moved = tf.add(tf.mul(begun, 0.5), seen);
  }
  return { [MEMORY]: tf.gather(tf.concat([before, moved], 0), x['memory.sources'] as tf.Tensor1D) };
}
