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
import { gpuError } from './gpuErrors';
import { Graph, type Value, sizeOf } from './graph';
import { encodeModel } from './onnx';
import { type TracedStep, trace } from './symbolic';

/** The module onnxruntime-node. */
export type Runtime = typeof Ort;

/** Where ONNX Runtime computes. */
export type Device = 'cpu' | 'webgpu' | 'cuda';

export interface OnnxEngineOptions {
  /** By default the CPU. */
  readonly device?: Device;
  /** An onnxruntime-node of the user's own; by default the one that this program brings along. */
  readonly runtime?: Runtime;
  /** Threads within one operator; by default as many as there are processors. */
  readonly threads?: number;
  /** Writes ONNX Runtime's profile of each session to files that start with this path. */
  readonly profileFilePrefix?: string;
}

/**
 * The compiled engine: steps run as ONNX graphs in ONNX Runtime, on the CPU or on the GPU through its WebGPU provider. On
 * the GPU the state stays there: what a step returns of it is what the next one is fed.
 *
 * @throws Error when onnxruntime-node has no build for this platform, its library cannot be loaded, or no GPU is found.
 */
export async function createOnnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const runtime = options.runtime ?? (await loadRuntime());
  const threads = Math.max(1, options.threads ?? availableParallelism());
  const device = options.device ?? 'cpu';
  const anchor = device === 'cpu' ? undefined : await findGpu(runtime, device);
  const where = {
    webgpu: 'GPU (WebGPU)',
    cuda: 'GPU (CUDA)',
    cpu: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  };
  return {
    name: device,
    description: `ONNX Runtime ${runtime.env.versions.node ?? runtime.env.versions.common} on the ${where[device]}`,
    remote: device === 'webgpu',
    createState: (initial) => Promise.resolve(new OnnxState(runtime, initial, anchor)),
    compile: async (step, state) => {
      if (!(state instanceof OnnxState)) throw new Error('The state belongs to another engine.');
      const traced = trace(step, state.specs, device === 'cpu' ? 'cpu' : 'webgpu');
      // ONNX Runtime's own operators are those of its CPU provider: FusedConv with a summand ends the process on WebGPU.
      const portable = device !== 'cpu' && { standard: true, mostSplits: 6 };
      const bytes = encodeModel({ name: step.name, ...portable, ...boundary(traced) });
      const session = await runtime.InferenceSession.create(bytes, {
        executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
        ...(device === 'webgpu' && {
          // All of them: a session that has some elsewhere cannot leave out any.
          preferredOutputLocation: 'gpu-buffer' as const,
        }),
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
      return new OnnxStep(runtime, session, step, traced, state, device);
    },
  };
}

/** The onnxruntime-node that this program brings along. Throws an error when it cannot be loaded here. */
export async function loadRuntime(): Promise<Runtime> {
  const module = (await import('onnxruntime-node')) as Runtime & { default?: Runtime };
  return module.InferenceSession ? module : module.default!;
}

/**
 * A session on the GPU; throws ONNX Runtime's reason when there is none. The device goes with its last session, and the
 * state with it: whoever needs the state keeps this one.
 */
function findGpu(runtime: Runtime, device: Device): Promise<Ort.InferenceSession> {
  return runtime.InferenceSession.create(encodeProbe(), {
    executionProviders: [device],
    logSeverityLevel: 4,
  });
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

/** The smallest graph, to see whether a session can be made. */
export function encodeProbe(): Uint8Array {
  return encodeIdentities([{ shape: [1], dtype: 'float32' }]);
}

/** A graph that returns what it is fed: x0, x1... as y0, y1... */
function encodeIdentities(specs: readonly TensorSpec[]): Uint8Array {
  const graph = new Graph();
  const inputs = specs.map(({ shape, dtype }) => graph.input(shape, dtype));
  const outputs = inputs.map((input) => graph.emit('Identity', [input], {}, input.shape, input.dtype));
  return encodeModel({
    name: 'download',
    inputs: new Map(inputs.map((input, i) => [`x${i}`, input])),
    outputs: new Map(outputs.map((output, i) => [`y${i}`, output])),
  });
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
    /** Keeps the device for as long as the state is there. */
    readonly anchor?: Ort.InferenceSession,
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

  /** Puts what a step returned in the place of an entry; what was there is given back. */
  replace(name: string, next: Ort.Tensor): void {
    const entry = this.entry(name);
    if (entry.current.location === 'gpu-buffer') entry.current.dispose();
    entry.current = next;
  }

  read(names: readonly string[] = [...this.entries.keys()]): Promise<TensorValues> {
    return this.exclusive(async () => {
      const values: Record<string, TensorValue> = {};
      const resident = names.filter((name) => this.entry(name).current.location === 'gpu-buffer');
      const copies = resident.length > 0 ? await this.download(resident) : {};
      for (const name of names) {
        const { spec, current } = this.entry(name);
        values[name] = { ...spec, data: copies[name] ?? (current.data as TensorData).slice() };
      }
      return values;
    });
  }

  private async download(names: readonly string[]): Promise<Record<string, TensorData>> {
    const specs = new Map(names.map((name) => [name, this.entry(name).spec]));
    const download = await Download.create(this.runtime, specs);
    try {
      return await download.run(new Map(names.map((name) => [name, this.entry(name).current])));
    } catch (error) {
      throw gpuError(error, 'reading the state');
    } finally {
      await download.release();
    }
  }

  write(values: TensorValues): Promise<void> {
    return this.exclusive(() => {
      for (const [name, { data }] of Object.entries(values))
        checkData(`The state entry "${name}"`, this.entry(name).spec, data);
      for (const [name, { data }] of Object.entries(values)) {
        const entry = this.entry(name);
        if (entry.current.location === 'gpu-buffer')
          this.replace(name, this.newTensor(entry.spec, data.slice()));
        else (entry.current.data as TensorData).set(data);
      }
      return Promise.resolve();
    });
  }

  dispose(): void {
    for (const { current } of this.entries.values()) if (current.location === 'gpu-buffer') current.dispose();
    this.entries.clear();
  }

  private newTensor(spec: TensorSpec, data: TensorData): Ort.Tensor {
    return new this.runtime.Tensor(spec.dtype, data as Float32Array, [...spec.shape]);
  }
}

/**
 * Copies tensors from the GPU, by a graph of identities whose outputs are here: to ask a resident tensor for its data ends
 * the process.
 */
class Download {
  private constructor(
    private readonly session: Ort.InferenceSession,
    private readonly names: readonly string[],
  ) {}

  static async create(runtime: Runtime, specs: ReadonlyMap<string, TensorSpec>): Promise<Download> {
    const session = await runtime.InferenceSession.create(encodeIdentities([...specs.values()]), {
      executionProviders: ['webgpu', 'cpu'],
      logSeverityLevel: 3,
    });
    return new Download(session, [...specs.keys()]);
  }

  /** Copies of the `wanted` ones (all by default) of the tensors that this was made for. */
  async run(
    tensors: ReadonlyMap<string, Ort.Tensor>,
    wanted: readonly string[] = this.names,
  ): Promise<Record<string, TensorData>> {
    const outputOf = (name: string) => `y${this.names.indexOf(name)}`;
    const results = await this.session.run(
      Object.fromEntries(this.names.map((name, i) => [`x${i}`, tensors.get(name)!])),
      wanted.map(outputOf),
    );
    return Object.fromEntries(
      wanted.map((name) => [name, (results[outputOf(name)].data as TensorData).slice()]),
    );
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

class OnnxStep implements CompiledStep {
  private download: Download | undefined;
  private readonly feedsState: readonly string[];
  private readonly feedsInputs: readonly string[];

  constructor(
    private readonly runtime: Runtime,
    private readonly session: Ort.InferenceSession,
    private readonly step: StepDefinition,
    private readonly traced: TracedStep,
    private readonly state: OnnxState,
    private readonly device: Device,
  ) {
    // What nothing depends on is not part of the graph, and must not be fed.
    const fed = new Set(session.inputNames);
    this.feedsState = [...traced.state.keys()].filter((name) => fed.has(stateName(name)));
    this.feedsInputs = [...traced.inputs.keys()].filter((name) => fed.has(inputName(name)));
  }

  run(inputs: Readonly<Record<string, TensorData>>, wanted?: readonly string[]): Promise<TensorValues> {
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
      const returned = [...this.traced.outputs].filter(([name]) => wanted?.includes(name) ?? true);
      if (this.device === 'webgpu') return this.runOnGpu(feeds, returned);
      const outputs: Record<string, TensorValue> = {};
      const fetches: Record<string, Ort.Tensor> = {};
      for (const [name, { shape, dtype }] of returned) {
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

  /** All results are made on the GPU; only what is asked for is waited for and copied. */
  private async runOnGpu(
    feeds: Record<string, Ort.Tensor>,
    returned: readonly (readonly [string, Value])[],
  ): Promise<TensorValues> {
    try {
      const results = await this.session.run(feeds);
      for (const name of this.traced.newState.keys()) this.state.replace(name, results[newStateName(name)]);
      const outputs = new Map(
        [...this.traced.outputs.keys()].map((name) => [name, results[outputName(name)]]),
      );
      try {
        return await this.copied(outputs, returned);
      } finally {
        for (const output of outputs.values()) output.dispose();
      }
    } catch (error) {
      throw gpuError(error, `the step "${this.step.name}"`);
    }
  }

  private async copied(
    outputs: ReadonlyMap<string, Ort.Tensor>,
    returned: readonly (readonly [string, Value])[],
  ): Promise<TensorValues> {
    if (returned.length === 0) return {};
    const specOf = ({ shape, dtype }: Value): TensorSpec => ({ shape, dtype: dtype as ElementType });
    const specs = new Map([...this.traced.outputs].map(([name, value]) => [name, specOf(value)]));
    this.download ??= await Download.create(this.runtime, specs);
    const names = returned.map(([name]) => name);
    const data = await this.download.run(outputs, names);
    return Object.fromEntries(names.map((name) => [name, { ...specs.get(name)!, data: data[name] }]));
  }

  dispose(): void {
    void this.state.exclusive(async () => {
      await this.session.release();
      await this.download?.release();
    });
  }
}
