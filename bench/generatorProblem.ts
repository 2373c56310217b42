import { defaultHyperParameters, type HyperParameters } from '../src/core/config';
import type { TensorData, TensorSpec, TensorValue, TensorValues } from '../src/core/engine/engine';
import { type Architecture, architectureFor } from '../src/core/model/architecture';
import { initGenerator, isGeneratorParameter } from '../src/core/model/generator';
import { Random } from '../src/core/random';
import { generatorOptimizer, generatorStep, scheduleInputs } from '../src/core/training/steps';

const memorySize = 365;

/** A whole generator step at 48 x 48 x 7 (or another size), T and B at their defaults, with random data in place of a series. */
export interface GeneratorProblem {
  readonly architecture: Architecture;
  readonly hyperParameters: HyperParameters;
  readonly step: ReturnType<typeof generatorStep>;
  readonly state: TensorValues;
  readonly inputs: Record<string, TensorData>;
}

export function generatorProblem(widthFactor: number, size = 48): GeneratorProblem {
  const h: HyperParameters = { ...defaultHyperParameters(), 'model.widthFactor': widthFactor };
  const a = architectureFor({ n: 365, variables: 7, height: size, width: size }, h);
  const random = new Random(2);
  const filled = (shape: readonly number[], draw: () => number): TensorValue => ({
    shape,
    dtype: 'float32',
    data: Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, draw),
  });
  const cells = a.variables * a.paddedHeight * a.paddedWidth;
  const small = (size: number) =>
    Float32Array.from({ length: size }, () => random.normal() / Math.sqrt(cells));
  const generator = initGenerator(
    random,
    a,
    {
      basis: small(cells * a.eofs),
      inverse: small(a.eofs * cells),
    },
    h['model.attentionScore'],
  );
  // Parameters that start at zero would hide mistakes in what depends on them.
  for (const value of Object.values(generator)) {
    if (value.data.every((x) => x === 0))
      value.data.forEach((_, i) => (value.data[i] = 0.1 * random.normal()));
  }
  const trained = Object.fromEntries(
    Object.entries(generator).filter(([name]) => isGeneratorParameter(name)),
  );
  const frames = a.steps * a.batch;
  const state: TensorValues = {
    ...generator,
    ...generatorOptimizer(h).init(trained),
    'discriminator.bases': filled([a.clusters, a.dimensions, a.rank], () => random.normal()),
    'head.scale': filled([], () => 1),
    'sampling.weights': filled([a.clusters, frames, frames], () => random.uniform()),
    'data.mask': filled([1, a.variables, a.paddedHeight, a.paddedWidth], () => 1),
  };
  const step = generatorStep(a, h, memorySize);
  const inputs: Record<string, TensorData> = {};
  for (const [name, { shape }] of Object.entries(step.inputs) as [string, TensorSpec][]) {
    inputs[name] = filled(shape, () => random.normal()).data;
  }
  const rows = (name: string, width: number, of: (row: Float32Array) => void) => {
    for (let i = 0; i < inputs[name].length; i += width)
      of((inputs[name] as Float32Array).subarray(i, i + width));
  };
  const toShares = (row: Float32Array) => {
    const sum = row.reduce((total, x, i) => total + (row[i] = Math.exp(x)), 0);
    row.forEach((x, i) => (row[i] = x / sum));
  };
  rows('target', a.clusters, toShares);
  rows('marginal', a.clusters, toShares);
  rows('positive', 1, (x) => (x[0] = x[0] > 2 ? 1 : 0));
  for (const name of scheduleInputs) inputs[name] = Float32Array.of(0.5);
  inputs['learningRate'] = Float32Array.of(1e-3);
  inputs['express'] = Float32Array.of(1);
  return { architecture: a, hyperParameters: h, step, state, inputs };
}
