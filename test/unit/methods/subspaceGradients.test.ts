import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { StepDefinition, TensorData, TensorSpec, TensorValues } from '../../../src/core/engine/engine';
import { sizeOf, ParameterBuilder } from '../../../src/core/model/parameters';
import {
  adversarialOptimizer,
  adversarialStep,
  BASES,
  basesOptimizer,
  clusterInputs,
  CODES,
  discriminatorStep,
  type SubspaceAdversary,
} from '../../../src/core/methods/subspace/adversary';
import {
  addAutoencoder,
  type AutoencoderShape,
  codeSize,
  decode,
  encode,
  isAutoencoderParameter,
  layerShapes,
} from '../../../src/core/methods/subspace/autoencoder';
import { clusterBatch } from '../../../src/core/methods/subspace/clusterBases';
import {
  criticOptimizer,
  criticStep,
  drawDualInputs,
  type DualAdversary,
  dualParameters,
  isCriticParameter,
  isPlayerParameter,
  playerOptimizer,
  playerStep,
} from '../../../src/core/methods/subspace/dualAdversary';
import {
  COEFFICIENTS,
  entriesOf,
  IMAGES,
  isSubspaceParameter,
  jointOptimizer,
  jointStep,
  pretrainingOptimizer,
  pretrainingStep,
} from '../../../src/core/methods/subspace/steps';
import type { Optimizer } from '../../../src/core/engine/optimizer';
import { Random } from '../../../src/core/random';
import { bothEngines, difference } from '../engine/support';

const n = 6;
const clusters = 2;
const shape: AutoencoderShape = {
  variables: 2,
  height: 5,
  width: 4,
  channels: [3, 4],
  kernels: [3, 3],
  output: 'linear',
};
const weights = { coefficients: 0.7, expression: 1.5 };
const adversary: SubspaceAdversary = {
  rank: 2,
  margin: 0.3,
  penalty: 0.1,
  form: 'paper',
  weight: 0.5,
  share: 0.7,
  learningRate: 1e-3,
  firstSteps: 1,
  steps: 1,
};
const dual: DualAdversary = { noise: 3, combined: 2, codeWeight: 0.4, imageWeight: 0.6, learningRate: 1e-3 };

/** A state with everything that the steps know, far enough from symmetry. */
function initial(seed: number): TensorValues {
  const random = new Random(seed);
  const builder = new ParameterBuilder(random);
  addAutoencoder(builder, shape);
  builder.normal(COEFFICIENTS, [n, n], 0.3);
  builder.normal(BASES, [clusters, codeSize(shape), adversary.rank], 0.5);
  builder.normal(CODES, [n, codeSize(shape)], 1);
  builder.normal(IMAGES, [n, shape.variables, shape.height, shape.width], 1);
  const values: TensorValues = { ...builder.values, ...dualParameters(shape, dual, random) };
  // Biases of zero leave rectified units without input on their kink.
  for (const [name, { data }] of Object.entries(values)) {
    if (name.endsWith('.bias')) for (let i = 0; i < data.length; i++) data[i] = 0.3 + 0.2 * random.normal();
  }
  return values;
}

const clusterBatchOf = (random: Random) =>
  clusterBatch(Int32Array.of(0, 1, 0, 1, 0, 0), clusters, [1, 2, 3, 4, 5, 6], adversary.share, random);

interface Case {
  readonly name: string;
  readonly step: StepDefinition;
  readonly optimizer: Optimizer;
  readonly trained: (name: string) => boolean;
  readonly inputs: (random: Random) => Record<string, TensorData>;
  /** The output that the step lowers, if it is not the first one; half of it in pretraining. */
  readonly loss: string;
  readonly factor?: number;
}

const rate = { learningRate: Float32Array.of(1e-3) };
const cases: Case[] = [
  {
    name: 'pretraining',
    step: pretrainingStep(shape, n),
    optimizer: pretrainingOptimizer,
    trained: isAutoencoderParameter,
    inputs: (random) => ({
      ...rate,
      batch: Float32Array.from({ length: n * 40 }, () => random.normal()),
    }),
    loss: 'error',
    factor: 0.5,
  },
  {
    name: 'self-expression',
    step: jointStep(shape, weights),
    optimizer: jointOptimizer,
    trained: isSubspaceParameter,
    inputs: () => rate,
    loss: 'total',
  },
  {
    name: 'discriminator of subspaces',
    step: discriminatorStep(n, clusters, adversary),
    optimizer: basesOptimizer,
    trained: (name) => name === BASES,
    inputs: clusterBatchOf,
    loss: 'loss',
  },
  ...(['paper', 'code'] as const).map((form): Case => ({
    name: `generator against it, as in the ${form}`,
    step: adversarialStep(shape, n, clusters, weights, { ...adversary, form }),
    optimizer: adversarialOptimizer,
    trained: isSubspaceParameter,
    inputs: (random) => ({ ...rate, ...clusterBatchOf(random) }),
    loss: 'total',
  })),
  {
    name: 'critics of images and codes',
    step: criticStep(shape, n, 1, dual),
    optimizer: criticOptimizer,
    trained: isCriticParameter,
    inputs: (random) => drawDualInputs(n, dual, random),
    loss: 'loss',
  },
  {
    name: 'generator against both',
    step: playerStep(shape, n, 1, weights, dual),
    optimizer: playerOptimizer,
    trained: isPlayerParameter,
    inputs: (random) => drawDualInputs(n, dual, random),
    loss: 'total',
  },
];

/** The gradient that a step hands to Adam: with zero moments the first one becomes (1 - beta1) of it. */
async function gradientOf(
  { step, optimizer, trained, inputs, loss }: Case,
  parameters: TensorValues,
): Promise<{ loss: number; gradient: Float64Array }> {
  const [engine] = await bothEngines();
  const state = await engine.createState({
    ...parameters,
    ...optimizer.init(entriesOf(parameters, trained)),
  });
  const compiled = await engine.compile(step, state);
  const outputs = await compiled.run(inputs(new Random(7)));
  const moments = Object.entries(await state.read()).filter(
    ([name]) => name.startsWith('adam.') && name.endsWith('.m'),
  );
  const beta1 =
    optimizer === basesOptimizer ? 0 : [criticOptimizer, playerOptimizer].includes(optimizer) ? 0.5 : 0.9;
  compiled.dispose();
  state.dispose();
  return {
    loss: outputs[loss].data[0],
    gradient: Float64Array.from(moments[0][1].data, (value) => value / (1 - beta1)),
  };
}

describe('gradients of the steps agree with finite differences', () => {
  it.each(cases)('$name', async (c) => {
    const parameters = initial(3);
    // Magnitudes that only scale a term are constants to the gradient: the direction leaves the codes as they are where
    // there is one.
    const scaled = c.loss === 'total' && c.optimizer !== jointOptimizer;
    const names = Object.keys(parameters).filter(c.trained).sort();
    const random = new Random(5);
    const direction = new Map(
      names.map((name) => [
        name,
        Float64Array.from(parameters[name].data, () =>
          scaled && name.startsWith('encoder.') ? 0 : random.normal(),
        ),
      ]),
    );
    const h = 1e-3;
    const at = async (sign: number) => {
      const moved = { ...parameters };
      for (const name of names) {
        const { data } = parameters[name];
        moved[name] = {
          ...parameters[name],
          data: Float32Array.from(data, (x, i) => x + sign * h * direction.get(name)![i]),
        };
      }
      return (await gradientOf(c, moved)).loss * (c.factor ?? 1);
    };
    const { gradient } = await gradientOf(c, parameters);
    const numeric = ((await at(1)) - (await at(-1))) / (2 * h);
    const flat = names.flatMap((name) => [...direction.get(name)!]);
    expect(gradient.length).toBe(flat.length);
    let analytic = 0;
    let magnitude = 0;
    flat.forEach((value, i) => {
      analytic += value * gradient[i];
      magnitude += Math.abs(value * gradient[i]);
    });
    expect(magnitude, 'a gradient that is not zero').toBeGreaterThan(1e-3);
    expect(Math.abs(analytic - numeric) / magnitude).toBeLessThan(1e-2);
  });

  it('of the encoder through the adversary, whose magnitude is a constant', async () => {
    // Codes of unit length enter the adversary; with the objective switched off it is all that is left.
    const none = { coefficients: 0, expression: 1 };
    const c: Case = {
      ...cases[3],
      step: adversarialStep(shape, n, clusters, none, adversary),
    };
    const parameters = initial(4);
    const { gradient } = await gradientOf(c, parameters);
    const without = await gradientOf({ ...cases[1], step: jointStep(shape, none) }, parameters);
    const apart = gradient.reduce((sum, value, i) => sum + Math.abs(value - without.gradient[i]), 0);
    expect(apart).toBeGreaterThan(1e-3);
  });
});

describe('steps of both engines agree', () => {
  it.each(cases)('$name', async (c) => {
    const parameters = initial(6);
    const [a, b] = await Promise.all(
      (await bothEngines()).map(async (engine) => {
        const state = await engine.createState({
          ...parameters,
          ...c.optimizer.init(entriesOf(parameters, c.trained)),
        });
        const compiled = await engine.compile(c.step, state);
        return compiled.run(c.inputs(new Random(7)));
      }),
    );
    for (const name of Object.keys(a)) expect(difference(a[name], b[name]), name).toBeLessThan(1e-5);
  });
});

describe('the autoencoder', () => {
  it.each([
    [1, 1, 1],
    [2, 1, 7],
    [3, 9, 1],
    [1, 13, 6],
    [2, 32, 32],
  ])('keeps the shape of %d x %d x %d images', async (variables, height, width) => {
    const odd: AutoencoderShape = {
      variables,
      height,
      width,
      channels: [3, 2, 4],
      kernels: [5, 3, 2],
      output: 'relu',
    };
    const builder = new ParameterBuilder(new Random(1));
    addAutoencoder(builder, odd);
    const batch: TensorSpec = { shape: [2, variables, height, width], dtype: 'float32' };
    const results = await Promise.all(
      (await bothEngines()).map(async (engine) => {
        const state = await engine.createState(builder.values);
        const compiled = await engine.compile(
          {
            name: 'copy',
            inputs: { batch },
            compute(parameters, inputs) {
              const codes = encode(parameters, odd, inputs['batch'] as tf.Tensor4D);
              return { outputs: { codes, copies: decode(parameters, odd, codes) } };
            },
          },
          state,
        );
        return compiled.run({
          batch: Float32Array.from({ length: sizeOf(batch.shape) }, (_, i) => Math.sin(i)),
        });
      }),
    );
    const [first, reference] = results;
    expect(first['codes'].shape).toEqual([2, codeSize(odd)]);
    expect(first['copies'].shape).toEqual(batch.shape);
    expect(difference(first['copies'], reference['copies'])).toBeLessThan(1e-5);
    expect(layerShapes(odd).at(-1)).toEqual([4, Math.ceil(height / 8), Math.ceil(width / 8)]);
  });
});

describe('what the discriminator is shown', () => {
  it('is the share of each cluster of least residual, in mixtures of its own', () => {
    const labels = Int32Array.of(0, 0, 0, 2, 2);
    const batch = clusterBatch(labels, 3, [3, 1, 2, 5, 4], 0.6, new Random(1));
    expect([...batch.share]).toEqual([0, 0.25, 0.25, 0.25, 0.25].map(Math.fround));
    const mix = (i: number) => [...batch.mix.slice(i * 5, (i + 1) * 5)];
    expect(mix(0)).toEqual([0, 0, 0, 0, 0]);
    expect(mix(1).map((value) => value > 0)).toEqual([false, true, true, false, false]);
    expect(mix(3).map((value) => value > 0)).toEqual([false, false, false, true, true]);
    expect(mix(4).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(Object.keys(clusterInputs(5, 3)).sort()).toEqual(['member', 'mix', 'share']);
  });
});
