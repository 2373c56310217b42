import type * as Ort from 'onnxruntime-node';
import type { TensorData, TensorSpec } from './engine';
import { Graph } from './graph';
import { encodeModel } from './onnx';
import type { Runtime } from './onnxEngine';

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

/**
 * Copies tensors from the GPU, by a graph of identities whose outputs are here: to ask a resident tensor for its data ends
 * the process.
 */
export class Download {
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
