import type * as Ort from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import type {
  CompiledStep,
  ElementType,
  Engine,
  State,
  StepDefinition,
  TensorData,
  TensorSpec,
  TensorValue,
  TensorValues,
} from './engine';
import { sizeOf } from './graph';
import { encodeModel } from './onnx';
import { type TracedStep, trace } from './symbolic';

type Runtime = typeof Ort;

export interface OnnxEngineOptions {
  /** Threads within one operator; by default as many as there are processors. */
  readonly threads?: number;
  /** Writes ONNX Runtime's profile of each session to files that start with this path. */
  readonly profileFilePrefix?: string;
}

/**
 * The compiled engine: steps run as ONNX graphs in ONNX Runtime on the CPU.
 *
 * @throws Error when onnxruntime-node has no build for this platform, or its library cannot be loaded.
 */
export async function createOnnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const module = (await import('onnxruntime-node')) as Runtime & { default?: Runtime };
  const runtime = module.InferenceSession ? module : module.default!;
  const threads = Math.max(1, options.threads ?? availableParallelism());
  return {
    name: 'cpu',
    description: `ONNX Runtime ${runtime.env.versions.node ?? runtime.env.versions.common} on the CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    createState: (initial) => Promise.resolve(new OnnxState(runtime, initial)),
    compile: async (step, state) => {
      if (!(state instanceof OnnxState)) throw new Error('The state belongs to another engine.');
      const traced = trace(step, state.specs);
      const bytes = encodeModel({ name: step.name, ...boundary(traced) });
      const session = await runtime.InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        logSeverityLevel: 3,
        // Moments of parameters that no longer move decay into denormal numbers, which many processors handle slowly.
        extra: { session: { set_denormal_as_zero: '1' } },
        ...(options.profileFilePrefix
          ? { enableProfiling: true, profileFilePrefix: `${options.profileFilePrefix}${step.name}` }
          : {}),
      });
      return new OnnxStep(runtime, session, step, traced, state);
    },
  };
}

/** Names at the graph's boundary say what is fed from where, so that a state entry may be called like an input. */
const inputName = (name: string) => `input/${name}`;
const stateName = (name: string) => `state/${name}`;
const outputName = (name: string) => `output/${name}`;
const newStateName = (name: string) => `new/${name}`;

function boundary(traced: TracedStep) {
  const renamed = <V>(map: ReadonlyMap<string, V>, rename: (name: string) => string) =>
    [...map].map(([name, value]) => [rename(name), value] as const);
  return {
    inputs: new Map([...renamed(traced.inputs, inputName), ...renamed(traced.state, stateName)]),
    outputs: new Map([...renamed(traced.outputs, outputName), ...renamed(traced.newState, newStateName)]),
  };
}

function newArray(dtype: ElementType, size: number): TensorData {
  if (dtype === 'float32') return new Float32Array(size);
  return dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

function checkData(what: string, spec: TensorSpec, data: TensorData): void {
  const expected = newArray(spec.dtype, 0).constructor;
  if (data.constructor !== expected || data.length !== sizeOf(spec.shape)) {
    throw new Error(
      `${what} is ${spec.dtype}[${spec.shape.join(', ')}], but was given ${data.length} elements as ${data.constructor.name}.`,
    );
  }
}

/** One entry of the state: the buffer that holds it, and the spare one that the next step writes to. */
interface Entry {
  readonly spec: TensorSpec;
  current: Ort.Tensor;
  spare: Ort.Tensor | undefined;
}

class OnnxState implements State {
  readonly specs: Readonly<Record<string, TensorSpec>>;
  readonly entries = new Map<string, Entry>();
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly runtime: Runtime,
    initial: TensorValues,
  ) {
    const specs: Record<string, TensorSpec> = {};
    for (const [name, { shape, dtype, data }] of Object.entries(initial)) {
      const spec = { shape: [...shape], dtype };
      specs[name] = spec;
      checkData(`The state entry "${name}"`, spec, data);
      this.entries.set(name, { spec, current: this.newTensor(spec, data.slice()), spare: undefined });
    }
    this.specs = specs;
  }

  /** Runs `task` after all that was asked before: no two steps may swap the same buffers at once. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task);
    this.tail = result.catch(() => undefined);
    return result;
  }

  entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`The state has no entry "${name}".`);
    return entry;
  }

  spareOf(name: string): Ort.Tensor {
    const entry = this.entry(name);
    return (entry.spare ??= this.newTensor(entry.spec, newArray(entry.spec.dtype, sizeOf(entry.spec.shape))));
  }

  swap(name: string): void {
    const entry = this.entry(name);
    [entry.current, entry.spare] = [entry.spare!, entry.current];
  }

  read(names: readonly string[] = [...this.entries.keys()]): Promise<TensorValues> {
    return this.exclusive(() => {
      const values: Record<string, TensorValue> = {};
      for (const name of names) {
        const { spec, current } = this.entry(name);
        values[name] = { ...spec, data: (current.data as TensorData).slice() };
      }
      return Promise.resolve(values);
    });
  }

  write(values: TensorValues): Promise<void> {
    return this.exclusive(() => {
      for (const [name, { data }] of Object.entries(values))
        checkData(`The state entry "${name}"`, this.entry(name).spec, data);
      for (const [name, { data }] of Object.entries(values))
        (this.entry(name).current.data as TensorData).set(data);
      return Promise.resolve();
    });
  }

  dispose(): void {
    this.entries.clear();
  }

  private newTensor(spec: TensorSpec, data: TensorData): Ort.Tensor {
    return new this.runtime.Tensor(spec.dtype, data as Float32Array, [...spec.shape]);
  }
}

class OnnxStep implements CompiledStep {
  private readonly feedsState: readonly string[];
  private readonly feedsInputs: readonly string[];

  constructor(
    private readonly runtime: Runtime,
    private readonly session: Ort.InferenceSession,
    private readonly step: StepDefinition,
    private readonly traced: TracedStep,
    private readonly state: OnnxState,
  ) {
    // What nothing depends on is not part of the graph, and must not be fed.
    const fed = new Set(session.inputNames);
    this.feedsState = [...traced.state.keys()].filter((name) => fed.has(stateName(name)));
    this.feedsInputs = [...traced.inputs.keys()].filter((name) => fed.has(inputName(name)));
  }

  run(inputs: Readonly<Record<string, TensorData>>): Promise<TensorValues> {
    return this.state.exclusive(async () => {
      const feeds: Record<string, Ort.Tensor> = {};
      for (const [name, spec] of Object.entries(this.step.inputs)) {
        if (!inputs[name]) throw new Error(`Step "${this.step.name}" lacks its input "${name}".`);
        checkData(`The input "${name}" of step "${this.step.name}"`, spec, inputs[name]);
      }
      for (const name of this.feedsInputs) {
        const { dtype, shape } = this.step.inputs[name];
        feeds[inputName(name)] = new this.runtime.Tensor(dtype, inputs[name] as Float32Array, [...shape]);
      }
      for (const name of this.feedsState) feeds[stateName(name)] = this.state.entry(name).current;
      const outputs: Record<string, TensorValue> = {};
      const fetches: Record<string, Ort.Tensor> = {};
      for (const [name, { shape, dtype }] of this.traced.outputs) {
        const data = newArray(dtype as ElementType, sizeOf(shape));
        outputs[name] = { shape, dtype: dtype as ElementType, data };
        fetches[outputName(name)] = new this.runtime.Tensor(dtype as ElementType, data as Float32Array, [
          ...shape,
        ]);
      }
      for (const name of this.traced.newState.keys()) fetches[newStateName(name)] = this.state.spareOf(name);
      await this.session.run(feeds, fetches);
      for (const name of this.traced.newState.keys()) this.state.swap(name);
      return outputs;
    });
  }

  dispose(): void {
    void this.state.exclusive(() => this.session.release());
  }
}
