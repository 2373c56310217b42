import type { HyperParameters } from '../config';
import type { TensorValues } from '../engine/engine';
import { leadingEofs } from '../evaluation/leadingEofs';
import type { Architecture } from '../model/architecture';
import { initGenerator, isGeneratorParameter, type LinearPath } from '../model/generator';
import type { Random } from '../random';
import { discriminatorOptimizer, generatorOptimizer } from './steps';
import type { Windows } from './windows';

/** Leading EOFs of the standardised series, scaled so that the coefficients have a mean squared length of 1. */
async function linearPath(
  windows: Windows,
  a: Architecture,
  random: Random,
  signal?: AbortSignal,
): Promise<LinearPath> {
  const d = windows.frameSize;
  const { components, singularValues, rows } = await leadingEofs(
    windows.standardised(),
    a.eofs,
    random,
    signal,
  );
  const meanSquare = singularValues.reduce((sum, s) => sum + s * s, 0) / rows;
  const scale = meanSquare > 0 ? 1 / Math.sqrt(meanSquare) : 1;
  const basis = new Float32Array(d * a.eofs);
  const inverse = new Float32Array(a.eofs * d);
  for (let r = 0; r < a.eofs; r++) {
    for (let i = 0; i < d; i++) {
      basis[i * a.eofs + r] = components[r * d + i] * scale;
      inverse[r * d + i] = components[r * d + i] / scale;
    }
  }
  return { basis, inverse };
}

/** The state of a new run: parameters, optimiser moments, and the constants that the steps read. */
export async function initialState(
  windows: Windows,
  a: Architecture,
  h: HyperParameters,
  random: Random,
  signal?: AbortSignal,
): Promise<TensorValues> {
  const path = await linearPath(windows, a, random, signal);
  const generator = initGenerator(random, a, path, h['model.attentionScore']);
  const bases = new Float32Array(a.clusters * a.dimensions * a.rank);
  for (let i = 0; i < bases.length; i++) bases[i] = random.normal();
  const discriminator: TensorValues = {
    'discriminator.bases': { shape: [a.clusters, a.dimensions, a.rank], dtype: 'float32', data: bases },
  };
  const frames = a.steps * a.batch;
  const weights = new Float32Array(a.clusters * frames * frames);
  for (let i = 0; i < weights.length; i++) weights[i] = random.uniform();
  const trained = Object.fromEntries(
    Object.entries(generator).filter(([name]) => isGeneratorParameter(name)),
  );
  return {
    ...generator,
    ...discriminator,
    ...generatorOptimizer(h).init(trained),
    ...discriminatorOptimizer().init(discriminator),
    'head.scale': { shape: [], dtype: 'float32', data: Float32Array.of(1) },
    'sampling.weights': { shape: [a.clusters, frames, frames], dtype: 'float32', data: weights },
    'data.mask': {
      shape: [1, a.variables, a.paddedHeight, a.paddedWidth],
      dtype: 'float32',
      data: windows.mask,
    },
  };
}
