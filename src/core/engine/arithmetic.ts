/** Builders of elementwise operators, reductions and products, with the algebraic identities that gradients leave. */
import { backend_util } from '@tensorflow/tfjs-core';
import { concat, expand, pad, reshape, slice, transpose } from './layout';
import { type Graph, type Value, type ValueType, constantData, sameShape, sizeOf, splatOf } from './graph';

export type BinaryOp = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min' | 'Pow';
export type Comparison = 'Greater' | 'GreaterOrEqual' | 'Less' | 'LessOrEqual' | 'Equal' | 'And' | 'Or';

export function scalar(g: Graph, value: number, dtype: ValueType): Value {
  return g.splat(dtype === 'float32' ? Math.fround(value) : value, [], dtype);
}

/** An elementwise operator of one operand that keeps its type. */
export function unary(g: Graph, op: string, x: Value): Value {
  if (op === 'Neg') {
    const splat = splatOf(x);
    if (splat !== undefined) return g.splat(-splat, x.shape, x.dtype);
    if (x.node?.op === 'Neg') return x.node.inputs[0]!;
    if (x.node?.op === 'Sub') return binary(g, 'Sub', x.node.inputs[1]!, x.node.inputs[0]!);
  }
  if (x.node?.op === 'Expand') return expand(g, unary(g, op, x.node.inputs[0]!), x.shape);
  return g.emit(op, [x], {}, x.shape, x.dtype);
}

/** An elementwise operator of two operands of one type, with broadcasting. */
export function binary(g: Graph, op: BinaryOp, a: Value, b: Value): Value {
  const shape = broadcastShape(a, b);
  const [p, q] = [splatOf(a), splatOf(b)];
  if (p !== undefined && q !== undefined) {
    const folded = foldSplats(op, p, q, a.dtype);
    if (folded !== undefined) return g.splat(folded, shape, a.dtype);
  }
  const neutral =
    op === 'Add' || op === 'Sub' ? 0 : op === 'Mul' || op === 'Div' || op === 'Pow' ? 1 : undefined;
  if (neutral !== undefined && q === neutral) return expand(g, a, shape);
  if (neutral !== undefined && p === neutral && (op === 'Add' || op === 'Mul')) return expand(g, b, shape);
  if (op === 'Sub' && p === 0) return expand(g, unary(g, 'Neg', b), shape);
  if (op === 'Mul' && p === -1) return expand(g, unary(g, 'Neg', b), shape);
  if ((op === 'Mul' || op === 'Div') && q === -1) return expand(g, unary(g, 'Neg', a), shape);
  if (op === 'Add' && b.node?.op === 'Neg') return binary(g, 'Sub', a, b.node.inputs[0]!);
  if (op === 'Add' && a.node?.op === 'Neg') return binary(g, 'Sub', b, a.node.inputs[0]!);
  if (op === 'Sub' && b.node?.op === 'Neg') return binary(g, 'Add', a, b.node.inputs[0]!);
  if (op === 'Add') {
    const merged = addOfParts(g, a, b);
    if (merged) return merged;
  }
  // Operators broadcast by themselves, so an operand need not be stretched first.
  const [x, y] = narrow(g, a, b, shape);
  const narrowShape = broadcastShape(x, y);
  if (!sameShape(narrowShape, shape)) return expand(g, binary(g, op, x, y), shape);
  const commutes = op === 'Add' || op === 'Mul' || op === 'Max' || op === 'Min';
  return g.emit(op, commutes && y.id < x.id ? [y, x] : [x, y], {}, shape, a.dtype);
}

/** A comparison or a logical operator; the result is boolean. */
export function compare(g: Graph, op: Comparison, a: Value, b: Value): Value {
  // WebGPU's provider has And and Not, but no Or.
  if (op === 'Or' && g.target === 'webgpu') return not(g, compare(g, 'And', not(g, a), not(g, b)));
  const shape = broadcastShape(a, b);
  const [x, y] = narrow(g, a, b, shape);
  return expand(g, g.emit(op, [x, y], {}, broadcastShape(x, y), 'bool'), shape);
}

/** The opposite of a truth value. */
export function not(g: Graph, x: Value): Value {
  return x.node?.op === 'Not' ? x.node.inputs[0]! : g.emit('Not', [x], {}, x.shape, 'bool');
}

/** `condition ? a : b`, elementwise, with broadcasting. */
export function where(g: Graph, condition: Value, a: Value, b: Value): Value {
  const shape = backend_util.assertAndGetBroadcastShape([...condition.shape], broadcastShape(a, b));
  if (a.dtype === 'bool') {
    return compare(g, 'Or', compare(g, 'And', condition, a), compare(g, 'And', not(g, condition), b));
  }
  const loose = (x: Value) => {
    const splat = splatOf(x);
    return splat !== undefined && sameShape(condition.shape, shape) ? g.splat(splat, [], x.dtype) : x;
  };
  return g.emit('Where', [condition, loose(a), loose(b)], {}, shape, a.dtype);
}

const onnxType: Record<ValueType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** The code of an element type in ONNX's TensorProto.DataType. */
export function onnxTypeCode(dtype: ValueType): number {
  return onnxType[dtype];
}

export function cast(g: Graph, x: Value, dtype: ValueType): Value {
  if (x.dtype === dtype) return x;
  const splat = splatOf(x);
  if (splat !== undefined && dtype !== 'int64') return g.splat(castNumber(splat, dtype), x.shape, dtype);
  if (x.constant && dtype === 'int64')
    return g.constant(BigInt64Array.from(numbersOf(x), BigInt), x.shape, dtype);
  // A truth value survives any number type, so bool -> int32 -> float32 is bool -> float32.
  const source = x.node?.op === 'Cast' ? x.node.inputs[0]! : undefined;
  if (source?.dtype === 'bool') return cast(g, source, dtype);
  return g.emit('Cast', [x], { to: onnxType[dtype] }, x.shape, dtype);
}

/** The elements of a constant as plain numbers. */
export function numbersOf(x: Value): number[] {
  return Array.from(constantData(x) as Iterable<number | bigint>, (n) => Math.trunc(Number(n)));
}

/** The sum, maximum, ... over `axes`. */
export function reduce(
  g: Graph,
  op: 'Sum' | 'Mean' | 'Max' | 'Min' | 'Prod',
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  if (axes.every((i) => x.shape[i] === 1)) return reshape(g, x, shape);
  const splat = splatOf(x);
  const count = axes.reduce((n, i) => n * x.shape[i], 1);
  if (splat !== undefined && count > 0 && op !== 'Prod') {
    return g.splat(op === 'Sum' ? castNumber(splat * count, x.dtype) : splat, shape, x.dtype);
  }
  const sorted = [...axes].sort((a, b) => a - b);
  const keepdims = keepDims ? 1 : 0;
  return op === 'Sum'
    ? g.emit('ReduceSum', [x, g.integers(sorted)], { keepdims }, shape, x.dtype)
    : g.emit(`Reduce${op}`, [x], { axes: sorted, keepdims }, shape, x.dtype);
}

/** The matrix product over the last two axes; leading axes broadcast. */
export function matMul(g: Graph, a: Value, b: Value): Value {
  const [m, k] = a.shape.slice(-2);
  const [k2, n] = b.shape.slice(-2);
  if (k !== k2) throw new Error(`Cannot multiply [${a.shape.join(', ')}] by [${b.shape.join(', ')}].`);
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, m, n];
  if (sizeOf(shape) === 0 || k === 0) return g.splat(0, shape, 'float32');
  // A product of one stack with one matrix is one large product.
  const drop = (x: Value) => (sizeOf(x.shape.slice(0, -2)) === 1 ? reshape(g, x, x.shape.slice(-2)) : x);
  const right = drop(b);
  const left = right.shape.length === 2 && a.shape.length > 2 ? a : drop(a);
  const direct = [
    ...left.shape.slice(0, -2),
    ...(left.shape.length > 2 ? [] : right.shape.slice(0, -2)),
    m,
    n,
  ];
  const product = g.emit(
    'MatMul',
    [left, right],
    {},
    left.shape.length > 2 && right.shape.length > 2 ? shape : direct,
    'float32',
  );
  return reshape(g, product, shape);
}

/** `x` with its last two axes exchanged. */
export function swapLast(g: Graph, x: Value): Value {
  const rank = x.shape.length;
  const permutation = x.shape.map((_, i) => i);
  permutation[rank - 2] = rank - 1;
  permutation[rank - 1] = rank - 2;
  return transpose(g, x, permutation);
}

export { concat, expand, pad, reshape, slice, transpose };

function broadcastShape(a: Value, b: Value): number[] {
  return backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
}

function castNumber(value: number, dtype: ValueType): number {
  if (dtype === 'float32') return Math.fround(value);
  return dtype === 'bool' ? (value ? 1 : 0) : Math.trunc(value);
}

function foldSplats(op: BinaryOp, p: number, q: number, dtype: ValueType): number | undefined {
  if (dtype !== 'float32' && op === 'Div') return q === 0 ? undefined : Math.trunc(p / q);
  const round = dtype === 'float32' ? Math.fround : Math.trunc;
  switch (op) {
    case 'Add':
      return round(p + q);
    case 'Sub':
      return round(p - q);
    case 'Mul':
      return round(p * q);
    case 'Div':
      return round(p / q);
    case 'Max':
      return Math.max(p, q);
    case 'Min':
      return Math.min(p, q);
    case 'Pow':
      return undefined;
  }
}

/**
 * The operands without their explicit broadcasting, as far as the operator's own makes up for it; of two stretched
 * operands the result may be smaller than `shape`, and is cheaper to stretch than they are.
 */
function narrow(g: Graph, a: Value, b: Value, shape: readonly number[]): [Value, Value] {
  const narrowed = (x: Value): Value => {
    const splat = splatOf(x);
    if (splat !== undefined && x.shape.length > 0) return g.splat(splat, [], x.dtype);
    return x.node?.op === 'Expand' ? x.node.inputs[0]! : x;
  };
  const fits = (x: Value, y: Value) => sameShape(broadcastShape(x, y), shape);
  const [x, y] = [narrowed(a), narrowed(b)];
  const smaller = sizeOf(broadcastShape(x, y)) < sizeOf(shape);
  if (fits(x, y) || (smaller && (x.node || y.node) && sizeOf(shape) > 0)) return [x, y];
  if (fits(x, b)) return [x, b];
  if (fits(a, y)) return [a, y];
  return [a, b];
}

/**
 * The sum of two Concats along one axis whose zero stretches complement each other, as one Concat. The gradient of
 * slicing a sequence step by step is such a sum.
 */
function addOfParts(g: Graph, a: Value, b: Value): Value | undefined {
  if (a.node?.op !== 'Concat' || b.node?.op !== 'Concat' || !sameShape(a.shape, b.shape)) return undefined;
  const axis = a.node.attributes.axis as number;
  if (b.node.attributes.axis !== axis) return undefined;
  const isZero = (x: Value) => splatOf(x) === 0;
  const left = a.node.inputs as Value[];
  const right = b.node.inputs as Value[];
  if (!left.some(isZero) || !right.some(isZero)) return undefined;
  const cuts = [...new Set([...cutsOf(left, axis), ...cutsOf(right, axis)])].sort((x, y) => x - y);
  const pieces: Value[] = [];
  let from = 0;
  for (const to of cuts) {
    const p = piece(g, left, axis, from, to);
    const q = piece(g, right, axis, from, to);
    if (!isZero(p) && !isZero(q)) return undefined;
    pieces.push(isZero(p) ? q : p);
    from = to;
  }
  return concat(g, pieces, axis);
}

function cutsOf(parts: readonly Value[], axis: number): number[] {
  let end = 0;
  return parts.map((part) => (end += part.shape[axis]));
}

/** Rows `from` to `to` of a Concat's parts; no cut lies between them. */
function piece(g: Graph, parts: readonly Value[], axis: number, from: number, to: number): Value {
  let offset = 0;
  for (const part of parts) {
    const end = offset + part.shape[axis];
    if (from >= offset && to <= end) {
      return slice(
        g,
        part,
        part.shape.map((_, i) => (i === axis ? from - offset : 0)),
        part.shape.map((n, i) => (i === axis ? to - from : n)),
      );
    }
    offset = end;
  }
  throw new Error('The piece lies outside the parts.');
}
