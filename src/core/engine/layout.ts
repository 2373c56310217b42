/**
 * Builders of the operators that only move elements. Each simplifies before it emits, so that chains of them which
 * gradients and layout changes leave behind (Transpose of Transpose, Slice of Concat, Add of padded parts) vanish.
 */
import { type Graph, type Value, constantData, sameShape, sizeOf, splatOf } from './graph';

/** Constants up to this many elements are folded when they are sliced, transposed, or concatenated. */
const foldLimit = 4096;

/** `x` with another shape of the same size. */
export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new Error(`Cannot reshape [${x.shape.join(', ')}] to [${shape.join(', ')}].`);
  }
  if (sameShape(x.shape, shape)) return x;
  if (x.constant) {
    const splat = splatOf(x);
    return splat !== undefined ? g.splat(splat, shape, x.dtype) : g.constant(constantData(x), shape, x.dtype);
  }
  if (x.node?.op === 'Reshape') return reshape(g, x.node.inputs[0]!, shape);
  return g.emit('Reshape', [x, g.integers(shape)], { allowzero: 1 }, shape, x.dtype);
}

/** `x` with its axes reordered: axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(g: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis]);
  if (permutation.every((axis, i) => axis === i)) return x;
  const splat = splatOf(x);
  if (splat !== undefined) return g.splat(splat, shape, x.dtype);
  const moving = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moving.every((axis, i) => i === 0 || moving[i - 1] < axis)) return reshape(g, x, shape);
  if (x.node?.op === 'Transpose') {
    const inner = x.node.attributes.perm as readonly number[];
    return transpose(
      g,
      x.node.inputs[0]!,
      permutation.map((axis) => inner[axis]),
    );
  }
  if (x.constant && sizeOf(shape) <= foldLimit) {
    const strides = stridesOf(x.shape);
    return gather(g, x, shape, (index) =>
      index.reduce((offset, n, i) => offset + n * strides[permutation[i]], 0),
    );
  }
  return g.emit('Transpose', [x], { perm: [...permutation] }, shape, x.dtype);
}

/** Elements `start + k * step` for `k < size` of each axis. Steps may be negative. */
export function slice(
  g: Graph,
  x: Value,
  starts: readonly number[],
  sizes: readonly number[],
  steps: readonly number[] = starts.map(() => 1),
): Value {
  x.shape.forEach((n, axis) => {
    const last = starts[axis] + (sizes[axis] - 1) * steps[axis];
    if (sizes[axis] > 0 && (starts[axis] < 0 || starts[axis] >= n || last < 0 || last >= n)) {
      throw new Error(
        `Slice at [${starts.join(', ')}] of size [${sizes.join(', ')}] exceeds [${x.shape.join(', ')}].`,
      );
    }
  });
  const splat = splatOf(x);
  if (splat !== undefined) return g.splat(splat, sizes, x.dtype);
  if (sizeOf(sizes) === 0) return g.splat(0, sizes, x.dtype);
  const axes = x.shape
    .map((_, i) => i)
    .filter((i) => sizes[i] !== x.shape[i] || (steps[i] !== 1 && sizes[i] > 1));
  if (axes.length === 0) return x;
  if (x.constant && sizeOf(sizes) <= foldLimit) {
    const strides = stridesOf(x.shape);
    return gather(g, x, sizes, (index) =>
      index.reduce((offset, n, i) => offset + (starts[i] + n * steps[i]) * strides[i], 0),
    );
  }
  if (x.node?.op === 'Slice') {
    const inner = sliceRange(x);
    return slice(
      g,
      x.node.inputs[0]!,
      starts.map((n, i) => inner.starts[i] + n * inner.steps[i]),
      sizes,
      steps.map((n, i) => n * inner.steps[i]),
    );
  }
  if (x.node?.op === 'Concat') {
    const axis = x.node.attributes.axis as number;
    if (axes.includes(axis) && steps[axis] === 1) return sliceOfConcat(g, x, axis, starts, sizes, steps);
  }
  // Ends beyond the first element are INT64_MIN in spirit: any number below -n reaches "before the start".
  const ends = axes.map((i) => {
    const end = starts[i] + sizes[i] * steps[i];
    return end < 0 ? -x.shape[i] - 1 : end;
  });
  const inputs = [
    x,
    g.integers(axes.map((i) => starts[i])),
    g.integers(ends),
    g.integers(axes),
    axes.every((i) => steps[i] === 1) ? undefined : g.integers(axes.map((i) => steps[i])),
  ];
  return g.emit('Slice', inputs, {}, sizes, x.dtype);
}

/** The range of a Slice node, for all axes of its input. */
export function sliceRange(x: Value): { starts: number[]; sizes: readonly number[]; steps: number[] } {
  const [source, startsInput, , axesInput, stepsInput] = x.node!.inputs;
  const starts = source!.shape.map(() => 0);
  const steps = source!.shape.map(() => 1);
  const axes = constantData(axesInput!) as BigInt64Array;
  axes.forEach((axis, i) => {
    starts[Number(axis)] = Number((constantData(startsInput!) as BigInt64Array)[i]);
    if (stepsInput) steps[Number(axis)] = Number((constantData(stepsInput) as BigInt64Array)[i]);
  });
  return { starts, sizes: x.shape, steps };
}

function sliceOfConcat(
  g: Graph,
  x: Value,
  axis: number,
  starts: readonly number[],
  sizes: readonly number[],
  steps: readonly number[],
): Value {
  const parts: Value[] = [];
  let offset = 0;
  for (const part of x.node!.inputs as Value[]) {
    const from = Math.max(starts[axis], offset);
    const to = Math.min(starts[axis] + sizes[axis], offset + part.shape[axis]);
    if (from < to) {
      const at = (values: readonly number[], n: number) => values.map((v, i) => (i === axis ? n : v));
      parts.push(slice(g, part, at(starts, from - offset), at(sizes, to - from), steps));
    }
    offset += part.shape[axis];
  }
  return concat(g, parts, axis);
}

/** The values one after another along `axis`. */
export function concat(g: Graph, values: readonly Value[], axis: number): Value {
  const shape = [...values[0].shape];
  shape[axis] = values.reduce((sum, v) => sum + v.shape[axis], 0);
  for (const value of values) {
    if (value.shape.length !== shape.length || value.shape.some((n, i) => i !== axis && n !== shape[i])) {
      throw new Error(
        `Cannot concatenate ${values.map((v) => `[${v.shape.join(', ')}]`).join(' and ')} along ${axis}.`,
      );
    }
  }
  const flat = values
    .flatMap((v) =>
      v.node?.op === 'Concat' && v.node.attributes.axis === axis ? (v.node.inputs as Value[]) : [v],
    )
    .filter((v) => v.shape[axis] > 0);
  if (flat.length === 0) return values[0];
  const parts: Value[] = [];
  for (const value of flat) {
    const merged = parts.length > 0 ? joined(g, parts[parts.length - 1], value, axis) : undefined;
    if (merged) parts[parts.length - 1] = merged;
    else parts.push(value);
  }
  if (parts.length === 1) return parts[0];
  return g.emit('Concat', parts, { axis }, shape, values[0].dtype);
}

/** `a` followed by `b` as one simpler value, when they are neighbouring slices or equal splats. */
function joined(g: Graph, a: Value, b: Value, axis: number): Value | undefined {
  const shape = a.shape.map((n, i) => (i === axis ? n + b.shape[axis] : n));
  const splat = splatOf(a);
  if (splat !== undefined && Object.is(splat, splatOf(b))) return g.splat(splat, shape, a.dtype);
  if (a.node?.op !== 'Slice' || b.node?.op !== 'Slice' || a.node.inputs[0] !== b.node.inputs[0])
    return undefined;
  const first = sliceRange(a);
  const second = sliceRange(b);
  if (first.steps.some((n, i) => n !== second.steps[i]) || first.steps[axis] !== 1) return undefined;
  const fits = first.starts.every((n, i) =>
    i === axis ? n + first.sizes[i] === second.starts[i] : n === second.starts[i],
  );
  return fits ? slice(g, a.node.inputs[0]!, first.starts, shape, first.steps) : undefined;
}

/** `x` with `before[i]` and `after[i]` elements of `value` put around axis `i`. */
export function pad(g: Graph, x: Value, paddings: readonly (readonly number[])[], value: number): Value {
  const shape = x.shape.map((n, i) => n + paddings[i][0] + paddings[i][1]);
  const axes = x.shape.map((_, i) => i).filter((i) => paddings[i][0] > 0 || paddings[i][1] > 0);
  if (axes.length === 0) return x;
  if (splatOf(x) === value) return g.splat(value, shape, x.dtype);
  if (axes.length === 1) {
    // One padded axis is a Concat: sums of such parts (the gradient of slices) then join into one Concat.
    const axis = axes[0];
    const filler = (n: number) =>
      g.splat(
        value,
        x.shape.map((m, i) => (i === axis ? n : m)),
        x.dtype,
      );
    return concat(g, [filler(paddings[axis][0]), x, filler(paddings[axis][1])], axis);
  }
  const pads = [...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])];
  return g.emit(
    'Pad',
    [x, g.integers(pads), g.splat(value, [], x.dtype)],
    { mode: 'constant' },
    shape,
    x.dtype,
  );
}

/** `x` broadcast to `shape`. */
export function expand(g: Graph, x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  const splat = splatOf(x);
  if (splat !== undefined) return g.splat(splat, shape, x.dtype);
  if (sizeOf(x.shape) === sizeOf(shape)) return reshape(g, x, shape);
  if (x.node?.op === 'Expand') return expand(g, x.node.inputs[0]!, shape);
  return g.emit('Expand', [x, g.integers(shape)], {}, shape, x.dtype);
}

export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** A folded constant: element `index` of the result is element `offsetOf(index)` of `x`. */
function gather(g: Graph, x: Value, shape: readonly number[], offsetOf: (index: number[]) => number): Value {
  const source = constantData(x);
  const result = source.slice(0, sizeOf(shape));
  const index = shape.map(() => 0);
  for (let n = 0; n < result.length; n++) {
    result[n] = source[offsetOf(index)];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return g.constant(result, shape, x.dtype);
}
