import type { TensorData } from '../../engine/engine';
import { breathe } from '../../evaluation/scan';
import { subspaceClusters, type WarmStart } from '../../evaluation/subspaceClustering';
import type { Random } from '../../random';
import type { Fit, MethodContext } from '../method';
import type { SubspaceNetwork, SubspaceNetworkOptions } from './network';
import { COEFFICIENTS, codesStep, jointStep } from './steps';

/** Steps of self-expression without any adversary; the objective before each of them. */
export async function selfExpress(
  network: SubspaceNetwork,
  { weights, learningRate, iterations }: SubspaceNetworkOptions,
  { signal }: MethodContext,
  progress: (share: number) => void,
): Promise<number[]> {
  const step = await network.compile(jointStep(network.shape, weights));
  const inputs: Record<string, TensorData> = { learningRate: Float32Array.of(learningRate) };
  const losses: number[] = [];
  for (let i = 0; i < iterations; i++) {
    await breathe(signal);
    const { total } = await step.run(inputs, ['total']);
    losses.push(total.data[0]);
    progress((i + 1) / iterations);
  }
  // What a compiled step has taken would otherwise stay beside that of the next one.
  step.dispose();
  return losses;
}

/** Clusters of the coefficients as they are now. [n] */
export async function currentClusters(
  network: SubspaceNetwork,
  { postprocessing }: SubspaceNetworkOptions,
  { clusters, products, signal }: MethodContext,
  random: Random,
  warm?: WarmStart,
): Promise<Int32Array> {
  const coefficients = (await network.state.read([COEFFICIENTS]))[COEFFICIENTS].data as Float32Array;
  return subspaceClusters(coefficients, network.n, clusters, postprocessing, {
    products,
    random,
    signal,
    warm,
  });
}

/** The codes of all samples, as the embedding of a fit. */
export async function currentCodes(network: SubspaceNetwork): Promise<NonNullable<Fit['embedding']>> {
  const step = await network.compile(codesStep(network.shape));
  const { codes } = await step.run({});
  return { values: codes.data as Float32Array, dimensions: codes.shape[1] };
}
