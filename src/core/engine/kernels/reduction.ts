import * as tf from '@tensorflow/tfjs-core';
import { cast, matMul, reduce, scalar, swapLast } from '../arithmetic';
import type { Graph, Value } from '../graph';
import { type Kernel, type KernelTable, axesOf } from './kernel';

interface ReductionAttributes {
  readonly axis?: number | number[];
  /** The name that tfjs gives the axes of Max. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

const reductionOf =
  (op: 'Sum' | 'Max' | 'Min' | 'Prod'): Kernel =>
  ({ graph, inputs, attributes }) => {
    const { axis, reductionIndices, keepDims } = attributes as ReductionAttributes;
    const x = inputs.x.dtype === 'bool' ? cast(graph, inputs.x, 'int32') : inputs.x;
    return reduce(graph, op, x, axesOf(axis ?? reductionIndices, x), keepDims ?? false);
  };

/** Whether any or all elements are true: the extreme of zeros and ones. */
const logicalOf =
  (op: 'Max' | 'Min'): Kernel =>
  ({ graph, inputs, attributes }) => {
    const { axis, keepDims } = attributes as ReductionAttributes;
    const numbers = cast(graph, inputs.x, 'int32');
    return cast(graph, reduce(graph, op, numbers, axesOf(axis, numbers), keepDims ?? false), 'bool');
  };

const positionOf =
  (op: 'ArgMax' | 'ArgMin'): Kernel =>
  ({ graph, inputs: { x }, attributes }) => {
    const [axis] = axesOf((attributes as tf.ArgMaxAttrs).axis, x);
    const shape = x.shape.filter((_, i) => i !== axis);
    const position = graph.emit(op, [x], { axis, keepdims: 0 }, shape, 'int64');
    return cast(graph, position, 'int32');
  };

function softmax(g: Graph, x: Value, axis: number): Value {
  return g.emit('Softmax', [x], { axis: axis < 0 ? axis + x.shape.length : axis }, x.shape, x.dtype);
}

export const reductionKernels: KernelTable = {
  [tf.Sum]: reductionOf('Sum'),
  [tf.Max]: reductionOf('Max'),
  [tf.Min]: reductionOf('Min'),
  [tf.Prod]: reductionOf('Prod'),
  [tf.Mean]: ({ graph, inputs, attributes }) => {
    const { axis, keepDims } = attributes as ReductionAttributes;
    const x = cast(graph, inputs.x, 'float32');
    return reduce(graph, 'Mean', x, axesOf(axis, x), keepDims ?? false);
  },
  [tf.All]: logicalOf('Min'),
  [tf.Any]: logicalOf('Max'),
  [tf.ArgMax]: positionOf('ArgMax'),
  [tf.ArgMin]: positionOf('ArgMin'),
  [tf.Softmax]: ({ graph, inputs, attributes }) =>
    softmax(graph, inputs.logits, (attributes as tf.SoftmaxAttrs).dim),
  [tf.LogSoftmax]: ({ graph: g, inputs: { logits }, attributes }) =>
    g.emit(
      'LogSoftmax',
      [logits],
      { axis: axesOf((attributes as tf.LogSoftmaxAttrs).axis, logits)[0] },
      logits.shape,
      logits.dtype,
    ),
  [tf.Cumsum]: ({ graph: g, inputs: { x }, attributes }) => {
    const { axis, exclusive, reverse } = attributes as tf.CumsumAttrs;
    const at = scalar(g, axesOf(axis, x)[0], 'int32');
    return g.emit(
      'CumSum',
      [x, at],
      { exclusive: Number(exclusive), reverse: Number(reverse) },
      x.shape,
      x.dtype,
    );
  },
  [tf.BatchMatMul]: ({ graph: g, inputs: { a, b }, attributes }) => {
    const { transposeA, transposeB } = attributes as tf.BatchMatMulAttrs;
    return matMul(g, transposeA ? swapLast(g, a) : a, transposeB ? swapLast(g, b) : b);
  },
  [tf.Einsum]: ({ graph: g, list, attributes }) => {
    const { equation } = attributes as tf.EinsumAttrs;
    const [terms, result = ''] = equation.replace(/\s/g, '').split('->');
    const size = new Map<string, number>();
    terms
      .split(',')
      .forEach((term, i) => [...term].forEach((letter, k) => size.set(letter, list[i].shape[k])));
    const shape = [...result].map((letter) => size.get(letter)!);
    return g.emit('Einsum', list, { equation }, shape, 'float32');
  },
};
