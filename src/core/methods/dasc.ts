import type { TensorData } from '../engine/engine';
import { matchLabels } from '../evaluation/matching';
import { breathe } from '../evaluation/scan';
import type { WarmStart } from '../evaluation/subspaceClustering';
import { Random } from '../random';
import { claimedTwice } from '../training/initialBases';
import { dscNetDefaults } from './dscNet';
import type { Method, MethodContext } from './method';
import {
  adversarialOptimizer,
  adversarialStep,
  BASES,
  basesOptimizer,
  CODES,
  discriminatorStep,
  residualStep,
  type SubspaceAdversary,
} from './subspace/adversary';
import { codeSize } from './subspace/autoencoder';
import { clusterBasis, clusterBatch, membership } from './subspace/clusterBases';
import {
  createNetwork,
  pretrain,
  type SubspaceNetwork,
  type SubspaceNetworkOptions,
} from './subspace/network';
import { entriesOf, isSubspaceParameter } from './subspace/steps';
import { currentClusters, currentCodes, selfExpress } from './subspace/train';

export interface DascOptions extends SubspaceNetworkOptions {
  readonly adversary: SubspaceAdversary;
  /** Epochs (joint steps) with the adversary, after `iterations` without. Samples are clustered anew in each. */
  readonly adversarialEpochs: number;
  /** Of the generator in those. */
  readonly adversarialLearningRate: number;
}

/** For climate fields: those of DSC-Net, then the adversary. */
export const dascDefaults: DascOptions = {
  ...dscNetDefaults,
  adversary: {
    rank: dscNetDefaults.postprocessing.dimension,
    margin: 0.1,
    penalty: 0.01,
    form: 'paper',
    weight: 0.1,
    share: 0.8,
    learningRate: 2e-4,
    firstSteps: 100,
    steps: 5,
  },
  adversarialEpochs: 50,
  adversarialLearningRate: 2e-4,
};

/** Shares of the work, for progress: pretraining, and self-expression without the adversary. */
const PRETRAINED = 0.2;
const EXPRESSED = 0.5;

/** Deep adversarial subspace clustering (Zhou et al., 2018). */
export function dasc(options: Partial<DascOptions> = {}): Method {
  const all = { ...dascDefaults, ...options };
  return {
    id: 'dasc',
    title: 'DASC',
    kind: 'deep',
    reference: 'Zhou, Hou and Feng (2018), Deep adversarial subspace clustering, CVPR, pp. 1596-1604',
    description:
      'DSC-Net whose codes then also have to pass a discriminator: one subspace for each cluster, from which mixtures of its members should not stray.',
    async fit(samples, context) {
      const random = new Random(context.seed);
      const network = await createNetwork(samples, context, all, random.fork(), (shape, parameters) => {
        const size = [context.clusters, codeSize(shape), all.adversary.rank];
        const data = new Float32Array(size.reduce((a, b) => a * b));
        const bases = { [BASES]: { shape: size, dtype: 'float32' as const, data } };
        const codes = [samples.table.n, size[1]];
        const none = new Float32Array(codes[0] * codes[1]);
        return {
          [CODES]: { shape: codes, dtype: 'float32', data: none },
          ...bases,
          ...basesOptimizer.init(bases),
          ...adversarialOptimizer.init(entriesOf(parameters, isSubspaceParameter)),
        };
      });
      try {
        await pretrain(network, all.pretraining, random.fork(), context.signal, (share) =>
          context.progress?.(PRETRAINED * share),
        );
        const losses = await selfExpress(network, all, context, (share) =>
          context.progress?.(PRETRAINED + (EXPRESSED - PRETRAINED) * share),
        );
        const { labels, losses: more } = await compete(network, all, context, random.fork());
        context.progress?.(1);
        return { labels, embedding: await currentCodes(network), losses: [...losses, ...more] };
      } finally {
        network.dispose();
      }
    },
  };
}

/** Alternates clustering, discriminator and generator. Returns the last clustering, and the objective of each epoch. */
async function compete(
  network: SubspaceNetwork,
  options: DascOptions,
  context: MethodContext,
  random: Random,
): Promise<{ labels: Int32Array; losses: number[] }> {
  const { shape, n, state } = network;
  const { clusters, signal } = context;
  const { adversary } = options;
  const dimensions = codeSize(shape);
  const residuals = await network.compile(residualStep(shape, n, clusters));
  const judge = await network.compile(discriminatorStep(n, clusters, adversary));
  const deceive = await network.compile(adversarialStep(shape, n, clusters, options.weights, adversary));
  const learningRate = Float32Array.of(options.adversarialLearningRate);
  const warm: WarmStart = {};
  const basisRandom = random.fork();
  const clusterRandom = random.fork();
  const mixRandom = random.fork();

  /** Bases of these clusters, from their codes. */
  const restart = async (labels: Int32Array, which: readonly number[]): Promise<void> => {
    const codes = (await residuals.run({ member: membership(labels, clusters) }, ['codes']))['codes'].data;
    const bases = (await state.read([BASES]))[BASES];
    for (const k of which) {
      const basis = await clusterBasis(codes as Float32Array, dimensions, labels, k, adversary.rank, {
        products: context.products,
        random: basisRandom,
        signal,
      });
      (bases.data as Float32Array).set(basis, k * basis.length);
    }
    await state.write({ [BASES]: bases });
  };

  const losses: number[] = [];
  let labels = await currentClusters(network, options, context, clusterRandom, warm);
  await restart(
    labels,
    Array.from({ length: clusters }, (_, k) => k),
  );
  for (let epoch = 0; epoch < options.adversarialEpochs; epoch++) {
    const { residual } = await residuals.run({ member: membership(labels, clusters) }, ['residual']);
    const batch: Record<string, TensorData> = clusterBatch(
      labels,
      clusters,
      residual.data,
      adversary.share,
      mixRandom,
    );
    const steps = epoch === 0 ? adversary.firstSteps : adversary.steps;
    for (let i = 0; i < steps; i++) {
      await breathe(signal);
      await judge.run(batch, []);
    }
    await breathe(signal);
    const { total } = await deceive.run({ ...batch, learningRate }, ['total']);
    losses.push(total.data[0]);
    const next = await currentClusters(network, options, context, clusterRandom, warm);
    labels = renumbered(next, labels, clusters);
    const bases = (await state.read([BASES]))[BASES].data as Float32Array;
    const twice = claimedTwice(bases, { clusters, dimensions, rank: adversary.rank });
    if (twice.length > 0) await restart(labels, twice);
    context.progress?.(EXPRESSED + ((1 - EXPRESSED) * (epoch + 1)) / options.adversarialEpochs);
  }
  return { labels, losses };
}

/** Labels numbered as in the last clustering, so that a cluster keeps its subspace. */
function renumbered(labels: Int32Array, last: Int32Array, clusters: number): Int32Array {
  const matching = matchLabels(labels, last);
  const free = Array.from({ length: clusters }, (_, k) => k).filter(
    (k) => ![...matching.values()].includes(k),
  );
  for (const label of new Set(labels)) if (!matching.has(label)) matching.set(label, free.shift() as number);
  return labels.map((label) => matching.get(label) as number);
}
