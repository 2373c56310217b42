import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { TensorValues } from '../../../src/core/engine/engine';
import { Random } from '../../../src/core/random';
import { bothEngines, type Draw, normal, positive, randomValue, runIn, stepOf } from './support';

type Function = (inputs: Record<string, tf.Tensor>) => tf.Tensor;
type T4 = tf.Tensor4D;

/**
 * The derivative of sum(weights * f) along a random direction of all inputs, once by the compiled gradient and once by
 * central differences of the compiled function. In float32 the latter is good to about a thousandth.
 */
async function check(name: string, inputs: TensorValues, f: Function): Promise<void> {
  const random = new Random(5);
  const [engine, reference] = await bothEngines();
  const shape = (await runIn(reference, name, inputs, (t) => ({ y: f(t) }))).y.shape;
  const weights = randomValue(random, shape);
  const all = { ...inputs, weights };
  const names = Object.keys(inputs);
  const state = await engine.createState({});
  const compiled = await engine.compile(
    stepOf(name, all, (t) => {
      const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) =>
        tf.sum(tf.mul(f(Object.fromEntries(names.map((key, i) => [key, args[i]]))), t.weights)),
      )(names.map((key) => t[key]));
      return { value, ...Object.fromEntries(names.map((key, i) => [`d ${key}`, grads[i]])) };
    }),
    state,
  );
  const direction = Object.fromEntries(
    names.map((key) => [key, randomValue(random, inputs[key].shape).data]),
  );
  const at = async (h: number) => {
    const moved = names.map((key) => [key, inputs[key].data.map((x, i) => x + h * direction[key][i])]);
    return compiled.run({ weights: weights.data, ...Object.fromEntries(moved) });
  };
  const step = 5e-3;
  const [plus, minus, here] = [await at(step), await at(-step), await at(0)];
  const numeric = (plus.value.data[0] - minus.value.data[0]) / (2 * step);
  let analytic = 0;
  let magnitude = 1e-3;
  for (const key of names) {
    here[`d ${key}`].data.forEach((g, i) => {
      analytic += g * direction[key][i];
      magnitude += Math.abs(g * direction[key][i]);
    });
  }
  compiled.dispose();
  expect(magnitude, 'a gradient that is not zero').toBeGreaterThan(1e-2);
  expect(Math.abs(analytic - numeric) / magnitude).toBeLessThan(2e-3);
}

describe('compiled gradients agree with finite differences', () => {
  const random = new Random(11);
  /** Far enough from 0 and integers that a step of 0.02 crosses no kink. */
  const offKinks: Draw = (r) => (r.integer(2) ? 1 : -1) * (0.2 + 0.5 * r.uniform());
  const offKinks2: Draw = (r) => (r.integer(2) ? 1 : -1) * (r.integer(2) ? 0.3 : 0.8);
  const one = (name: string, f: (x: tf.Tensor) => tf.Tensor, draw: Draw = normal, shape = [3, 4]) =>
    it(name, () => check(name, { x: randomValue(random, shape, 'float32', draw) }, ({ x }) => f(x)));
  one('exp', tf.exp);
  one('expm1', tf.expm1);
  one('log', tf.log, positive);
  one('log1p', tf.log1p, positive);
  one('sqrt', tf.sqrt, positive);
  one('rsqrt', tf.rsqrt, positive);
  one('square', tf.square);
  one('reciprocal', tf.reciprocal, positive);
  one('abs', tf.abs, offKinks);
  one('sigmoid', tf.sigmoid);
  one('tanh', tf.tanh);
  one('relu', tf.relu, offKinks);
  one('leakyRelu', (x) => tf.leakyRelu(x, 0.2), offKinks);
  one('elu', tf.elu, offKinks);
  one('softplus', tf.softplus);
  one('sin, cos', (x) => tf.mul(tf.sin(x), tf.cos(x)));
  one(
    'clipByValue',
    (x) => tf.clipByValue(x, -0.45, 0.45),
    (r) => (r.integer(2) ? 0.2 : 0.8) * (r.integer(2) ? 1 : -1),
  );
  one('softmax', (x) => tf.softmax(x));
  one('logSoftmax', (x) => tf.logSoftmax(x));
  one('logSumExp', (x) => tf.logSumExp(x, 1));
  one('sum', (x) => tf.square(tf.sum(x, 0)));
  one('mean', (x) => tf.square(tf.mean(x, 1, true)));
  one('max', (x) => tf.max(x, 1));
  one('min', (x) => tf.min(x, 0));
  one('cumsum', (x) => tf.square(tf.cumsum(x, 1)));
  one('moments', (x) => {
    const { mean, variance } = tf.moments(x, 1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  });
  one('layout', (x) => {
    const [a, b] = tf.split(tf.transpose(x), 2);
    return tf.square(tf.concat([tf.reverse(b, 0), tf.slice(tf.tile(a, [1, 2]), [0, 1], [2, 3])], 0));
  });
  one('slices', (x) => tf.addN(tf.unstack(x, 1).map((column, i) => tf.mul(tf.square(column), i + 1))));
  one('pad', (x) =>
    tf.square(
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
    ),
  );
  one('stack', (x) => tf.square(tf.stack([x, tf.neg(x), tf.sin(x)], 1)));
  one('broadcastTo', (x) => tf.square(tf.broadcastTo(x, [5, 3, 4])));
  one('expandDims, squeeze', (x) => tf.square(tf.squeeze(tf.expandDims(x, 1))));
  one('gather', (x) => tf.square(tf.gather(x, tf.tensor1d([2, 0, 2, 1], 'int32'), 1)));
  one('gather twice the same', (x) => tf.square(tf.gather(x, tf.tensor1d([1, 1], 'int32'))));
  one('where', (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.exp(x)), offKinks);
  one(
    'logic',
    (x) => tf.where(tf.logicalAnd(tf.less(x, 0.5), tf.logicalNot(tf.lessEqual(x, -0.5))), tf.square(x), x),
    offKinks2,
  );
  one('norm', (x) => tf.norm(x, 'euclidean', 1));
  one(
    'resizeNearestNeighbor',
    (x) => tf.square(tf.image.resizeNearestNeighbor(x as T4, [6, 8])),
    normal,
    [2, 3, 4, 2],
  );
  one(
    'resizeNearestNeighbor unevenly',
    (x) => tf.square(tf.image.resizeNearestNeighbor(x as T4, [5, 3])),
    normal,
    [2, 3, 4, 2],
  );
  one('maxPool', (x) => tf.maxPool(x as T4, 2, 2, 'valid'), normal, [2, 4, 4, 3]);
  one('maxPool overlapping', (x) => tf.maxPool(x as T4, 3, 2, 'same'), normal, [1, 5, 5, 2]);
  one('avgPool', (x) => tf.square(tf.avgPool(x as T4, 2, 2, 'valid')), normal, [2, 4, 4, 3]);

  const two = (
    name: string,
    p: readonly number[],
    q: readonly number[],
    f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
    draw: Draw = normal,
  ) =>
    it(`${name} [${p.join()}] [${q.join()}]`, () =>
      check(
        name,
        { a: randomValue(random, p, 'float32', draw), b: randomValue(random, q, 'float32', draw) },
        (t) => f(t.a, t.b),
      ));
  two('add, mul, sub', [2, 3, 4], [3, 1], (a, b) => tf.mul(tf.add(a, b), tf.sub(b, a)));
  two('div', [3, 4], [4], tf.div, positive);
  two('pow', [3, 4], [3, 1], tf.pow, positive);
  two('maximum, minimum', [3, 4], [3, 4], (a, b) => tf.sub(tf.maximum(a, b), tf.square(tf.minimum(a, b))));
  two('squaredDifference', [3, 4], [4], tf.squaredDifference);
  for (const [ta, tb] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ]) {
    two(`matMul ${ta} ${tb}`, ta ? [2, 4, 3] : [2, 3, 4], tb ? [2, 5, 4] : [2, 4, 5], (a, b) =>
      tf.matMul(a, b, ta, tb),
    );
    two(`matMul ${ta} ${tb}`, ta ? [4, 3] : [3, 4], tb ? [5, 4] : [4, 5], (a, b) => tf.matMul(a, b, ta, tb));
  }
  for (const layout of ['NHWC', 'NCHW'] as const) {
    const shape = layout === 'NHWC' ? [2, 5, 6, 3] : [2, 3, 5, 6];
    for (const [stride, pad] of [
      [1, 'same'],
      [1, 'valid'],
      [2, 'same'],
      [2, 'valid'],
    ] as const) {
      two(`conv2d ${layout} ${stride} ${pad}`, shape, [3, 3, 3, 2], (a, b) =>
        tf.conv2d(a as T4, b as T4, stride, pad, layout),
      );
    }
  }
});
