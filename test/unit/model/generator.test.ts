import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import type { Tensors } from '../../../src/core/engine/engine';
import { architectureFor } from '../../../src/core/model/architecture';
import { generate, initGenerator, isGeneratorParameter } from '../../../src/core/model/generator';
import { expectGeneratorGradients, normal, random } from './helpers';

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
    expectGeneratorGradients(
      parameters,
      trained,
      { ...a, steps: 2, batch: 1 },
      h,
      tf.slice(frames, 0, 2),
      mask,
    );
  });
});
