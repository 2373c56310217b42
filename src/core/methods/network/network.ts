import type * as tf from '@tensorflow/tfjs-core';
import type {
  CompiledStep,
  Engine,
  State,
  StepDefinition,
  Tensors,
  TensorSpec,
  TensorValues,
} from '../../engine/engine';
import type { Optimizer } from '../../engine/optimizer';
import { valueAndGradients } from '../../model/gradients';
import { breathe } from '../../evaluation/scan';
import type { Random } from '../../random';
import type { RowSource } from './batches';

export const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });

/** A state and the steps that were compiled for it, disposed of together. */
export class Network {
  private readonly steps: CompiledStep[] = [];
  private constructor(
    private readonly engine: Engine,
    readonly state: State,
  ) {}

  static async create(engine: Engine, initial: TensorValues): Promise<Network> {
    return new Network(engine, await engine.createState(initial));
  }

  /** `use` with a network that is disposed of afterwards, whatever happens. */
  static async use<T>(
    engine: Engine,
    initial: TensorValues,
    use: (network: Network) => Promise<T>,
  ): Promise<T> {
    const network = await Network.create(engine, initial);
    try {
      return await use(network);
    } finally {
      network.dispose();
    }
  }

  async compile(definition: StepDefinition): Promise<CompiledStep> {
    const step = await this.engine.compile(definition, this.state);
    this.steps.push(step);
    return step;
  }

  /**
   * What a step computes from every row: `[n, outputs]`. Its input `rows` is `[count, d]` with a fixed count; the last
   * block is filled up with rows that are computed again.
   */
  async map(
    step: CompiledStep,
    source: RowSource,
    { rows, output, count, outputs }: RowMap,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { n, d } = source;
    const result = new Float32Array(n * outputs);
    const block = new Float32Array(count * d);
    for (let first = 0; first < n; first += count) {
      await breathe(signal);
      const start = Math.max(0, Math.min(first, n - count));
      const indices = Int32Array.from({ length: count }, (_, i) => Math.min(n - 1, start + i));
      await source.gather(indices, block);
      const values = (await step.run({ [rows]: block }, [output]))[output].data as Float32Array;
      result.set(values.subarray(0, Math.min(count, n - start) * outputs), start * outputs);
    }
    return result;
  }

  /**
   * As {@link map}, for steps that normalise the rows of a batch by their own moments: batches are drawn at random from
   * all rows. In the order of time each would lose its season.
   */
  async mapShuffled(
    step: CompiledStep,
    source: RowSource,
    map: RowMap,
    random: Random,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { n, d } = source;
    const order = random.shuffle(Int32Array.from({ length: n }, (_, i) => i));
    const gather: RowSource['gather'] = (indices, target) =>
      source.gather(
        Array.from(indices, (i) => order[i]),
        target,
      );
    const values = await this.map(step, { n, d, gather }, map, signal);
    const result = new Float32Array(values.length);
    order.forEach((row, at) => {
      result.set(values.subarray(at * map.outputs, (at + 1) * map.outputs), row * map.outputs);
    });
    return result;
  }

  dispose(): void {
    for (const step of this.steps) step.dispose();
    this.state.dispose();
  }
}

export interface RowMap {
  /** Name of the step's input `[count, d]`. */
  readonly rows: string;
  /** Name of the step's output `[count, outputs]`. */
  readonly output: string;
  readonly count: number;
  readonly outputs: number;
}

/** The entries of a state whose names are wanted. */
export function pick<T>(
  state: Readonly<Record<string, T>>,
  wanted: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(state).filter(([name]) => wanted(name)));
}

export interface TrainingStep {
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly optimizer: Optimizer;
  /** The state entries that are trained. The loss has to depend on each of them. */
  trained(name: string): boolean;
  /**
   * The loss of a batch, what else the step returns, and new values of entries that are not trained (running moments).
   * `state` holds every entry, those that are trained as variables.
   */
  loss(state: Tensors, inputs: Tensors): { loss: tf.Tensor; outputs?: Tensors; state?: Tensors };
}

/**
 * One step of an optimiser: the loss, its gradient, the update. Besides `inputs` the step takes `learningRate`; its outputs
 * are `loss` and those of `loss()`.
 */
export function trainingStep({ name, inputs, optimizer, trained, loss }: TrainingStep): StepDefinition {
  return {
    name,
    inputs: { ...inputs, learningRate: float() },
    compute(state, { learningRate, ...x }) {
      const parameters = pick(state, trained);
      const NEW = 'new/';
      const result = valueAndGradients(parameters, (variables) => {
        const { loss: value, outputs = {}, state: changed = {} } = loss({ ...state, ...variables }, x);
        const kept = Object.fromEntries(
          Object.entries(changed).map(([entry, tensor]) => [NEW + entry, tensor]),
        );
        return { loss: value as tf.Scalar, auxiliary: { ...outputs, ...kept } };
      });
      const updated = optimizer.update(parameters, result.gradients, state, learningRate);
      const outputs: Tensors = { loss: result.loss };
      for (const [key, tensor] of Object.entries(result.auxiliary)) {
        if (key.startsWith(NEW)) updated[key.slice(NEW.length)] = tensor;
        else outputs[key] = tensor;
      }
      return { state: updated, outputs };
    },
  };
}
