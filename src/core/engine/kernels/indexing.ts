import * as tf from '@tensorflow/tfjs-core';
import { binary, cast, compare, reshape, scalar, where } from '../arithmetic';
import { type Graph, type Value, sizeOf } from '../graph';
import { type KernelTable, axesOf } from './kernel';

/** Rows of `x` along `axis`; `indices` may have any rank. */
export function gatherRows(g: Graph, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return g.emit('Gather', [x, indices], { axis }, shape, x.dtype);
}

/** As {@link gatherRows} when the first `batchDims` axes of both are matched: as one gather from the flattened batch. */
function gatherBatched(g: Graph, x: Value, indices: Value, axis: number, batchDims: number): Value {
  if (batchDims === 0) return gatherRows(g, x, indices, axis);
  const batch = x.shape.slice(0, batchDims);
  const between = x.shape.slice(batchDims, axis);
  const after = x.shape.slice(axis + 1);
  const picked = indices.shape.slice(batchDims);
  const [b, m, n, k] = [sizeOf(batch), sizeOf(between), x.shape[axis], sizeOf(picked)];
  const base = g.constant(
    Int32Array.from({ length: b * m }, (_, i) => i * n),
    [b, m, 1],
    'int32',
  );
  const flatIndices = binary(g, 'Add', reshape(g, indices, [b, 1, k]), base);
  const rows = reshape(g, x, [b * m * n, sizeOf(after)]);
  return reshape(g, gatherRows(g, rows, flatIndices, 0), [...batch, ...between, ...picked, ...after]);
}

/** Adds `updates` into zeros at `indices` (the last axis of `indices` is a position in `shape`). */
function scatterAdd(g: Graph, indices: Value, updates: Value, shape: readonly number[]): Value {
  const zeros = g.splat(0, shape, updates.dtype);
  return g.emit(
    'ScatterND',
    [zeros, cast(g, indices, 'int64'), updates],
    { reduction: 'add' },
    shape,
    updates.dtype,
  );
}

export const indexingKernels: KernelTable = {
  [tf.GatherV2]: ({ graph, inputs: { x, indices }, attributes }) => {
    const { axis, batchDims } = attributes as tf.GatherV2Attrs;
    return gatherBatched(graph, x, indices, axesOf(axis, x)[0], batchDims);
  },
  [tf.GatherNd]: ({ graph: g, inputs: { params, indices } }) => {
    const depth = indices.shape[indices.shape.length - 1];
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
    return g.emit('GatherND', [params, cast(g, indices, 'int64')], {}, shape, params.dtype);
  },
  [tf.ScatterNd]: ({ graph, inputs: { indices, updates }, attributes }) =>
    scatterAdd(graph, indices, updates, (attributes as tf.ScatterNdAttrs).shape),
  [tf.UnsortedSegmentSum]: ({ graph: g, inputs: { x, segmentIds }, attributes }) => {
    const { numSegments } = attributes as tf.UnsortedSegmentSumAttrs;
    const rest = x.shape.slice(segmentIds.shape.length);
    return scatterAdd(g, reshape(g, segmentIds, [...segmentIds.shape, 1]), x, [numSegments, ...rest]);
  },
  [tf.OneHot]: ({ graph: g, inputs: { indices }, attributes }) => {
    const { depth, onValue, offValue, dtype } = attributes as tf.OneHotAttrs;
    const classes = g.constant(
      Int32Array.from({ length: depth }, (_, i) => i),
      [depth],
      'int32',
    );
    const hit = compare(g, 'Equal', reshape(g, indices, [...indices.shape, 1]), classes);
    const type = dtype === 'int32' || dtype === 'bool' ? dtype : 'float32';
    if (onValue === 1 && offValue === 0) return cast(g, hit, type);
    return cast(g, where(g, hit, scalar(g, onValue, 'float32'), scalar(g, offValue, 'float32')), type);
  },
  [tf.TopK]: ({ graph: g, inputs: { x }, attributes }) => {
    const { k, sorted } = attributes as tf.TopKAttrs;
    const shape = [...x.shape.slice(0, -1), k];
    const [values, indices] = g.emitAll(
      'TopK',
      [x, g.integers([k])],
      { axis: x.shape.length - 1, largest: 1, sorted: Number(sorted) },
      [
        { shape, dtype: x.dtype },
        { shape, dtype: 'int64' },
      ],
    );
    return [values, cast(g, indices, 'int32')];
  },
};
