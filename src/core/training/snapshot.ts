import type { TensorValue, TensorValues } from '../engine/engine';
import type { EpochRecord } from '../progress';
import { toAssignment, type Labelling } from './series';

/** Everything that a checkpoint must hold to continue as if nothing had happened, and to draw the run meanwhile. */
export interface Snapshot {
  /** Epochs done. */
  readonly epoch: number;
  readonly random: readonly number[];
  readonly history: readonly EpochRecord[];
  /** The engine's state, and the trainer's own tensors. */
  readonly tensors: TensorValues;
  /** ISO 8601. Like the next two, not in the checkpoints of old versions. [n] */
  readonly times?: readonly string[];
  readonly clusters?: number;
  /** Labellings so far. */
  readonly labellings?: number;
}

/** Tensors that are no state of the engine: memory `[n, deep]`, q `[n, K]` and z `[n, D]` of the last labelling. */
const prefix = 'trainer.';

/** Whether a tensor is needed to draw the series. */
export const isSeriesTensor = (name: string): boolean => name === `${prefix}q` || name === `${prefix}z`;

/** The trainer's own tensors of a series of n time steps. */
export function packTrainer(n: number, memory: Float32Array, labelling: Labelling | undefined): TensorValues {
  const table = (data: Float32Array): TensorValue => ({
    shape: [n, data.length / n],
    dtype: 'float32',
    data,
  });
  return {
    [`${prefix}memory`]: table(memory),
    ...(labelling && { [`${prefix}q`]: table(labelling.q) }),
    ...(labelling?.z && { [`${prefix}z`]: table(labelling.z) }),
  };
}

/**
 * The engine's state, in the order of its names: a run that is resumed compiles the same graphs as one that begins, to the
 * last byte.
 */
export function withoutTrainer(tensors: TensorValues): TensorValues {
  const names = Object.keys(tensors).filter((name) => !name.startsWith(prefix));
  return Object.fromEntries(names.sort().map((name) => [name, tensors[name]]));
}

/** [n, deep] */
export function rememberedOf({ tensors }: Snapshot): Float32Array {
  return tensors[`${prefix}memory`].data as Float32Array;
}

/** The last labelling of a snapshot; undefined before the first one. */
export function labellingOf({
  tensors,
  labellings,
}: Pick<Snapshot, 'tensors' | 'labellings'>): Labelling | undefined {
  const { [`${prefix}q`]: q, [`${prefix}z`]: z } = tensors;
  if (!q) return undefined;
  const assignment = toAssignment(q.data as Float32Array, q.shape[1]);
  return { ...assignment, z: z?.data as Float32Array | undefined, count: labellings || 1 };
}
