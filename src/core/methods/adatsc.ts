import { defaultHyperParameters, type HyperParameters } from '../config';
import { architectureFor } from '../model/architecture';
import { outcomeOf } from '../training/outcome';
import { totalEpochs } from '../training/schedules';
import { Trainer } from '../training/trainer';
import type { Method } from './method';

/** What tells a variant of A-DATSC from the whole of it. */
interface Variant {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Settings of the run with those that make the variant laid over them. */
  settings?(h: HyperParameters): Partial<HyperParameters>;
}

const PAPER = 'Nji, Janeja and Wang (2025), Attention-Guided Deep Generative Temporal Subspace Clustering';

/** The method of the paper as the extension runs it, with the settings of the run; `argmax` and `spectral` labels are alternatives. */
export function adatsc({ id, title, description, settings }: Variant): Method {
  return {
    id,
    title,
    kind: 'deep',
    reference: PAPER,
    description,
    async fit({ table, valid, variables, height, width }, context) {
      const { clusters, seed, products, signal, progress, warn } = context;
      const given = { ...(context.hyperParameters ?? defaultHyperParameters()), clusters };
      const h = { ...given, ...settings?.(given) };
      const a = architectureFor({ n: table.n, variables, height, width }, h);
      const data = { table, valid, time: { iso: context.times?.iso ?? [] } };
      const trainer = await Trainer.create(data, a, h, await context.engine(), {
        seed,
        hooks: {
          signal,
          progress: ({ epoch, step, steps }) =>
            progress?.((epoch + (steps ? step / steps : 0)) / (totalEpochs(h) + 1)),
        },
      });
      try {
        await trainer.train();
        const found = await outcomeOf(trainer, a, h, {
          seed,
          products,
          signal,
          warn: (message) => warn?.(message),
        });
        return {
          labels: found.labels,
          embedding: { values: found.embedding, dimensions: a.dimensions },
          alternatives: {
            argmax: found.argmaxLabels,
            ...(found.spectralLabels && { spectral: found.spectralLabels }),
          },
          losses: trainer.epochs.map(({ losses }) => losses['total']),
        };
      } finally {
        trainer.dispose();
      }
    },
  };
}

/** The whole method. */
export const aDatsc = adatsc({
  id: 'a-datsc',
  title: 'A-DATSC',
  description:
    'ConvLSTM U-Net with temporal graph attention, Student-t clustering, self-expression and an adversary, with the settings of the run.',
});

/**
 * The ablations of the paper (`_sel`, `_cnn-lstm`, `_gat`), and those that its reviewers asked for. Each differs from the
 * whole method by what its description says, and keeps its number of epochs.
 */
export const ablations: readonly Method[] = [
  adatsc({
    id: 'a-datsc-sel',
    title: 'A-DATSC without attention',
    description:
      'No temporal graph attention: nodes are averaged as they are, and of the window the bottleneck has its mean self-expression only (the paper: _sel).',
    settings: () => ({ 'model.temporalAttention': false }),
  }),
  adatsc({
    id: 'a-datsc-cnn-lstm',
    title: 'A-DATSC with CNN and LSTM',
    description:
      'Convolutions of single frames with the same widths, flattened, and one LSTM over the window instead of ConvLSTMs; convolutions in the decoder; one graph node (the paper: _cnn-lstm).',
    settings: () => ({ 'model.encoder': 'cnn-lstm' }),
  }),
  adatsc({
    id: 'a-datsc-gat',
    title: 'A-DATSC without self-expression',
    description:
      'Temporal graph attention only: no self-expression, neither in the loss nor in the bottleneck, and so no spectral labels (the paper: _gat).',
    settings: () => ({ 'model.selfExpression': false }),
  }),
  adatsc({
    id: 'a-datsc-no-adversary',
    title: 'A-DATSC without adversary',
    description: 'No discriminator: the adversarial epochs are joint ones.',
    settings: (h) => ({
      'training.jointEpochs': h['training.jointEpochs'] + h['training.adversarialEpochs'],
      'training.adversarialEpochs': 0,
    }),
  }),
  adatsc({
    id: 'a-datsc-no-tempering',
    title: 'A-DATSC without tempering',
    description: 'Temperature 1 throughout, and no balance of the cluster sizes.',
    settings: () => ({
      'schedule.temperatureStart': 1,
      'schedule.temperatureEnd': 1,
      'loss.balance': 0,
    }),
  }),
  adatsc({
    id: 'a-datsc-no-skips',
    title: 'A-DATSC without skips',
    description: 'No skip connections: the decoder has what z and the window carry, from beginning to end.',
    settings: () => ({ 'schedule.skipStrength': 0 }),
  }),
];
