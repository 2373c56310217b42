import type { Tensor } from '@tensorflow/tfjs-core';

/** The tensors' element types that the engines know. */
export type ElementType = 'float32' | 'int32' | 'bool';
export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: ElementType;
}

export interface TensorValue extends TensorSpec {
  readonly data: TensorData;
}

export type Tensors = Record<string, Tensor>;
export type TensorValues = Record<string, TensorValue>;

/**
 * One computation, written as a pure function of tfjs-core ops over named tensors. It may read any entry of the
 * state and returns the new values of those it changes. It must not look at values (no `dataSync`), hold tensors
 * beyond the call, or draw random numbers: noise comes in as inputs.
 */
export interface StepDefinition {
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  compute(state: Tensors, inputs: Tensors): { state?: Tensors; outputs: Tensors };
}

/** Named tensors that stay where the engine computes: parameters, optimiser moments, centres, bases. */
export interface State {
  readonly specs: Readonly<Record<string, TensorSpec>>;
  /** Copies of the named entries (all by default). */
  read(names?: readonly string[]): Promise<TensorValues>;
  /** Replaces entries; shapes must agree. */
  write(values: TensorValues): Promise<void>;
  dispose(): void;
}

export interface CompiledStep {
  /**
   * Runs once: reads and updates the state, returns the outputs (fresh arrays the caller may keep).
   * @param wanted the outputs to return, all by default; an engine that is `remote` does not wait for the others
   */
  run(inputs: Readonly<Record<string, TensorData>>, wanted?: readonly string[]): Promise<TensorValues>;
  dispose(): void;
}

export interface Engine {
  readonly name: 'cpu' | 'webgpu' | 'cuda' | 'tensorflow' | 'reference';
  /** For people and for run.json, e.g. "ONNX Runtime 1.30.0 on the CPU, 2 threads". */
  readonly description: string;
  /** Why it was taken, where the program chose it. */
  readonly choice?: string;
  /** Whether it computes on another device, beside this thread: to read a result is to wait for all steps before it. */
  readonly remote?: boolean;
  createState(initial: TensorValues): Promise<State>;
  /** Compiles `step` against the entries of `state`. Throws an error that names any op it cannot run. */
  compile(step: StepDefinition, state: State): Promise<CompiledStep>;
}
