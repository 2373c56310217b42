import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { TensorValues } from '../../../src/core/engine/engine';
import { kernels } from '../../../src/core/engine/kernels';
import { transposedConvolution } from '../../../src/core/methods/subspace/transposedConvolution';
import { Random } from '../../../src/core/random';
import {
  type Compute,
  type Draw,
  disagreement,
  integers,
  normal,
  positive,
  randomValue,
  stepped,
} from './support';

type Shape = readonly number[];
type T4 = tf.Tensor4D;

const random = new Random(20260101);
const tolerance = 3e-6;

/** One `it` per case: the compiled engine computes what the reference does. */
function agree(name: string, inputs: TensorValues, compute: Compute, limit = tolerance): void {
  const shapes = Object.values(inputs).map(
    (v) => `${v.dtype === 'float32' ? '' : v.dtype}[${v.shape.join()}]`,
  );
  it(`${name} ${shapes.join(' ')}`, async () => {
    expect(await disagreement(name, inputs, compute)).toBeLessThanOrEqual(limit);
  });
}

describe('elementwise kernels agree with the reference', () => {
  const unary: [string, (x: tf.Tensor) => tf.Tensor, Draw?][] = [
    ['neg', tf.neg],
    ['exp', tf.exp],
    ['expm1', tf.expm1],
    ['expm1 small', tf.expm1, (r) => 1e-4 * r.normal()],
    ['log', tf.log, positive],
    ['log1p', tf.log1p, positive],
    ['log1p small', tf.log1p, (r) => 1e-5 * r.uniform()],
    ['sqrt', tf.sqrt, positive],
    ['rsqrt', tf.rsqrt, positive],
    ['square', tf.square],
    ['reciprocal', tf.reciprocal, positive],
    ['abs', tf.abs],
    ['sign', tf.sign, integers(3)],
    ['step', (x) => tf.step(x), integers(2)],
    ['step with slope', (x) => tf.step(x, 0.3)],
    ['floor', tf.floor],
    ['ceil', tf.ceil],
    ['round', tf.round, (r) => (r.integer(20) - 10) / 2],
    ['sigmoid', tf.sigmoid, (r) => 5 * r.normal()],
    ['tanh', tf.tanh],
    ['relu', tf.relu],
    ['relu6', tf.relu6, (r) => 6 * r.normal()],
    ['leakyRelu', (x) => tf.leakyRelu(x, 0.2)],
    ['elu', tf.elu],
    ['softplus', tf.softplus],
    ['sin', tf.sin],
    ['cos', tf.cos],
    ['atan', tf.atan],
    ['erf', tf.erf],
    ['clipByValue', (x) => tf.clipByValue(x, -0.5, 0.75)],
    ['isNaN', (x) => tf.isNaN(tf.log(x))],
    ['isInf', (x) => tf.isInf(tf.div(x, tf.relu(x)))],
    ['isFinite', (x) => tf.isFinite(tf.log(x))],
    ['zerosLike', (x) => tf.zerosLike(x)],
    ['onesLike', (x) => tf.onesLike(x)],
    ['cast to int32', (x) => tf.cast(tf.mul(x, 10), 'int32')],
    ['cast to bool', (x) => tf.cast(x, 'bool'), integers(2)],
    ['cast to bool and back', (x) => tf.cast(tf.cast(tf.cast(x, 'bool'), 'int32'), 'float32'), integers(2)],
  ];
  for (const [name, f, draw = normal] of unary) {
    for (const shape of [[7], [2, 3, 4], [], [0, 3]]) {
      agree(name, { x: randomValue(random, shape, 'float32', draw) }, ({ x }) => ({ y: f(x) }));
    }
  }

  const binary: [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, Draw?][] = [
    ['add', tf.add],
    ['sub', tf.sub],
    ['mul', tf.mul],
    ['div', tf.div, positive],
    ['floorDiv', tf.floorDiv, stepped],
    ['mod', tf.mod, stepped],
    ['maximum', tf.maximum],
    ['minimum', tf.minimum],
    ['pow', tf.pow, positive],
    ['squaredDifference', tf.squaredDifference],
    ['greater', tf.greater, integers(3)],
    ['greaterEqual', tf.greaterEqual, integers(3)],
    ['less', tf.less, integers(3)],
    ['lessEqual', tf.lessEqual, integers(3)],
    ['equal', tf.equal, integers(3)],
    ['notEqual', tf.notEqual, integers(3)],
  ];
  const pairs: [Shape, Shape][] = [
    [[5], [5]],
    [
      [2, 3, 4],
      [3, 1],
    ],
    [
      [4, 1, 2],
      [3, 1],
    ],
    [[], [2, 2]],
    [[0, 3], [3]],
  ];
  for (const [name, f, draw = normal] of binary) {
    for (const [p, q] of pairs) {
      const inputs = {
        a: randomValue(random, p, 'float32', draw),
        b: randomValue(random, q, 'float32', draw),
      };
      agree(name, inputs, ({ a, b }) => ({ y: f(a, b) }));
    }
  }
  const wholeNumbers: Draw = (r) => r.integer(19) - 9;
  const nonzero: Draw = (r) => (r.integer(2) ? 1 : -1) * (1 + r.integer(4));
  for (const [name, f] of binary) {
    const inputs = {
      a: randomValue(random, [3, 4], 'int32', wholeNumbers),
      b: randomValue(random, [4], 'int32', name === 'pow' ? integers(3) : nonzero),
    };
    if (name === 'div') continue; // tfjs divides integers as floats
    agree(`${name} of integers`, inputs, ({ a, b }) => ({ y: f(a, b) }));
  }

  const truth = (shape: Shape) => randomValue(random, shape, 'bool');
  agree('logicalAnd', { a: truth([3, 4]), b: truth([4]) }, ({ a, b }) => ({ y: tf.logicalAnd(a, b) }));
  agree('logicalOr', { a: truth([3, 4]), b: truth([3, 1]) }, ({ a, b }) => ({ y: tf.logicalOr(a, b) }));
  agree('logicalNot', { a: truth([3, 4]) }, ({ a }) => ({ y: tf.logicalNot(a) }));
  agree('logicalXor', { a: truth([9]), b: truth([9]) }, ({ a, b }) => ({ y: tf.logicalXor(a, b) }));
  for (const dtype of ['float32', 'int32', 'bool'] as const) {
    const inputs = {
      c: truth([2, 3]),
      a: randomValue(random, [2, 3], dtype),
      b: randomValue(random, [2, 3], dtype),
    };
    agree(`where of ${dtype}`, inputs, ({ c, a, b }) => ({ y: tf.where(c, a, b) }));
  }
  agree(
    'where with broadcasting',
    { c: truth([3]), a: randomValue(random, [2, 3]), b: randomValue(random, []) },
    ({ c, a, b }) => ({ y: tf.where(c, a, b) }),
  );
  const three = {
    a: randomValue(random, [4, 2]),
    b: randomValue(random, [4, 2]),
    c: randomValue(random, [4, 2]),
  };
  agree('addN', three, ({ a, b, c }) => ({ y: tf.addN([a, b, c]) }));
});

describe('reductions agree with the reference', () => {
  const reductions: [string, (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor][] = [
    ['sum', tf.sum],
    ['mean', tf.mean],
    ['max', tf.max],
    ['min', tf.min],
    ['prod', tf.prod],
    ['logSumExp', tf.logSumExp],
  ];
  for (const [name, f] of reductions) {
    for (const axis of [undefined, 0, -1, [0, 2]]) {
      for (const keep of [false, true]) {
        agree(`${name} over ${axis} keep=${keep}`, { x: randomValue(random, [3, 4, 5]) }, ({ x }) => ({
          y: f(x, axis, keep),
        }));
      }
    }
    agree(`${name} of one row`, { x: randomValue(random, [1, 4]) }, ({ x }) => ({ y: f(x, 0) }));
  }
  agree('sum of nothing', { x: randomValue(random, [0, 4]) }, ({ x }) => ({ y: tf.sum(x, 0), z: tf.sum(x) }));
  agree('sum of integers', { x: randomValue(random, [3, 4], 'int32', integers(9)) }, ({ x }) => ({
    y: tf.sum(x, 1),
  }));
  agree('sum of truths', { x: randomValue(random, [3, 4], 'bool') }, ({ x }) => ({ y: tf.sum(x, 1) }));
  agree('mean of integers', { x: randomValue(random, [3, 4], 'int32', integers(9)) }, ({ x }) => ({
    y: tf.mean(x, 1),
  }));
  for (const axis of [0, 1, -1]) {
    agree(`all, any ${axis}`, { x: randomValue(random, [2, 3], 'bool') }, ({ x }) => ({
      all: tf.all(x, axis),
      any: tf.any(x, axis),
    }));
    agree(`argMax, argMin ${axis}`, { x: randomValue(random, [4, 6], 'float32', integers(4)) }, ({ x }) => ({
      max: tf.argMax(x, axis),
      min: tf.argMin(x, axis),
    }));
  }
  for (const shape of [[5], [3, 4], [2, 3, 4]]) {
    agree('softmax', { x: randomValue(random, shape, 'float32', (r) => 4 * r.normal()) }, ({ x }) => ({
      y: tf.softmax(x),
      z: tf.logSoftmax(x),
    }));
    for (const [exclusive, reverse] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      agree(
        `cumsum exclusive=${exclusive} reverse=${reverse}`,
        { x: randomValue(random, shape) },
        ({ x }) => ({
          y: tf.cumsum(x, shape.length - 1, exclusive, reverse),
        }),
      );
    }
  }
});

describe('products agree with the reference', () => {
  const products: [Shape, Shape, boolean, boolean][] = [
    [[3, 4], [4, 5], false, false],
    [[4, 3], [4, 5], true, false],
    [[3, 4], [5, 4], false, true],
    [[4, 3], [5, 4], true, true],
    [[2, 3, 4], [2, 4, 5], false, false],
    [[2, 4, 3], [2, 5, 4], true, true],
    [[2, 3, 4], [4, 5], false, false],
    [[3, 4], [2, 4, 5], false, false],
    [[2, 3, 4], [1, 5, 4], false, true],
    [[1, 3, 4], [2, 4, 5], false, false],
    [[2, 3, 3, 4], [2, 3, 4, 2], false, false],
    [[1, 1, 3, 4], [4, 2], false, false],
    [[0, 4], [4, 2], false, false],
    [[3, 0], [0, 2], false, false],
  ];
  for (const [p, q, ta, tb] of products) {
    agree(
      `matMul ${ta ? 'T' : ''}${tb ? 'T' : ''}`,
      { a: randomValue(random, p), b: randomValue(random, q) },
      ({ a, b }) => ({
        y: tf.matMul(a, b, ta, tb),
      }),
    );
  }
  agree('einsum', { a: randomValue(random, [2, 3, 4]), b: randomValue(random, [2, 5, 4]) }, ({ a, b }) => ({
    y: tf.einsum('bij,bkj->bik', a, b),
  }));
  agree('dot', { a: randomValue(random, [4]), b: randomValue(random, [4]) }, ({ a, b }) => ({
    y: tf.dot(a, b),
  }));
});

describe('layout kernels agree with the reference', () => {
  const x = randomValue(random, [3, 4, 2]);
  agree('reshape', { x }, ({ x }) => ({
    a: tf.reshape(x, [6, -1]),
    b: tf.reshape(tf.reshape(x, [24]), [2, 12]),
  }));
  agree('reshape of nothing', { x: randomValue(random, [0, 4]) }, ({ x }) => ({
    y: tf.reshape(x, [2, 0, 2]),
  }));
  agree('expandDims, squeeze', { x }, ({ x }) => ({
    a: tf.expandDims(x, -2),
    b: tf.squeeze(tf.expandDims(x, 1)),
  }));
  for (const permutation of [
    [2, 0, 1],
    [1, 0, 2],
    [2, 1, 0],
  ]) {
    agree(`transpose ${permutation}`, { x }, ({ x }) => ({
      y: tf.transpose(x, permutation),
      twice: tf.transpose(tf.transpose(x, permutation), permutation),
    }));
  }
  agree('transpose with unit axes', { x: randomValue(random, [1, 4, 1, 3]) }, ({ x }) => ({
    a: tf.transpose(x, [1, 0, 3, 2]),
    b: tf.transpose(x, [3, 0, 1, 2]),
  }));
  for (const axis of [0, 1, 2]) {
    const other = x.shape.map((n, i) => (i === axis ? 5 : n));
    agree(`concat ${axis}`, { x, y: randomValue(random, other) }, ({ x, y }) => ({
      z: tf.concat([x, y, x], axis),
    }));
    agree(`stack ${axis}`, { x, y: randomValue(random, x.shape) }, ({ x, y }) => ({
      z: tf.stack([x, y], axis),
    }));
    agree(`unstack ${axis}`, { x }, ({ x }) => {
      const parts = tf.unstack(x, axis);
      return { first: parts[0], last: parts[parts.length - 1], again: tf.stack(parts, axis) };
    });
  }
  agree('concat with nothing', { x, y: randomValue(random, [0, 4, 2]) }, ({ x, y }) => ({
    z: tf.concat([y, x, y]),
  }));
  agree('split', { x }, ({ x }) => {
    const [a, b] = tf.split(x, [1, 3], 1);
    const [c, d] = tf.split(x, 2, 1);
    return { a, b, c, d, again: tf.concat([a, b], 1), turned: tf.concat([d, c], 1) };
  });
  agree('slice', { x }, ({ x }) => {
    const joined = tf.concat([x, tf.neg(x)], 1);
    return {
      a: tf.slice(x, [1, 0, 1], [2, 3, 1]),
      b: tf.slice(tf.slice(x, [1], [2]), [0, 1], [1, 2]),
      c: tf.slice(joined, [0, 2, 0], [3, 4, 2]),
      d: tf.slice(joined, [0, 5, 0], [3, 2, 2]),
      e: tf.slice(x, [1, 2], [0, 2]),
    };
  });
  agree('stridedSlice', { x }, ({ x }) => ({
    a: tf.stridedSlice(x, [0, 3, 0], [3, 0, 2], [2, -2, 1]),
    b: tf.stridedSlice(x, [1, 0, 0], [2, 4, 2], [1, 3, 1]),
    c: tf.stridedSlice(x, [-1], [-4], [-1]),
  }));
  agree('pad', { x }, ({ x }) => ({
    a: tf.pad(
      x,
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      0.5,
    ),
    b: tf.pad(x, [
      [0, 0],
      [2, 1],
      [0, 0],
    ]),
    c: tf.add(
      tf.pad(x, [
        [0, 3],
        [0, 0],
        [0, 0],
      ]),
      tf.pad(tf.neg(x), [
        [3, 0],
        [0, 0],
        [0, 0],
      ]),
    ),
  }));
  agree('mirrorPad', { x }, ({ x }) => ({
    a: tf.mirrorPad(
      x,
      [
        [1, 2],
        [3, 0],
        [0, 1],
      ],
      'reflect',
    ),
    b: tf.mirrorPad(
      x,
      [
        [1, 2],
        [4, 0],
        [0, 2],
      ],
      'symmetric',
    ),
  }));
  agree('tile', { x }, ({ x }) => ({ y: tf.tile(x, [2, 1, 3]) }));
  agree('broadcastTo', { x: randomValue(random, [3, 1]) }, ({ x }) => ({
    y: tf.broadcastTo(x, [2, 3, 4]),
    z: tf.mul(tf.broadcastTo(x, [2, 3, 4]), tf.ones([2, 3, 4])),
    w: tf.add(tf.broadcastTo(x, [3, 4]), tf.reshape(x, [1, 3, 1])),
  }));
  agree('reverse', { x }, ({ x }) => ({ a: tf.reverse(x, [0, 2]), b: tf.reverse(tf.reverse(x, 1), 1) }));
  agree('constants', { x: randomValue(random, [3]) }, ({ x }) => ({
    fill: tf.add(x, tf.fill([3], 2.5)),
    range: tf.mul(x, tf.range(0, 6, 2)),
    linspace: tf.mul(x, tf.linspace(0, 1, 3)),
    eye: tf.matMul(tf.eye(3), tf.reshape(x, [3, 1])),
    alone: tf.range(5, 0, -1, 'int32'),
    large: tf.fill([40, 50], 0.5),
    tensor: tf.sub(tf.tensor([1, 2, 3]), x),
  }));
  agree('simplified algebra', { x, y: randomValue(random, [3, 4, 2]) }, ({ x, y }) => ({
    a: tf.add(x, 0),
    b: tf.sub(0, x),
    c: tf.neg(tf.sub(x, y)),
    d: tf.add(x, tf.neg(y)),
    e: tf.sub(x, tf.neg(y)),
    f: tf.mul(tf.mul(x, 1), -1),
    g: tf.div(x, -1),
    h: tf.mul(tf.sub(3, 1), x),
    i: tf.mul(x, tf.ones([5, 3, 4, 2])),
    j: tf.sum(tf.ones([3, 4])),
    k: tf.neg(tf.neg(x)),
    l: tf.pow(x, 1),
  }));
});

describe('indexing kernels agree with the reference', () => {
  const x = randomValue(random, [5, 4, 3]);
  const index = (shape: Shape, n: number) => randomValue(random, shape, 'int32', integers(n));
  for (const axis of [0, 1, 2]) {
    agree(`gather ${axis}`, { x, i: index([2, 3], x.shape[axis]) }, ({ x, i }) => ({
      y: tf.gather(x, i as tf.Tensor2D, axis),
    }));
  }
  agree('gather in batches', { x, i: index([5, 2], 4) }, ({ x, i }) => ({
    y: tf.gather(x, i as tf.Tensor2D, 1, 1),
  }));
  agree('gather in batches, inner axis', { x, i: index([5, 2], 3) }, ({ x, i }) => ({
    y: tf.gather(x, i as tf.Tensor2D, 2, 1),
  }));
  agree('gatherND', { x, i: index([6, 2], 4) }, ({ x, i }) => ({ y: tf.gatherND(x, i) }));
  agree('scatterND', { i: index([6, 1], 4), u: randomValue(random, [6, 3]) }, ({ i, u }) => ({
    y: tf.scatterND(i, u, [4, 3]),
  }));
  agree('unsortedSegmentSum', { x, i: index([5], 3) }, ({ x, i }) => ({
    y: tf.unsortedSegmentSum(x, i as tf.Tensor1D, 3),
  }));
  agree('oneHot', { i: index([2, 3], 4) }, ({ i }) => ({
    a: tf.oneHot(i, 4, 1, 0, 'float32'),
    b: tf.oneHot(i, 3, 2, -1, 'float32'),
    c: tf.oneHot(i, 4),
  }));
  agree('topk', { x }, ({ x }) => {
    const { values, indices } = tf.topk(x, 2);
    return { values, indices };
  });
  agree('topk with ties', { x: randomValue(random, [4, 8], 'float32', integers(3)) }, ({ x }) => {
    const { values, indices } = tf.topk(x, 5);
    return { values, indices };
  });
});

describe('convolutions and their gradients agree with the reference', () => {
  const cases: [Shape, Shape, number | [number, number], 'same' | 'valid' | number, number?][] = [
    [[2, 5, 6, 3], [3, 3, 3, 4], 1, 'same'],
    [[1, 7, 5, 2], [3, 2, 2, 3], 1, 'valid'],
    [[2, 8, 7, 1], [3, 3, 1, 2], 2, 'same'],
    [[2, 8, 7, 2], [2, 3, 2, 2], [2, 3], 'valid'],
    [[1, 4, 4, 5], [1, 1, 5, 2], 1, 'same'],
    [[3, 6, 6, 2], [5, 5, 2, 2], 1, 2],
    [[1, 9, 9, 2], [3, 3, 2, 2], 1, 'same', 2],
    [[2, 3, 3, 2], [3, 3, 2, 2], 1, 3],
  ];
  for (const layout of ['NHWC', 'NCHW'] as const) {
    for (const [shape, filter, stride, pad, dilation = 1] of cases) {
      const [n, h, w, c] = shape;
      const images = layout === 'NHWC' ? [n, h, w, c] : [n, c, h, w];
      const inputs = {
        x: randomValue(random, images),
        w: randomValue(random, filter),
        s: randomValue(random, [1]),
      };
      // tfjs differentiates only undilated convolutions.
      agree(
        `conv2d ${layout} stride ${stride} pad ${pad} dilation ${dilation}`,
        inputs,
        ({ x, w, s }) => {
          const convolve = (a: tf.Tensor, b: tf.Tensor) =>
            tf.conv2d(
              a as T4,
              b as T4,
              stride,
              pad,
              layout,
              dilation,
              typeof pad === 'number' ? 'floor' : undefined,
            );
          if (dilation > 1) return { y: convolve(x, w) } as Record<string, tf.Tensor>;
          const { value, grads } = tf.valueAndGrads((a, b) => tf.sum(tf.sin(tf.mul(convolve(a, b), s))))([
            x,
            w,
          ]);
          return { y: convolve(x, w), value, dx: grads[0], dw: grads[1] };
        },
        1e-5,
      );
    }
  }
  agree(
    'conv2dTranspose',
    { x: randomValue(random, [2, 4, 5, 3]), w: randomValue(random, [3, 3, 2, 3]) },
    ({ x, w }) => ({
      y: tf.conv2dTranspose(x as T4, w as T4, [2, 8, 10, 2], 2, 'same'),
    }),
  );
  for (const [height, width, kernel] of [
    [8, 10, 3],
    [7, 5, 3],
    [1, 6, 3],
    [1, 1, 3],
    [6, 9, 5],
    [5, 4, 2],
    [4, 3, 1],
  ] as const) {
    const coarse = [2, 4, Math.ceil(height / 2), Math.ceil(width / 2)];
    agree(
      `transposed convolution of channels-first images to ${height} x ${width}, kernel ${kernel}`,
      {
        x: randomValue(random, coarse),
        w: randomValue(random, [kernel, kernel, 3, 4]),
        s: randomValue(random, [1]),
      },
      ({ x, w, s }) => {
        const stretch = (a: tf.Tensor, b: tf.Tensor) =>
          transposedConvolution(a as T4, b as T4, [3, height, width], 2);
        const { value, grads } = tf.valueAndGrads((a, b) => tf.sum(tf.sin(tf.mul(stretch(a, b), s))))([x, w]);
        return { y: stretch(x, w), value, dx: grads[0], dw: grads[1] };
      },
      1e-5,
    );
  }
});

describe('pooling and resizing agree with the reference', () => {
  const cases: [Shape, number | [number, number], number | [number, number], 'same' | 'valid'][] = [
    [[2, 6, 4, 3], 2, 2, 'valid'],
    [[1, 7, 5, 2], 3, 2, 'same'],
    [[1, 7, 5, 2], 3, 1, 'same'],
    [[2, 7, 6, 1], [2, 3], [2, 1], 'valid'],
  ];
  for (const [shape, size, stride, pad] of cases) {
    const inputs = { x: randomValue(random, shape), s: randomValue(random, [1]) };
    const pools: [string, (x: tf.Tensor) => tf.Tensor][] = [
      ['maxPool', (x) => tf.maxPool(x as T4, size, stride, pad)],
      ['avgPool', (x) => tf.avgPool(x as T4, size, stride, pad)],
    ];
    for (const [name, pool] of pools) {
      agree(`${name} ${size} stride ${stride} ${pad}`, inputs, ({ x, s }) => {
        const { value, grads } = tf.valueAndGrads((a) => tf.sum(tf.sin(tf.mul(pool(a), s))))([x]);
        return { y: pool(x), value, dx: grads[0] };
      });
    }
  }
  // One image: the reference's gradient mixes up the images of a batch. gradients.test.ts covers batches.
  for (const size of [
    [6, 8],
    [3, 4],
    [5, 3],
    [9, 2],
  ] as [number, number][]) {
    for (const [align, half] of [
      [false, false],
      [true, false],
      [false, true],
    ]) {
      const inputs = { x: randomValue(random, [1, 3, 4, 2]), s: randomValue(random, [1]) };
      agree(`resizeNearestNeighbor to ${size} align=${align} half=${half}`, inputs, ({ x, s }) => {
        const resize = (a: tf.Tensor) => tf.image.resizeNearestNeighbor(a as T4, size, align, half);
        if (half) return { y: resize(x) } as Record<string, tf.Tensor>;
        const { grads } = tf.valueAndGrads((a) => tf.sum(tf.sin(tf.mul(resize(a), s))))([x]);
        return { y: resize(x), dx: grads[0] };
      });
    }
  }
});

describe('the table of kernels', () => {
  it('names kernels of tfjs only', () => {
    const known = new Set(Object.values(tf).filter((value) => typeof value === 'string'));
    for (const name of Object.keys(kernels)) expect(known, name).toContain(name);
  });
});
