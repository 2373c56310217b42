import { util } from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph';

/** One call of a tfjs kernel on symbolic tensors. */
export interface KernelCall {
  readonly graph: Graph;
  /** The inputs by their names in tfjs's `kernel_names`. Kernels that take a list leave it empty. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly list: readonly Value[];
  readonly attributes: object;
}

/** Records what a tfjs kernel computes, and returns its outputs. */
export type Kernel = (call: KernelCall) => Value | readonly Value[];
export type KernelTable = Readonly<Record<string, Kernel>>;

/** The axes that a kernel's attribute names, as non-negative numbers; all axes when it names none. */
export function axesOf(axis: number | readonly number[] | null | undefined, x: Value): number[] {
  return util.parseAxisParam(axis as number | number[], [...x.shape]);
}
