import * as tf from '@tensorflow/tfjs-core';
import { scalar } from '../arithmetic';
import type { Graph, Value } from '../graph';
import { concat, expand, pad, reshape, slice, transpose } from '../layout';
import { type KernelTable, axesOf } from './kernel';

/** `x` with the elements along `axes` in reverse order. */
export function reverse(g: Graph, x: Value, axes: readonly number[]): Value {
  const turned = (i: number) => axes.includes(i) && x.shape[i] > 1;
  return slice(
    g,
    x,
    x.shape.map((n, i) => (turned(i) ? n - 1 : 0)),
    x.shape,
    x.shape.map((_, i) => (turned(i) ? -1 : 1)),
  );
}

/** `x` cut along `axis` into parts of the given sizes. */
function split(g: Graph, x: Value, axis: number, sizes: readonly number[]): Value[] {
  let offset = 0;
  return sizes.map((size) => {
    const starts = x.shape.map((_, i) => (i === axis ? offset : 0));
    offset += size;
    return slice(
      g,
      x,
      starts,
      x.shape.map((n, i) => (i === axis ? size : n)),
    );
  });
}

function without(shape: readonly number[], axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

function withAxis(shape: readonly number[], axis: number): number[] {
  return [...shape.slice(0, axis), 1, ...shape.slice(axis)];
}

/** Padding by reflection: with the edge repeated ("symmetric") or not ("reflect"). */
function mirrorPad(
  g: Graph,
  x: Value,
  paddings: readonly (readonly [number, number])[],
  mode: string,
): Value {
  return paddings.reduce<Value>((padded, [before, after], axis) => {
    const offset = mode === 'reflect' ? 1 : 0;
    const n = padded.shape[axis];
    const strip = (start: number, size: number) =>
      reverse(
        g,
        slice(
          g,
          padded,
          padded.shape.map((_, i) => (i === axis ? start : 0)),
          padded.shape.map((m, i) => (i === axis ? size : m)),
        ),
        [axis],
      );
    return concat(g, [strip(offset, before), padded, strip(n - offset - after, after)], axis);
  }, x);
}

export const layoutKernels: KernelTable = {
  [tf.Identity]: ({ inputs }) => inputs.x,
  [tf.Reshape]: ({ graph, inputs, attributes }) =>
    reshape(
      graph,
      inputs.x,
      tf.util.inferFromImplicitShape(
        (attributes as tf.ReshapeAttrs).shape,
        tf.util.sizeFromShape([...inputs.x.shape]),
      ),
    ),
  [tf.ExpandDims]: ({ graph, inputs: { input }, attributes }) => {
    const { dim } = attributes as tf.ExpandDimsAttrs;
    return reshape(graph, input, withAxis(input.shape, dim < 0 ? input.shape.length + dim + 1 : dim));
  },
  [tf.Transpose]: ({ graph, inputs, attributes }) =>
    transpose(graph, inputs.x, (attributes as tf.TransposeAttrs).perm),
  [tf.Concat]: ({ graph, list, attributes }) =>
    concat(graph, list, axesOf((attributes as tf.ConcatAttrs).axis, list[0])[0]),
  [tf.Slice]: ({ graph, inputs: { x }, attributes }) => {
    const { begin, size } = attributes as tf.SliceAttrs;
    const [starts, sizes] = tf.slice_util.parseSliceParams(
      { shape: [...x.shape] } as tf.TensorInfo,
      begin,
      size,
    );
    return slice(graph, x, starts, sizes);
  },
  [tf.StridedSlice]: ({ graph, inputs: { x }, attributes }) => {
    const a = attributes as tf.StridedSliceAttrs;
    const info = tf.slice_util.sliceInfo(
      [...x.shape],
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask,
    );
    const sizes = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
    return reshape(graph, slice(graph, x, info.begin, sizes, info.strides), info.finalShape);
  },
  [tf.SplitV]: ({ graph, inputs: { x }, attributes }) => {
    const { numOrSizeSplits, axis } = attributes as tf.SplitVAttrs;
    const [at] = axesOf(axis, x);
    const info = { shape: [...x.shape] } as tf.Tensor;
    return split(graph, x, at, tf.backend_util.prepareSplitSize(info, numOrSizeSplits, at));
  },
  [tf.Pack]: ({ graph, list, attributes }) => {
    const { axis } = attributes as tf.PackAttrs;
    const at = axis < 0 ? axis + list[0].shape.length + 1 : axis;
    return concat(
      graph,
      list.map((x) => reshape(graph, x, withAxis(x.shape, at))),
      at,
    );
  },
  [tf.Unpack]: ({ graph, inputs: { value }, attributes }) => {
    const [axis] = axesOf((attributes as tf.UnpackAttrs).axis, value);
    const parts = split(graph, value, axis, new Array<number>(value.shape[axis]).fill(1));
    return parts.map((part) => reshape(graph, part, without(part.shape, axis)));
  },
  [tf.PadV2]: ({ graph, inputs, attributes }) => {
    const { paddings, constantValue } = attributes as tf.PadV2Attrs;
    return pad(graph, inputs.x, paddings, constantValue);
  },
  [tf.MirrorPad]: ({ graph, inputs, attributes }) => {
    const { paddings, mode } = attributes as tf.MirrorPadAttrs;
    return mirrorPad(graph, inputs.x, paddings, mode);
  },
  [tf.Tile]: ({ graph: g, inputs: { x }, attributes }) => {
    const { reps } = attributes as tf.TileAttrs;
    const shape = x.shape.map((n, i) => n * reps[i]);
    if (x.shape.every((n, i) => n === 1 || reps[i] === 1)) return expand(g, x, shape);
    return g.emit('Tile', [x, g.integers(reps)], {}, shape, x.dtype);
  },
  [tf.BroadcastTo]: ({ graph, inputs, attributes }) =>
    expand(graph, inputs.x, (attributes as tf.BroadCastToAttrs).shape),
  [tf.Reverse]: ({ graph, inputs, attributes }) =>
    reverse(graph, inputs.x, axesOf((attributes as tf.ReverseAttrs).dims, inputs.x)),
  [tf.Fill]: ({ graph, attributes }) => {
    const { shape, value, dtype } = attributes as tf.FillAttrs;
    if (typeof value !== 'number') throw new Error('No text tensors.');
    return expand(
      graph,
      scalar(graph, value, dtype === 'int32' || dtype === 'bool' ? dtype : 'float32'),
      shape,
    );
  },
  [tf.Range]: ({ graph, attributes }) => {
    const { start, stop, step, dtype } = attributes as tf.RangeAttrs;
    const size = Math.max(0, Math.ceil((stop - start) / step));
    const numbers = Array.from({ length: size }, (_, i) => start + i * step);
    return dtype === 'int32'
      ? graph.constant(Int32Array.from(numbers), [size], 'int32')
      : graph.constant(Float32Array.from(numbers), [size], 'float32');
  },
  [tf.LinSpace]: ({ graph, attributes }) => {
    const { start, stop, num } = attributes as tf.LinSpaceAttrs;
    const step = (stop - start) / (num - 1);
    const numbers = Float32Array.from({ length: num }, (_, i) => start + (num === 1 ? 0 : i * step));
    return graph.constant(numbers, [num], 'float32');
  },
};
