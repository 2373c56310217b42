import type { StepDefinition, TensorValues } from './engine';
import type { Value } from './graph';
import { encodeModel } from './onnx';
import { trace } from './symbolic';

/**
 * The step as an ONNX file (opset 17) for any ONNX runtime: inputs and outputs keep their names and fixed shapes, and
 * the state it reads is stored in the file.
 *
 * @param metadata key-value pairs for the file's `metadata_props`.
 * @throws Error when the step changes state, when an output is called like an input, or when it cannot be compiled.
 */
export function exportOnnx(
  step: StepDefinition,
  state: TensorValues,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const traced = trace(step, state);
  if (traced.newState.size > 0) {
    throw new Error(
      `Step "${step.name}" changes ${[...traced.newState.keys()].join(', ')}; an exported file cannot.`,
    );
  }
  for (const name of traced.outputs.keys()) {
    if (traced.inputs.has(name))
      throw new Error(`"${name}" is both an input and an output of step "${step.name}".`);
  }
  const baked = new Map<Value, { name: string; data: ArrayBufferView }>();
  for (const [name, value] of traced.state)
    baked.set(value, { name: `state/${name}`, data: state[name].data });
  return encodeModel({
    name: step.name,
    inputs: traced.inputs,
    outputs: traced.outputs,
    baked,
    metadata,
    standard: true,
  });
}
