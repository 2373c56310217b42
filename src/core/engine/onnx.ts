/**
 * Graphs as ONNX files: the messages of onnx.proto3 that are needed, written field by field.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
import protobuf from 'protobufjs/minimal';
import { onnxTypeCode } from './arithmetic';
import {
  type Attribute,
  type GraphNode,
  type Value,
  constantData,
  reachable,
  sizeOf,
  splatOf,
} from './graph';
import { fuseConvolutions } from './fusion';
import { sliceRange } from './layout';

export interface OnnxModel {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** Graph inputs whose values are stored in the file instead. */
  readonly baked?: ReadonlyMap<Value, { readonly name: string; readonly data: ArrayBufferView }>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only operators of the ONNX standard; otherwise also ONNX Runtime's own. */
  readonly standard?: boolean;
  /** Outputs that a Split may have; GPUs bind few buffers at once. */
  readonly mostSplits?: number;
}

/** Where ONNX Runtime's own operators live. */
const runtimeDomain = 'com.microsoft';
const irVersion = 8;
const opsetVersion = 17;
/** Splat constants beyond this many elements are computed when the model is loaded, not stored. */
const storedLimit = 1024;

const AttributeType = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** The bytes of an ONNX file for everything that `model.outputs` depend on. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1, 0)).int64(irVersion);
  writer.uint32(tag(2, 2)).string('climate-clustering');
  message(writer, 7, (w) => encodeGraph(w, model));
  message(writer, 8, (w) => w.uint32(tag(1, 2)).string('').uint32(tag(2, 0)).int64(opsetVersion));
  if (!model.standard) {
    message(writer, 8, (w) => w.uint32(tag(1, 2)).string(runtimeDomain).uint32(tag(2, 0)).int64(1));
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    message(writer, 14, (w) => w.uint32(tag(1, 2)).string(key).uint32(tag(2, 2)).string(value));
  }
  return writer.finish();
}

function tag(field: number, wireType: 0 | 2 | 5): number {
  return (field << 3) | wireType;
}

function message(writer: protobuf.Writer, field: number, content: (w: protobuf.Writer) => void): void {
  writer.uint32(tag(field, 2)).fork();
  content(writer);
  writer.ldelim();
}

function encodeGraph(writer: protobuf.Writer, model: OnnxModel): void {
  const values = reachable([...model.outputs.values()]);
  const names = nameValues(values, model);
  const nameOf = (value: Value | undefined) => (value ? names.get(value)! : '');
  const nodes: Op[] = [];
  const extras: [name: string, integers: BigInt64Array][] = [];
  for (const value of values) {
    if (!value.constant || isStored(value)) continue;
    const shape = `${nameOf(value)}_shape`;
    extras.push([shape, BigInt64Array.from(value.shape, BigInt)]);
    nodes.push({
      op: 'ConstantOfShape',
      inputs: [shape],
      outputs: [nameOf(value)],
      attributes: { value: { tensor: value } },
    });
  }
  const done = new Set<GraphNode>();
  const { fused, absorbed } = fuseConvolutions(values, [...model.outputs.values()], model.standard ?? false);
  const splits = planSplits(values, model.mostSplits ?? Infinity);
  for (const value of values) {
    const node = value.node;
    if (!node || done.has(node)) continue;
    done.add(node);
    if (absorbed.has(node)) continue;
    const fusion = fused.get(node);
    if (fusion) {
      nodes.push({ ...fusion, inputs: fusion.inputs.map(nameOf), outputs: [nameOf(value)] });
      continue;
    }
    const split = splits.get(node);
    if (split) {
      if (split.emitted) continue;
      split.emitted = true;
      const sizes = `${nameOf(split.parts[0])}_sizes`;
      extras.push([sizes, BigInt64Array.from(split.parts, (p) => BigInt(p.shape[split.axis]))]);
      nodes.push({
        op: 'Split',
        inputs: [nameOf(split.source), sizes],
        outputs: split.parts.map(nameOf),
        attributes: { axis: split.axis },
      });
      continue;
    }
    nodes.push({
      op: node.op,
      inputs: node.inputs.map(nameOf),
      outputs: node.outputs.map((v) => names.get(v) ?? ''),
      attributes: node.attributes,
    });
  }
  // An output that is an input, a constant, or another output needs a node of its own.
  for (const [name, value] of model.outputs) {
    if (nameOf(value) !== name)
      nodes.push({ op: 'Identity', inputs: [nameOf(value)], outputs: [name], attributes: {} });
  }
  nodes.forEach((node, i) => message(writer, 1, (w) => encodeNode(w, node, `${node.op}_${i}`)));
  writer.uint32(tag(2, 2)).string(model.name);
  for (const value of values) {
    const baked = model.baked?.get(value);
    if (baked) message(writer, 5, (w) => encodeTensor(w, nameOf(value), value, baked.data));
    else if (isStored(value))
      message(writer, 5, (w) => encodeTensor(w, nameOf(value), value, constantData(value)));
  }
  for (const [name, integers] of extras) {
    message(writer, 5, (w) => encodeTensor(w, name, { shape: [integers.length], dtype: 'int64' }, integers));
  }
  const used = new Set(values);
  for (const [name, value] of model.inputs)
    if (used.has(value)) message(writer, 11, (w) => encodeInfo(w, name, value));
  for (const [name, value] of model.outputs) message(writer, 12, (w) => encodeInfo(w, name, value));
}

/** Inputs and outputs keep the names they were given; everything between is numbered. */
function nameValues(values: readonly Value[], model: OnnxModel): Map<Value, string> {
  const names = new Map<Value, string>();
  for (const [name, value] of model.inputs) names.set(value, name);
  for (const [value, { name }] of model.baked ?? []) names.set(value, name);
  for (const [name, value] of model.outputs) {
    if (value.node && !names.has(value)) names.set(value, name);
  }
  for (const value of values) if (!names.has(value)) names.set(value, `v${value.id}`);
  return names;
}

interface Op {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute | { readonly tensor: Value }>>;
}

function isStored(value: Value): boolean {
  return value.constant !== undefined && (splatOf(value) === undefined || sizeOf(value.shape) <= storedLimit);
}

interface SplitPlan {
  readonly source: Value;
  readonly axis: number;
  readonly parts: Value[];
  emitted: boolean;
}

/** Slices that together cut a tensor into consecutive parts along one axis, to be written as one Split. */
function planSplits(values: readonly Value[], most: number): Map<GraphNode, SplitPlan> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    if (value.node?.op !== 'Slice') continue;
    const source = value.node.inputs[0]!;
    const { sizes, steps } = sliceRange(value);
    const axes = sizes.flatMap((n, i) => (n !== source.shape[i] ? [i] : []));
    if (axes.length !== 1 || steps.some((n) => n !== 1)) continue;
    const key = `${source.id}/${axes[0]}`;
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  const plans = new Map<GraphNode, SplitPlan>();
  for (const [key, slices] of groups) {
    const axis = Number(key.split('/')[1]);
    const source = slices[0].node!.inputs[0]!;
    const startOf = (value: Value) => sliceRange(value).starts[axis];
    const parts = slices.sort((a, b) => startOf(a) - startOf(b));
    let end = 0;
    const inLine = parts.every((part) => {
      const fits = startOf(part) === end;
      end += part.shape[axis];
      return fits;
    });
    if (!inLine || end !== source.shape[axis] || parts.length > most) continue;
    const plan: SplitPlan = { source, axis, parts, emitted: false };
    for (const part of parts) plans.set(part.node!, plan);
  }
  return plans;
}

function encodeNode(writer: protobuf.Writer, node: Op, name: string): void {
  for (const input of node.inputs) writer.uint32(tag(1, 2)).string(input);
  let outputs = [...node.outputs];
  while (outputs[outputs.length - 1] === '') outputs = outputs.slice(0, -1);
  for (const output of outputs) writer.uint32(tag(2, 2)).string(output);
  writer.uint32(tag(3, 2)).string(name).uint32(tag(4, 2)).string(node.op);
  if (node.domain) writer.uint32(tag(7, 2)).string(node.domain);
  for (const [key, value] of Object.entries(node.attributes)) {
    message(writer, 5, (w) => encodeAttribute(w, key, value));
  }
}

function encodeAttribute(
  writer: protobuf.Writer,
  name: string,
  value: Attribute | { readonly tensor: Value },
): void {
  writer.uint32(tag(1, 2)).string(name);
  const type = (code: number) => writer.uint32(tag(20, 0)).int32(code);
  if (typeof value === 'number') {
    writer.uint32(tag(3, 0)).int64(value);
    type(AttributeType.int);
  } else if (typeof value === 'string') {
    writer.uint32(tag(4, 2)).bytes(Buffer.from(value));
    type(AttributeType.string);
  } else if ('float' in value) {
    writer.uint32(tag(2, 5)).float(value.float);
    type(AttributeType.float);
  } else if ('tensor' in value) {
    const one = { shape: [1], dtype: value.tensor.dtype };
    const data = constantData({ ...value.tensor, shape: [1] });
    message(writer, 5, (w) => encodeTensor(w, '', one, data));
    type(AttributeType.tensor);
  } else {
    for (const n of value) writer.uint32(tag(8, 0)).int64(n);
    type(AttributeType.ints);
  }
}

type Spec = Pick<Value, 'shape' | 'dtype'>;

function encodeTensor(writer: protobuf.Writer, name: string, spec: Spec, data: ArrayBufferView): void {
  for (const n of spec.shape) writer.uint32(tag(1, 0)).int64(n);
  writer.uint32(tag(2, 0)).int32(onnxTypeCode(spec.dtype));
  if (name) writer.uint32(tag(8, 2)).string(name);
  writer.uint32(tag(9, 2)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeInfo(writer: protobuf.Writer, name: string, spec: Spec): void {
  writer.uint32(tag(1, 2)).string(name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      tensor.uint32(tag(1, 0)).int32(onnxTypeCode(spec.dtype));
      message(tensor, 2, (shape) => {
        for (const n of spec.shape) message(shape, 1, (dim) => dim.uint32(tag(1, 0)).int64(n));
      });
    }),
  );
}
