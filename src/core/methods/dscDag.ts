import { breathe } from '../evaluation/scan';
import { Random } from '../random';
import { dscNetDefaults } from './dscNet';
import type { Method, MethodContext } from './method';
import {
  criticOptimizer,
  criticStep,
  drawDualInputs,
  type DualAdversary,
  dualParameters,
  isCriticParameter,
  playerOptimizer,
  playerStep,
} from './subspace/dualAdversary';
import {
  createNetwork,
  pretrain,
  type SubspaceNetwork,
  type SubspaceNetworkOptions,
} from './subspace/network';
import { entriesOf } from './subspace/steps';
import { currentClusters, currentCodes, selfExpress } from './subspace/train';

export interface DscDagOptions extends SubspaceNetworkOptions {
  readonly adversary: DualAdversary;
  /** Joint steps with both adversaries, after `iterations` without. */
  readonly adversarialEpochs: number;
}

/** For climate fields: those of DSC-Net, then both adversaries. */
export const dscDagDefaults: DscDagOptions = {
  ...dscNetDefaults,
  adversary: { noise: 32, combined: 5, codeWeight: 0.1, imageWeight: 0.1, learningRate: 2e-4 },
  adversarialEpochs: 50,
};

/** Shares of the work, for progress: pretraining, and self-expression without adversaries. */
const PRETRAINED = 0.2;
const EXPRESSED = 0.6;

/** Deep subspace clustering with two adversaries, after what the abstract of Yu et al. (2022) says of theirs. */
export function dscDag(options: Partial<DscDagOptions> = {}): Method {
  const all = { ...dscDagDefaults, ...options };
  return {
    id: 'dsc-dag',
    title: 'DSC-DAG-style',
    kind: 'deep',
    reference:
      'after the abstract of Yu, Zhang, Cao et al. (2022), GAN-based enhanced deep subspace clustering networks, IEEE TKDE 34 (7), 3267-3281',
    description:
      'DSC-Net with two adversaries, of generated fields and of combined codes. Only the abstract of the original is public: widths, weights and schedule are our own, and no published figure can be checked.',
    async fit(samples, context) {
      const random = new Random(context.seed);
      const parameterRandom = random.fork();
      const network = await createNetwork(samples, context, all, random.fork(), (shape, trained) => {
        const own = dualParameters(shape, all.adversary, parameterRandom);
        const critics = entriesOf(own, isCriticParameter);
        const players = entriesOf({ ...trained, ...own }, (name) => !isCriticParameter(name));
        return { ...own, ...criticOptimizer.init(critics), ...playerOptimizer.init(players) };
      });
      try {
        await pretrain(network, all.pretraining, random.fork(), context.signal, (share) =>
          context.progress?.(PRETRAINED * share),
        );
        const losses = await selfExpress(network, all, context, (share) =>
          context.progress?.(PRETRAINED + (EXPRESSED - PRETRAINED) * share),
        );
        const more = await play(network, all, context, random.fork());
        const labels = await currentClusters(network, all, context, random.fork());
        context.progress?.(1);
        return { labels, embedding: await currentCodes(network), losses: [...losses, ...more] };
      } finally {
        network.dispose();
      }
    },
  };
}

/** Alternates critics and the rest; the objective of each step of the latter. */
async function play(
  network: SubspaceNetwork,
  { adversary, adversarialEpochs, weights }: DscDagOptions,
  { signal, progress }: MethodContext,
  random: Random,
): Promise<number[]> {
  const { n, shape, images } = network;
  let square = 0;
  for (const value of images) square += value * value;
  const size = Math.sqrt(square / images.length) || 1;
  const judge = await network.compile(criticStep(shape, n, size, adversary));
  const deceive = await network.compile(playerStep(shape, n, size, weights, adversary));
  const losses: number[] = [];
  for (let epoch = 0; epoch < adversarialEpochs; epoch++) {
    await breathe(signal);
    await judge.run(drawDualInputs(n, adversary, random), []);
    const { total } = await deceive.run(drawDualInputs(n, adversary, random), ['total']);
    losses.push(total.data[0]);
    progress?.(EXPRESSED + ((1 - EXPRESSED) * (epoch + 1)) / adversarialEpochs);
  }
  return losses;
}
