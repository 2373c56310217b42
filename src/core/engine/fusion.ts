import { type Attributes, type GraphNode, type Value, sameShape } from './graph';

/** A node that stands for several. */
export interface Fusion {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
}

/**
 * Sums with a convolution's result as part of the convolution: a bias per channel (standard ONNX), or another tensor of
 * the same shape (ONNX Runtime's FusedConv, which adds in place). Each saves a pass over memory.
 *
 * @returns what stands for which Add node, and the Conv nodes that are part of one.
 */
export function fuseConvolutions(
  values: readonly Value[],
  outputs: readonly Value[],
  standard: boolean,
): { fused: Map<GraphNode, Fusion>; absorbed: Set<GraphNode> } {
  const uses = new Map<Value, number>();
  for (const output of outputs) uses.set(output, (uses.get(output) ?? 0) + 1);
  for (const node of new Set(values.flatMap((v) => v.node ?? []))) {
    for (const input of node.inputs) if (input) uses.set(input, (uses.get(input) ?? 0) + 1);
  }
  const fused = new Map<GraphNode, Fusion>();
  const absorbed = new Set<GraphNode>();
  for (const { node, shape } of values) {
    if (node?.op !== 'Add' || fused.has(node)) continue;
    const [a, b] = node.inputs as Value[];
    for (const [convolved, other] of [
      [a, b],
      [b, a],
    ]) {
      const convolution = convolved.node;
      if (convolution?.op !== 'Conv' || uses.get(convolved) !== 1 || convolution.inputs.length !== 2)
        continue;
      if (absorbed.has(convolution) || !sameShape(convolved.shape, shape)) continue;
      const bias = channelBias(other, shape);
      if (bias) {
        fused.set(node, {
          op: 'Conv',
          inputs: [...convolution.inputs, bias],
          attributes: convolution.attributes,
        });
      } else if (!standard && sameShape(other.shape, shape) && other.dtype === 'float32') {
        fused.set(node, {
          op: 'FusedConv',
          domain: 'com.microsoft',
          inputs: [...convolution.inputs, undefined, other],
          attributes: convolution.attributes,
        });
      } else continue;
      absorbed.add(convolution);
      break;
    }
  }
  return { fused, absorbed };
}

/** The vector `[C]` behind `[1, C, 1, 1]` or `[C, 1, 1]`. */
function channelBias(x: Value, shape: readonly number[]): Value | undefined {
  const aligned = [...new Array<number>(4 - x.shape.length).fill(1), ...x.shape];
  const perChannel = sameShape(aligned, [1, shape[1], 1, 1]);
  const source = x.node?.op === 'Reshape' ? x.node.inputs[0]! : undefined;
  return perChannel && source?.shape.length === 1 ? source : undefined;
}
