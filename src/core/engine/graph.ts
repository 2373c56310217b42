import type { ElementType } from './engine';

/** Element types of graph values: those of tensors, and the 64-bit integers that ONNX wants for shapes and indices. */
export type ValueType = ElementType | 'int64';

export type ConstantData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** A constant holds either every element, or one number that all elements share (`splat`). */
export type Constant = { readonly data: ConstantData } | { readonly splat: number };

/** An operator's attribute: an integer, integers, a string, or (boxed, to tell it from an integer) a float. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** One tensor of a graph: an input, a constant, or an output of a node. */
export interface Value {
  /** Ascending in the order of creation, hence a topological order. */
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: ValueType;
  readonly constant?: Constant;
  readonly node?: GraphNode;
  /** Which output of `node` this is. */
  readonly index: number;
}

/** One application of an ONNX operator. An absent optional input is `undefined`. */
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

export interface OutputSpec {
  readonly shape: readonly number[];
  readonly dtype: ValueType;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/**
 * A graph of ONNX operators under construction. Nodes are hash-consed: the same operator on the same inputs with the
 * same attributes is one node, however often it is asked for, so what a time loop repeats is computed once.
 */
export class Graph {
  /** @param target the provider that will run it: operators that it lacks are written as others. */
  constructor(readonly target: 'cpu' | 'webgpu' = 'cpu') {}

  private nextId = 0;
  private readonly nodes = new Map<string, GraphNode>();
  private readonly constants = new Map<string, Value[]>();

  /** A tensor that is fed from outside. */
  input(shape: readonly number[], dtype: ValueType): Value {
    return { id: this.nextId++, shape: [...shape], dtype, index: 0 };
  }

  /** A constant with the given elements. Equal constants are one value. */
  constant(data: ConstantData, shape: readonly number[], dtype: ValueType): Value {
    if (data.length !== sizeOf(shape)) {
      throw new Error(`A constant of shape [${shape.join(', ')}] cannot have ${data.length} elements.`);
    }
    if (dtype !== 'int64' && data.length > 0 && data.every((x) => Object.is(x, data[0]))) {
      return this.splat(Number(data[0]), shape, dtype);
    }
    const key = `${dtype}[${shape.join()}]${digest(data)}`;
    const candidates = this.constants.get(key) ?? [];
    const known = candidates.find((value) => sameData((value.constant as { data: ConstantData }).data, data));
    if (known) return known;
    const value: Value = { id: this.nextId++, shape: [...shape], dtype, constant: { data }, index: 0 };
    this.constants.set(key, [...candidates, value]);
    return value;
  }

  /** A constant whose elements are all `splat`. */
  splat(splat: number, shape: readonly number[], dtype: ValueType): Value {
    const key = `${dtype}[${shape.join()}]=${Object.is(splat, -0) ? '-0' : splat}`;
    const known = this.constants.get(key);
    if (known) return known[0];
    const value: Value = { id: this.nextId++, shape: [...shape], dtype, constant: { splat }, index: 0 };
    this.constants.set(key, [value]);
    return value;
  }

  /** A constant vector of 64-bit integers: a shape, axes, or indices. */
  integers(numbers: readonly number[]): Value {
    return this.constant(BigInt64Array.from(numbers, BigInt), [numbers.length], 'int64');
  }

  /** The node for `op`, new or known. */
  emitAll(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    outputs: readonly OutputSpec[],
  ): readonly Value[] {
    const key = `${op}(${inputs.map((v) => v?.id ?? '').join()})${JSON.stringify(attributes)}${outputs
      .map((o) => `${o.dtype}${o.shape.join()}`)
      .join(';')}`;
    const known = this.nodes.get(key);
    if (known) return known.outputs;
    const values: Value[] = [];
    const node: GraphNode = { op, inputs, attributes, outputs: values };
    outputs.forEach((spec, index) =>
      values.push({ id: this.nextId++, shape: [...spec.shape], dtype: spec.dtype, node, index }),
    );
    this.nodes.set(key, node);
    return values;
  }

  /** As {@link emitAll}, for an operator with one output. */
  emit(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    shape: readonly number[],
    dtype: ValueType,
  ): Value {
    return this.emitAll(op, inputs, attributes, [{ shape, dtype }])[0];
  }
}

/** All values that `outputs` depend on, themselves included, inputs before users. */
export function reachable(outputs: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  const pending = [...outputs];
  for (let value = pending.pop(); value; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    for (const input of value.node?.inputs ?? []) if (input) pending.push(input);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** The number that all elements of a constant share, or undefined. */
export function splatOf(value: Value): number | undefined {
  return value.constant && 'splat' in value.constant ? value.constant.splat : undefined;
}

/** All elements of a constant value (throws for any other). */
export function constantData(value: Value): ConstantData {
  if (!value.constant) throw new Error('Not a constant.');
  if ('data' in value.constant) return value.constant.data;
  const size = sizeOf(value.shape);
  const splat = value.constant.splat;
  switch (value.dtype) {
    case 'float32':
      return new Float32Array(size).fill(splat);
    case 'int32':
      return new Int32Array(size).fill(splat);
    case 'bool':
      return new Uint8Array(size).fill(splat);
    case 'int64':
      return new BigInt64Array(size).fill(BigInt(splat));
  }
}

function bytesOf(data: ConstantData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** FNV-1a over the bytes. Collisions are told apart by {@link sameData}. */
function digest(data: ConstantData): number {
  let hash = 0x811c9dc5;
  for (const byte of bytesOf(data)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function sameData(a: ConstantData, b: ConstantData): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
