import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import type { Tensors } from '../../../src/core/engine/engine';
import { architectureFor } from '../../../src/core/model/architecture';
import { relativeReconstructionError } from '../../../src/core/model/decoder';
import { generate, initGenerator, isGeneratorParameter } from '../../../src/core/model/generator';
import { valueAndGradients } from '../../../src/core/model/gradients';
import { normal, random } from './helpers';

const h = resolveHyperParameters({
  clusters: 3,
  'window.length': 3,
  'window.batch': 2,
  'model.widthFactor': 0.03125,
  'model.embeddingDimensions': 10,
  'model.eofs': 4,
  'model.heads': 2,
});
const a = architectureFor({ n: 40, variables: 2, height: 13, width: 17 }, h);
const cells = a.variables * a.paddedHeight * a.paddedWidth;
const r = random(11);
const path = {
  basis: Float32Array.from({ length: cells * a.eofs }, () => 0.05 * r.normal()),
  inverse: Float32Array.from({ length: cells * a.eofs }, () => 0.05 * r.normal()),
};
const values = initGenerator(r, a, path, 'dot');
const parameters: Tensors = Object.fromEntries(
  Object.entries(values).map(([name, v]) => [name, tf.tensor(v.data, [...v.shape])]),
);
// The decoder's output layer starts at zero, which would hide the gradients behind it.
parameters['decoder.output.weight'] = normal(r, [...values['decoder.output.weight'].shape]);
const frames = normal<tf.Tensor4D>(r, [a.steps * a.batch, a.variables, a.paddedHeight, a.paddedWidth]);
const mask = tf.ones([1, a.variables, a.paddedHeight, a.paddedWidth]);
const schedule = { skip: tf.scalar(0.5), express: tf.scalar(1) };

describe('the generator', () => {
  it('has the sizes of the architecture', () => {
    expect([a.paddedHeight, a.paddedWidth, a.nodes]).toEqual([16, 32, 2]);
    const output = generate(parameters, a, h, frames, frames, schedule);
    expect(output.embedding.z.shape).toEqual([6, 10]);
    expect(output.coefficients?.shape).toEqual([6, 6]);
    expect(output.reconstruction.shape).toEqual([6, 2, 16, 32]);
  });

  it('normalises the deep part to its share', () => {
    const { z } = generate(parameters, a, h, frames, frames, schedule).embedding;
    const deep = tf.slice(z, [0, a.eofs], [-1, a.deep]);
    const lengths = tf.sum(tf.square(deep), 1).dataSync();
    for (const length of lengths) expect(length).toBeCloseTo(h['model.deepShare'], 2);
  });

  it('sees the past and the future of a frame within its window, and no other window', () => {
    const base = generate(parameters, a, h, frames, frames, schedule).embedding.deep.arraySync();
    // Change the last frame of window 1 (time-major: index steps * batch - 1).
    const bump = tf.concat([tf.zeros([5, 2, 16, 32]), tf.ones([1, 2, 16, 32])]) as tf.Tensor4D;
    const changed = tf.add(frames, bump) as tf.Tensor4D;
    const after = generate(parameters, a, h, changed, frames, schedule).embedding.deep.arraySync();
    const moved = base.map((row, i) => Math.max(...row.map((value, j) => Math.abs(value - after[i][j]))));
    [0, 2, 4].forEach((i) => expect(moved[i]).toBe(0));
    // The frame itself, and the one before it through the backward attention; the first has no path to it.
    expect(moved[5]).toBeGreaterThan(1e-4);
    expect(moved[3]).toBeGreaterThan(1e-6);
    expect(moved[1]).toBe(0);
  });

  it('has the gradients of finite differences in every parameter', () => {
    const trained = Object.fromEntries(
      Object.entries(parameters).filter(([name]) => isGeneratorParameter(name) && name !== 'head.centres'),
    );
    const two = { ...a, steps: 2, batch: 1 };
    const x = tf.slice(frames, 0, 2);
    const compute = (p: Tensors): tf.Scalar => {
      // C counts as a constant in the gradient (selfExpression.ts), so it is left out of this comparison.
      const scalars = { skip: tf.scalar(0.5), express: tf.scalar(0) };
      const output = generate({ ...parameters, ...p }, two, h, x, x, scalars);
      return relativeReconstructionError(x, output.reconstruction, mask);
    };
    const { gradients } = valueAndGradients(trained, (p) => ({ loss: compute(p), auxiliary: {} }));
    for (const [name, value] of Object.entries(trained)) {
      // Along the gradient itself the difference is largest, so rounding matters least.
      const norm = tf.norm(gradients[name]).dataSync()[0];
      expect(norm, name).toBeGreaterThan(0);
      const direction = tf.div(gradients[name], norm);
      const at = (distance: number): number =>
        compute({ ...trained, [name]: tf.add(value, tf.mul(direction, distance)) }).dataSync()[0];
      // Max pooling bends the loss at every near tie, and layer normalisation over few channels makes many: this test
      // finds wrong wiring; the layers' own tests compare their gradients to 1e-5.
      const agrees = (step: number): boolean =>
        Math.abs((at(step) - at(-step)) / (2 * step) - norm) < 0.06 * norm + 2e-7 / step;
      expect([1e-3, 3e-3, 1e-4].some(agrees), `${name}: ${norm}`).toBe(true);
    }
  });
});
