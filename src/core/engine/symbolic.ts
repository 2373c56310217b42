import {
  type DataType,
  KernelBackend,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
  engine,
  registerBackend,
  registerKernel,
  removeBackend,
} from '@tensorflow/tfjs-core';
import type { ElementType, StepDefinition, TensorSpec, Tensors } from './engine';
import { Graph, type Value, constantData, sameShape } from './graph';
import type { Kernel } from './kernels/kernel';
import './tfjs';
import { kernels } from './kernels';

/** What a step does, as a graph: which values it reads and which it computes. */
export interface TracedStep {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, Value>;
  /** The state before the step; entries that nothing depends on are still listed. */
  readonly state: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** The state entries that the step changes. */
  readonly newState: ReadonlyMap<string, Value>;
  /** Names of the tfjs kernels that it calls. */
  readonly kernels: ReadonlySet<string>;
}

const backendName = 'symbolic';
type DataId = TensorInfo['dataId'];
type BackendValues = ReturnType<KernelBackend['readSync']>;

/** A tfjs backend whose tensors are values of a graph: they have a shape and a type, but no elements. */
class SymbolicBackend extends KernelBackend {
  readonly called = new Set<string>();
  private readonly values = new Map<DataId, { value: Value; references: number }>();

  constructor(
    readonly graph: Graph,
    private readonly stepName: string,
  ) {
    super();
  }

  /** A tfjs tensor description for `value`. */
  describe(value: Value): TensorInfo {
    if (value.dtype === 'int64') throw new Error('64-bit integers stay inside the graph.');
    const dataId: DataId = {};
    this.values.set(dataId, { value, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /** The value behind a tensor; tensors of other backends become constants. */
  graphValue(tensor: TensorInfo): Value {
    const known = this.values.get(tensor.dataId);
    if (known) {
      // tfjs reshapes without a kernel in a few places: the tensor's shape is what counts.
      if (sameShape(known.value.shape, tensor.shape)) return known.value;
      throw new Error(`A tensor of shape [${tensor.shape.join(', ')}] lost its value.`);
    }
    const owner = engine().state.tensorInfo.get(tensor.dataId)?.backend;
    if (!owner) throw new Error(`Step "${this.stepName}" uses a tensor that was disposed of.`);
    return this.constant(owner.readSync(tensor.dataId), tensor.shape, tensor.dtype);
  }

  constant(data: BackendValues, shape: readonly number[], dtype: DataType): Value {
    switch (dtype) {
      case 'float32':
        return this.graph.constant(Float32Array.from(data as Float32Array), shape, dtype);
      case 'int32':
        return this.graph.constant(Int32Array.from(data as Int32Array), shape, dtype);
      case 'bool':
        return this.graph.constant(Uint8Array.from(data as Uint8Array), shape, dtype);
      default:
        throw new Error(
          `Step "${this.stepName}" uses ${dtype} tensors, which the compiled engine does not support.`,
        );
    }
  }

  override write(data: BackendValues, shape: number[], dtype: DataType): DataId {
    return this.describe(this.constant(data, shape, dtype)).dataId;
  }

  override move(
    dataId: DataId,
    data: BackendValues,
    shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    this.values.set(dataId, { value: this.constant(data, shape, dtype), references });
  }

  override readSync(dataId: DataId): Float32Array | Int32Array | Uint8Array {
    const value = this.values.get(dataId)?.value;
    if (!value?.constant) {
      throw new Error(
        `Step "${this.stepName}" looks at the values of a tensor (dataSync, arraySync, print) while it is compiled; ` +
          'a step may only compute with tensors.',
      );
    }
    return constantData(value) as Float32Array | Int32Array | Uint8Array;
  }

  override read(dataId: DataId): Promise<Float32Array | Int32Array | Uint8Array> {
    return Promise.resolve().then(() => this.readSync(dataId));
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.values.get(dataId);
    if (entry && --entry.references > 0 && !force) return false;
    this.values.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.values.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: DataId): void {
    const entry = this.values.get(dataId);
    if (entry) entry.references++;
  }

  override numDataIds(): number {
    return this.values.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.values.clear();
  }
}

let registered = false;

function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    registerKernel({ kernelName, backendName, kernelFunc: kernelFunction(kernelName, kernel) });
  }
}

function kernelFunction(kernelName: string, kernel: Kernel): KernelConfig['kernelFunc'] {
  return ({ inputs, attrs, backend }) => {
    const symbolic = backend as SymbolicBackend;
    symbolic.called.add(kernelName);
    const tensors = inputs as unknown as Record<string, TensorInfo | undefined> | TensorInfo[];
    const list = Object.values(tensors).flatMap((t) => (t ? [symbolic.graphValue(t)] : []));
    const named: Record<string, Value> = {};
    if (!Array.isArray(tensors)) {
      for (const [name, tensor] of Object.entries(tensors))
        if (tensor) named[name] = symbolic.graphValue(tensor);
    }
    let result: Value | readonly Value[];
    try {
      result = kernel({ graph: symbolic.graph, inputs: named, list, attributes: attrs ?? {} });
    } catch (error) {
      const shapes = list.map((v) => `${v.dtype}[${v.shape.join(', ')}]`).join(', ');
      throw new Error(`${kernelName}(${shapes}): ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    return Array.isArray(result)
      ? (result as Value[]).map((v) => symbolic.describe(v))
      : symbolic.describe(result as Value);
  };
}

/**
 * Runs `step.compute` once on symbolic tensors and returns the graph of what it computes. The active tfjs backend is
 * as before afterwards, and no tensor is left.
 *
 * @throws Error naming the step and the kernel that is not supported, or the state entry that does not fit.
 */
export function trace(
  step: StepDefinition,
  stateSpecs: Readonly<Record<string, TensorSpec>>,
  target: Graph['target'] = 'cpu',
): TracedStep {
  registerKernels();
  const tfjs = engine();
  const previous: string | null | undefined = tfjs.backendName;
  const backend = new SymbolicBackend(new Graph(target), step.name);
  registerBackend(backendName, () => backend, -1);
  try {
    // Without an asynchronous factory this takes effect before it returns.
    void tfjs.setBackend(backendName);
    tfjs.startScope(`trace ${step.name}`);
    try {
      return record(step, stateSpecs, backend);
    } catch (error) {
      throw explain(step.name, error);
    } finally {
      tfjs.endScope();
    }
  } finally {
    removeBackend(backendName);
    if (previous) void tfjs.setBackend(previous);
  }
}

function record(
  step: StepDefinition,
  stateSpecs: Readonly<Record<string, TensorSpec>>,
  backend: SymbolicBackend,
): TracedStep {
  const placeholders = (specs: Readonly<Record<string, TensorSpec>>) => {
    const values = new Map<string, Value>();
    const tensors: Tensors = {};
    for (const [name, spec] of Object.entries(specs)) {
      const value = backend.graph.input(spec.shape, spec.dtype);
      values.set(name, value);
      tensors[name] = engine().makeTensorFromTensorInfo(backend.describe(value), backend);
    }
    return { values, tensors };
  };
  const state = placeholders(stateSpecs);
  const inputs = placeholders(step.inputs);
  const result = step.compute(state.tensors, inputs.tensors);
  const valuesOf = (tensors: Tensors) =>
    new Map(
      Object.entries(tensors).map(([name, tensor]: [string, Tensor]) => [name, backend.graphValue(tensor)]),
    );
  const newState = valuesOf(result.state ?? {});
  for (const [name, value] of newState) checkEntry(step.name, name, value, stateSpecs[name]);
  // An entry that is returned as it came is not a change.
  for (const [name, value] of newState) if (value === state.values.get(name)) newState.delete(name);
  return {
    name: step.name,
    inputs: inputs.values,
    state: state.values,
    outputs: valuesOf(result.outputs),
    newState,
    kernels: backend.called,
  };
}

/** @throws Error when `spec` is missing or not that of `value`. */
export function checkEntry(
  stepName: string,
  name: string,
  value: { readonly shape: readonly number[]; readonly dtype: string },
  spec: { readonly shape: readonly number[]; readonly dtype: ElementType } | undefined,
): void {
  if (!spec) throw new Error(`It returns the state entry "${name}", which the state does not have.`);
  if (spec.dtype !== value.dtype || !sameShape(spec.shape, value.shape)) {
    throw new Error(
      `It returns ${value.dtype}[${value.shape.join(', ')}] for the state entry "${name}" of step "${stepName}", ` +
        `which is ${spec.dtype}[${spec.shape.join(', ')}].`,
    );
  }
}

function explain(stepName: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /Kernel '(\w+)' not registered for backend 'symbolic'/.exec(message);
  const reason = missing
    ? `It uses the kernel "${missing[1]}", which the compiled engine does not support.`
    : message;
  return new Error(`Cannot compile step "${stepName}": ${reason}`, { cause: error });
}
