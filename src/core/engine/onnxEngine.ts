import type * as Ort from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import type {
  CompiledStep,
  ElementType,
  Engine,
  StepDefinition,
  TensorData,
  TensorSpec,
  TensorValue,
  TensorValues,
} from './engine';
import { gpuError } from './gpuErrors';
import { Download, encodeProbe } from './onnxDownload';
import { checkData, newArray, OnnxState } from './onnxState';
import { type Value, sizeOf } from './graph';
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
        // A plan of all buffers as one block comes on top of what the first run has taken: half as much again, and no faster.
        enableMemPattern: device !== 'cpu',
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
