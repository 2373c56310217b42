import { setImmediate } from 'node:timers/promises';
import {
  type Tensor,
  dispose,
  engine,
  getBackend,
  getKernel,
  keep,
  setBackend,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type {
  CompiledStep,
  Engine,
  State,
  StepDefinition,
  TensorData,
  TensorSpec,
  TensorValue,
  TensorValues,
  Tensors,
} from './engine';
import { sizeOf } from './graph';
import { checkEntry, trace } from './symbolic';
import './tfjs';

/** The reference engine: every step runs op by op in plain JavaScript. Slow; for comparison and where nothing else runs. */
export async function createReferenceEngine(): Promise<Engine> {
  await import('@tensorflow/tfjs-backend-cpu');
  return createEagerEngine('cpu', 'plain JavaScript on the CPU (reference)');
}

/**
 * An engine that runs steps eagerly on any registered tfjs backend. The globally active backend is switched only
 * while a step computes.
 *
 * @throws Error when the backend cannot be initialised.
 */
export async function createEagerEngine(
  backendName: string,
  description: string,
  name: Engine['name'] = 'reference',
): Promise<Engine> {
  const previous = engine().backendName as string | undefined;
  if (!(await setBackend(backendName)))
    throw new Error(`The tfjs backend "${backendName}" cannot be initialised.`);
  if (previous && previous !== backendName) await setBackend(previous);
  return {
    name,
    description,
    createState: (initial) => Promise.resolve(new EagerState(backendName, initial)),
    compile: (step, state) => {
      if (!(state instanceof EagerState))
        return Promise.reject(new Error('The state belongs to another engine.'));
      if (backendName !== 'cpu') checkKernels(backendName, step, state);
      return Promise.resolve(new EagerStep(backendName, step, state));
    },
  };
}

/**
 * Throws an error that names every kernel of the step that the backend lacks: tfjs itself names the first one, when it
 * comes to it.
 */
function checkKernels(backendName: string, step: StepDefinition, state: State): void {
  const missing = [...trace(step, state.specs).kernels]
    .filter((kernel) => !getKernel(kernel, backendName))
    .sort();
  if (missing.length > 0) {
    throw new Error(
      `Cannot run step "${step.name}" on the tfjs backend "${backendName}": it has no ${missing.join(', ')}.`,
    );
  }
}

/** Runs `f`, which must be synchronous, with the given backend active. */
function onBackend<T>(name: string, f: () => T): T {
  const previous = engine().backendName as string | undefined;
  // An initialised backend takes effect before setBackend returns.
  if (previous !== name) void setBackend(name);
  if (getBackend() !== name) throw new Error(`The tfjs backend "${name}" is not ready.`);
  try {
    return f();
  } finally {
    if (previous && previous !== name) void setBackend(previous);
  }
}

function toTensor(spec: TensorSpec, data: TensorData, what: string): Tensor {
  if (data.length !== sizeOf(spec.shape)) {
    throw new Error(
      `${what} is ${spec.dtype}[${spec.shape.join(', ')}], but was given ${data.length} elements.`,
    );
  }
  return tensor(data.slice(), [...spec.shape], spec.dtype);
}

async function toValue(t: Tensor): Promise<TensorValue> {
  const data = await t.data();
  const dtype = t.dtype as TensorSpec['dtype'];
  const copy =
    dtype === 'float32'
      ? Float32Array.from(data)
      : dtype === 'int32'
        ? Int32Array.from(data)
        : Uint8Array.from(data);
  return { shape: [...t.shape], dtype, data: copy };
}

class EagerState implements State {
  readonly specs: Readonly<Record<string, TensorSpec>>;
  readonly tensors: Tensors = {};
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly backendName: string,
    initial: TensorValues,
  ) {
    const specs: Record<string, TensorSpec> = {};
    for (const [name, { shape, dtype }] of Object.entries(initial))
      specs[name] = { shape: [...shape], dtype };
    this.specs = specs;
    this.put(initial);
  }

  /** Runs `task` after all that was asked before, and after the thread's other events: a step blocks them for long. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(() => setImmediate()).then(task);
    this.tail = result.catch(() => undefined);
    return result;
  }

  read(names: readonly string[] = Object.keys(this.specs)): Promise<TensorValues> {
    return this.exclusive(async () => {
      const values: Record<string, TensorValue> = {};
      for (const name of names) {
        if (!this.tensors[name]) throw new Error(`The state has no entry "${name}".`);
        values[name] = await toValue(this.tensors[name]);
      }
      return values;
    });
  }

  write(values: TensorValues): Promise<void> {
    return this.exclusive(() => Promise.resolve(this.put(values)));
  }

  dispose(): void {
    dispose(this.tensors);
    for (const name of Object.keys(this.tensors)) delete this.tensors[name];
  }

  private put(values: TensorValues): void {
    onBackend(this.backendName, () => {
      for (const [name, { data }] of Object.entries(values)) {
        if (!this.specs[name]) throw new Error(`The state has no entry "${name}".`);
        const fresh = keep(toTensor(this.specs[name], data, `The state entry "${name}"`));
        this.tensors[name]?.dispose();
        this.tensors[name] = fresh;
      }
    });
  }
}

class EagerStep implements CompiledStep {
  constructor(
    private readonly backendName: string,
    private readonly step: StepDefinition,
    private readonly state: EagerState,
  ) {}

  run(inputs: Readonly<Record<string, TensorData>>, wanted?: readonly string[]): Promise<TensorValues> {
    return this.state.exclusive(async () => {
      const outputs = onBackend(this.backendName, () => this.compute(inputs));
      try {
        const values: Record<string, TensorValue> = {};
        for (const [name, output] of Object.entries(outputs))
          if (wanted?.includes(name) ?? true) values[name] = await toValue(output);
        return values;
      } finally {
        dispose(outputs);
      }
    });
  }

  dispose(): void {}

  /** One step; returns its outputs, which the caller disposes of. */
  private compute(inputs: Readonly<Record<string, TensorData>>): Tensors {
    const { step, state } = this;
    const result = tidy(() => {
      const tensors: Tensors = {};
      for (const [name, spec] of Object.entries(step.inputs)) {
        if (!inputs[name]) throw new Error(`Step "${step.name}" lacks its input "${name}".`);
        tensors[name] = toTensor(spec, inputs[name], `The input "${name}" of step "${step.name}"`);
      }
      const { state: changed = {}, outputs } = step.compute({ ...state.tensors }, tensors);
      for (const [name, value] of Object.entries(changed))
        checkEntry(step.name, name, value, state.specs[name]);
      // Clones, so that an output which is an input, or is named twice, has an owner of its own.
      const owned = (all: Tensors) =>
        Object.fromEntries(Object.entries(all).map(([name, t]) => [name, keep(t.clone())])) as Tensors;
      return { changed: owned(changed), outputs: owned(outputs) };
    });
    for (const [name, value] of Object.entries(result.changed)) {
      state.tensors[name].dispose();
      state.tensors[name] = value;
    }
    return result.outputs;
  }
}
