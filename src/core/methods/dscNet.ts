import { Random } from '../random';
import type { Method } from './method';
import { createNetwork, pretrain, type SubspaceNetworkOptions } from './subspace/network';
import { currentClusters, currentCodes, selfExpress } from './subspace/train';

export type DscNetOptions = SubspaceNetworkOptions;

/** For climate fields. */
export const dscNetDefaults: DscNetOptions = {
  channels: [16, 16, 32],
  kernels: [3, 3, 3],
  output: 'linear',
  scale: 'unit',
  centre: true,
  weights: { coefficients: 1, expression: 1 },
  initialCoefficient: 1e-4,
  learningRate: 1e-3,
  iterations: 300,
  pretraining: { learningRate: 1e-3, batch: 100, error: 0.3, patience: 2000, mostSteps: 12_000 },
  postprocessing: { threshold: 0.2, dimension: 5, power: 2, assignment: 'discretize' },
};

/** Shares of the work, for progress: pretraining, and all until the coefficients are trained. */
const PRETRAINED = 0.3;
const TRAINED = 0.95;

/** Deep subspace clustering with squared norms of the coefficients (Ji et al., 2017). */
export function dscNet(options: Partial<DscNetOptions> = {}): Method {
  const all = { ...dscNetDefaults, ...options };
  return {
    id: 'dsc-net',
    title: 'DSC-Net-L2',
    kind: 'deep',
    reference: 'Ji, Zhang, Li, Salzmann and Reid (2017), Deep subspace clustering networks, arXiv:1709.02508',
    description:
      'A convolutional autoencoder whose codes express each other linearly; clusters are subspaces of the codes.',
    async fit(samples, context) {
      const random = new Random(context.seed);
      const network = await createNetwork(samples, context, all, random.fork());
      try {
        await pretrain(network, all.pretraining, random.fork(), context.signal, (share) =>
          context.progress?.(PRETRAINED * share),
        );
        const losses = await selfExpress(network, all, context, (share) =>
          context.progress?.(PRETRAINED + (TRAINED - PRETRAINED) * share),
        );
        const labels = await currentClusters(network, all, context, random.fork());
        context.progress?.(1);
        return { labels, embedding: await currentCodes(network), losses };
      } finally {
        network.dispose();
      }
    },
  };
}
