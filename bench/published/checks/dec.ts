import { dec } from '../../../src/core/methods/dec';
import { mnist } from '../data/load';
import type { Check } from './check';

/** As DEC-keras on MNIST, but for pretraining: 50 epochs by Adam from weights that keep the signal's size, instead of 300. */
const options = {
  hidden: [500, 500, 2000],
  code: 10,
  initial: 'he',
  batch: 256,
  pretraining: { epochs: 50, steps: 0, optimizer: 'adam', learningRate: 1e-3 },
  refinement: { optimizer: 'sgd', learningRate: 0.01, interval: 140, maxSteps: 20_000, tolerance: 1e-3 },
  scale: 'unit',
} as const;

export const decChecks: readonly Check[] = [
  {
    id: 'dec-mnist',
    title: 'DEC on MNIST',
    rows: 70_000,
    data: mnist,
    method: dec(options),
    options,
    published: [
      { score: 'acc', value: 0.843, source: 'Xie et al. (2016), table 2' },
      { score: 'acc', value: 0.91, source: 'DEC-keras, README, mean of 10 trials' },
      { score: 'nmi', value: 0.87, source: 'DEC-keras, README, mean of 10 trials' },
    ],
  },
];
