import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { StepDefinition, TensorValues } from '../../../src/core/engine/engine';
import { exportOnnx } from '../../../src/core/engine/exportOnnx';
import { Random } from '../../../src/core/random';
import { bothEngines, randomValue } from './support';

const random = new Random(8);
const state: TensorValues = {
  weight: randomValue(random, [3, 2]),
  bias: randomValue(random, [2]),
  unused: randomValue(random, [1000]),
};
const step: StepDefinition = {
  name: 'encode',
  inputs: { frames: { shape: [4, 3], dtype: 'float32' } },
  compute: ({ weight, bias }, { frames }) => {
    const embedding = tf.add(tf.matMul(frames, weight as tf.Tensor2D), bias);
    return { outputs: { embedding, assignment: tf.softmax(embedding), frames_again: frames } };
  },
};

describe('an exported step', () => {
  const bytes = exportOnnx(step, state, { variables: 'tas,pr', units: 'K,mm' });

  it('computes in plain ONNX Runtime what the reference does', async () => {
    const session = await InferenceSession.create(bytes);
    expect([...session.inputNames]).toEqual(['frames']);
    expect([...session.outputNames]).toEqual(['embedding', 'assignment', 'frames_again']);
    const frames = randomValue(random, [4, 3]);
    const result = await session.run({ frames: new Tensor('float32', frames.data as Float32Array, [4, 3]) });
    const [, reference] = await bothEngines();
    const expected = await (
      await reference.compile(step, await reference.createState(state))
    ).run({
      frames: frames.data,
    });
    for (const [name, { data, shape }] of Object.entries(expected)) {
      expect(result[name].dims).toEqual(shape);
      data.forEach((x, i) => expect(Number(result[name].data[i])).toBeCloseTo(x, 5));
    }
    await session.release();
  });

  it('holds only the state that it needs, and the metadata', () => {
    const text = Buffer.from(bytes).toString('latin1');
    expect(bytes.length).toBeLessThan(2000);
    expect(text).toContain('units');
    expect(text).toContain('K,mm');
  });

  it('refuses what a file cannot do', () => {
    const changing: StepDefinition = {
      ...step,
      compute: ({ bias }) => ({ state: { bias: tf.add(bias, 1) }, outputs: {} }),
    };
    expect(() => exportOnnx(changing, state)).toThrow('changes bias');
    const clash: StepDefinition = {
      ...step,
      compute: (_, { frames }) => ({ outputs: { frames: tf.neg(frames) } }),
    };
    expect(() => exportOnnx(clash, state)).toThrow('"frames" is both');
  });
});
