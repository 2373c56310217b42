import * as tf from '@tensorflow/tfjs-core';
import {
  type BinaryOp,
  type Comparison,
  binary,
  cast,
  compare,
  not,
  reshape,
  scalar,
  unary,
  where,
} from '../arithmetic';
import type { Graph, Value } from '../graph';
import type { Kernel, KernelTable } from './kernel';

const unaryOf =
  (op: string): Kernel =>
  ({ graph, inputs }) =>
    unary(graph, op, inputs.x);

const binaryOf =
  (op: BinaryOp): Kernel =>
  ({ graph, inputs }) =>
    binary(graph, op, inputs.a, inputs.b);

const comparisonOf =
  (op: Comparison): Kernel =>
  ({ graph, inputs }) =>
    compare(graph, op, inputs.a, inputs.b);

/** A kernel that is written in terms of other operators. */
const composed =
  (f: (g: Graph, x: Value) => Value): Kernel =>
  ({ graph, inputs }) =>
    f(graph, inputs.x);

const constant = (g: Graph, value: number, like: Value) => scalar(g, value, like.dtype);

/** floor(a / b) as floats; ONNX's division of integers would truncate. */
function floorDivide(g: Graph, a: Value, b: Value): Value {
  return unary(g, 'Floor', binary(g, 'Div', cast(g, a, 'float32'), cast(g, b, 'float32')));
}

/** e^x - 1 = tanh(x/2) (e^x + 1), exact also for small x. */
function expm1(g: Graph, x: Value): Value {
  const half = unary(g, 'Tanh', binary(g, 'Mul', x, constant(g, 0.5, x)));
  return binary(g, 'Mul', half, binary(g, 'Add', unary(g, 'Exp', x), constant(g, 1, x)));
}

/** log(1 + x) = log(u) x / (u - 1) with u the rounded 1 + x (Goldberg, 1991, theorem 4), exact also for small x. */
function log1p(g: Graph, x: Value): Value {
  const one = constant(g, 1, x);
  const u = binary(g, 'Add', x, one);
  const difference = binary(g, 'Sub', u, one);
  const tiny = compare(g, 'Equal', difference, constant(g, 0, x));
  const infinite = compare(g, 'Equal', u, constant(g, Infinity, x));
  const corrected = binary(g, 'Mul', unary(g, 'Log', u), binary(g, 'Div', x, difference));
  return where(g, compare(g, 'Or', tiny, infinite), x, corrected);
}

function isNan(g: Graph, x: Value): Value {
  return x.dtype === 'float32' ? g.emit('IsNaN', [x], {}, x.shape, 'bool') : g.splat(0, x.shape, 'bool');
}

function isInfinite(g: Graph, x: Value): Value {
  return x.dtype === 'float32' ? g.emit('IsInf', [x], {}, x.shape, 'bool') : g.splat(0, x.shape, 'bool');
}

export const elementwiseKernels: KernelTable = {
  [tf.Add]: binaryOf('Add'),
  [tf.Sub]: binaryOf('Sub'),
  [tf.Multiply]: binaryOf('Mul'),
  [tf.RealDiv]: binaryOf('Div'),
  [tf.Maximum]: binaryOf('Max'),
  [tf.Minimum]: binaryOf('Min'),
  [tf.Pow]: binaryOf('Pow'),
  // In tfjs the quotient is an integer, whatever the operands.
  [tf.FloorDiv]: ({ graph, inputs }) => cast(graph, floorDivide(graph, inputs.a, inputs.b), 'int32'),
  [tf.Mod]: ({ graph: g, inputs: { a, b } }) =>
    binary(g, 'Sub', a, binary(g, 'Mul', cast(g, floorDivide(g, a, b), a.dtype), b)),
  [tf.SquaredDifference]: ({ graph, inputs }) => {
    const difference = binary(graph, 'Sub', inputs.a, inputs.b);
    return binary(graph, 'Mul', difference, difference);
  },
  [tf.AddN]: ({ graph, list }) => list.reduce((sum, x) => binary(graph, 'Add', sum, x)),

  [tf.Neg]: unaryOf('Neg'),
  [tf.Exp]: unaryOf('Exp'),
  [tf.Log]: unaryOf('Log'),
  [tf.Sqrt]: unaryOf('Sqrt'),
  [tf.Reciprocal]: unaryOf('Reciprocal'),
  [tf.Abs]: unaryOf('Abs'),
  [tf.Sign]: unaryOf('Sign'),
  [tf.Floor]: unaryOf('Floor'),
  [tf.Ceil]: unaryOf('Ceil'),
  [tf.Round]: unaryOf('Round'),
  [tf.Sigmoid]: unaryOf('Sigmoid'),
  [tf.Tanh]: unaryOf('Tanh'),
  [tf.Softplus]: unaryOf('Softplus'),
  [tf.Sin]: unaryOf('Sin'),
  [tf.Cos]: unaryOf('Cos'),
  [tf.Atan]: unaryOf('Atan'),
  [tf.Erf]: unaryOf('Erf'),
  [tf.Expm1]: composed(expm1),
  [tf.Log1p]: composed(log1p),
  [tf.Square]: composed((g, x) => binary(g, 'Mul', x, x)),
  [tf.Rsqrt]: composed((g, x) => unary(g, 'Reciprocal', unary(g, 'Sqrt', x))),
  [tf.Relu]: composed((g, x) => unary(g, 'Relu', x)),
  [tf.Relu6]: composed((g, x) => clip(g, x, 0, 6)),
  [tf.Elu]: composed((g, x) => unary(g, 'Elu', x)),
  [tf.EluGrad]: ({ graph: g, inputs: { dy, y } }) => {
    const one = constant(g, 1, y);
    const slope = where(g, compare(g, 'Less', y, constant(g, 0, y)), binary(g, 'Add', y, one), one);
    return binary(g, 'Mul', dy, slope);
  },
  [tf.LeakyRelu]: ({ graph: g, inputs: { x }, attributes }) =>
    g.emit('LeakyRelu', [x], { alpha: { float: (attributes as tf.LeakyReluAttrs).alpha } }, x.shape, x.dtype),
  [tf.Step]: ({ graph: g, inputs: { x }, attributes }) => {
    const alpha = (attributes as tf.StepAttrs).alpha;
    const positive = compare(g, 'Greater', x, constant(g, 0, x));
    return alpha === 0
      ? cast(g, positive, x.dtype)
      : where(g, positive, constant(g, 1, x), g.splat(Math.fround(alpha), x.shape, x.dtype));
  },
  [tf.ClipByValue]: ({ graph, inputs, attributes }) => {
    const { clipValueMin, clipValueMax } = attributes as tf.ClipByValueAttrs;
    return clip(graph, inputs.x, clipValueMin, clipValueMax);
  },

  [tf.Greater]: comparisonOf('Greater'),
  [tf.GreaterEqual]: comparisonOf('GreaterOrEqual'),
  [tf.Less]: comparisonOf('Less'),
  [tf.LessEqual]: comparisonOf('LessOrEqual'),
  [tf.Equal]: comparisonOf('Equal'),
  [tf.NotEqual]: ({ graph, inputs }) => not(graph, compare(graph, 'Equal', inputs.a, inputs.b)),
  [tf.LogicalAnd]: comparisonOf('And'),
  [tf.LogicalOr]: comparisonOf('Or'),
  [tf.LogicalNot]: ({ graph, inputs }) => not(graph, inputs.x),
  [tf.IsNan]: composed(isNan),
  [tf.IsInf]: composed(isInfinite),
  [tf.IsFinite]: composed((g, x) => not(g, compare(g, 'Or', isNan(g, x), isInfinite(g, x)))),
  [tf.Select]: ({ graph: g, inputs: { condition, t, e } }) => {
    // A condition of lower rank chooses whole rows.
    const shape = t.shape.map((_, i) => condition.shape[i] ?? 1);
    return where(g, condition.shape.length === 0 ? condition : reshape(g, condition, shape), t, e);
  },

  [tf.Cast]: ({ graph, inputs, attributes }) => {
    const { dtype } = attributes as tf.CastAttrs;
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') throw new Error(`No ${dtype} tensors.`);
    return cast(graph, inputs.x, dtype);
  },
  [tf.ZerosLike]: composed((g, x) => g.splat(0, x.shape, x.dtype)),
  [tf.OnesLike]: composed((g, x) => g.splat(1, x.shape, x.dtype)),
};

function clip(g: Graph, x: Value, min: number, max: number): Value {
  return g.emit('Clip', [x, scalar(g, min, x.dtype), scalar(g, max, x.dtype)], {}, x.shape, x.dtype);
}
