import { beforeAll, describe, expect, it } from 'vitest';
import { selectMethods } from '../../../src/core/compare/selection';
import { resolveHyperParameters } from '../../../src/core/config';
import type { CompiledStep, Engine, TensorData, TensorValues } from '../../../src/core/engine/engine';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { ablations, aDatsc } from '../../../src/core/methods/adatsc';
import type { Fit, Method } from '../../../src/core/methods/method';
import { methods } from '../../../src/core/methods/methods';
import { samplesInMemory } from '../../../src/core/methods/samples';
import { Random } from '../../../src/core/random';
import { deepContext, testEngine } from './deepSupport';

const hyperParameters = resolveHyperParameters({
  'window.length': 4,
  'window.stride': 2,
  'window.batch': 2,
  'model.widthFactor': 0.0625,
  'model.embeddingDimensions': 16,
  'model.eofs': 6,
  'model.heads': 2,
  'training.warmupEpochs': 1,
  'training.jointEpochs': 2,
  'training.adversarialEpochs': 2,
  'training.maxStepsPerEpoch': 3,
  'discriminator.rank': 2,
  'discriminator.warmupSteps': 5,
  'contrast.memory': 32,
  'schedule.skipRamp': 0,
  'schedule.skipStrength': 0.5,
  'schedule.balanceRamp': 0,
  'schedule.temperatureStart': 2,
  'schedule.temperatureEnd': 0.5,
});

/** What a fit asked of its engine. */
interface Seen {
  readonly fit: Fit;
  readonly initial: TensorValues;
  /** The state at the end. */
  readonly final: TensorValues;
  /** Inputs of every generator step. */
  readonly generator: Record<string, TensorData>[];
  readonly discriminatorSteps: number;
}

/** A fit on an engine that looks on. */
async function watch(method: Method): Promise<Seen> {
  const inner = await testEngine();
  let initial: TensorValues = {};
  let final: TensorValues = {};
  const generator: Record<string, TensorData>[] = [];
  let discriminatorSteps = 0;
  const engine: Engine = {
    name: inner.name,
    description: inner.description,
    remote: inner.remote,
    async createState(values) {
      initial = values;
      return inner.createState(values);
    },
    async compile(definition, state): Promise<CompiledStep> {
      const step = await inner.compile(definition, state);
      return {
        async run(inputs, wanted) {
          if (definition.name === 'generator step') generator.push({ ...inputs });
          if (definition.name === 'discriminator step') discriminatorSteps++;
          const outputs = await step.run(inputs, wanted);
          final = await state.read();
          return outputs;
        },
        dispose: () => step.dispose(),
      };
    },
  };
  const { frames } = synthesize('G2', new Random(3), {
    length: 40,
    height: 8,
    width: 8,
    channels: 2,
    clusters: 3,
    rank: 2,
  });
  const context = deepContext(3, { hyperParameters, engine: () => Promise.resolve(engine) });
  const fit = await method.fit(samplesInMemory(frames, [40, 2, 8, 8]), context);
  return { fit, initial, final, generator, discriminatorSteps };
}

const seen = new Map<string, Seen>();
beforeAll(async () => {
  for (const method of [aDatsc, ...ablations]) seen.set(method.id, await watch(method));
}, 120_000);

const scalars = (id: string, name: string): number[] =>
  seen.get(id)!.generator.map((inputs) => inputs[name][0]);
const namesOf = (id: string): string[] => Object.keys(seen.get(id)!.initial);
const decoderInputs = (id: string): number => seen.get(id)!.initial['decoder.pattern.weight'].shape[0];

describe('each ablation', () => {
  it.each(ablations.map(({ id }) => id))('%s is registered, and fits in as many steps as the whole', (id) => {
    expect(methods.filter((method) => method.id === id)).toHaveLength(1);
    const { fit, generator } = seen.get(id)!;
    expect(fit.labels).toHaveLength(40);
    expect([...fit.labels].every((label) => label >= 0 && label < 3)).toBe(true);
    expect(fit.losses!.length).toBe(5);
    expect(fit.losses!.every(Number.isFinite)).toBe(true);
    expect(fit.embedding!.values.every(Number.isFinite)).toBe(true);
    expect(generator.length).toBe(seen.get('a-datsc')!.generator.length);
    // It makes a difference.
    expect(fit.embedding!.values).not.toEqual(seen.get('a-datsc')!.fit.embedding!.values);
  });

  it('is one of the group that compare knows, the whole first', () => {
    const ids = (text: string): string[] => selectMethods(text, methods).map(({ id }) => id);
    const own = ablations.map(({ id }) => id);
    expect(ids('ablations')).toEqual(['a-datsc', ...own]);
    expect(ids('deep').filter((id) => id.startsWith('a-datsc'))).toEqual(['a-datsc']);
    expect(ids('all')).toEqual(expect.arrayContaining(own));
  });

  it('differs from a whole that has everything', () => {
    const names = namesOf('a-datsc');
    for (const part of ['attention.', 'patches.', 'encoder.stem.recurrentKernel', 'decoder.stage1.lstm.']) {
      expect(
        names.some((name) => name.startsWith(part)),
        part,
      ).toBe(true);
    }
    expect(Object.keys(seen.get('a-datsc')!.fit.alternatives!)).toEqual(['argmax', 'spectral']);
    expect(decoderInputs('a-datsc')).toBe(3 * 16);
    expect(Math.max(...scalars('a-datsc', 'skip'))).toBe(0.5);
    expect(Math.max(...scalars('a-datsc', 'weight.adversarial'))).toBeGreaterThan(0);
    expect(Math.max(...scalars('a-datsc', 'weight.balance'))).toBeGreaterThan(0);
    expect(Math.max(...scalars('a-datsc', 'temperature'))).toBe(2);
  });
});

describe('what is ablated is not there', () => {
  it('attention in a-datsc-sel: no parameters, and no mean embedding in the bottleneck', () => {
    expect(namesOf('a-datsc-sel').filter((name) => name.includes('attention'))).toEqual([]);
    expect(decoderInputs('a-datsc-sel')).toBe(2 * 16);
    expect(Object.keys(seen.get('a-datsc-sel')!.fit.alternatives!)).toEqual(['argmax', 'spectral']);
  });

  it('ConvLSTMs in a-datsc-cnn-lstm: no recurrent kernel anywhere, an LSTM instead', () => {
    const names = namesOf('a-datsc-cnn-lstm');
    expect(names.filter((name) => /recurrentKernel|inputKernel|^patches/.test(name))).toEqual([]);
    expect(names).toContain('encoder.lstm.recurrentWeight');
    expect(names).toContain('attention.output.weight');
    // The widths are the same.
    const { initial } = seen.get('a-datsc')!;
    const own = seen.get('a-datsc-cnn-lstm')!.initial;
    expect(own['decoder.output.weight'].shape).toEqual(initial['decoder.output.weight'].shape);
    expect(own['embedding.weight'].shape).toEqual(initial['embedding.weight'].shape);
    expect(Object.keys(seen.get('a-datsc-cnn-lstm')!.fit.alternatives!)).toEqual(['argmax', 'spectral']);
  });

  it('self-expression in a-datsc-gat: argmax labels only, nothing of it in the bottleneck', () => {
    const { fit } = seen.get('a-datsc-gat')!;
    expect(Object.keys(fit.alternatives!)).toEqual(['argmax']);
    expect(fit.labels).toEqual(fit.alternatives!['argmax']);
    expect(decoderInputs('a-datsc-gat')).toBe(2 * 16);
    expect(namesOf('a-datsc-gat')).toContain('attention.output.weight');
  });

  it('the adversary in a-datsc-no-adversary: it never takes a step, and nobody hears of it', () => {
    const { initial, final, discriminatorSteps } = seen.get('a-datsc-no-adversary')!;
    expect(discriminatorSteps).toBe(0);
    expect(final['discriminator.bases'].data).toEqual(initial['discriminator.bases'].data);
    expect(new Set(scalars('a-datsc-no-adversary', 'weight.adversarial'))).toEqual(new Set([0]));
    expect(seen.get('a-datsc')!.discriminatorSteps).toBeGreaterThan(0);
  });

  it('temperature and balance in a-datsc-no-tempering', () => {
    expect(new Set(scalars('a-datsc-no-tempering', 'temperature'))).toEqual(new Set([1]));
    expect(new Set(scalars('a-datsc-no-tempering', 'weight.balance'))).toEqual(new Set([0]));
  });

  it('skips in a-datsc-no-skips: their gates never move', () => {
    expect(new Set(scalars('a-datsc-no-skips', 'skip'))).toEqual(new Set([0]));
    const gate = (id: string): number => seen.get(id)!.final['decoder.stage1.gate'].data[0];
    expect(gate('a-datsc-no-skips')).toBe(0);
    expect(gate('a-datsc')).not.toBe(0);
  });
});
